"""Taking jobs and letting go of them. Every write names the fencing token it was taken with.

Leases compare the clocks of the machines that run workers: keep those within a few seconds of each other.
"""

import random
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from cadran.jobs.models import Job, JobStatus

#: A worker that has not said for this long that it is alive loses its job to another one.
LEASE = timedelta(seconds=30)
#: A job is tried this often before it counts as failed; its last error stays readable.
MAX_ATTEMPTS = 8
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(hours=1)


def take(*, worker: str, queues: Sequence[str], now: datetime) -> Job | None:
    """Take the next due job for `worker`, or None. Jobs whose worker fell silent count as due."""
    due = Job.objects.filter(
        Q(status=JobStatus.READY, run_after__lte=now) | Q(status=JobStatus.RUNNING, leased_until__lt=now),
        queue__in=queues,
    ).order_by("-priority", "run_after", "pk")
    skips_locked = connection.features.has_select_for_update_skip_locked
    for _again in range(5):
        # PostgreSQL locks the row it reads and passes over those others hold. SQLite has no row locks: the
        # read takes no lock at all, and the conditional update below decides who gets the job.
        with transaction.atomic() if skips_locked else nullcontext():
            job = (due.select_for_update(skip_locked=True) if skips_locked else due).first()
            if job is None:
                return None
            if job.status == JobStatus.RUNNING and job.attempts >= MAX_ATTEMPTS:
                error = {
                    "exception_class_path": "cadran.jobs.leases.WorkerLost",
                    "traceback": "The worker stopped in the middle of every attempt.",
                }
                move(
                    job,
                    status=JobStatus.FAILED,
                    finished_at=now,
                    leased_until=None,
                    errors=[*job.errors, error],
                )
                continue
            taken = move(
                job,
                status=JobStatus.RUNNING,
                attempts=F("attempts") + 1,
                started_at=job.started_at or now,
                last_attempted_at=now,
                leased_until=now + LEASE,
                workers=[*job.workers, worker][-MAX_ATTEMPTS:],
            )
        if taken:
            job.refresh_from_db()
            return job
    return None


def move(job: Job, **changes: Any) -> bool:
    """Change the row if it is still as `job` knows it (same fencing token and status); say whether it was."""
    held = Job.objects.filter(pk=job.pk, attempts=job.attempts, status=job.status)
    return held.update(**changes) == 1


def renew(job: Job, *, now: datetime) -> bool:
    """Lengthen the lease; False when the job belongs to somebody else by now."""
    return move(job, leased_until=now + LEASE)


def finish(job: Job, *, return_value: Any, now: datetime, again_after: timedelta | None) -> bool:
    """Record success; a periodic job waits for its next turn instead."""
    if again_after is not None:
        return move(
            job, status=JobStatus.READY, attempts=0, errors=[], leased_until=None, run_after=now + again_after
        )
    return move(
        job, status=JobStatus.SUCCESSFUL, return_value=return_value, finished_at=now, leased_until=None
    )


def fail(
    job: Job, *, error: dict[str, str], now: datetime, again_after: timedelta | None, final: bool = False
) -> bool:
    """Record a failed attempt: tried again after a growing delay, until MAX_ATTEMPTS or `final`.

    A periodic job never ends: after its last attempt it waits for its next turn, its errors kept.
    """
    errors = [*job.errors, error][-MAX_ATTEMPTS:]
    if not final and job.attempts < MAX_ATTEMPTS:
        later = now + delay(job.attempts)
        return move(job, status=JobStatus.READY, errors=errors, leased_until=None, run_after=later)
    if again_after is not None:
        later = now + again_after
        return move(
            job, status=JobStatus.READY, attempts=0, errors=errors, leased_until=None, run_after=later
        )
    return move(job, status=JobStatus.FAILED, errors=errors, leased_until=None, finished_at=now)


def release(job: Job, *, now: datetime) -> bool:
    """Give a job back unfinished, at once, because its worker is stopping."""
    return move(job, status=JobStatus.READY, leased_until=None, run_after=now)


def delay(attempts: int) -> timedelta:
    """How long to wait after this many attempts: 5 s, doubled each time, at most an hour, give or take 10 %."""
    wait = min(FIRST_DELAY * float(2 ** (attempts - 1)), LONGEST_DELAY)
    spread: float = random.uniform(0.9, 1.1)  # noqa: S311
    return wait * spread


class WorkerLost(Exception):
    """Every attempt ended with the end of its worker."""
