"""Schedules on a week grid, with the four weeks that result (Spec C8, C13)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cadran.accounts.access import needs
from cadran.accounts.rights import Right
from cadran.contracts.models import Schedule
from cadran.contracts.openings import week_text
from cadran.contracts.operations import save_schedule
from cadran.contracts.queries import next_four_weeks
from cadran.contracts.queries.usage import commitments_on
from cadran.desk.components.answers import sent
from cadran.tickets.queries.usage import open_tickets_on, recomputation_of

from ..common import attempt, is_deleted, now, person
from ..forms.schedules import ScheduleForm
from ..weeks import four_weeks


@needs(Right.EDIT_SCHEDULES)
def schedules(request: HttpRequest) -> HttpResponse:
    """Every schedule with its week in words."""
    rows = list(Schedule.objects.visible_to(person(request)).select_related("calendar"))
    used = commitments_on(rows)
    lines = [
        (row, week_text({int(day): hours for day, hours in row.weekly.items()}), used[row.pk]) for row in rows
    ]
    return render(request, "desk/settings/schedules.html", {"lines": lines})


@needs(Right.EDIT_SCHEDULES)
@require_http_methods(["GET", "POST"])
def schedule(request: HttpRequest, code: str = "") -> HttpResponseBase:
    """Create or edit one schedule."""
    user = person(request)
    row = Schedule.objects.visible_to(user).filter(code=code).first() if code else None
    form = ScheduleForm(sent(request), user=user, row=row)
    is_gone = is_deleted(request, form, asked=code)
    if request.method == "POST" and not is_gone and form.is_valid():
        at = now()
        before = row.versions.count() if row else 0
        saved = attempt(
            form,
            lambda: save_schedule(schedule=row, details=form.details, by=user, at=at, seen=form.version_seen),
        )
        if saved is not None:
            messages.success(
                request, _saved_sentence(saved, moved=saved.versions.count() > before, is_new=row is None)
            )
            return redirect("desk:settings_schedule", code=saved.code)
    refused = request.method == "POST"
    return render(
        request,
        "desk/settings/schedule.html",
        _context(row, form),
        status=422 if refused else 200,
    )


@needs(Right.EDIT_SCHEDULES)
@require_POST
def schedule_preview(request: HttpRequest) -> HttpResponse:
    """The next four weeks of what is being typed; nothing is saved."""
    form = ScheduleForm(request.POST, user=person(request))
    form.is_valid()
    context = {"form": form, "weeks": _weeks(form)}
    return render(request, "desk/settings/_schedule_weeks.html", context)


@needs(Right.EDIT_SCHEDULES)
def schedule_progress(request: HttpRequest, code: str) -> HttpResponse:
    """How far the recomputation of the open tickets has come; asks again until it is done."""
    row = Schedule.objects.visible_to(person(request)).filter(code=code).first()
    if row is None:  # somebody has deleted it: nothing is shown, and nothing asks again
        return HttpResponse()
    context = {"schedule": row, "work": recomputation_of(row, now()), "named": "named" in request.GET}
    return render(request, "desk/settings/_schedule_progress.html", context)


def _context(row: Schedule | None, form: ScheduleForm) -> dict[str, Any]:
    context: dict[str, Any] = {"schedule": row, "form": form}
    if form.is_bound:
        context["weeks"] = _weeks(form)
    elif row is not None:
        names = {one.date: one.name for one in row.exceptions.all()}
        context["weeks"] = four_weeks(next_four_weeks(row, timezone.localdate()), names)
    if row is not None:
        context |= {
            "commitments": commitments_on([row])[row.pk],
            "open_tickets": open_tickets_on(row),
            "work": recomputation_of(row, now()),
        }
    return context


def _weeks(form: ScheduleForm) -> Any:
    """The four weeks of the typed values; None while they can't be read."""
    readable = not any(
        name.startswith("weekly_") or name in ("time_zone", "calendar") for name in form.errors
    )
    if not readable or not form.exceptions.is_valid():
        return None
    details = form.details
    french = (get_language() or "fr").startswith("fr")
    names = {
        one.date: (one.name_fr or one.name_en) if french else (one.name_en or one.name_fr)
        for one in details.exceptions
    }
    return four_weeks(next_four_weeks(details, timezone.localdate()), names)


def _saved_sentence(saved: Schedule, *, moved: bool, is_new: bool) -> str:
    name = {"name": saved.name}
    count = open_tickets_on(saved) if moved and not is_new else 0
    if count:
        return ngettext(
            "The schedule %(name)s is saved; %(count)s open ticket is being recomputed.",
            "The schedule %(name)s is saved; %(count)s open tickets are being recomputed.",
            count,
        ) % (name | {"count": count})
    return _("The schedule %(name)s is saved.") % name
