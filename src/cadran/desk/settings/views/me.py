"""One's own preferences and password."""

from __future__ import annotations

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from cadran.accounts.access import signed_in
from cadran.accounts.models import User
from cadran.accounts.operations import set_password, set_preferences

from ..common import attempt, now, person
from ..forms.me import PasswordForm, PreferencesForm


def _page(
    request: HttpRequest,
    user: User,
    *,
    form: PreferencesForm | None = None,
    password: PasswordForm | None = None,
) -> HttpResponse:
    refused = form is not None or password is not None
    context = {"form": form or PreferencesForm.of(user), "password": password or PasswordForm(user)}
    return render(request, "desk/settings/me.html", context, status=422 if refused else 200)


@signed_in
@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """Language, theme, time zone, row height."""
    user = person(request)
    if request.method == "GET":
        return _page(request, user)
    form = PreferencesForm(request.POST)
    if not form.is_valid() or not attempt(
        form, lambda: set_preferences(user=user, by=user, at=now(), **form.cleaned_data)
    ):
        return _page(request, user, form=form)
    with translation.override(user.language or translation.get_language()):
        messages.success(request, _("Your preferences are saved."))
    return redirect("desk:settings_me")


@sensitive_post_parameters()
@signed_in
@require_POST
def password(request: HttpRequest) -> HttpResponseBase:
    """A new password; every other session of the person ends (Spec R4)."""
    user = person(request)
    if not ratelimit.consume(request, action="change_password", user=user):
        refusal: HttpResponse = ratelimit.respond_429(request)
        return refusal
    form = PasswordForm(user, request.POST)
    if not form.is_valid() or not attempt(
        form, lambda: set_password(user=user, password=form.cleaned_data["password"], by=user, at=now())
    ):
        return _page(request, user, password=form)
    update_session_auth_hash(request, user)
    messages.success(request, _("Your password is changed. Other devices were signed out."))
    return redirect("desk:settings_me")
