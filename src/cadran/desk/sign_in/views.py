"""The one-time link, and the language of strangers."""

from __future__ import annotations

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.i18n import set_language

from cadran.accounts.access import public
from cadran.accounts.operations import LinkRefused, use_sign_in_link
from cadran.core.instants import whole_second


@public
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_by_link(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Ask before using the link: a mail program that looks ahead at addresses must not use it up (Spec R4)."""
    if request.method == "GET":
        return render(request, "desk/sign_in/link.html")
    if not ratelimit.consume(request, action="login"):
        refusal: HttpResponse = ratelimit.respond_429(request)
        return refusal
    try:
        user = use_sign_in_link(secret=secret, at=whole_second(timezone.now()))
    except LinkRefused as refused:
        return render(request, "desk/sign_in/link.html", {"refusal": refused.message}, status=422)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    if not user.has_usable_password():
        messages.info(request, _("You have no password. Choose one in My preferences before you sign out."))
    return redirect("/")


def _choose_language(request: HttpRequest) -> HttpResponse:
    return set_language(request)


#: Remember a stranger's language in a cookie and go back to `next`.
choose_language = public(_choose_language)
