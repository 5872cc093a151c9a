"""Addresses of customers, sites and contacts."""

from django.urls import path

from cadran.desk.records import converters

from . import call_taking, notes, views

converters.register()

urlpatterns = [
    path("customers/", views.customer_list, name="customer_list"),
    path("customers/new/", views.customer_new, name="customer_new"),
    path("customers/<record_number:number>/", views.customer, name="customer"),
    path("customers/<record_number:number>/edit/", views.customer_edit, name="customer_edit"),
    path("customers/<record_number:number>/call-taking/", call_taking.call_taking, name="call_taking"),
    path("notes/images/upload/", notes.upload, name="note_upload"),
    path("notes/images/<str:secret>/<str:name>", notes.show, name="note_image"),
    path("sites/new/", views.site_new, name="site_new"),
    path("sites/<int:pk>/edit/", views.site_edit, name="site_edit"),
    path("contacts/new/", views.contact_new, name="contact_new"),
    path("contacts/<int:pk>/", views.contact, name="contact"),
    path("contacts/<int:pk>/edit/", views.contact_edit, name="contact_edit"),
]
