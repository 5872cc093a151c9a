"""The addresses of the explanation of a clock."""

from django.urls import path

from cadran.desk.explain import views
from cadran.desk.tickets import converters

converters.register()

urlpatterns = [
    path("tickets/<ticket_number:number>/clock/<slug:guarantee>/", views.explain, name="ticket_explain"),
    path(
        "tickets/<ticket_number:number>/clock/<slug:guarantee>.pdf",
        views.explain_pdf,
        name="ticket_explain_pdf",
    ),
]
