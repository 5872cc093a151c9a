"""The desk's addresses: every screen area (a folder with `urls.py`) is mounted here, each under its own prefix."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.urls import URLPattern, URLResolver

from cadran import desk

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = []
for _area in iter_modules(desk.__path__):
    _name = f"cadran.desk.{_area.name}.urls"
    if _area.ispkg and find_spec(_name) is not None:
        urlpatterns += import_module(_name).urlpatterns
