"""Background work on customers and contacts: each task reads the time once and calls one operation."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from cadran.jobs.periodic import periodic

from . import operations

#: How long an image pasted into a note that was never saved is kept.
FORGOTTEN_AFTER = timedelta(days=2)


@periodic(every=timedelta(hours=6))
@task()
def clear_forgotten_note_images() -> int:
    """Remove images pasted into notes that were never saved; returns how many (Spec T7)."""
    now = timezone.now()
    return operations.clear_forgotten_note_images(before=now - FORGOTTEN_AFTER, by=None, at=now)
