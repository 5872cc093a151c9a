"""When time counts: weekly openings, closed dates and exceptional openings in a time zone.

Spec C8 and C10; the rules of open time are rules 1 to 4 of ``sla-vectors/1``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from slaclock.errors import ScheduleError
from slaclock.guarantee import Guarantee
from slaclock.instants import (
    DAY,
    EPOCH,
    day_number,
    day_of_number,
    from_seconds,
    refused_instant,
    to_seconds,
)
from slaclock.layout import Plan, Spans, Timeline, timeline_of
from slaclock.notation import Opening, check_opening, check_weekday, format_opening, parse_opening

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_KEYS: Final = frozenset({"time_zone", "weekly", "closed_dates", "exceptional_openings"})


class OpenInterval(NamedTuple):
    """A stretch of open time: UTC instants, the end not included, and its local date."""

    begin: datetime
    end: datetime
    date: date


class Schedule:
    """An immutable value; equal schedules share one layout. Has no name: renaming moves nothing.

    - ``time_zone``: IANA name; all times of day are wall time there.
    - ``weekly``: ISO weekday (1 Monday to 7 Sunday) -> openings, as minutes ``(540, 1080)`` or ``"09:00-18:00"``.
    - ``closed_dates``: dates without weekly hours, with the name of each (a holiday's) where one is given.
    - ``exceptional_openings``: date -> openings besides the weekly ones, even on a closed date.

    Raises ScheduleError (``unknown_time_zone``, ``bad_weekday``, ``bad_opening``, ``bad_date``).
    """

    __slots__ = ("_hash", "_timeline", "closed_dates", "exceptional_openings", "time_zone", "weekly")

    time_zone: str
    weekly: Mapping[int, tuple[Opening, ...]]
    closed_dates: Mapping[date, str]
    exceptional_openings: Mapping[date, tuple[Opening, ...]]
    _hash: int
    _timeline: Timeline | None

    def __init__(
        self,
        time_zone: str,
        weekly: Mapping[int, Iterable[Opening | str]] | None = None,
        closed_dates: Mapping[date, str] | Iterable[date] = (),
        exceptional_openings: Mapping[date, Iterable[Opening | str]] | None = None,
    ) -> None:
        find_zone(time_zone)
        week: dict[int, tuple[Opening, ...]] = {}
        for weekday, openings in sorted((weekly or {}).items()):
            check_weekday(weekday)
            week[weekday] = _openings(openings)
        named = closed_dates if isinstance(closed_dates, Mapping) else dict.fromkeys(closed_dates, "")
        exceptional = {_date(day): _openings(hours) for day, hours in (exceptional_openings or {}).items()}
        for name, value in {
            "time_zone": time_zone,
            "weekly": MappingProxyType({day: hours for day, hours in week.items() if hours}),
            "closed_dates": MappingProxyType({day: named[day] for day in sorted(map(_date, named))}),
            "exceptional_openings": MappingProxyType(
                {d: exceptional[d] for d in sorted(exceptional) if exceptional[d]}
            ),
            "_timeline": None,
        }.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_hash", hash(tuple(map(_frozen, self._value()))))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"A schedule does not change: make a new one instead of setting {name}.")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"A schedule does not change: {name} stays.")

    def _value(self) -> tuple[Any, ...]:
        return self.time_zone, dict(self.weekly), dict(self.closed_dates), dict(self.exceptional_openings)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Schedule):
            return NotImplemented
        return self is other or (self._hash == other._hash and self._value() == other._value())

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[object, ...]:
        return Schedule, self._value()

    def __repr__(self) -> str:
        return f"Schedule.from_json({self.to_json()!r})"

    @property
    def zone(self) -> ZoneInfo:
        """The time zone itself."""
        return self.timeline.zone

    @property
    def timeline(self) -> Timeline:
        """The schedule laid out; shared with equal schedules."""
        timeline = self._timeline
        if timeline is None:
            timeline = timeline_of(_plan(self))
            object.__setattr__(self, "_timeline", timeline)
        return timeline

    @property
    def never_opens(self) -> bool:
        """Whether nothing is ever open; such a schedule cannot carry a guarantee."""
        return not self.weekly and not self.exceptional_openings

    @classmethod
    def from_json(cls, data: object) -> Schedule:
        """A schedule from the ``sla-vectors/1`` form; ``closed_dates`` is a list, or an object date -> name.

        Raises ScheduleError; beside the codes of the class ``bad_schedule`` and ``unknown_key``.
        """
        if not isinstance(data, Mapping):
            raise _bad("A schedule is an object with time_zone and weekly.", data)
        unknown = sorted(map(str, set(data) - _KEYS))
        if unknown:
            raise ScheduleError(
                "unknown_key", f"A schedule has no key {', '.join(unknown)}.", value=", ".join(unknown)
            )
        if "time_zone" not in data:
            raise _bad("A schedule needs its time_zone.", data)
        weekly = _section(data, "weekly")
        closed = data.get("closed_dates", [])
        if not isinstance(closed, Mapping):
            if not isinstance(closed, list):
                raise _bad("closed_dates is a list of dates, or an object from date to name.", closed)
            closed = {day: "" for day in closed if _date_text(day)}
        return cls(
            data["time_zone"],
            {_weekday(key): _texts(texts) for key, texts in weekly.items()},
            {_date_of(text): _name(name) for text, name in closed.items()},
            {_date_of(key): _texts(texts) for key, texts in _section(data, "exceptional_openings").items()},
        )

    def to_json(self) -> dict[str, Any]:
        """The ``sla-vectors/1`` form; ``closed_dates`` is a list unless a date has a name. Empty keys are left out."""
        data: dict[str, Any] = {"time_zone": self.time_zone}
        if self.weekly:
            data["weekly"] = {
                str(day): list(map(format_opening, hours)) for day, hours in self.weekly.items()
            }
        if any(self.closed_dates.values()):
            data["closed_dates"] = {day.isoformat(): name for day, name in self.closed_dates.items()}
        elif self.closed_dates:
            data["closed_dates"] = [day.isoformat() for day in self.closed_dates]
        if self.exceptional_openings:
            data["exceptional_openings"] = {
                day.isoformat(): list(map(format_opening, hours))
                for day, hours in self.exceptional_openings.items()
            }
        return data


# -- questions ------------------------------------------------------------------------------------------------------


def due_at(schedule: Schedule, start: datetime, guarantee: Guarantee) -> datetime | None:
    """When a guarantee without suspensions is due, in UTC; None if not enough open time ever comes.

    The shortest way to a due date: rules 3 to 5 and 8 of ``sla-vectors/1``.
    """
    try:
        since = start - EPOCH
    except TypeError:
        raise refused_instant(start) from None
    at = since.days * DAY + since.seconds
    seconds = guarantee.seconds
    timeline = schedule._timeline or schedule.timeline
    due = timeline.add_days(at, guarantee.amount) if seconds is None else timeline.add(at, seconds)
    return None if due is None else from_seconds(due)


def working_seconds(schedule: Schedule, begin: datetime, end: datetime) -> int:
    """Open seconds from ``begin`` to ``end``; negative when ``end`` is the earlier one."""
    first, last = to_seconds(begin), to_seconds(end)
    if first > last:
        return -schedule.timeline.between(last, first)
    return schedule.timeline.between(first, last)


def add_working_seconds(schedule: Schedule, at: datetime, seconds: int) -> datetime | None:
    """The earliest instant by which that much open time has passed; None if it never does.

    0 seconds: ``at`` if open, else the next opening. Raises ScheduleError (``negative_seconds``).
    """
    if seconds < 0:
        raise ScheduleError(
            "negative_seconds", "Working time is added, not taken away: give 0 or more seconds."
        )
    found = schedule.timeline.add(to_seconds(at), seconds)
    return None if found is None else from_seconds(found)


def next_opening(schedule: Schedule, at: datetime) -> datetime | None:
    """``at`` if open, else the next opening; None if there is none within 400 years."""
    found = schedule.timeline.next_open(to_seconds(at))
    return None if found is None else from_seconds(found)


def is_open(schedule: Schedule, at: datetime) -> bool:
    """Whether time counts at that instant."""
    second = to_seconds(at)
    return schedule.timeline.between(second, second + 1) == 1


def openings(schedule: Schedule, begin: datetime, end: datetime) -> list[OpenInterval]:
    """The open intervals inside ``[begin, end)``, the outer ones cut to it; each lies in one local date."""
    first, last = to_seconds(begin), to_seconds(end)
    return [
        OpenInterval(from_seconds(max(opens, first)), from_seconds(min(closes, last)), day_of_number(day))
        for opens, closes, day in schedule.timeline.intervals(first, last)
    ]


# -- reading --------------------------------------------------------------------------------------------------------


def find_zone(name: object) -> ZoneInfo:
    """The IANA time zone of that name. Raises ScheduleError (``unknown_time_zone``)."""
    try:
        if isinstance(name, str) and name:
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise ScheduleError(
        "unknown_time_zone",
        f"{name!r} is not a known time zone; use an IANA name such as Europe/Paris.",
        value=str(name),
    )


def _plan(schedule: Schedule) -> Plan:
    weekly = tuple(_merged(schedule.weekly.get(weekday, ())) for weekday in range(1, 8))
    special: dict[int, Spans] = {day_number(day): () for day in schedule.closed_dates}
    for day, hours in schedule.exceptional_openings.items():
        usual = () if day in schedule.closed_dates else schedule.weekly.get(day.isoweekday(), ())
        special[day_number(day)] = _merged(tuple(usual) + hours)
    return Plan(schedule.time_zone, weekly, tuple(sorted(special.items())))


def _merged(openings: tuple[Opening, ...]) -> Spans:
    spans: list[list[int]] = []
    for begin, end in sorted(openings):
        if spans and begin * 60 <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], end * 60)
        else:
            spans.append([begin * 60, end * 60])
    return tuple((begin, end) for begin, end in spans)


def _frozen(value: object) -> object:
    return tuple(value.items()) if isinstance(value, dict) else value


def _openings(openings: Iterable[Opening | str]) -> tuple[Opening, ...]:
    if isinstance(openings, str):
        raise _bad("Openings stand in a list, even a single one.", openings)
    return tuple(sorted({parse_opening(o) if isinstance(o, str) else check_opening(o) for o in openings}))


def _date(day: date) -> date:
    if type(day) is not date:
        raise ScheduleError("bad_date", f"{day!r} is not a date.", value=str(day))
    return day


def _bad(message: str, value: object) -> ScheduleError:
    return ScheduleError("bad_schedule", message, value=repr(value)[:80])


def _section(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    section = data.get(key, {})
    if not isinstance(section, Mapping):
        raise _bad(f"{key} is an object whose values are lists of openings.", section)
    return section


def _texts(texts: object) -> list[str]:
    if not isinstance(texts, list):
        raise _bad("Openings stand in a list, even a single one.", texts)
    for text in texts:
        parse_opening(text)
    return texts


def _weekday(key: object) -> int:
    if key not in {"1", "2", "3", "4", "5", "6", "7"}:
        check_weekday(key if isinstance(key, str) else repr(key))
    return int(str(key))


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise _bad("The name of a closed date is a text.", name)
    return name


def _date_text(text: object) -> bool:
    _date_of(text)
    return True


def _date_of(text: object) -> date:
    """The date written ``YYYY-MM-DD``."""
    if isinstance(text, str) and _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise ScheduleError("bad_date", f"{text!r} is not a date; write it as 2026-11-11.", value=str(text))
