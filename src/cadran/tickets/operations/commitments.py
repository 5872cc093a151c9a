"""Moving open tickets to the current version of their commitment, on explicit request (Spec C13)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db import transaction

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.contracts.models import Commitment
from cadran.core.instants import whole_second

from .. import clock, rules
from ..models import Ticket
from ..queries.usage import tickets_behind
from ..transitions import TransitionRefused
from ._context import commitment_data
from ._shared import locked, recompute, tell, tell_clocks


def move_to_current_commitment(*, commitment: Commitment, by: User | None, at: datetime) -> int:
    """Move the unresolved tickets of earlier versions to the current one; return how many moved.

    Unmet clocks are computed anew from the start; met milestones don't move. Each ticket has its own transaction:
    what was done stays done when it is stopped, and running it again does what is left. Raises ``NotAllowed``.
    """
    rules.require(by, Right.EDIT_SCHEDULES)
    at = whole_second(at)
    version = commitment.current_version
    moved = 0
    for ticket in tickets_behind(commitment).order_by("pk"):
        with suppress(TransitionRefused):  # merged since it was looked for: its clocks are void (Spec T29)
            moved += _move(ticket, version.pk, by=by, at=at)
    return moved


def _move(ticket: Ticket, version_id: int, *, by: User | None, at: datetime) -> bool:
    with transaction.atomic():
        stored = locked(ticket)
        if stored.commitment_version_id != ticket.commitment_version_id or stored.resolved_at is not None:
            return False
        commitment, shots = commitment_data(stored), clock.shots(stored)
        stored.commitment_version_id = version_id
        recompute(stored, at=at)
        stored.save()
        tell(stored, "commitment_applied", by=by, at=at, before=commitment, **commitment_data(stored))
        tell_clocks(stored, shots, reason="commitment", by=by, at=at)
    return True
