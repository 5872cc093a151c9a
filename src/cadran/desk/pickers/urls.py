"""Addresses of the pickers: type-ahead, list dialog, filter."""

from django.urls import path

from . import views

urlpatterns = [
    path("pick/filter/", views.set_filter, name="pick_filter"),
    path("pick/<str:kind>/", views.pick, name="pick"),
    path("pick/<str:kind>/list/", views.pick_list, name="pick_list"),
]
