"""Background work on tickets: each task reads the time once and calls one operation."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from cadran.accounts.models import User
from cadran.contracts.models import ScheduleVersion
from cadran.core.errors import CadranError
from cadran.jobs.periodic import periodic
from cadran.jobs.worker import GiveUp

from . import operations
from .choices import Cascade
from .models import Ticket

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


@task(takes_context=True)
def cascade(
    context: Any,
    parent_id: int,
    kind: str,
    children: list[int],
    *,
    by: int | None,
    order: str,
    external_report: str,
) -> dict[str, Any]:
    """Let children of a ticket follow it; returns the numbers of those that did, and why others did not (Spec T10)."""
    rows = Ticket.objects.in_bulk(children)
    common: dict[str, Any] = {
        "parent": Ticket.objects.get(pk=parent_id),
        "children": [rows[key] for key in children if key in rows],
        "external_report": external_report,
        "order": order,
        "by": None if by is None else User.objects.get(pk=by),
        "at": timezone.now(),
        "progress": context.progress,
    }
    is_resolution = Cascade(kind) == Cascade.RESOLUTION
    act = operations.cascade_resolution if is_resolution else operations.cascade_closing
    try:
        followed = act(**common)
    except CadranError as refused:
        raise GiveUp(refused.message) from refused
    return asdict(followed)


@periodic(every=timedelta(minutes=1))
@task()
def index_resolved_tickets() -> int:
    """Let tickets be found by their words once they are resolved; returns how many were looked at (Spec S5)."""
    return operations.index_resolved_tickets(by=None, at=timezone.now())


@periodic(every=timedelta(hours=6))
@task()
def clear_forgotten_attachments() -> int:
    """Remove files pasted into forms that were never saved; returns how many (Spec T14)."""
    now = timezone.now()
    return operations.clear_forgotten_attachments(before=now - FORGOTTEN_AFTER, by=None, at=now)


@periodic(every=timedelta(minutes=10))
@task()
def open_due_tickets() -> int:
    """Open the tickets of the plans whose day has come near enough; returns how many (Spec T31)."""
    return operations.open_due_tickets(by=None, at=timezone.now())


@periodic(every=timedelta(minutes=10))
@task()
def close_quiet_tickets() -> int:
    """Announce and close resolved tickets on which nothing happens; returns how many were closed (Spec T28)."""
    return operations.close_quiet_tickets(by=None, at=timezone.now()).closed
