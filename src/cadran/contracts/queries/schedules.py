"""What a schedule looks like day by day (Spec C8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import OuterRef, Subquery
from django.utils.translation import get_language

from cadran.contracts.clock import ClosedDate, Layout, build_layout, lay_out

from ..details import ScheduleDetails
from ..models import Holiday, Schedule, ScheduleVersion

#: How many days the preview of a schedule shows.
PREVIEW_DAYS = 28


@dataclass(frozen=True)
class DayOpenings:
    """One date: its openings as ``"09:00-12:30"``, the name of what closes it, and whether it differs from its week."""

    date: date
    openings: list[str]
    closed_name: str
    is_closed: bool
    is_exception: bool


def next_four_weeks(schedule: Schedule | ScheduleDetails, from_day: date) -> list[DayOpenings]:
    """The 28 days from ``from_day`` on, as they result from the week, the holidays and the exceptions."""
    layout = (
        _layout_of_details(schedule) if isinstance(schedule, ScheduleDetails) else _layout_of_rows(schedule)
    )
    return [day_openings(layout, from_day + timedelta(days=step)) for step in range(PREVIEW_DAYS)]


def newest_versions(schedules: Iterable[int]) -> dict[int, ScheduleVersion]:
    """The current version of each schedule, by the schedule's key, in one query."""
    newest = (
        ScheduleVersion.objects.filter(schedule=OuterRef("schedule")).order_by("-number").values("pk")[:1]
    )
    rows = ScheduleVersion.objects.filter(schedule__in=set(schedules), pk=Subquery(newest))
    return {row.schedule_id: row for row in rows}


def _layout_of_rows(schedule: Schedule) -> Layout:
    return lay_out(
        time_zone=schedule.time_zone,
        weekly=schedule.weekly,
        holidays=schedule.calendar.holidays.all() if schedule.calendar else [],
        exceptions=schedule.exceptions.all(),
    )


def _layout_of_details(details: ScheduleDetails) -> Layout:
    holidays = Holiday.objects.filter(calendar=details.calendar, is_worked=False) if details.calendar else []
    closed = {one.date: ClosedDate(one.date, one.name_fr, one.name_en) for one in holidays}
    closed |= {
        one.date: ClosedDate(one.date, one.name_fr, one.name_en)
        for one in details.exceptions
        if one.is_closed
    }
    return build_layout(
        time_zone=details.time_zone,
        weekly=details.weekly,
        closed=closed.values(),
        exceptional={one.date: one.intervals for one in details.exceptions},
    )


def day_openings(layout: Layout, day: date) -> DayOpenings:
    """One date as it results from a stored layout (``ScheduleVersion.layout``), holidays and exceptions included."""
    key = day.isoformat()
    closed = layout["closed_dates"].get(key)
    usual = [] if closed is not None else layout["weekly"].get(str(day.isoweekday()), [])
    more = layout["exceptional_openings"].get(key, [])
    language = "fr" if (get_language() or "fr").startswith("fr") else "en"
    return DayOpenings(
        date=day,
        openings=sorted({*usual, *more}),
        closed_name=closed[language] if closed else "",
        is_closed=not usual and not more,
        is_exception=closed is not None or bool(more),
    )
