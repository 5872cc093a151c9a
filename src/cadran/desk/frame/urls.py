"""Addresses of the frame's own choices."""

from django.urls import path

from cadran.desk.frame import views

urlpatterns = [
    path("choices/", views.choices, name="choices"),
    path("favicon.ico", views.favicon, name="favicon"),
]
