from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "cadran.contracts"
    label = "contracts"
