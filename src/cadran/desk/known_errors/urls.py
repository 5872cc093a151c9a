"""Addresses of known errors and of what is proposed of them."""

from django.urls import path

from cadran.desk.tickets import converters

from . import proposals, views

converters.register()

urlpatterns = [
    path("known-errors/", views.known_error_list, name="known_error_list"),
    path("known-errors/new/", views.known_error_new, name="known_error_new"),
    path("known-errors/<int:pk>/", views.known_error, name="known_error"),
    path("known-errors/<int:pk>/edit/", views.known_error_edit, name="known_error_edit"),
    path(
        "tickets/<ticket_number:number>/known-error/new/",
        views.known_error_from_ticket,
        name="ticket_make_known_error",
    ),
    path("tickets/<ticket_number:number>/alike/", proposals.on_ticket, name="ticket_alike"),
    path("tickets/<ticket_number:number>/known-error/", proposals.take_over, name="ticket_known_error"),
    path("tickets/new/alike/", proposals.on_new_ticket, name="ticket_new_alike"),
]
