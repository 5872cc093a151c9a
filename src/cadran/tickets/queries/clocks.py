"""Clocks as screens show them: state, colour, time left, and what a ticking countdown needs (Spec C12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

import slaclock
from cadran.contracts.models import CommitmentVersion
from cadran.contracts.queries import layout_of

from ..choices import ClockState
from ..clock import Basis, Kind, basis_of, guarantee_of, milestone_of
from ..models import Ticket

#: How far past the due date a countdown knows the openings, and how many of them at most.
BEYOND = timedelta(days=7)
MOST_OPENINGS = 120


@dataclass(frozen=True)
class ClockView:
    """One clock at ``now``. Seconds are working time; ``openings`` are UTC seconds since 1970.

    ``colour`` is green, orange or red while the clock runs, still while it is suspended (``frozen_colour`` says in
    which colour it stopped), met or missed after its milestone, none otherwise. ``left_seconds`` is negative once
    late; frozen while suspended, and what was left when the milestone was met. ``warning_fraction`` is the share of
    the guarantee after whose use the clock turns orange.
    """

    kind: Kind
    state: ClockState
    colour: str
    now: datetime
    due_at: datetime | None = None
    met_at: datetime | None = None
    in_time: bool | None = None
    left_seconds: int | None = None
    total_seconds: int | None = None
    used_fraction: float | None = None
    warning_fraction: float | None = None
    frozen_colour: str = ""
    guarantee_text: str = ""
    warns_at: datetime | None = None
    due_if_resumed_now: datetime | None = None
    openings: list[list[int]] = field(default_factory=list)

    @property
    def is_late(self) -> bool:
        """Whether the clock runs, or stood still, past its due date."""
        return self.left_seconds is not None and self.left_seconds <= 0 and self.met_at is None


@dataclass(frozen=True)
class TicketClocks:
    """Both clocks of one ticket."""

    response: ClockView
    resolution: ClockView

    def __getitem__(self, kind: Kind) -> ClockView:
        return self.response if kind == "response" else self.resolution


def guarantee_text(version: CommitmentVersion | None, kind: Kind) -> str:
    """« 4 h », « 2 working days »; empty when nothing is promised."""
    promised = None if version is None else guarantee_of(version, kind)
    if promised is None:
        return ""
    amount = {"amount": promised.amount}
    if promised.unit == "day":
        return ngettext("%(amount)d working day", "%(amount)d working days", promised.amount) % amount
    return str(_("%(amount)d h") if promised.unit == "hour" else _("%(amount)d min")) % amount


def clock_view(ticket: Ticket, now: datetime, *, with_openings: bool = False) -> TicketClocks:
    """Both clocks of a ticket at ``now``; ``with_openings`` adds what a countdown needs to tick by itself."""
    return TicketClocks(
        _view(ticket, "response", now, with_openings), _view(ticket, "resolution", now, with_openings)
    )


def clock_views(tickets: Iterable[Ticket], now: datetime) -> dict[int, TicketClocks]:
    """The clocks of many tickets, by key; no query per row for tickets loaded with ``for_lists``."""
    return {ticket.pk: clock_view(ticket, now) for ticket in tickets}


def _view(ticket: Ticket, kind: Kind, now: datetime, with_openings: bool) -> ClockView:
    state = ClockState(getattr(ticket, f"{kind}_clock"))
    promise = getattr(ticket, f"{kind}_commitment_version")
    basis = basis_of(ticket, kind)
    text = guarantee_text(promise, kind)
    if basis is None or state in (
        ClockState.NONE,
        ClockState.WAITING,
        ClockState.VOID,
        ClockState.NEVER_OPEN,
    ):
        return ClockView(kind, state, "none", now, met_at=milestone_of(ticket, kind), guarantee_text=text)
    left, colour = _now(ticket, basis, state, now)
    total = getattr(ticket, f"{kind}_total_seconds")
    warning = basis.commitment_version.warning_minutes * 60
    return ClockView(
        kind=kind,
        state=state,
        colour=colour,
        now=now,
        due_at=getattr(ticket, f"{kind}_due_at"),
        met_at=basis.met_at,
        in_time=None if basis.met_at is None else state == ClockState.MET,
        left_seconds=left,
        total_seconds=total,
        used_fraction=None if not total or left is None else min(1.0, max(0.0, 1 - left / total)),
        warning_fraction=None if not total else min(1.0, max(0.0, 1 - warning / total)),
        frozen_colour=getattr(ticket, f"{kind}_frozen_colour"),
        guarantee_text=text,
        warns_at=getattr(ticket, f"{kind}_warns_at"),
        due_if_resumed_now=basis.due_if_resumed_at(now) if state == ClockState.SUSPENDED else None,
        openings=_openings(basis, ticket, now) if with_openings and state == ClockState.RUNNING else [],
    )


def _now(ticket: Ticket, basis: Basis, state: ClockState, now: datetime) -> tuple[int | None, str]:
    """The counter and the colour word at ``now``."""
    stored: int | None = getattr(ticket, f"{basis.kind}_left_seconds")
    if state == ClockState.SUSPENDED:
        return stored, "still"
    if state in (ClockState.MET, ClockState.MISSED):
        return stored, str(state.value)
    clock = basis.compute(now)
    return clock.remaining_seconds, clock.colour or "none"


def _openings(basis: Basis, ticket: Ticket, now: datetime) -> list[list[int]]:
    due = getattr(ticket, f"{basis.kind}_due_at") or now
    until = max(due, now) + BEYOND
    found = slaclock.openings(layout_of(basis.schedule_version), now, until)
    return [[int(one.begin.timestamp()), int(one.end.timestamp())] for one in found[:MOST_OPENINGS]]
