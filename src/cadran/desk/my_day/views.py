"""My day: the page one starts from (Spec D1)."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cadran.accounts.access import signed_in
from cadran.accounts.models import User
from cadran.core.instants import whole_second

from .day import Day


@signed_in
@require_GET
def my_day(request: HttpRequest) -> HttpResponse:
    """My interventions, what turns next, what I distribute, and what was said to me."""
    now = whole_second(timezone.now())
    return render(request, "desk/my_day/my_day.html", {"day": Day(cast(User, request.user), now), "now": now})
