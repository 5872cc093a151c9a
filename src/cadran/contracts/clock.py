"""From stored schedules to ``slaclock`` (Spec C8): layouts, their fingerprints, and the engine's schedules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language

import slaclock

from .models import Holiday, ScheduleException, ScheduleVersion

Interval = Sequence[int]
Layout = dict[str, Any]

_KEPT = 1000
_schedules: dict[tuple[Any, ...], slaclock.Schedule] = {}


@dataclass(frozen=True)
class ClosedDate:
    """A date without weekly hours, with its French and English name."""

    date: date
    name_fr: str = ""
    name_en: str = ""


def minutes_text(minute: int) -> str:
    """Minutes after midnight as ``HH:MM``; 1440 is ``24:00``."""
    return f"{minute // 60:02}:{minute % 60:02}"


def interval_text(interval: Interval) -> str:
    """``[540, 750]`` as ``09:00-12:30``."""
    return f"{minutes_text(interval[0])}-{minutes_text(interval[1])}"


def build_layout(
    *,
    time_zone: str,
    weekly: Mapping[Any, Iterable[Interval]],
    closed: Iterable[ClosedDate] = (),
    exceptional: Mapping[date, Iterable[Interval]] | None = None,
) -> Layout:
    """A schedule of the format ``sla-vectors/1`` whose closed dates carry their names in both languages."""
    week = {str(day): sorted(interval_text(one) for one in weekly[day]) for day in sorted(weekly, key=int)}
    return {
        "time_zone": time_zone,
        "weekly": {day: texts for day, texts in week.items() if texts},
        "closed_dates": {
            day.date.isoformat(): {"fr": day.name_fr or day.name_en, "en": day.name_en or day.name_fr}
            for day in sorted(closed, key=lambda day: day.date)
        },
        "exceptional_openings": {
            day.isoformat(): sorted(interval_text(one) for one in intervals)
            for day, intervals in sorted((exceptional or {}).items())
            if intervals
        },
    }


def lay_out(
    *,
    time_zone: str,
    weekly: Mapping[Any, Iterable[Interval]],
    holidays: Iterable[Holiday],
    exceptions: Iterable[ScheduleException],
) -> Layout:
    """The layout of stored rows. A holiday worked all the same doesn't close; an exception's name stands first."""
    closed = {h.date: ClosedDate(h.date, h.name_fr, h.name_en) for h in holidays if not h.is_worked}
    exceptional: dict[date, Iterable[Interval]] = {}
    for one in exceptions:
        if one.is_closed:
            named = closed.get(one.date)
            closed[one.date] = (
                named if named and not one.name_fr else ClosedDate(one.date, one.name_fr, one.name_en)
            )
        if one.intervals:
            exceptional[one.date] = one.intervals
    return build_layout(time_zone=time_zone, weekly=weekly, closed=closed.values(), exceptional=exceptional)


def fingerprint_of(layout: Layout) -> str:
    """SHA-256 of what moves time in ``layout``; names are left out, so that a renamed holiday moves nothing."""
    bare = layout | {"closed_dates": sorted(layout["closed_dates"])}
    return hashlib.sha256(json.dumps(bare, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def schedule_of(layout: Layout) -> slaclock.Schedule:
    """The engine's schedule of a layout, with the names of closed dates in the active language."""
    language = "fr" if (get_language() or "fr").startswith("fr") else "en"
    names = {day: name[language] for day, name in layout["closed_dates"].items()}
    return slaclock.Schedule.from_json(layout | {"closed_dates": names})


def layout_of(version: ScheduleVersion) -> slaclock.Schedule:
    """The engine's schedule of a stored version; kept for the life of the process, per language."""
    key = (version.pk, version.fingerprint, version.created_at, get_language())
    found = _schedules.get(key)
    if found is None:
        if len(_schedules) >= _KEPT:
            _schedules.clear()
        found = _schedules[key] = schedule_of(version.layout)
    return found
