"""Suspensions: dated pauses, their union, and the working time they lost."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from slaclock.errors import SuspensionError
from slaclock.instants import to_seconds
from slaclock.layout import Timeline
from slaclock.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Suspension:
    """A pause of the clock; ``end`` is None while it lasts.

    ``kind`` tells pauses of different causes apart (``"customer"``, ``"reopened"``): all of them move a due date,
    a caller chooses which ones add up in the suspended seconds. ``label`` and ``reference`` are handed back in the
    ledger. Raises SuspensionError (``ends_before_begin``), InstantError.
    """

    begin: datetime
    end: datetime | None = None
    kind: str = "customer"
    label: str = ""
    reference: str = ""

    def __post_init__(self) -> None:
        begin = to_seconds(self.begin)
        if self.end is not None and to_seconds(self.end) < begin:
            raise SuspensionError(
                "ends_before_begin",
                f"The suspension from {self.begin.isoformat()} ends before it begins, at {self.end.isoformat()}.",
                begin=self.begin.isoformat(),
                end=self.end.isoformat(),
            )


class Pause(NamedTuple):
    """A stretch of the union of suspensions, in UTC seconds; ``end`` is None while it lasts."""

    begin: int
    end: int | None
    parts: tuple[Suspension, ...]

    def covers(self, at: int) -> bool:
        """Whether the clock stands still at that instant."""
        return self.begin <= at and (self.end is None or at < self.end)


def union(suspensions: Iterable[Suspension], start: int) -> list[Pause]:
    """The pauses after ``start`` in order of time, overlapping and touching suspensions joined (rule 6)."""
    pauses: list[Pause] = []
    found = [
        (max(to_seconds(s.begin), start), None if s.end is None else to_seconds(s.end), s)
        for s in suspensions
    ]
    for begin, end, suspension in sorted(found, key=lambda item: item[0]):
        if end is not None and end <= begin:
            continue
        last = pauses[-1] if pauses else None
        if last is not None and (last.end is None or begin <= last.end):
            joined = None if last.end is None or end is None else max(last.end, end)
            pauses[-1] = Pause(last.begin, joined, (*last.parts, suspension))
        else:
            pauses.append(Pause(begin, end, (suspension,)))
    return pauses


def cut_at(pauses: Iterable[Pause], at: int) -> list[Pause]:
    """The pauses as they were known at that instant: later ones left out, one in progress ended there (rule 11)."""
    return [
        pause._replace(end=at if pause.end is None else min(pause.end, at))
        for pause in pauses
        if pause.begin < at
    ]


def lost(timeline: Timeline, pauses: Iterable[Pause], until: int | None) -> int:
    """Open seconds inside the pauses, up to ``until``; a pause that lasts counts only when there is such an end."""
    total = 0
    for begin, end, _ in pauses:
        if until is not None:
            end = until if end is None else min(end, until)
        if end is not None:
            total += timeline.between(begin, end)
    return total


def lost_seconds(
    schedule: Schedule,
    suspensions: Iterable[Suspension],
    *,
    start: datetime,
    until: datetime | None = None,
    kinds: Collection[str] | None = None,
) -> int:
    """Working seconds lost to suspensions since ``start``, each instant counted once.

    ``until`` cuts them (a suspension that lasts counts up to it, and not at all without it); ``kinds`` counts only
    suspensions of those kinds.
    """
    chosen = [s for s in suspensions if kinds is None or s.kind in kinds]
    return lost(
        schedule.timeline, union(chosen, to_seconds(start)), None if until is None else to_seconds(until)
    )
