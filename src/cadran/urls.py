"""Where each interface is mounted."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from cadran.accounts.access import public
from cadran.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [path("healthz", public(healthz), name="healthz")]
if find_spec("cadran.desk.urls") is not None:
    # allauth looks its own names up outside any namespace.
    urlpatterns.append(path("", include("cadran.desk.sign_in.account_urls")))
    urlpatterns.append(path("", include("cadran.desk.urls")))
