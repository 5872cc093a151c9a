"""What stands on schedules and commitments, for the settings pages (Spec C13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from cadran.contracts.models import Commitment, Schedule
from cadran.jobs.models import Job, JobStatus

from ..models import Ticket

#: How long the end of a recomputation is shown.
SHOWN_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Recomputation:
    """How far a recomputation is; ``total`` is None until it is known."""

    is_running: bool
    failed: bool
    done: int
    total: int | None

    @property
    def percent(self) -> int:
        """From 0 to 100."""
        if not self.is_running:
            return 100
        return round(100 * self.done / self.total) if self.total else 0


def open_tickets_on(schedule: Schedule) -> int:
    """How many open tickets have a running clock on any version of the schedule."""
    return int(
        Ticket.objects.open()
        .filter(
            Q(responded_at=None, reception_schedule_version__schedule=schedule)
            | Q(resolved_at=None, action_schedule_version__schedule=schedule)
        )
        .count()
    )


def open_tickets_by_version(commitments: Sequence[Commitment]) -> Counter[int]:
    """How many open tickets stand on each version of the commitments, by the version's key."""
    rows = (
        Ticket.objects.open()
        .filter(commitment_version__commitment__in=commitments, resolved_at=None)
        .values_list("commitment_version")
        .annotate(count=Count("pk"))
    )
    return Counter(dict(rows))


def tickets_behind(commitment: Commitment) -> QuerySet[Ticket]:
    """The open, unresolved tickets on an earlier version than the commitment’s current one."""
    found: QuerySet[Ticket] = (
        Ticket.objects.open()
        .filter(commitment_version__commitment=commitment, resolved_at=None)
        .exclude(commitment_version=commitment.current_version)
    )
    return found


def recomputation_of(schedule: Schedule, now: datetime) -> Recomputation | None:
    """The recomputation of the schedule's open tickets: the one under way, or the last one if it just ended."""
    keys = list(schedule.versions.values_list("pk", flat=True))
    jobs = Job.objects.filter(task="cadran.tickets.tasks.recompute_for_schedule").filter(
        Q(status__in=[JobStatus.READY, JobStatus.RUNNING]) | Q(finished_at__gte=now - SHOWN_FOR)
    )
    for job in jobs.order_by("-pk")[:200]:
        if job.args and job.args[0] in keys:
            waits = job.status in (JobStatus.READY, JobStatus.RUNNING)
            done = job.progress_done if waits or job.return_value is None else int(job.return_value)
            return Recomputation(waits, job.status == JobStatus.FAILED, done, job.progress_total)
    return None
