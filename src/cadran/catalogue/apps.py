from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "cadran.catalogue"
    label = "catalogue"
