"""Addresses of assets, products and versions."""

from django.urls import path

from cadran.desk.records import converters

from . import alerts, products, views

converters.register()

urlpatterns = [
    path("assets/", views.asset_list, name="asset_list"),
    path("assets/new/", views.asset_new, name="asset_new"),
    path("assets/<record_number:number>/", views.asset, name="asset"),
    path("assets/<record_number:number>/edit/", views.asset_edit, name="asset_edit"),
    path("assets/<record_number:number>/alerts/", alerts.alerts, name="asset_alerts"),
    path("products/", products.product_list, name="product_list"),
    path("products/new/", products.product_new, name="product_new"),
    path("products/<int:pk>/", products.product, name="product"),
    path("products/<int:pk>/edit/", products.product_edit, name="product_edit"),
    path("products/<int:pk>/versions/new/", products.version_new, name="version_new"),
    path("products/versions/<int:pk>/edit/", products.version_edit, name="version_edit"),
]
