"""Addresses of the ticket list."""

from django.urls import path

from . import views

urlpatterns = [
    path("tickets/", views.ticket_list, name="ticket_list"),
    path("tickets/assign/", views.assign_selected, name="tickets_assign"),
]
