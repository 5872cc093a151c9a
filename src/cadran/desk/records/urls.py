"""Addresses of what several records share."""

from django.urls import path

from . import views

urlpatterns = [
    path("customers/commitments/<slug:kind>/<int:pk>/", views.customer_choices, name="customer_choices"),
    path("contracts/commitments/<slug:kind>/<int:pk>/", views.contract_choices, name="contract_choices"),
]
