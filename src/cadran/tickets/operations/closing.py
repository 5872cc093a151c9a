"""Closing and cancelling (Spec T3, T26)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput
from cadran.core.instants import whole_second
from cadran.core.richtext import sanitise

from .. import clock, rules
from ..choices import Closing
from ..models import State, Status, Ticket
from ..queries.lists import status_of_cancelling
from ..transitions import Act
from ._shared import (
    check_instant,
    choose_state,
    choose_status,
    claim_pasted,
    locked,
    mirror,
    move,
    recompute,
    tell,
)
from ._work import (
    close_by_customer,
    close_internally,
    end_running,
    end_suspension,
    finish_intake,
    reopened_at,
)


def close_ticket(
    *,
    ticket: Ticket,
    closing: Closing | str,
    closed_at: datetime,
    status: Status | None,
    state: State | None,
    external_report: str = "",
    internal_report: str = "",
    by: User | None,
    at: datetime,
) -> Ticket:
    """Close a resolved ticket, on the customer's side or internally; reports go to the timeline.

    Raises ``TransitionRefused``, ``InvalidInput``, ``NotAllowed``, ``Stale``.
    """
    rules.require(by, Right.CLOSE_TICKETS)
    at, closed_at = whole_second(at), whole_second(closed_at)
    with transaction.atomic():
        stored = locked(ticket, phase=ticket.phase)
        if Closing(closing) == Closing.BY_CUSTOMER:
            close_by_customer(stored, closed_at, field="closed_at")
            reached = ["closed_by_customer"]
        else:
            reached = close_internally(stored, closed_at, field="closed_at", by=by, at=at)
        check_instant(closed_at, field="closed_at", at=at, received_at=stored.received_at)
        choose_status(stored, status)
        choose_state(stored, state)
        stored.save()
        _report(stored, external_report, internal_report, by=by, at=at)
        for name in reached:
            tell(stored, name, by=by, at=at, effective_at=closed_at, internal=False,
                 status=stored.status, state=stored.state)  # fmt: skip
    return mirror(ticket, stored)


def cancel_ticket(
    *,
    ticket: Ticket,
    closed_at: datetime,
    status: Status | None,
    state: State | None,
    reason: str,
    by: User | None,
    at: datetime,
) -> Ticket:
    """Cancel an open ticket: closed internally with the cancelled flag, its unmet clocks void.

    An open suspension, the intake and the work that runs end with it; what is planned stays as it is.
    ``status=None``: the supplied status “cancelled” as long as it is in use, else the phase's default.

    Raises ``TransitionRefused``, ``InvalidInput``, ``NotAllowed``, ``Stale``.
    """
    rules.require(by, Right.CANCEL_TICKETS)
    at, closed_at = whole_second(at), whole_second(closed_at)
    with transaction.atomic():
        stored = locked(ticket, phase=ticket.phase)
        move(stored, Act.CANCEL)
        if not reason.strip():
            raise InvalidInput(_("Say why the ticket is cancelled."), field="reason")
        check_instant(closed_at, field="closed_at", at=at, received_at=stored.received_at)
        reached = max(filter(None, [stored.responded_at, stored.resolved_at]), default=None)
        if reached is not None and closed_at < reached:
            raise InvalidInput(
                _("The closing can’t lie before a milestone that is reached already. Type a later instant."),
                field="closed_at",
            )
        since = reopened_at(stored)
        if since is not None and closed_at < since:
            raise InvalidInput(
                _("The ticket was reopened after that instant. Type a later one."), field="closed_at"
            )
        if end_suspension(stored, closed_at, field="closed_at") is not None:
            recompute(stored, at=at)
        finish_intake(stored, by=by, at=at)
        end_running(stored, closed_at, field="closed_at", by=by, at=at)
        stored.is_cancelled = True
        stored.closed_by_customer_at = stored.closed_internally_at = closed_at
        clock.void(stored)
        choose_status(stored, status, proposed=status_of_cancelling())
        choose_state(stored, state)
        stored.save()
        tell(stored, "cancelled", by=by, at=at, effective_at=closed_at, internal=False, reason=reason.strip(),
             status=stored.status, state=stored.state)  # fmt: skip
    return mirror(ticket, stored)


def _report(ticket: Ticket, external: str, internal: str, *, by: User | None, at: datetime) -> None:
    """Closing reports stand in the timeline, each in a row of its own so that the internal one never leaves."""
    texts = [(sanitise(external), True), (sanitise(internal), False)]
    claim_pasted(texts, ticket, by=by, at=at)
    for text, is_external in texts:
        if text:
            tell(ticket, "closing_report", by=by, at=at, internal=not is_external, report=text)
