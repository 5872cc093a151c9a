"""Finishing an intervention: one dialog, one transaction (Spec T12, T19, T20, T22)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput
from cadran.core.instants import whole_second

from .. import clock, rules
from ..choices import Phase
from ..context import Finish, Kept
from ..errors import EditConflict
from ..models import Intervention, Ticket
from ..transitions import Act
from ._checklists import mark_checks, refuse_open_checks, told_checks
from ._context import apply_changes, check_names, differing
from ._edits import REPORTED, compare, put
from ._shared import check_instant, choose_state, choose_status, locked, mirror, move, recompute, tell
from ._work import (
    add,
    begin,
    check_not_closed,
    claim_reports,
    close_by_customer,
    close_internally,
    end_suspension,
    finish_intake,
    follow_response,
    locked_intervention,
    reopened_at,
    verdict_data,
    work_data,
)


def finish_intervention(
    *, intervention: Intervention, finish: Finish, by: User | None, at: datetime
) -> Intervention:
    """Finish an intervention, reach the ticked milestones at its instants, and start the next one if asked to.

    A new context applies first, clocks are computed anew, then the milestones are judged (Spec T20). Raises
    ``TransitionRefused``, ``InvalidInput``, ``InvalidInputs``, ``EditConflict``, ``NotAllowed``, ``Stale``.
    """
    rules.require(by, Right.INTERVENE)
    if finish.closed_by_customer or finish.closed_internally:
        rules.require(by, Right.CLOSE_TICKETS)
    if finish.context_changes:
        rules.require(by, Right.EDIT_TICKETS)
        check_names(finish.context_changes)
    at = whole_second(at)
    ticket = intervention.ticket
    with transaction.atomic():
        stored = locked(ticket, phase=ticket.phase)
        own = locked_intervention(intervention, stored, ended_at=None, is_archived=False)
        context, reported = _wanted(stored, ticket, own, intervention, finish)
        if context:
            apply_changes(stored, context, answers=finish.answers, by=by, at=at)
        checks = list(own.checks.all())
        mark_checks(checks, finish.checked, by=by, at=at)
        refuse_open_checks(checks)
        changes = _end(stored, own, finish, reported, by=by, at=at)
        reached = _milestones(stored, own, finish, by=by, at=at)
        choose_status(stored, finish.status, proposed=own.type.status if reached else None)
        choose_state(stored, stored.state if isinstance(finish.state, Kept) else finish.state)
        stored.save()
        tell(stored, "intervention_finished", by=by, at=at, effective_at=own.ended_at, **work_data(own),
             started_at=own.started_at, ended_at=own.ended_at, intervened=finish.intervened,
             resolved=finish.resolved, status=stored.status, state=stored.state, changes=changes,
             **told_checks(checks))  # fmt: skip
        _tell_milestones(stored, reached, by=by, at=at)
        if finish.next is not None:
            check_not_closed(stored)
            following = add(stored, finish.next, by=by, at=at)
            if finish.start_next:
                begin(stored, following, at, by=by, at=at)
                stored.save()
    own.ticket = mirror(ticket, stored)
    return mirror(intervention, own)


def _wanted(
    stored: Ticket, ticket: Ticket, own: Intervention, intervention: Intervention, finish: Finish
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What changes of the context and of the intervention. Raises ``EditConflict`` for both at once (Spec T17)."""
    typed = {name: getattr(finish, name) for name in REPORTED}
    reported, conflicts = compare(own, intervention, typed, finish.base, all_sent=True)
    context: dict[str, Any] = {}
    try:
        context = differing(stored, ticket, finish.context_changes, finish.context_base)
    except EditConflict as refused:
        conflicts = [*refused.conflicts, *conflicts]
    if conflicts:
        raise EditConflict(conflicts)
    return context, reported


def _end(
    ticket: Ticket,
    own: Intervention,
    finish: Finish,
    reported: Mapping[str, Any],
    *,
    by: User | None,
    at: datetime,
) -> list[dict[str, Any]]:
    """Write the instants and what was reported, and return what the timeline tells of it.

    The response follows from whether the work counts as one.
    """
    started_at, ended_at = whole_second(finish.started_at), whole_second(finish.ended_at)
    check_instant(ended_at, field="ended_at", at=at, received_at=ticket.received_at)
    if started_at > ended_at:
        raise InvalidInput(_("The end lies before the start. Correct one of them."), field="ended_at")
    # A form that stood open before the call came: its intake keeps its start, the response counts from reception.
    # What was begun on a duplicate may be older than the ticket that took it over, and gives it no response (Spec T29).
    typed = not own.is_inherited and (not own.type.is_intake or started_at != own.started_at)
    if finish.intervened and typed:
        check_instant(started_at, field="started_at", at=at, received_at=ticket.received_at)
    own.counts_as_response = finish.intervened
    if own.started_at is None:
        _begin_late(ticket, own, finish, started_at, by=by, at=at)
    own.started_at, own.ended_at = started_at, ended_at
    own.resolved_ticket = finish.resolved
    changes = put(own, reported)
    own.save()
    claim_reports(own, by=by, at=at)
    return changes


def _begin_late(
    ticket: Ticket, own: Intervention, finish: Finish, started_at: datetime, *, by: User | None, at: datetime
) -> None:
    """Start what was only planned as it is finished; a resolution ends the suspension that would forbid it."""
    if ticket.phase == Phase.SUSPENDED and finish.resolved:
        finish_intake(ticket, by=by, at=at)
        own.started_at = started_at
        return
    begin(ticket, own, started_at, by=by, at=at)


def _milestones(
    ticket: Ticket, own: Intervention, finish: Finish, *, by: User | None, at: datetime
) -> list[str]:
    """Reach the ticked milestones in their order and judge them; returns their names."""
    reached: list[str] = []
    ended_at = own.ended_at
    assert ended_at is not None
    if finish.resolved:
        move(ticket, Act.RESOLVE)
        since = reopened_at(ticket)
        if since is not None and ended_at < since:
            raise InvalidInput(
                _("The ticket was reopened after that instant. Type a later end."), field="ended_at"
            )
        suspended = ticket.suspended_since is not None
        end_suspension(ticket, ended_at, field="ended_at")
        if suspended:
            recompute(ticket, at=at)
        ticket.resolved_at = ended_at
        reached.append("resolved")
    if ticket.phase != Phase.CLOSED_INTERNALLY:
        follow_response(ticket, by=by, at=at)
    if finish.resolved:
        clock.settle(ticket, "resolution", at=at)
    if finish.closed_by_customer:
        close_by_customer(ticket, ended_at, field="ended_at")
        reached.append("closed_by_customer")
    if finish.closed_internally:
        reached += close_internally(ticket, ended_at, field="ended_at", by=by, at=at)
    return reached


def _tell_milestones(ticket: Ticket, reached: list[str], *, by: User | None, at: datetime) -> None:
    for name in reached:
        data = verdict_data(ticket) if name == "resolved" else {"status": ticket.status}
        tell(ticket, name, by=by, at=at, effective_at=getattr(ticket, f"{name}_at"), internal=False, **data)
