"""Where each interface is mounted."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from cadran.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [path("healthz", healthz, name="healthz")]
if find_spec("cadran.desk.urls") is not None:
    urlpatterns.append(path("", include("cadran.desk.urls")))
