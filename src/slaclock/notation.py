"""Opening hours as people and files write them: ``09:00-12:30``, ``22:00-06:00``, ``mon-fri 09:00-18:00``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from slaclock.errors import ScheduleError

Opening = tuple[int, int]
"""Begin and end of an opening in minutes after midnight; the end is at most 1440 (24:00)."""

DAY_MINUTES: Final = 1440
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_OPENING: Final = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})", re.ASCII)
_TYPED: Final = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-\u2013]\s*(\d{1,2}):(\d{2})\s*", re.ASCII)

NoteCode = Literal["split_at_midnight", "read_as_24_00"]


@dataclass(frozen=True, slots=True)
class Note:
    """What was changed in opening hours as they were typed, to be told to who typed them."""

    code: NoteCode
    weekday: int
    typed: str


def _bad_opening(text: object) -> ScheduleError:
    return ScheduleError(
        "bad_opening",
        f"{text!r} is not an opening; write it as 09:00-18:00, the end after the begin and at most 24:00.",
        value=str(text),
    )


def _minutes(match: re.Match[str]) -> Opening:
    hour, minute, end_hour, end_minute = map(int, match.groups())
    if minute > 59 or end_minute > 59:
        raise _bad_opening(match.group())
    return hour * 60 + minute, end_hour * 60 + end_minute


def check_opening(opening: Opening) -> Opening:
    """The opening itself when its minutes make sense. Raises ScheduleError (``bad_opening``)."""
    try:
        begin, end = opening
        good = type(begin) is int and type(end) is int and 0 <= begin < end <= DAY_MINUTES
    except (TypeError, ValueError):
        good = False
    if not good:
        raise _bad_opening(opening)
    return begin, end


def parse_opening(text: str) -> Opening:
    """``"HH:MM-HH:MM"`` exactly, inside one day. Raises ScheduleError (``bad_opening``)."""
    match = _OPENING.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise _bad_opening(text)
    begin, end = _minutes(match)
    if not begin < end <= DAY_MINUTES:
        raise _bad_opening(text)
    return begin, end


def format_opening(opening: Opening) -> str:
    """``"HH:MM-HH:MM"``."""
    begin, end = opening
    return f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"


def read_typed(typed: Mapping[int, Iterable[str]]) -> tuple[dict[int, tuple[Opening, ...]], tuple[Note, ...]]:
    """Weekly openings as typed by a person, per ISO weekday, and what had to be read differently.

    ``22:00-06:00`` is stored as ``22:00-24:00`` and ``00:00-06:00`` under the next weekday; an end of 23:59 is read
    as 24:00. Raises ScheduleError (``bad_opening``, ``bad_weekday``).
    """
    weekly: dict[int, set[Opening]] = {}
    notes: list[Note] = []
    for weekday, texts in typed.items():
        check_weekday(weekday)
        for text in texts:
            match = _TYPED.fullmatch(text)
            if match is None:
                raise _bad_opening(text)
            begin, end = _minutes(match)
            if end == DAY_MINUTES - 1:
                end = DAY_MINUTES
                notes.append(Note("read_as_24_00", weekday, text.strip()))
            if begin >= DAY_MINUTES or end > DAY_MINUTES or begin == end:
                raise _bad_opening(text)
            if begin > end:
                weekly.setdefault(weekday, set()).add((begin, DAY_MINUTES))
                if end:
                    weekly.setdefault(weekday % 7 + 1, set()).add((0, end))
                    notes.append(Note("split_at_midnight", weekday, text.strip()))
            else:
                weekly.setdefault(weekday, set()).add((begin, end))
    return {day: tuple(sorted(weekly[day])) for day in sorted(weekly)}, tuple(notes)


def check_weekday(weekday: object) -> None:
    """Raise ScheduleError (``bad_weekday``) unless it is 1 (Monday) to 7 (Sunday)."""
    if type(weekday) is not int or not 1 <= weekday <= 7:
        raise ScheduleError(
            "bad_weekday", f"{weekday!r} is not a weekday; use 1 (Monday) to 7 (Sunday).", value=str(weekday)
        )


def read_week(text: str) -> tuple[dict[int, tuple[Opening, ...]], tuple[Note, ...]]:
    """A week in one line: ``"mon-fri 09:00-12:30,13:30-18:00; sat 09:00-12:00"``. See `read_typed`."""
    typed: dict[int, list[str]] = {}
    for part in filter(None, map(str.strip, text.split(";"))):
        names, _, hours = part.partition(" ")
        for weekday in _weekdays(names):
            typed.setdefault(weekday, []).extend(filter(None, map(str.strip, hours.split(","))))
    return read_typed(typed)


def _weekdays(names: str) -> list[int]:
    days: list[int] = []
    for name in names.lower().split(","):
        first, dash, last = name.partition("-")
        if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
            raise ScheduleError(
                "bad_weekday", f"{name!r} is not a weekday; use mon to sun, for instance mon-fri.", value=name
            )
        begin = WEEKDAYS.index(first)
        length = (WEEKDAYS.index(last) - begin) % 7 if dash else 0
        days.extend((begin + step) % 7 + 1 for step in range(length + 1))
    return days
