"""Writes on holiday calendars (Spec C8).

Generated holidays are stored as rows, and rows of the past are never generated anew: a later release of the
``holidays`` package can't move a due date that was true on its day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.compare import hold
from cadran.core.errors import InvalidInput
from cadran.core.instants import written
from cadran.core.journal import record
from cadran.core.permissions import refuse_unless
from cadran.core.reference import next_position
from cadran.core.writing import gone, save_row

from ..announcements import Cause
from ..details import CalendarDetails
from ..models import Holiday, HolidayCalendar, ScheduleVersion
from ..public_holidays import holiday_names, known_countries, regions_of
from ..rules import may_edit_schedules
from .schedules import renew_versions_of

#: Holidays are stored from that many years before the current one to that many after.
YEARS_BACK = 2
YEARS_AHEAD = 3


def save_calendar(
    *,
    calendar: HolidayCalendar | None,
    details: CalendarDetails,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> HolidayCalendar:
    """Create or change a calendar and generate its holidays; dates of the past stay as they are.

    Raises ``NotAllowed``, ``Stale`` or ``InvalidInput``.
    """
    refuse_unless(may_edit_schedules(by), Right.EDIT_SCHEDULES)
    country, region = details.country.strip().upper(), details.region.strip()
    if country and country not in known_countries():
        raise InvalidInput(
            _(
                "No holidays are known for the country %(country)s. Leave it empty, and enter the dates by hand."
            ),
            field="country",
            params={"country": country},
        )
    if region and region not in regions_of(country):
        raise InvalidInput(
            _("%(country)s has no region %(region)s. Choose one of: %(regions)s."),
            field="region",
            params={"country": country, "region": region, "regions": ", ".join(regions_of(country))},
        )
    values = {
        "code": details.code,
        "name_fr": details.name_fr.strip(),
        "name_en": details.name_en.strip(),
        "country": country,
        "region": region,
    }
    with transaction.atomic():
        row = calendar or HolidayCalendar(position=next_position(HolidayCalendar))
        row = save_row(row=row, values=values, by=by, at=at, seen=seen)
        refresh_calendar(calendar=row, by=by, at=at)
    return row


def refresh_calendar(*, calendar: HolidayCalendar, by: User | None, at: datetime) -> list[ScheduleVersion]:
    """Bring the generated holidays up to date, two years back to three ahead; return the new schedule versions.

    A year without generated rows is generated whole. In other years only the dates after ``at`` follow the rules;
    past ones and those that somebody marked *worked all the same* or entered stay.
    """
    refuse_unless(may_edit_schedules(by), Right.EDIT_SCHEDULES)
    today = at.date()
    years = range(today.year - YEARS_BACK, today.year + YEARS_AHEAD + 1)
    with transaction.atomic():
        _take(calendar)
        names = holiday_names(calendar.country, calendar.region, years) if calendar.country else {}
        stored = {one.date: one for one in calendar.holidays.all()}
        generated = {day.year for day, one in stored.items() if one.is_generated}
        added = [
            day for day in sorted(names) if day not in stored and (day > today or day.year not in generated)
        ]
        removed = [
            day
            for day, one in sorted(stored.items())
            if one.is_generated and not one.is_worked and day > today and day not in names
        ]
        Holiday.objects.bulk_create(
            Holiday(
                calendar=calendar, date=day, is_generated=True, name_fr=names[day][0], name_en=names[day][1]
            )
            for day in added
        )
        calendar.holidays.filter(date__in=removed).delete()
        if added or removed:
            data = {
                "added": [day.isoformat() for day in added],
                "removed": [day.isoformat() for day in removed],
            }
            _journal(calendar, "holiday_calendar.refreshed", by, at, data)
        return renew_versions_of(calendar=calendar, cause={"what": "calendar"}, by=by, at=at)


def refresh_every_calendar(*, by: User | None, at: datetime) -> list[ScheduleVersion]:
    """Refresh all calendars in use; run every so often, so that the years ahead are always there."""
    versions: list[ScheduleVersion] = []
    for calendar in HolidayCalendar.objects.in_use():
        versions += refresh_calendar(calendar=calendar, by=by, at=at)
    return versions


def add_holiday(
    *, calendar: HolidayCalendar, date: date, name_fr: str, name_en: str = "", by: User | None, at: datetime
) -> Holiday:
    """Close a date of one's own. Raises ``NotAllowed``, ``InvalidInput`` for a date that is there already."""
    refuse_unless(may_edit_schedules(by), Right.EDIT_SCHEDULES)
    if not name_fr.strip():
        raise InvalidInput(_("Type the holiday’s French name."), field="name_fr")
    with transaction.atomic():
        _take(calendar)
        if calendar.holidays.filter(date=date).exists():
            raise InvalidInput(
                _("%(date)s is in this calendar already."), field="date", params={"date": written(date)}
            )
        holiday: Holiday = Holiday.objects.create(
            calendar=calendar, date=date, name_fr=name_fr.strip()[:120], name_en=name_en.strip()[:120]
        )
        data = {"date": date.isoformat(), "name": holiday.name_fr}
        _journal(calendar, "holiday_calendar.holiday_added", by, at, data)
        renew_versions_of(calendar=calendar, cause=_cause("holiday_added", holiday), by=by, at=at)
    return holiday


def remove_holiday(*, holiday: Holiday, by: User | None, at: datetime) -> None:
    """Take a date of one's own away. A generated one is marked *worked all the same* instead: ``InvalidInput``."""
    refuse_unless(may_edit_schedules(by), Right.EDIT_SCHEDULES)
    if holiday.is_generated:
        raise InvalidInput(_("A public holiday can’t be removed. Mark it “worked all the same” instead."))
    calendar = holiday.calendar
    data = {"date": holiday.date.isoformat(), "name": holiday.name_fr}
    with transaction.atomic():
        _take(calendar)
        gone, _models = Holiday.objects.filter(pk=holiday.pk).delete()
        if gone:
            _journal(calendar, "holiday_calendar.holiday_removed", by, at, data)
            renew_versions_of(calendar=calendar, cause=_cause("holiday_removed", holiday), by=by, at=at)


def set_holiday_worked(*, holiday: Holiday, is_worked: bool, by: User | None, at: datetime) -> Holiday:
    """Work on a holiday all the same, or no longer. Raises ``NotAllowed``; twice the same changes nothing."""
    refuse_unless(may_edit_schedules(by), Right.EDIT_SCHEDULES)
    calendar = holiday.calendar
    with transaction.atomic():
        _take(calendar)
        changed = Holiday.objects.filter(pk=holiday.pk, is_worked=not is_worked).update(is_worked=is_worked)
        if changed:
            data = {
                "date": holiday.date.isoformat(),
                "name": holiday.name_fr,
                "before": not is_worked,
                "after": is_worked,
            }
            _journal(calendar, "holiday_calendar.holiday_worked", by, at, data)
            what = "holiday_worked" if is_worked else "holiday_closed"
            renew_versions_of(calendar=calendar, cause=_cause(what, holiday), by=by, at=at)
    holiday.is_worked = is_worked
    return holiday


def _cause(what: str, holiday: Holiday) -> Cause:
    return {
        "what": what,
        "holiday_fr": holiday.name_fr,
        "holiday_en": holiday.name_en,
        "date": holiday.date.isoformat(),
    }


def _take(calendar: HolidayCalendar) -> None:
    # Holidays are single acts on single dates: whoever comes second adds to what the first did.
    if not hold(HolidayCalendar, calendar.pk):
        raise gone(calendar)


def _journal(
    calendar: HolidayCalendar, kind: str, by: User | None, at: datetime, data: Mapping[str, object]
) -> None:
    record(
        subject_kind="holiday_calendar",
        subject_id=calendar.pk,
        kind=kind,
        by=by,
        at=at,
        data={"calendar": calendar.name, **data},
    )
