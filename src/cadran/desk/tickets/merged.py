"""What the ticket's page says about mergers: into what it was merged, and what was merged into it (Spec T29)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.models import JournalEntry
from cadran.tickets.models import Ticket
from cadran.tickets.queries.merging import MergePreview, counts_of, merger_of, moved_text


def merger_context(ticket: Ticket, user: User) -> dict[str, Any]:
    """The merger of a duplicate, with what it moved."""
    merger = merger_of(ticket) if ticket.merged_into_id is not None else None
    return {
        "merger": merger,
        "merger_moved": moved_text(counts_of(merger.moved)) if merger is not None else "",
        "may_undo": merger is not None and user.has_right(Right.MERGE_TICKETS),
    }


def duplicates_of(ticket: Ticket, user: User, entries: Sequence[JournalEntry]) -> list[Ticket]:
    """The duplicates of a ticket that is kept; asked for only where its journal, ``entries``, tells of a merger."""
    if not any(entry.kind == "ticket.took_over" for entry in entries):
        return []
    return list(
        Ticket.objects.visible_to(user).filter(merged_into=ticket).order_by("id").only("number", "title")
    )


@dataclass(frozen=True)
class SumLine:
    """One line of what a merger moves: the duplicate's, the kept ticket's, both together, in seconds or bytes or so."""

    label: Any
    unit: str
    values: tuple[int, int, int]


_LINES = (
    ("interventions", _("Interventions"), ""),
    ("worked_seconds", _("Time worked"), "seconds"),
    ("planned_effort", _("Planned effort"), "minutes"),
    ("remaining_effort", _("Remaining effort"), "minutes"),
    ("resource_requests", _("Resource requests"), ""),
    ("service_reports", _("Service reports"), ""),
    ("notes", _("Internal notes"), ""),
    ("attachments", _("Attachments"), ""),
    ("attachment_bytes", _("Size of the attachments"), "bytes"),
)


def sum_lines(preview: MergePreview) -> list[SumLine]:
    """The sums of a merger, without the kinds of which neither ticket has any; efforts in seconds as well."""
    lines = []
    for name, label, unit in _LINES:
        values = [getattr(one, name) for one in (preview.moving, preview.standing, preview.together)]
        if unit == "minutes":
            values, unit = [60 * value for value in values], "seconds"
        if any(values):
            lines.append(SumLine(label, unit, (values[0], values[1], values[2])))
    return lines


def preview_context(preview: MergePreview | None) -> dict[str, Any]:
    """What the dialog shows before merging; nothing while no fitting ticket is chosen."""
    if preview is None:
        return {}
    links = len(preview.links.parents) + len(preview.links.children)
    others = {"links": links, "tags": preview.tags, "followers": preview.followers}
    return {
        "preview": preview,
        "lines": sum_lines(preview),
        "others": moved_text(others) if any(others.values()) else "",
    }
