"""Addresses of the new-ticket form."""

from django.urls import path

from . import custom_fields, template, views

urlpatterns = [
    path("tickets/new/", views.ticket_new, name="ticket_new"),
    path("tickets/new/deduced/", views.deduced, name="ticket_new_deduced"),
    path("tickets/new/custom-fields/", custom_fields.show, name="ticket_new_custom_fields"),
    path("tickets/new/customer-tickets/", views.listed, name="ticket_new_customer_tickets"),
    path("tickets/new/template/", template.put_template, name="ticket_new_template"),
    path("tickets/new/files/", views.add_files, name="ticket_new_files"),
    path("tickets/new/draft/", views.keep, name="ticket_new_draft"),
    path("tickets/new/draft/drop/", views.drop, name="ticket_new_drop"),
]
