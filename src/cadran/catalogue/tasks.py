"""Background work on the catalogue: each task reads the time once and calls one operation."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from cadran.jobs.periodic import periodic

from . import known_errors


@periodic(every=timedelta(days=1))
@task()
def index_known_errors() -> int:
    """Let known errors of an older version be found by their words; returns how many (Spec S5)."""
    return known_errors.index_known_errors(by=None, at=timezone.now())
