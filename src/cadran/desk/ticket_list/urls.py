"""Addresses of the ticket list."""

from django.urls import path

from . import export, views

urlpatterns = [
    path("tickets/", views.ticket_list, name="ticket_list"),
    path("tickets/export.csv", export.as_csv, name="tickets_csv"),
    path("tickets/export.xlsx", export.as_xlsx, name="tickets_xlsx"),
    path("tickets/criteria/", views.criteria, name="ticket_criteria"),
    path("tickets/assign/", views.assign_selected, name="tickets_assign"),
]
