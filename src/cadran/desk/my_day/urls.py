"""Addresses of the start page."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.my_day, name="my_day"),
    path("my-teams/<int:pk>/stand-in/", views.stand_in, name="team_stand_in"),
]
