"""Addresses of the new-ticket form."""

from django.urls import path

from . import views

urlpatterns = [
    path("tickets/new/", views.ticket_new, name="ticket_new"),
    path("tickets/new/deduced/", views.deduced, name="ticket_new_deduced"),
    path("tickets/new/files/", views.add_files, name="ticket_new_files"),
    path("tickets/new/draft/", views.keep, name="ticket_new_draft"),
    path("tickets/new/draft/drop/", views.drop, name="ticket_new_drop"),
]
