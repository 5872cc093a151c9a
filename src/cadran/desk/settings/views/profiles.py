"""Profiles and the matrix of rights (Spec R1)."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cadran.accounts.access import needs
from cadran.accounts.models import Profile
from cadran.accounts.operations import retire_profile, save_profile
from cadran.accounts.rights import GROUPS, SUPPLIED_PROFILES, Right, expand
from cadran.core.errors import CadranError
from cadran.desk.components.answers import sent

from ..common import attempt, now, person
from ..forms.profiles import ProfileForm


@needs(Right.EDIT_AGENTS)
def profiles(request: HttpRequest) -> HttpResponse:
    """Rights down, profiles across, a tick where one gives the other."""
    rows = list(
        Profile.objects.visible_to(person(request)).annotate(people=Count("users")).order_by("position", "id")
    )
    given = {profile.pk: expand(profile.rights) for profile in rows}
    matrix = [
        (group, [(right, [right.value in given[profile.pk] for profile in rows]) for right in group.rights])
        for group in GROUPS
    ]
    context = {"profiles": rows, "matrix": matrix, "supplied": list(SUPPLIED_PROFILES)}
    return render(request, "desk/settings/profiles.html", context)


@needs(Right.EDIT_AGENTS)
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest, code: str = "") -> HttpResponseBase:
    """Create or edit one profile."""
    user = person(request)
    row = get_object_or_404(Profile.objects.visible_to(user), code=code) if code else None
    form = ProfileForm(sent(request), user=user, row=row)
    if request.method == "POST" and form.is_valid():
        at = now()
        saved = attempt(
            form,
            lambda: save_profile(profile=row, **form.values, by=user, at=at, seen=form.version_seen),
        )
        if saved is not None:
            messages.success(request, _("The profile %(name)s is saved.") % {"name": saved.name})
            return redirect("desk:settings_profiles")
    context = {"form": form, "profile": row, "is_supplied": code in SUPPLIED_PROFILES}
    return render(request, "desk/settings/profile.html", context, status=422 if form.errors else 200)


@needs(Right.EDIT_AGENTS)
@require_POST
def profile_retired(request: HttpRequest, code: str) -> HttpResponseBase:
    """Take a profile out of use, or back into it."""
    user = person(request)
    row = get_object_or_404(Profile.objects.visible_to(user), code=code)
    try:
        retire_profile(profile=row, is_retired="restore" not in request.POST, by=user, at=now())
    except CadranError as refusal:
        messages.error(request, refusal.message)
    return redirect("desk:settings_profiles")
