"""Holiday calendars: by country and region, with dates of one's own (Spec C8)."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.contracts.models import Holiday, HolidayCalendar
from cadran.contracts.operations import add_holiday, remove_holiday, save_calendar, set_holiday_worked
from cadran.core.errors import CadranError
from cadran.desk.components.answers import sent
from cadran.tickets.queries.usage import open_tickets_on, recomputation_of

from ..common import attempt, is_deleted, now, person
from ..forms.calendars import CalendarForm, HolidayForm


@needs(Right.EDIT_SCHEDULES)
def calendars(request: HttpRequest) -> HttpResponse:
    """Every calendar, with the schedules that use it counted."""
    rows = (
        HolidayCalendar.objects.visible_to(person(request))
        .annotate(used=Count("schedules"))
        .order_by("position", "id")
    )
    return render(request, "desk/settings/calendars.html", {"rows": rows})


@needs(Right.EDIT_SCHEDULES)
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest, code: str = "") -> HttpResponseBase:
    """Create or edit one calendar; its dates stand below."""
    user = person(request)
    row = _find(user, code) if code else None
    form = CalendarForm(sent(request), user=user, row=row)
    is_gone = is_deleted(request, form, asked=code)
    if request.method == "POST" and not is_gone and form.is_valid():
        at = now()
        saved = attempt(
            form,
            lambda: save_calendar(calendar=row, details=form.details, by=user, at=at, seen=form.version_seen),
        )
        if saved is not None:
            told = _("The calendar %(name)s is saved.") % {"name": saved.name}
            messages.success(request, told + _recomputed(saved, at))
            return redirect("desk:settings_calendar", code=saved.code)
    return _page(request, row, form=form)


@needs(Right.EDIT_SCHEDULES)
@require_POST
def holiday_add(request: HttpRequest, code: str) -> HttpResponseBase:
    """Close one more date."""
    user = person(request)
    row = _find(user, code)
    if row is None:
        return _gone(request)
    form = HolidayForm(request.POST)
    if form.is_valid():
        data, at = form.cleaned_data, now()
        added = attempt(form, lambda: add_holiday(calendar=row, by=user, at=at, **data))
        if added is not None:
            told = _("%(name)s is in the calendar.") % {"name": added.name}
            messages.success(request, told + _recomputed(row, at))
            return _at(code, added)
    return _page(request, row, holiday=form)


@needs(Right.EDIT_SCHEDULES)
@require_POST
def holiday_change(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """Work on a holiday all the same, no longer, or take a date of one's own away."""
    user = person(request)
    calendar = _find(user, code)
    if calendar is None:
        return _gone(request)
    holiday = calendar.holidays.filter(pk=pk).first()
    if holiday is None:
        messages.error(
            request, _("Somebody else has taken this date out of the calendar since you opened it.")
        )
        return redirect("desk:settings_calendar", code=code)
    at, name = now(), {"name": holiday.name}
    try:
        if "remove" in request.POST:
            remove_holiday(holiday=holiday, by=user, at=at)
            told = _("%(name)s is no longer in the calendar.") % name
        elif "worked" in request.POST:
            set_holiday_worked(holiday=holiday, is_worked=True, by=user, at=at)
            told = _("%(name)s is worked all the same.") % name
        else:
            set_holiday_worked(holiday=holiday, is_worked=False, by=user, at=at)
            told = _("%(name)s is closed again.") % name
    except CadranError as refusal:
        messages.error(request, refusal.message)
        return _at(code, holiday)
    messages.success(request, told + _recomputed(holiday.calendar, at))
    return redirect("desk:settings_calendar", code=code) if "remove" in request.POST else _at(code, holiday)


def _at(code: str, holiday: Holiday) -> HttpResponse:
    """Back to the calendar, where the date stands."""
    address = reverse("desk:settings_calendar", args=[code])
    return redirect(f"{address}#holiday-{holiday.pk}")


def _recomputed(calendar: HolidayCalendar, at: datetime) -> str:
    """Which schedules moved by what was just saved, and how many open tickets are computed anew; else empty."""
    moved = list(calendar.schedules.filter(versions__created_at=at).distinct())
    if not moved:
        return ""
    # One ticket may stand on several of them; each schedule is computed by itself.
    count = sum(open_tickets_on(one) for one in moved)
    text = ngettext(
        "Schedules moved: %(schedules)s; %(count)s open ticket is being recomputed.",
        "Schedules moved: %(schedules)s; %(count)s open tickets are being recomputed.",
        count,
    )
    return " " + text % {"schedules": ", ".join(one.name for one in moved), "count": count}


@needs(Right.EDIT_SCHEDULES)
def regions(request: HttpRequest) -> HttpResponse:
    """The region field for the country being chosen."""
    form = CalendarForm(initial={"country": request.GET.get("country", "")}, user=person(request))
    return render(request, "desk/settings/_calendar_region.html", {"form": form})


def _find(user: User, code: str) -> HolidayCalendar | None:
    found: HolidayCalendar | None = HolidayCalendar.objects.visible_to(user).filter(code=code).first()
    return found


def _gone(request: HttpRequest) -> HttpResponse:
    """Back to the list from a calendar that somebody else has deleted meanwhile."""
    messages.error(request, _("Somebody else has deleted this calendar since you opened it."))
    return redirect("desk:settings_calendars")


def _page(
    request: HttpRequest,
    row: HolidayCalendar | None,
    *,
    form: CalendarForm | None = None,
    holiday: HolidayForm | None = None,
) -> HttpResponse:
    form = form or CalendarForm(user=person(request), row=row)
    context: dict[str, Any] = {"calendar": row, "form": form, "holiday": holiday or HolidayForm()}
    if row is not None:
        dates = row.holidays.order_by("date")
        years = [(year, list(days)) for year, days in groupby(dates, lambda one: one.date.year)]
        this_year = timezone.localdate().year
        context["years"] = [one for one in years if one[0] >= this_year]
        context["earlier"] = [one for one in years if one[0] < this_year]
        context["schedules"] = list(row.schedules.all())
        context["works"] = [(one, recomputation_of(one, now())) for one in context["schedules"]]
    refused = form.errors or (holiday is not None and holiday.errors)
    return render(request, "desk/settings/calendar.html", context, status=422 if refused else 200)
