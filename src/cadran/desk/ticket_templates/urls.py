"""Addresses of ticket templates."""

from django.urls import path

from cadran.desk.tickets import converters

from . import views

converters.register()

urlpatterns = [
    path("templates/", views.template_list, name="template_list"),
    path("templates/new/", views.template_new, name="template_new"),
    path("templates/custom-fields/", views.template_custom_fields, name="template_custom_fields"),
    path("templates/<int:pk>/", views.template, name="template"),
    path("templates/<int:pk>/edit/", views.template_edit, name="template_edit"),
    path("templates/<int:pk>/retire/", views.template_retire, name="template_retire"),
    path("tickets/<ticket_number:number>/template/", views.template_from_ticket, name="ticket_make_template"),
]
