"""Suspending and resuming (Spec T23, T24)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput
from cadran.core.instants import whole_second

from .. import clock, rules
from ..models import Status, Suspension, SuspensionReason, Ticket
from ..transitions import Act
from ._shared import check_instant, choose_status, due_changes, iso, locked, mirror, move, recompute, tell
from ._work import dues_without, end_suspension, open_suspension, reopened_at


def suspend_ticket(
    *,
    ticket: Ticket,
    began_at: datetime,
    reason: SuspensionReason | None,
    status: Status | None,
    details: str = "",
    appointment_at: datetime | None = None,
    by: User | None,
    at: datetime,
) -> Suspension:
    """Let the clocks stand still from ``began_at``; ``details`` are plain words that the customer reads.

    A response that was given already stays as it was judged, also where it lies after ``began_at``. Raises
    ``TransitionRefused``, ``InvalidInput`` for a start before the reception, the reopening or the end of another
    suspension, or in the future, and for an appointment that is not after it, ``NotAllowed``, ``Stale``.
    """
    rules.require(by, Right.SUSPEND_TICKETS)
    at, began_at = whole_second(at), whole_second(began_at)
    with transaction.atomic():
        stored = locked(ticket, phase=ticket.phase)
        move(stored, Act.SUSPEND)
        _check_start(stored, began_at, at)
        if reason is None or reason.is_retired:
            raise InvalidInput(_("Choose the reason of the suspension."), field="reason")
        if appointment_at is not None and whole_second(appointment_at) <= began_at:
            raise InvalidInput(
                _(
                    "The appointment does not lie after the start of the suspension. Type a later instant, or leave "
                    "it empty."
                ),
                field="appointment_at",
            )
        suspension = Suspension(
            ticket=stored,
            began_at=began_at,
            reason=reason,
            details=details.strip(),
            appointment_at=None if appointment_at is None else whole_second(appointment_at),
            spares_response=stored.responded_at is not None and began_at < stored.responded_at,
            created_by=by,
        )
        suspension.save()
        clock.forget_pauses(stored)
        stored.suspended_since = began_at
        choose_status(stored, status, proposed=reason.status)
        before = clock.shots(stored)
        recompute(stored, at=at)
        stored.save()
        tell(stored, "suspended", by=by, at=at, effective_at=began_at, internal=False, reason=reason,
             details=suspension.details, status=stored.status, clocks=due_changes(stored, before))  # fmt: skip
        if suspension.appointment_at is not None:
            tell(stored, "appointment_made", by=by, at=at, appointment_at=suspension.appointment_at)
    suspension.ticket = mirror(ticket, stored)
    return suspension


def resume_ticket(
    *, ticket: Ticket, ended_at: datetime, status: Status | None, by: User | None, at: datetime
) -> Suspension:
    """End the suspension at ``ended_at``; the working time it lost moves both due dates (Spec T24).

    Raises ``TransitionRefused``, ``InvalidInput``, ``NotAllowed``, ``Stale``.
    """
    rules.require(by, Right.SUSPEND_TICKETS)
    at, ended_at = whole_second(at), whole_second(ended_at)
    with transaction.atomic():
        stored = locked(ticket, phase=ticket.phase)
        move(stored, Act.RESUME)
        check_instant(ended_at, field="ended_at", at=at, received_at=stored.received_at)
        suspension = open_suspension(stored)
        if suspension is None:
            raise InvalidInput(_("No suspension of the ticket lasts."), field="ended_at")
        if ended_at < suspension.began_at:
            raise InvalidInput(
                _("The end lies before the start of the suspension. Type a later instant."), field="ended_at"
            )
        before = dues_without(stored, suspension)
        ended = end_suspension(stored, ended_at, field="ended_at") or suspension
        choose_status(stored, status)
        recompute(stored, at=at)
        stored.save()
        after = {kind: iso(getattr(stored, f"{kind}_due_at")) for kind in before}
        tell(stored, "resumed", by=by, at=at, effective_at=ended_at, internal=False, status=stored.status,
             lost_seconds=ended.lost_seconds, suspended_seconds=stored.suspended_seconds,
             clocks={kind: {"before": before[kind], "after": after[kind]} for kind in before})  # fmt: skip
    ended.ticket = mirror(ticket, stored)
    return ended


def _check_start(ticket: Ticket, began_at: datetime, at: datetime) -> None:
    check_instant(began_at, field="began_at", at=at, received_at=ticket.received_at)
    ends = [one.ended_at for one in clock.pauses_of(ticket) if one.ended_at is not None]
    if ends and began_at < max(ends):
        raise InvalidInput(
            _("This lies inside or before another suspension of the ticket. Type an instant after its end."),
            field="began_at",
        )
    since = reopened_at(ticket)
    if since is not None and began_at < since:
        raise InvalidInput(
            _("The ticket was reopened after that instant. Type a later one."), field="began_at"
        )
