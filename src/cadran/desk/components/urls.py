"""The page that shows every component alive, and the fragments its parts ask for."""

from django.urls import path

from cadran.desk.components import views

urlpatterns = [
    path("components/", views.components, name="components"),
    path("components/dialog/", views.dialog, name="components_dialog"),
    path("components/names/", views.names, name="components_names"),
    path("components/toast/", views.say, name="components_toast"),
]
