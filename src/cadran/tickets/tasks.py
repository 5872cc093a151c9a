"""Background work on tickets: each task reads the time once and calls one operation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from cadran.contracts.models import ScheduleVersion
from cadran.jobs.periodic import periodic

from . import operations

#: How long a file pasted into a form that was never saved is kept.
FORGOTTEN_AFTER = timedelta(days=2)


@task(takes_context=True)
def recompute_for_schedule(context: Any, version_id: int, cause: dict[str, str] | None = None) -> int:
    """Recompute the open tickets of a schedule that has changed; returns how many (Spec C13).

    ``cause`` says what moved it and who did it, for the tickets’ timelines.
    """
    version = ScheduleVersion.objects.select_related("schedule").get(pk=version_id)
    text = _("Recomputing the tickets on “%(schedule)s”") % {"schedule": version.schedule}

    def progress(done: int, total: int) -> None:
        context.progress(done, total, text)

    return operations.recompute_for_schedule(
        version=version, cause=cause, by=None, at=timezone.now(), progress=progress
    )


@periodic(every=timedelta(minutes=15))
@task()
def recompute_stragglers() -> int:
    """Recompute open tickets that a change of their schedule has missed; returns how many (Spec C13)."""
    return operations.recompute_stragglers(by=None, at=timezone.now())


@periodic(every=timedelta(hours=6))
@task()
def clear_forgotten_attachments() -> int:
    """Remove files pasted into forms that were never saved; returns how many (Spec T14)."""
    now = timezone.now()
    return operations.clear_forgotten_attachments(before=now - FORGOTTEN_AFTER, by=None, at=now)
