from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "cadran.parties"
    label = "parties"
