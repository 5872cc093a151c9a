"""The one adapter from rows to ``slaclock``: what each clock of a ticket runs on, and what it stores (design: clock).

A clock whose milestone is met is settled: it keeps the commitment version, the schedule versions and the start it was
judged on. Every other clock is bound to the versions of today and computed from its start whenever it is asked to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import prefetch_related_objects

import slaclock
from cadran.contracts.models import ClockStart, CommitmentVersion, ScheduleVersion
from cadran.contracts.queries import current_versions, layout_of

from .choices import ClockState, SuspensionKind
from .models import Suspension, Ticket

Kind = Literal["response", "resolution"]
KINDS: tuple[Kind, ...] = ("response", "resolution")


@dataclass(frozen=True)
class Basis:
    """Everything that one due date follows from. Instants are UTC."""

    kind: Kind
    schedule_version: ScheduleVersion
    action_version: ScheduleVersion
    commitment_version: CommitmentVersion
    guarantee: slaclock.Guarantee
    start: datetime
    suspensions: tuple[slaclock.Suspension, ...]
    met_at: datetime | None

    def question(self) -> dict[str, Any]:
        """The arguments of ``slaclock.compute`` and ``slaclock.explain``."""
        return {
            "schedule": layout_of(self.schedule_version),
            "action_schedule": layout_of(self.action_version),
            "start": self.start,
            "guarantee": self.guarantee,
            "suspensions": self.suspensions,
            "met_at": self.met_at,
            "warning_minutes": self.commitment_version.warning_minutes,
        }

    def compute(self, now: datetime | None = None) -> slaclock.Clock:
        """The clock at ``now``; without it, the due date and verdict alone."""
        return slaclock.compute(now=now, counted_kinds=(SuspensionKind.CUSTOMER.value,), **self.question())

    def due_if_resumed_at(self, at: datetime) -> datetime | None:
        """The due date if the suspension that lasts were ended at ``at``."""
        question = self.question()
        del question["met_at"], question["warning_minutes"]
        return slaclock.due_if_resumed_at(at=at, **question)


@dataclass(frozen=True)
class ClockShot:
    """What one clock showed, to tell whether a change moved it."""

    state: str
    due_at: datetime | None


def guarantee_of(version: CommitmentVersion, kind: Kind) -> slaclock.Guarantee | None:
    """What the version promises for a clock; None if it promises nothing."""
    amount = getattr(version, f"{kind}_amount")
    return None if amount is None else slaclock.Guarantee(amount, getattr(version, f"{kind}_unit"))


def milestone_of(ticket: Ticket, kind: Kind) -> datetime | None:
    """When the clock's milestone was reached."""
    return ticket.responded_at if kind == "response" else ticket.resolved_at


def pauses_of(ticket: Ticket) -> list[Suspension]:
    """The ticket's suspensions, read once for an act; who adds one calls :func:`forget_pauses`."""
    if ticket._state.adding:
        return []
    prefetch_related_objects([ticket], "suspensions")
    return list(ticket.suspensions.all())


def forget_pauses(ticket: Ticket) -> None:
    """Read the ticket's suspensions again when they are next asked for."""
    getattr(ticket, "_prefetched_objects_cache", {}).pop("suspensions", None)


def suspensions_of(
    ticket: Ticket, kind: Kind, *, without: int | None = None
) -> tuple[slaclock.Suspension, ...]:
    """The pauses of a clock; the engine leaves out those after its milestone was met.

    The time between resolution and reopening is one of them (Spec T27): a response that was given stands before it.
    A suspension recorded later than a response that it precedes leaves that response as it was judged (Spec T24).
    """
    settled = kind == "response" and ticket.responded_at is not None
    return tuple(
        slaclock.Suspension(row.began_at, row.ended_at, kind=row.kind, reference=str(row.pk))
        for row in pauses_of(ticket)
        if row.pk != without and not (settled and row.spares_response)
    )


def basis_of(ticket: Ticket, kind: Kind, *, without: int | None = None) -> Basis | None:
    """What the clock stands on as stored; None while it has no guarantee or no start.

    ``without``: leave out the suspension with this key, to tell what it moved.
    """
    if kind == "response":
        version, start = ticket.response_commitment_version, ticket.response_started_at
        schedule, action = ticket.reception_schedule_version, ticket.response_action_version
    else:
        version, start = ticket.resolution_commitment_version, ticket.resolution_started_at
        schedule = action = ticket.action_schedule_version
    if version is None or start is None or schedule is None or action is None:
        return None
    guarantee = guarantee_of(version, kind)
    if guarantee is None:
        return None
    return Basis(
        kind=kind,
        schedule_version=schedule,
        action_version=action,
        commitment_version=version,
        guarantee=guarantee,
        start=start,
        suspensions=suspensions_of(ticket, kind, without=without),
        met_at=milestone_of(ticket, kind),
    )


def shots(ticket: Ticket) -> dict[Kind, ClockShot]:
    """Both clocks as stored."""
    return {
        kind: ClockShot(getattr(ticket, f"{kind}_clock"), getattr(ticket, f"{kind}_due_at")) for kind in KINDS
    }


def recompute(ticket: Ticket, *, at: datetime) -> None:
    """Compute every clock whose milestone is not met anew, on the commitment chosen and the schedules of today.

    Sets fields of ``ticket`` without saving them. A cancelled ticket's clocks are void and stay so, whatever is
    promised later.
    """
    if ticket.is_cancelled:
        return
    running = [
        kind
        for kind in KINDS
        if milestone_of(ticket, kind) is None and getattr(ticket, f"{kind}_clock") != ClockState.VOID
    ]
    if running:
        _bind(ticket, *running)
    for kind in running:
        _store(ticket, kind, at)


def settle(ticket: Ticket, kind: Kind, *, at: datetime, again: bool = False) -> None:
    """Judge a milestone that was just set; ``again``: its instant was corrected, the rest stays as it was."""
    if not again:
        _bind(ticket, kind)
    _store(ticket, kind, at)


def void(ticket: Ticket) -> None:
    """Stop the clocks whose milestone is not met: the ticket is cancelled (Spec T26)."""
    for kind in KINDS:
        if milestone_of(ticket, kind) is None:
            promised = getattr(ticket, f"{kind}_clock") != ClockState.NONE
            _show(ticket, kind, ClockState.VOID if promised else ClockState.NONE)


def drop_resolution(ticket: Ticket) -> None:
    """Forget the resolution's verdict and every void clock, so that both can be computed again (Spec T27)."""
    for kind in KINDS:
        if milestone_of(ticket, kind) is None:
            _show(ticket, kind, ClockState.NONE)


def start_of(ticket: Ticket, version: CommitmentVersion, kind: Kind) -> datetime | None:
    """From when the clock runs (Spec C10, T27); None while it waits for the response."""
    if kind == "resolution" and ticket.resolution_restarted_at is not None:
        return ticket.resolution_restarted_at
    start = version.response_start if kind == "response" else version.resolution_start
    if start == ClockStart.RESPONSE:
        return ticket.responded_at
    return ticket.entered_at if start == ClockStart.ENTRY else ticket.received_at


def lost_seconds(ticket: Ticket, suspension: Suspension) -> int | None:
    """Working seconds of the action schedule inside an ended suspension; None without a schedule (Spec T24)."""
    version = ticket.action_schedule_version
    if version is None or suspension.ended_at is None:
        return None
    return slaclock.working_seconds(layout_of(version), suspension.began_at, suspension.ended_at)


def _bind(ticket: Ticket, *kinds: Kind) -> None:
    version = ticket.commitment_version
    reception, action = _schedules_of_today(ticket, version)
    for kind in kinds:
        start = None if version is None else start_of(ticket, version, kind)
        if kind == "response":
            ticket.response_commitment_version, ticket.response_started_at = version, start
            ticket.reception_schedule_version, ticket.response_action_version = reception, action
        else:
            ticket.resolution_commitment_version, ticket.resolution_started_at = version, start
            ticket.action_schedule_version = action


def _schedules_of_today(
    ticket: Ticket, version: CommitmentVersion | None
) -> tuple[ScheduleVersion | None, ScheduleVersion | None]:
    """The reception and action schedule's newest versions, asked for once while an act computes a ticket."""
    if version is None:
        return None, None
    known = ticket.__dict__.get("_schedules_of_today")
    if known is None or known[0] != version.pk:
        known = ticket.__dict__["_schedules_of_today"] = (version.pk, current_versions(version))
    found: tuple[ScheduleVersion, ScheduleVersion] = known[1]
    return found


def _store(ticket: Ticket, kind: Kind, at: datetime) -> None:
    basis = basis_of(ticket, kind)
    if basis is None:
        version = ticket.commitment_version
        promised = version is not None and guarantee_of(version, kind) is not None
        waits = promised and milestone_of(ticket, kind) is None
        _show(ticket, kind, ClockState.WAITING if waits else ClockState.NONE)
        return
    clock = basis.compute(at)
    if clock.no_due_because == "never_open":
        _show(ticket, kind, ClockState.NEVER_OPEN)
    elif basis.met_at is not None:
        _show(ticket, kind, ClockState.MET if clock.in_time else ClockState.MISSED, clock)
    elif ticket.suspended_since is not None:
        _show(ticket, kind, ClockState.SUSPENDED, clock)
    else:
        _show(ticket, kind, ClockState.RUNNING, clock)


def _show(ticket: Ticket, kind: Kind, state: ClockState, clock: slaclock.Clock | None = None) -> None:
    """Write one clock's columns: the counter is stored only where it stands still, the colour while suspended."""
    still = clock is not None and state != ClockState.RUNNING
    frozen = clock is not None and state == ClockState.SUSPENDED
    values = {
        "clock": state,
        "due_at": None if clock is None else clock.due,
        "warns_at": None if clock is None or state != ClockState.RUNNING else clock.warns_at,
        "total_seconds": None if clock is None else clock.guarantee_seconds,
        "left_seconds": clock.remaining_seconds if still and clock is not None else None,
        "frozen_colour": (clock.colour or "") if frozen and clock is not None else "",
    }
    for name, value in values.items():
        setattr(ticket, f"{kind}_{name}", value)
