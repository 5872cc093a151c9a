"""Addresses of signing in that are ours; allauth's own names stand in `account_urls`."""

from django.urls import path

from cadran.desk.sign_in import views

urlpatterns = [
    path("sign-in/<str:secret>/", views.sign_in_by_link, name="sign_in_link"),
    path("language/", views.choose_language, name="choose_language"),
]
