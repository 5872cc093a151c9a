"""The rows of a ticket that several parts of its page read, so that each is read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects

from cadran.accounts.models import User
from cadran.core.models import JournalEntry

from ..models import Attachment, Intervention, InterventionCheck, Suspension, Ticket


@dataclass(frozen=True)
class TicketRows:
    """What happened on a ticket, as one person may see it.

    ``interventions`` by number, with their checklists, ``suspensions`` the latest first, ``attachments`` and
    ``entries`` of the journal as they came in.
    """

    interventions: Sequence[Intervention]
    suspensions: Sequence[Suspension]
    attachments: Sequence[Attachment]
    entries: Sequence[JournalEntry]


def rows_of(ticket: Ticket, user: User) -> TicketRows:
    """Everything, in six queries at most; the clocks of ``ticket`` read its suspensions from here too."""
    checks = InterventionCheck.objects.visible_to(user).select_related("checked_by")
    interventions = (
        Intervention.objects.visible_to(user)
        .filter(ticket=ticket)
        .select_related("type", "assignee", "team", "created_by")
        .prefetch_related(Prefetch("checks", checks), Prefetch("merged_from", Ticket.objects.only("number")))
        .order_by("number")
    )
    suspensions = Suspension.objects.select_related("reason").order_by("began_at", "id")
    prefetch_related_objects([ticket], Prefetch("suspensions", suspensions))
    rows = TicketRows(
        interventions=list(interventions),
        suspensions=list(reversed(ticket.suspensions.all())),
        attachments=list(
            Attachment.objects.visible_to(user).filter(ticket=ticket).select_related("uploaded_by")
        ),
        entries=list(JournalEntry.objects.of("ticket", ticket.pk)),
    )
    for row in rows.interventions:
        row.ticket = ticket  # their addresses name it: no query for each
    return rows
