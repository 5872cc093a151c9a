"""Editing a ticket, its status and its clocks (Spec T1, T8, T16, T17, C13)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.instants import whole_second

from .. import clock, rules
from ..models import State, Status, Ticket
from ._context import apply_changes, check_names, differing
from ._shared import check_seen, choose_state, choose_status, locked, mirror, recompute, tell, tell_clocks


def edit_ticket(
    *,
    ticket: Ticket,
    changes: Mapping[str, Any],
    base: Mapping[str, Any],
    answers: Mapping[int, str] | None = None,
    by: User | None,
    at: datetime,
) -> Ticket:
    """Change fields of a ticket; ``base`` holds what the editor saw of them.

    Coverage and commitment follow, unmet clocks are computed anew from the start (Spec C13). ``answers`` are those to
    what the asset asks when it or the severity changes, by the alert's key (Spec T13). Raises ``EditConflict`` when
    somebody else changed one of the fields meanwhile, ``AnswerNeeded``, ``CustomerBlocked``, ``InvalidInput`` or
    ``InvalidInputs``, ``NotAllowed``.
    """
    rules.require(by, Right.EDIT_TICKETS)
    at = whole_second(at)
    check_names(changes)
    with transaction.atomic():
        stored = locked(ticket)
        wanted = differing(stored, ticket, changes, base)
        if wanted:
            apply_changes(stored, wanted, answers=answers, by=by, at=at)
            stored.save()
    return mirror(ticket, stored)


#: What tells who gave a ticket its status and state.
_STATUS_GIVEN = tuple(
    f"ticket.{kind}"
    for kind in (
        "opened", "status_changed", "intervention_started", "intervention_finished", "suspended", "resumed",
        "closed_by_customer", "closed_internally", "cancelled", "reopened",
    )
)  # fmt: skip


def change_status(
    *,
    ticket: Ticket,
    status: Status | None,
    state: State | None,
    base: Mapping[str, Any] | None = None,
    by: User | None,
    at: datetime,
) -> Ticket:
    """Give a ticket another status of its phase, or another state; ``base``: those that the person saw (Spec T17).

    Raises ``Stale``, ``InvalidInput``, ``NotAllowed``.
    """
    rules.require(by, Right.EDIT_TICKETS)
    at = whole_second(at)
    with transaction.atomic():
        stored = locked(ticket, phase=ticket.phase, status=ticket.status_id, state=ticket.state_id)
        before = stored.status, stored.state
        wanted = {"status": stored.status if status is None else status, "state": state}
        check_seen(stored, base, wanted, _STATUS_GIVEN)
        choose_status(stored, status)
        choose_state(stored, state)
        if (stored.status, stored.state) != before:
            stored.save()
            tell(stored, "status_changed", by=by, at=at, internal=False, before=before[0], status=stored.status,
                 state_before=before[1], state=stored.state)  # fmt: skip
    return mirror(ticket, stored)


def recompute_ticket(
    *, ticket: Ticket, reason: str, cause: Mapping[str, Any] | None = None, by: User | None, at: datetime
) -> Ticket:
    """Compute the unmet clocks anew from the start, on the schedules of today (Spec C13).

    ``reason`` is a code that the timeline shows as a sentence, with what ``cause`` names. Met milestones don't move;
    nothing is written when no due date moves, so that it may be run twice.
    """
    rules.require(by, Right.EDIT_TICKETS)
    at = whole_second(at)
    with transaction.atomic():
        stored = locked(ticket)
        before = clock.shots(stored)
        recompute(stored, at=at)
        stored.save()
        tell_clocks(stored, before, reason=reason, cause=cause, by=by, at=at)
    return mirror(ticket, stored)
