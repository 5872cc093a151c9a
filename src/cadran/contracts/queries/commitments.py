"""Which commitment a ticket gets, and why (Spec C9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import slaclock
from cadran.catalogue.models import Severity
from cadran.contracts.clock import layout_of
from cadran.contracts.openings import merge, week_text
from cadran.core.instants import written
from cadran.parties.models import Contact, Customer

from ..models import (
    Commitment,
    CommitmentChoice,
    CommitmentVersion,
    Contract,
    Level,
    ScheduleVersion,
    Service,
)

Holder = Contact | Service | Contract | Customer


@dataclass(frozen=True)
class Considered:
    """One level of the choice: what was found there, and whether it counted.

    ``applies`` is False where coverage rules the level out; ``reached`` is False after the level that was chosen.
    """

    level: Level
    holder_label: str
    found: str | None
    applies: bool
    reached: bool


@dataclass(frozen=True)
class CommitmentChosen:
    """The commitment version that applies, the level it comes from ("" for none), and every level looked at."""

    version: CommitmentVersion | None
    level: Level | str
    considered: list[Considered] = field(default_factory=list)

    @property
    def commitment(self) -> Commitment | None:
        """The commitment whose version was chosen."""
        return self.version.commitment if self.version else None


def holder_field(holder: Holder) -> str:
    """The field of ``CommitmentChoice`` that names ``holder``: its level."""
    if isinstance(holder, Contact):
        return Level.REQUESTER.value
    return type(holder).__name__.lower()


def choices_of(holder: Holder) -> QuerySet[CommitmentChoice]:
    """The commitments of one holder, the one for all other severities first."""
    rows: QuerySet[CommitmentChoice] = CommitmentChoice.objects.filter(**{holder_field(holder): holder})
    return rows.select_related("severity", "commitment").order_by("severity__position", "id")


def choose_commitment(
    *,
    requester: Contact | None,
    service: Service | None,
    contract: Contract | None,
    customer: Customer | None,
    severity: Severity | None,
    covered: bool,
) -> CommitmentChosen:
    """The first level that has a commitment for the severity, or else one for all severities.

    Without a contract, or when the ticket isn't covered, only the requester and the customer can apply. Three queries
    at most.
    """
    holders: list[tuple[Level, Holder | None]] = [
        (Level.REQUESTER, requester),
        (Level.SERVICE, service),
        (Level.CONTRACT, contract),
        (Level.CUSTOMER, customer),
    ]
    found = _found(holders, severity)
    considered: list[Considered] = []
    level: Level | str = ""
    for one, holder in holders:
        if holder is None:
            continue
        applies = one in (Level.REQUESTER, Level.CUSTOMER) or (covered and contract is not None)
        commitment = found.get(one)
        considered.append(
            Considered(one, str(holder), str(commitment) if commitment else None, applies, reached=not level)
        )
        if commitment and applies and not level:
            level = one
    version = found[Level(level)].current_version if level else None
    return CommitmentChosen(version, level, considered)


def _found(
    holders: Iterable[tuple[Level, Holder | None]], severity: Severity | None
) -> dict[Level, Commitment]:
    given = [(level, holder) for level, holder in holders if holder is not None]
    of_holder = Q()
    for level, holder in given:
        of_holder |= Q(**{level.value: holder})
    if not given:
        return {}
    rows = CommitmentChoice.objects.filter(of_holder, Q(severity=severity) | Q(severity=None))
    found: dict[Level, Commitment] = {}
    # The general choice first, so that the one of the severity replaces it.
    for row in sorted(rows.select_related("commitment"), key=lambda row: row.severity_id is not None):
        level = next(one for one, _holder in given if getattr(row, f"{one.value}_id") is not None)
        found[level] = row.commitment
    return found


def current_versions(promise: CommitmentVersion) -> tuple[ScheduleVersion, ScheduleVersion]:
    """The versions of today of the reception and the action schedule of a promise, in one query."""
    reception, action = promise.reception_schedule_id, promise.action_schedule_id
    newest = (
        ScheduleVersion.objects.filter(schedule_id=OuterRef("schedule_id"))
        .order_by("-number")
        .values("pk")[:1]
    )
    # A layout is kept once it was read (``layout_of``): it is fetched only when it is not.
    rows = ScheduleVersion.objects.defer("layout").filter(
        schedule_id__in={reception, action}, pk=Subquery(newest)
    )
    found = {row.schedule_id: row for row in rows}
    return found[reception], found[action]


def commitment_warnings(version: CommitmentVersion) -> list[str]:
    """What whoever saves the promise should know, in full sentences; empty for nothing.

    Where reception is open and action is not, a suspension loses no time: a response could fall due while the ticket
    is still suspended. Looked at over the year that follows the version.
    """
    if version.response_amount is None or version.reception_schedule_id == version.action_schedule_id:
        return []
    reception = layout_of(version.reception_schedule.current_version)
    action_version = version.action_schedule.current_version
    weekly, dates = _only_in_first(reception, layout_of(action_version), version.created_at)
    if not weekly and not dates:
        return []
    names = {"reception": str(version.reception_schedule), "action": str(version.action_schedule)}
    openings = week_text(weekly)
    if dates:
        more = ngettext("on %(date)s", "on %(count)s dates such as %(date)s", len(dates)) % {
            "count": len(dates),
            "date": written(dates[0]),
        }
        openings = f"{openings}; {more}" if openings else more
    return [
        _(
            "“%(reception)s” receives tickets while “%(action)s” is closed (%(openings)s). A suspension loses no time "
            "then, so that a response could fall due before the suspension ends."
        )
        % (names | {"openings": openings})
    ]


def _only_in_first(
    first: slaclock.Schedule, second: slaclock.Schedule, begin: Any
) -> tuple[dict[int, list[list[int]]], list[date]]:
    """Where ``first`` is open and ``second`` is not: usual openings by weekday, and single dates."""
    end = begin + timedelta(days=366)
    weekly: dict[int, set[tuple[int, int]]] = {}
    dates: set[date] = set()
    others = slaclock.openings(second, begin, end)
    position = 0
    for interval in slaclock.openings(first, begin, end):
        while position < len(others) and others[position].end <= interval.begin:
            position += 1
        since, step = interval.begin, position
        pieces = []
        while step < len(others) and others[step].begin < interval.end:
            if others[step].begin > since:
                pieces.append((since, others[step].begin))
            since = max(since, others[step].end)
            step += 1
        if since < interval.end:
            pieces.append((since, interval.end))
        if not pieces:
            continue
        day = interval.date
        if day in second.closed_dates or day in first.exceptional_openings:
            dates.add(day)
            continue
        for opens, closes in pieces:
            local = [at.astimezone(first.zone) for at in (opens, closes)]
            minutes = [at.hour * 60 + at.minute for at in local]
            weekly.setdefault(day.isoweekday(), set()).add((minutes[0], minutes[1] or 1440))
    return {day: merge(weekly[day]) for day in sorted(weekly)}, sorted(dates)
