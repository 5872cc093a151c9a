"""Addresses of suppliers, their contacts and their contracts."""

from django.urls import path

from cadran.desk.records import converters

from . import contracts, views

converters.register()

urlpatterns = [
    path("suppliers/", views.supplier_list, name="supplier_list"),
    path("suppliers/new/", views.supplier_new, name="supplier_new"),
    path("suppliers/<int:pk>/", views.supplier, name="supplier"),
    path("suppliers/<int:pk>/edit/", views.supplier_edit, name="supplier_edit"),
    path("suppliers/<int:pk>/contacts/new/", views.contact_new, name="supplier_contact_new"),
    path("suppliers/contacts/<int:pk>/edit/", views.contact_edit, name="supplier_contact_edit"),
    path("suppliers/contracts/", contracts.contract_list, name="supplier_contract_list"),
    path("suppliers/contracts/new/", contracts.contract_new, name="supplier_contract_new"),
    path("suppliers/contracts/<record_number:number>/", contracts.contract, name="supplier_contract"),
    path(
        "suppliers/contracts/<record_number:number>/edit/",
        contracts.contract_edit,
        name="supplier_contract_edit",
    ),
]
