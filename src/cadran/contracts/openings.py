"""Opening hours as people type them: « 9-18 », « 09:00-12:30, 13:30-18:00 », « 22:00-06:00 », « 0-24 » (Spec C8)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadran.core.errors import CadranError, InvalidInput
from cadran.core.writing import refuse_all

from .clock import interval_text, minutes_text

Interval = list[int]

DAY = 1440
_TIME = r"(\d{1,2})\s*(?:[:h.]\s*(\d{2})?)?"
_INTERVAL = re.compile(rf"{_TIME}\s*[-–—]\s*{_TIME}", re.ASCII | re.IGNORECASE)
_BETWEEN = re.compile(r"[,;\n]|\s(?:et|and|&)\s", re.IGNORECASE)


@dataclass(frozen=True)
class IntervalsRead:
    """One day as typed. ``next_day`` is what runs past midnight; ``notes`` tell what was read differently."""

    intervals: list[Interval] = field(default_factory=list)
    next_day: list[Interval] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class WeekRead:
    """A week as typed: ISO weekday to intervals in minutes of the day, and notes for whoever typed it."""

    weekly: dict[int, list[Interval]]
    notes: list[str]


def read_intervals(typed: str, field: str = "") -> IntervalsRead:
    """The intervals of one day. Raises ``InvalidInput`` with a sentence that quotes what can't be read."""
    read = IntervalsRead()
    for text in filter(None, map(str.strip, _BETWEEN.split(typed))):
        begin, end = _read_one(text, field)
        if end == DAY - 1:
            end = DAY
            read.notes.append(_("The end 23:59 in “%(typed)s” is read as 24:00.") % {"typed": text})
        if begin < end:
            read.intervals.append([begin, end])
            continue
        read.intervals.append([begin, DAY])
        if end:
            read.next_day.append([0, end])
            read.notes.append(
                _(
                    "“%(typed)s” runs past midnight: it is kept as %(begin)s-24:00, and 00:00-%(end)s on the next day."
                )
                % {"typed": text, "begin": minutes_text(begin), "end": minutes_text(end)}
            )
    merged = merge(read.intervals)
    if len(merged) < len(read.intervals):
        read.notes.append(_merge_note(merged))
    return IntervalsRead(merged, merge(read.next_day), read.notes)


def read_week(typed: Mapping[int, str]) -> WeekRead:
    """A week, ISO weekday (1 Monday to 7 Sunday) to what was typed; nights are carried to the next weekday.

    Raises ``InvalidInput`` or ``InvalidInputs`` with the fields ``weekly_1`` to ``weekly_7``.
    """
    weekly: dict[int, list[Interval]] = {}
    errors: list[CadranError] = []
    notes: list[str] = []
    for day in sorted(typed):
        try:
            read = read_intervals(typed[day], f"weekly_{day}")
        except InvalidInput as error:
            errors.append(error)
            continue
        weekly.setdefault(day, []).extend(read.intervals)
        weekly.setdefault(day % 7 + 1, []).extend(read.next_day)
        notes += [
            _("%(weekday)s: %(note)s") % {"weekday": capfirst(weekday_name(day)), "note": note}
            for note in read.notes
        ]
    refuse_all(errors)
    return WeekRead({day: merge(weekly[day]) for day in sorted(weekly) if weekly[day]}, notes)


def read_date(typed: str, field: str = "") -> IntervalsRead:
    """The exceptional openings of one date, which end by midnight. Raises ``InvalidInput``."""
    read = read_intervals(typed, field)
    if read.next_day:
        raise InvalidInput(
            gettext_lazy(
                "“%(typed)s” runs past midnight. End it at 24:00, and enter the hours after midnight on the next date."
            ),
            field=field,
            params={"typed": typed.strip()},
        )
    return read


def merge(intervals: Iterable[Sequence[int]]) -> list[Interval]:
    """Sorted intervals, those that touch or overlap made one."""
    merged: list[Interval] = []
    for begin, end in sorted(tuple(one) for one in intervals):
        if merged and begin <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([begin, end])
    return merged


def checked_intervals(intervals: Iterable[Sequence[int]], field: str) -> list[Interval]:
    """Merged intervals in minutes of the day. Raises ``InvalidInput`` for minutes that make no interval."""
    found = [list(one) for one in intervals]
    for one in found:
        whole = len(one) == 2 and all(isinstance(minute, int) for minute in one)
        if not whole or not 0 <= one[0] < one[1] <= DAY:
            raise InvalidInput(
                gettext_lazy(
                    "An opening begins before it ends, and ends at 24:00 at the latest; %(given)s does not. "
                    "Cut a night into two days."
                ),
                field=field,
                params={"given": one},
            )
    return merge(found)


def intervals_text(intervals: Iterable[Sequence[int]]) -> str:
    """Intervals as they can be typed again: ``09:00-12:30, 13:30-18:00``."""
    return ", ".join(interval_text(one) for one in intervals)


def weekday_name(day: int) -> str:
    """The name of an ISO weekday in the active language."""
    return str(WEEKDAYS[day - 1])


def week_text(weekly: Mapping[int, Iterable[Sequence[int]]]) -> str:
    """A week in words, equal days in a row taken together: « Monday to Friday 09:00-18:00, Saturday 09:00-12:00 »."""
    runs: list[tuple[int, int, str]] = []
    for day in sorted(weekly):
        hours = intervals_text(weekly[day])
        if hours and runs and runs[-1][1] == day - 1 and runs[-1][2] == hours:
            runs[-1] = (runs[-1][0], day, hours)
        elif hours:
            runs.append((day, day, hours))
    return ", ".join(
        f"{weekday_name(first)} {hours}"
        if first == last
        else _("%(first)s to %(last)s %(hours)s")
        % {"first": weekday_name(first), "last": weekday_name(last), "hours": hours}
        for first, last, hours in runs
    )


def _read_one(text: str, field: str) -> tuple[int, int]:
    match = _INTERVAL.fullmatch(text)
    if match is None:
        raise InvalidInput(
            gettext_lazy(
                "“%(typed)s” is not an opening. Type hours such as 9-18 or 09:00-12:30, 13:30-18:00."
            ),
            field=field,
            params={"typed": text},
        )
    hours = [int(match[1]), int(match[3])]
    minutes = [int(match[2] or 0), int(match[4] or 0)]
    begin, end = (hour * 60 + minute for hour, minute in zip(hours, minutes, strict=True))
    if max(minutes) > 59 or begin >= DAY or end > DAY:
        raise InvalidInput(
            gettext_lazy("“%(typed)s” holds a time that doesn’t exist. A day runs from 00:00 to 24:00."),
            field=field,
            params={"typed": text},
        )
    if begin == end:
        raise InvalidInput(
            gettext_lazy("“%(typed)s” begins when it ends. For the whole day, type 0-24."),
            field=field,
            params={"typed": text},
        )
    return begin, end


def _merge_note(merged: list[Interval]) -> str:
    return _("Openings that touch or overlap are made one: %(openings)s.") % {
        "openings": intervals_text(merged)
    }
