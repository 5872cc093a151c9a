"""The days of a plan: a rule that comes round, and what closed days make of it (Spec T31). Needs no database."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from .choices import ClosedDay, Frequency

#: How far an occurrence moves at most to find an open day; where all is closed for longer, it is left out.
REACH = timedelta(days=92)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Recurrence:
    """When a plan comes round: every ``interval`` days, weeks, months or years from ``starts_on`` to ``ends_on``.

    ``weekdays`` are ISO days (1 Monday). Weekly: on each of them, in every ``interval``-th week counted from that of
    ``starts_on``. Monthly and yearly: on the day of the month of ``starts_on``, or the last one where the month is
    shorter; with ``nth`` on the nth ``weekdays[0]`` of the month (1 to 4, or -1 for the last one).
    """

    frequency: str
    interval: int
    starts_on: date
    ends_on: date | None = None
    weekdays: Sequence[int] = ()
    nth: int | None = None

    def days(self, first: date, last: date) -> Iterator[date]:
        """The days from ``first`` to ``last``, both included, in their order."""
        first = max(first, self.starts_on)
        if self.ends_on is not None:
            last = min(last, self.ends_on)
        if first > last:
            return
        for day in self._from(first):
            if day > last:
                return
            if day >= first:
                yield day

    def _from(self, first: date) -> Iterator[date]:
        """Every day of the rule from shortly before ``first`` on, without end."""
        match Frequency(self.frequency):
            case Frequency.DAILY:
                return self._daily(first)
            case Frequency.WEEKLY:
                return self._weekly(first)
            case Frequency.MONTHLY:
                return self._monthly(first, self.interval)
            case Frequency.YEARLY:
                return self._monthly(first, 12 * self.interval)

    def _daily(self, first: date) -> Iterator[date]:
        rounds = (first - self.starts_on).days // self.interval
        day = self.starts_on + timedelta(days=rounds * self.interval)
        while True:
            yield day
            day += timedelta(days=self.interval)

    def _weekly(self, first: date) -> Iterator[date]:
        monday = self.starts_on - timedelta(days=self.starts_on.weekday())
        rounds = (first - monday).days // 7 // self.interval
        monday += timedelta(weeks=rounds * self.interval)
        days = sorted(set(self.weekdays)) or [self.starts_on.isoweekday()]
        while True:
            yield from (monday + timedelta(days=day - 1) for day in days)
            monday += timedelta(weeks=self.interval)

    def _monthly(self, first: date, step: int) -> Iterator[date]:
        start = self.starts_on.year * 12 + self.starts_on.month - 1
        rounds = (first.year * 12 + first.month - 1 - start) // step
        month = start + rounds * step
        while True:
            yield self._in_month(*divmod(month, 12))
            month += step

    def _in_month(self, year: int, month_before: int) -> date:
        month = month_before + 1
        weekday_of_first, length = monthrange(year, month)
        if self.nth is None:
            return date(year, month, min(self.starts_on.day, length))
        to_first = (self.weekdays[0] - 1 - weekday_of_first) % 7
        day = 1 + to_first + 7 * (self.nth - 1)
        if self.nth < 0:
            day = 1 + to_first + 7 * ((length - 1 - to_first) // 7)
        return date(year, month, day)


class Fate(StrEnum):
    """What became of a day of the rule."""

    KEPT = "kept"
    MOVED = "moved"
    #: The schedule is closed and the plan leaves such days out, or nothing is open for as long as one looks.
    LEFT_OUT = "left_out"
    #: Another day of the rule falls on the same open day, so that one ticket stands for both.
    JOINED = "joined"


@dataclass(frozen=True)
class Occurrence:
    """One day of the rule and the day that is planned for it; ``planned_on`` is None for one left out.

    Of several that fall on one open day the one that needed no move stands for all, else the first.
    """

    due_on: date
    planned_on: date | None
    fate: Fate


def occurrences(
    rule: Recurrence, closed_day: str, is_open: Callable[[date], bool], first: date, last: date
) -> list[Occurrence]:
    """What becomes of the days of ``rule`` from ``first`` to ``last``; ``is_open`` tells the schedule's days."""
    planned = {day: _planned(day, closed_day, is_open) for day in rule.days(_before(first), _after(last))}
    stands: dict[date, date] = {}
    for day, on in planned.items():
        if on is not None and (on not in stands or on == day):
            stands[on] = day
    return [
        Occurrence(day, on, _fate(day, on, stands)) for day, on in planned.items() if first <= day <= last
    ]


def _planned(day: date, closed_day: str, is_open: Callable[[date], bool]) -> date | None:
    if is_open(day):
        return day
    if closed_day == ClosedDay.SKIP:
        return None
    step = _DAY if closed_day == ClosedDay.NEXT else -_DAY
    return next((day + n * step for n in range(1, REACH.days + 1) if is_open(day + n * step)), None)


def _fate(day: date, on: date | None, stands: dict[date, date]) -> Fate:
    if on is None:
        return Fate.LEFT_OUT
    if stands[on] != day:
        return Fate.JOINED
    return Fate.KEPT if on == day else Fate.MOVED


def _before(day: date) -> date:
    return day - REACH if day - date.min > REACH else date.min


def _after(day: date) -> date:
    return day + REACH if date.max - day > REACH else date.max
