"""Reopening a resolved or closed ticket (Spec T27)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.business_rules import value_of
from cadran.core.errors import InvalidInput
from cadran.core.instants import whole_second

from .. import clock, rules
from ..business_rules import REOPEN_CLOCK
from ..choices import ReopenClock, SuspensionKind
from ..context import InterventionDetails
from ..models import State, Status, Suspension, Ticket
from ..transitions import Act
from ._context import choose_and_tell, commitment_data
from ._shared import choose_state, choose_status, due_changes, locked, mirror, move, recompute, tell
from ._work import add


def reopen_ticket(
    *,
    ticket: Ticket,
    reason: str,
    status: Status | None,
    state: State | None,
    copy: InterventionDetails | None,
    by: User | None,
    at: datetime,
) -> Ticket:
    """Take a ticket up again: its resolution verdict is dropped, its response verdict kept.

    Finished interventions become read-only; ``copy`` is added as the next one. The clocks go on as the business rule
    REOPEN_CLOCK says. Raises ``TransitionRefused``, ``InvalidInput``, ``NotAllowed``, ``Stale``.
    """
    rules.require(by, Right.REOPEN_TICKETS)
    at = whole_second(at)
    with transaction.atomic():
        stored = locked(ticket, phase=ticket.phase)
        move(stored, Act.REOPEN)
        if not reason.strip():
            raise InvalidInput(_("Say why the ticket is reopened."), field="reason")
        milestones = {
            name: getattr(stored, name)
            for name in ("resolved_at", "closed_by_customer_at", "closed_internally_at", "is_cancelled")
        }
        before = clock.shots(stored)
        stored.interventions.exclude(ended_at=None).update(is_archived=True)
        _go_on(stored, by=by, at=at)
        choose_status(stored, status)
        choose_state(stored, state)
        stored.save()
        tell(stored, "reopened", by=by, at=at, internal=False, reason=reason.strip(), status=stored.status,
             state=stored.state, **milestones, clocks=due_changes(stored, before))  # fmt: skip
        if copy is not None:
            add(stored, copy, by=by, at=at)
    return mirror(ticket, stored)


def _go_on(ticket: Ticket, *, by: User | None, at: datetime) -> None:
    """Clear the milestones and let the clocks go on, after a pause or anew."""
    stopped_at = ticket.resolved_at or ticket.closed_internally_at
    ticket.resolved_at = ticket.closed_by_customer_at = ticket.closed_internally_at = None
    ticket.is_cancelled = ticket.closing_is_held = False
    ticket.closing_announced_at = None
    restart = value_of(REOPEN_CLOCK) == ReopenClock.RESTART
    if restart:
        ticket.resolution_restarted_at = at
    if stopped_at is not None and (not restart or ticket.responded_at is None):
        Suspension(
            ticket=ticket, kind=SuspensionKind.REOPENED, began_at=stopped_at, ended_at=at, created_by=by
        ).save()
        clock.forget_pauses(ticket)
    clock.drop_resolution(ticket)
    choose_and_tell(ticket, by=by, at=at, before=commitment_data(ticket))
    recompute(ticket, at=at)
