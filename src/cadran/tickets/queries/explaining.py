"""How a due date came about, from stored facts alone (Spec C14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

import slaclock
from cadran.contracts.models import ClockStart, CommitmentVersion, ScheduleVersion
from cadran.contracts.queries import CommitmentChosen, choose_commitment
from cadran.core.models import JournalEntry
from slaclock import Ledger, Line

from ..choices import ClockState, Coverage
from ..clock import Kind, basis_of
from ..models import Suspension, Ticket
from .clocks import ClockView, clock_view, guarantee_text

__all__ = ["Explanation", "Ledger", "Line", "explain_ticket"]

#: The kinds of journal rows that tell who moved a clock's facts, and when.
_HISTORY = (
    "ticket.opened",
    "ticket.edited",
    "ticket.commitment_applied",
    "ticket.clock_recomputed",
    "ticket.suspended",
    "ticket.resumed",
    "ticket.responded",
    "ticket.response_withdrawn",
    "ticket.resolved",
    "ticket.cancelled",
    "ticket.reopened",
)


@dataclass(frozen=True)
class Explanation:
    """One due date explained. ``ledger`` is None while the clock has no guarantee or no start.

    ``started_from`` says which instant the guarantee runs from (reception, entry, response), or "reopening".
    ``suspensions`` are the stored rows by their key, as the ledger's ``reference`` names them. ``considered`` tells
    how the commitment is chosen today, level by level.
    """

    guarantee: Kind
    view: ClockView
    ledger: slaclock.Ledger | None
    commitment_version: CommitmentVersion | None
    schedule_version: ScheduleVersion | None
    action_version: ScheduleVersion | None
    started_from: str
    guarantee_text: str
    stored_due_at: datetime | None
    suspensions: dict[str, Suspension]
    chosen: CommitmentChosen
    history: list[JournalEntry]

    @property
    def is_due(self) -> bool:
        """Whether there is a due date to compare; none while too little is known, or no working time is left."""
        return self.ledger is not None and self.ledger.due is not None

    @property
    def agrees(self) -> bool:
        """Whether the due date explained is the one stored."""
        return self.ledger is None or self.ledger.due == self.stored_due_at


def explain_ticket(ticket: Ticket, guarantee: Kind, now: datetime) -> Explanation:
    """Explain one clock of a ticket on the versions it was computed on; settled clocks on those they were judged on."""
    basis = basis_of(ticket, guarantee)
    state = getattr(ticket, f"{guarantee}_clock")
    shown = None if state in (ClockState.NONE, ClockState.VOID) else basis
    promise = getattr(ticket, f"{guarantee}_commitment_version")
    return Explanation(
        guarantee=guarantee,
        view=clock_view(ticket, now)[guarantee],
        ledger=None if shown is None else slaclock.explain(now=now, **shown.question()),
        commitment_version=promise,
        schedule_version=basis.schedule_version if basis else None,
        action_version=basis.action_version if basis else None,
        started_from=_started_from(ticket, promise, guarantee),
        guarantee_text=guarantee_text(promise, guarantee),
        stored_due_at=getattr(ticket, f"{guarantee}_due_at"),
        suspensions={str(row.pk): row for row in ticket.suspensions.select_related("reason")},
        chosen=choose_commitment(
            requester=ticket.requester,
            service=ticket.service,
            contract=ticket.contract,
            customer=ticket.customer,
            severity=ticket.severity,
            covered=ticket.coverage == Coverage.COVERED,
        ),
        history=list(_history(ticket)),
    )


def _started_from(ticket: Ticket, version: CommitmentVersion | None, kind: Kind) -> str:
    if version is None:
        return ""
    if kind == "resolution" and ticket.resolution_restarted_at is not None:
        return "reopening"
    return str(ClockStart(getattr(version, f"{kind}_start")).value)


def _history(ticket: Ticket) -> QuerySet[JournalEntry]:
    return JournalEntry.objects.of("ticket", ticket.pk).filter(kind__in=_HISTORY).select_related("author")
