"""Recomputing the open tickets of a schedule that has changed (Spec C13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from cadran.accounts.models import User
from cadran.contracts.models import ScheduleVersion

from ..choices import OPEN_PHASES
from ..models import Ticket
from ..transitions import TransitionRefused
from ._shared import names
from .editing import recompute_ticket

BATCH = 100


def _tickets_behind(version: ScheduleVersion) -> QuerySet[Ticket]:
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
    cause: Mapping[str, str] | None = None,
    by: User | None,
    at: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Recompute every open ticket on an older version of the schedule, each in its own transaction.

    Met milestones don't move. What was done stays done when it is stopped, and running it again does only what is
    left. ``cause`` says what moved the schedule and who did it. ``progress`` gets how many are done, of how many.
    Returns how many tickets were recomputed.
    """
    done, last, total = 0, 0, _tickets_behind(version).count()
    told = {**(cause or {}), "schedule": names(version.schedule)}
    while batch := list(_tickets_behind(version).filter(pk__gt=last).order_by("pk")[:BATCH]):
        for ticket in batch:
            # Merged since it was looked for, its clocks are void (Spec T29).
            with suppress(TransitionRefused):
                recompute_ticket(ticket=ticket, reason="schedule", cause=told, by=by, at=at)
        done += len(batch)
        last = batch[-1].pk
        if progress is not None:
            progress(done, max(total, done))
    return done


def recompute_stragglers(*, by: User | None, at: datetime) -> int:
    """Recompute the open tickets that were saved on an older version while their schedule was being changed.

    Such a ticket is written just after the recomputation has looked. Returns how many there were.
    """
    newest = (
        ScheduleVersion.objects.filter(schedule=OuterRef("schedule")).order_by("-number").values("pk")[:1]
    )
    versions = ScheduleVersion.objects.filter(pk=Subquery(newest), number__gt=1).defer("layout")
    return sum(recompute_for_schedule(version=version, by=by, at=at) for version in versions)
