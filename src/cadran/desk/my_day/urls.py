"""Address of the start page."""

from django.urls import path

from . import views

urlpatterns = [path("", views.my_day, name="my_day")]
