"""Background work of contracts."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from cadran.core.instants import whole_second
from cadran.jobs.periodic import periodic

from .operations import refresh_every_calendar


@periodic(every=timedelta(days=7))
@task()
def extend_holidays() -> int:
    """Keep the holidays of the years ahead stored; return how many schedules got a new version."""
    return len(refresh_every_calendar(by=None, at=whole_second(timezone.now())))
