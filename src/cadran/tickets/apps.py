from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "cadran.tickets"
    label = "tickets"
