"""Recomputing the open tickets of a schedule that has changed (Spec C13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.contracts.models import Commitment, ScheduleVersion
from cadran.core.instants import whole_second

from .. import clock, rules
from ..choices import OPEN_PHASES
from ..models import Ticket
from ._context import commitment_data
from ._shared import locked, recompute, tell, tell_clocks
from .editing import recompute_ticket

BATCH = 100


def tickets_behind(version: ScheduleVersion) -> QuerySet[Ticket]:
    """The open tickets of which a running clock still stands on an older version of the schedule."""
    older = {"schedule": version.schedule_id, "number__lt": version.number}
    response = {f"reception_schedule_version__{name}": value for name, value in older.items()}
    resolution = {f"action_schedule_version__{name}": value for name, value in older.items()}
    behind = Q(responded_at=None, **response) | Q(resolved_at=None, **resolution)
    found: QuerySet[Ticket] = Ticket.objects.filter(behind, phase__in=OPEN_PHASES)
    return found


def recompute_for_schedule(
    *,
    version: ScheduleVersion,
    by: User | None,
    at: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Recompute every open ticket on an older version of the schedule, each in its own transaction.

    Met milestones don't move. What was done stays done when it is stopped, and running it again does only what is
    left. ``progress`` gets how many are done, of how many. Returns how many tickets were recomputed.
    """
    done, last, total = 0, 0, tickets_behind(version).count()
    while batch := list(tickets_behind(version).filter(pk__gt=last).order_by("pk")[:BATCH]):
        for ticket in batch:
            recompute_ticket(ticket=ticket, reason="schedule", by=by, at=at)
        done += len(batch)
        last = batch[-1].pk
        if progress is not None:
            progress(done, max(total, done))
    return done


def move_to_current_commitment(*, commitment: Commitment, by: User | None, at: datetime) -> int:
    """Move the open tickets of older versions of a commitment to its current one, on explicit request (Spec C13).

    Each in its own transaction; resolved tickets keep theirs. Returns how many moved. Raises ``NotAllowed``.
    """
    rules.require(by, Right.EDIT_SCHEDULES)
    at = whole_second(at)
    current = commitment.current_version
    behind = Ticket.objects.open().filter(resolved_at=None, commitment_version__commitment=commitment)
    moved = 0
    for ticket in list(behind.exclude(commitment_version=current).order_by("pk")):
        with transaction.atomic():
            stored = locked(ticket)
            version = stored.commitment_version
            if version is None or version.commitment_id != commitment.pk or stored.resolved_at is not None:
                continue
            before, shots = commitment_data(stored), clock.shots(stored)
            stored.commitment_version = current
            recompute(stored, at=at)
            stored.save()
            tell(stored, "commitment_applied", by=by, at=at, before=before, **commitment_data(stored))
            tell_clocks(stored, shots, reason="commitment", by=by, at=at)
            moved += 1
    return moved
