"""Addresses of contracts, services, lines and projects."""

from django.urls import path

from cadran.desk.records import converters

from . import lines, services, views

converters.register()

urlpatterns = [
    path("contracts/", views.contract_list, name="contract_list"),
    path("contracts/new/", views.contract_new, name="contract_new"),
    path("contracts/projects/new/", views.project_new, name="project_new"),
    path("contracts/services/<int:pk>/edit/", services.service_edit, name="service_edit"),
    path("contracts/lines/update/", lines.lines_update, name="lines_update"),
    path("contracts/lines/<int:pk>/edit/", lines.line_edit, name="line_edit"),
    path("contracts/lines/<int:pk>/delete/", lines.line_delete, name="line_delete"),
    path("contracts/<record_number:number>/", views.contract, name="contract"),
    path("contracts/<record_number:number>/edit/", views.contract_edit, name="contract_edit"),
    path("contracts/<record_number:number>/services/new/", services.service_new, name="service_new"),
    path("contracts/<record_number:number>/lines/new/", lines.line_new, name="line_new"),
]
