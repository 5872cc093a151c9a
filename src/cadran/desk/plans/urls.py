"""Addresses of plans."""

from django.urls import path

from . import views

urlpatterns = [
    path("plans/", views.plan_list, name="plan_list"),
    path("plans/new/", views.plan_new, name="plan_new"),
    path("plans/days/", views.plan_days, name="plan_days"),
    path("plans/<int:pk>/", views.plan, name="plan"),
    path("plans/<int:pk>/edit/", views.plan_edit, name="plan_edit"),
    path("plans/<int:pk>/pause/", views.plan_pause, name="plan_pause"),
    path("plans/<int:pk>/resume/", views.plan_resume, name="plan_resume"),
    path("plans/<int:pk>/open/", views.plan_open, name="plan_open"),
]
