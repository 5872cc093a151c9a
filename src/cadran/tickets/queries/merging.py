"""What merging and splitting would move, and which tickets may take part (Spec T29)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from cadran.accounts.models import User

from ..choices import OPEN_PHASES
from ..models import (
    Attachment,
    Intervention,
    Merger,
    Note,
    ResourceRequest,
    ServiceReport,
    Suspension,
    Ticket,
    TicketLink,
)
from .custom_fields import HeldValue, custom_values_of
from .sending import prepared_messages


@dataclass(frozen=True)
class Holdings:
    """What a ticket holds of that which a merger moves; the sums of two tickets are the same before and after.

    ``worked_seconds`` is the length of the finished interventions, an open intake as if it ended with the entry;
    efforts are minutes, ``attachment_bytes`` bytes.
    """

    interventions: int = 0
    worked_seconds: int = 0
    planned_effort: int = 0
    remaining_effort: int = 0
    resource_requests: int = 0
    service_reports: int = 0
    notes: int = 0
    attachments: int = 0
    attachment_bytes: int = 0

    def __add__(self, other: Holdings) -> Holdings:
        return Holdings(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def holdings_of(ticket: Ticket) -> Holdings:
    """What ``ticket`` holds now."""
    work = list(ticket.interventions.select_related("type"))
    files = ticket.attachments.aggregate(number=Count("pk"), size=Sum("size"))
    return Holdings(
        interventions=len(work),
        worked_seconds=sum(int(_length(one, ticket).total_seconds()) for one in work),
        planned_effort=sum(one.planned_effort or 0 for one in work),
        remaining_effort=sum(one.remaining_effort or 0 for one in work),
        resource_requests=ResourceRequest.objects.filter(intervention__ticket=ticket).count(),
        service_reports=ServiceReport.objects.filter(intervention__ticket=ticket).count(),
        notes=ticket.notes.count(),
        attachments=files["number"],
        attachment_bytes=files["size"] or 0,
    )


def _length(work: Intervention, ticket: Ticket) -> timedelta:
    if work.type.is_intake and work.started_at is not None and work.ended_at is None:
        return max(ticket.entered_at - work.started_at, timedelta())
    if work.started_at is None or work.ended_at is None:
        return timedelta()
    return work.ended_at - work.started_at


@dataclass(frozen=True)
class LinksToMove:
    """The links of a duplicate that its kept ticket would take over, and those that must stay.

    A link stays where the kept ticket would become its own parent or ancestor, or has the same link already.
    """

    parents: tuple[TicketLink, ...]
    children: tuple[TicketLink, ...]
    left: tuple[TicketLink, ...]


def links_to_move(duplicate: Ticket, kept: Ticket) -> LinksToMove:
    """Which links of ``duplicate`` may go to ``kept`` without closing a circle (Spec T10, T29)."""
    above, below = _reached(kept, "child", "parent"), _reached(kept, "parent", "child")
    parents: list[TicketLink] = []
    children: list[TicketLink] = []
    left: list[TicketLink] = []
    known = set(TicketLink.objects.filter(child=kept).values_list("parent_id", flat=True))
    for link in TicketLink.objects.filter(child=duplicate).select_related("parent"):
        if link.parent_id in {kept.pk, *known, *below}:
            left.append(link)
        else:
            parents.append(link)
            above |= {link.parent_id, *_reached(link.parent, "child", "parent")}
    known = set(TicketLink.objects.filter(parent=kept).values_list("child_id", flat=True))
    for link in TicketLink.objects.filter(parent=duplicate).select_related("child"):
        (left if link.child_id in {kept.pk, *known, *above} else children).append(link)
    return LinksToMove(tuple(parents), tuple(children), tuple(left))


def is_above(ticket: Ticket, other: Ticket) -> bool:
    """Whether ``ticket`` is ``other`` or one of its ancestors."""
    return ticket.pk == other.pk or ticket.pk in _reached(other, "child", "parent")


def _reached(ticket: Ticket, near: str, far: str) -> set[int]:
    """The keys of all tickets that links lead to, step by step, from their ``near`` end to their ``far`` one."""
    found: set[int] = set()
    level = {ticket.pk}
    while level:
        links = TicketLink.objects.filter(**{f"{near}__in": level})
        level = set(links.values_list(f"{far}_id", flat=True)) - found
        found |= level
    return found


@dataclass(frozen=True)
class MergePreview:
    """What merging ``duplicate`` into ``kept`` would do, before it is done."""

    duplicate: Ticket
    kept: Ticket
    moving: Holdings
    standing: Holdings
    unfinished: tuple[Intervention, ...]
    tags: int
    followers: int
    links: LinksToMove
    suspension: Suspension | None
    #: What stays on the duplicate: its custom fields that hold another value than the kept ticket's, its letters.
    fields: tuple[HeldValue, ...]
    messages: int
    #: What the customer could not read before: the duplicate is not shared with them, the kept ticket is.
    discloses: bool

    @property
    def together(self) -> Holdings:
        """What the kept ticket would hold."""
        return self.moving + self.standing


def merge_preview(duplicate: Ticket, kept: Ticket) -> MergePreview:
    """What would move, with sums, and what to know beforehand."""
    unfinished = duplicate.interventions.filter(ended_at=None, is_archived=False, type__is_intake=False)
    work = duplicate.interventions.exclude(external_report="").exists()
    external = work or duplicate.attachments.filter(is_external=True).exists()
    return MergePreview(
        duplicate=duplicate,
        kept=kept,
        moving=holdings_of(duplicate),
        standing=holdings_of(kept),
        unfinished=tuple(unfinished.select_related("type")),
        tags=duplicate.tags.exclude(tickets=kept).count(),
        followers=duplicate.followers.exclude(followed_tickets=kept).count(),
        links=links_to_move(duplicate, kept),
        suspension=duplicate.suspensions.filter(ended_at=None).first(),
        fields=_fields_left(duplicate, kept),
        messages=prepared_messages(duplicate).count(),
        discloses=kept.is_shared and not duplicate.is_shared and external,
    )


def _fields_left(duplicate: Ticket, kept: Ticket) -> tuple[HeldValue, ...]:
    held = custom_values_of(kept)
    own = custom_values_of(duplicate).items()
    return tuple(HeldValue(field, value) for field, value in own if held.get(field) != value)


def merge_candidates(ticket: Ticket, user: User, words: str = "") -> QuerySet[Ticket]:
    """The open tickets into which ``ticket`` may be merged, its customer's newest first.

    With ``words``, those of other customers follow: merging into one of them is refused with a sentence that says why.
    """
    rows: QuerySet[Ticket] = Ticket.objects.visible_to(user).filter(phase__in=OPEN_PHASES)
    rows = rows.exclude(pk=ticket.pk).select_related("customer", "status")
    if not words.strip():
        return rows.filter(customer=ticket.customer_id).order_by("-received_at", "-id")
    first = Case(When(customer=ticket.customer_id, then=Value(0)), default=Value(1))
    found: QuerySet[Ticket] = rows.matching(words)  # type: ignore[attr-defined]
    return found.order_by(first, "-received_at", "-id")


@dataclass(frozen=True)
class MergedNumber:
    """What a number leads to that a duplicate bears: the duplicate, and the ticket that is kept in its place now."""

    duplicate: Ticket
    kept: Ticket


def merged_number(number: str, user: User) -> MergedNumber | None:
    """Where the ticket of that number, small letters or large ones, was merged into, step by step (Spec T29).

    None where no duplicate that ``user`` may see bears it, as with words that are no number.
    """
    if not number[-1:].isdecimal():
        return None
    rows: QuerySet[Ticket] = Ticket.objects.visible_to(user)
    duplicate = kept = rows.filter(number__in={number, number.upper()}).exclude(merged_into=None).first()
    while kept is not None and kept.merged_into_id is not None:
        kept = rows.filter(pk=kept.merged_into_id).for_lists().first()  # type: ignore[attr-defined]
    return MergedNumber(duplicate, kept) if duplicate is not None and kept is not None else None


def merger_of(duplicate: Ticket) -> Merger | None:
    """The merger by which ``duplicate`` points at its kept ticket; None when it is no merged one."""
    rows = Merger.objects.filter(duplicate=duplicate, undone_at=None)
    found: Merger | None = rows.select_related("kept", "merged_by").first()
    return found


def moved_work(ticket: Ticket, number: int, user: User) -> Intervention | None:
    """The intervention that had this number on ``ticket`` before it moved to another one; None for none."""
    rows = Intervention.objects.visible_to(user).select_related("ticket", "type")
    found: Intervention | None = rows.filter(
        former_numbers__ticket=ticket, former_numbers__number=number
    ).first()
    return found


def splittable_work(ticket: Ticket) -> QuerySet[Intervention]:
    """The interventions that may be split off: planned or finished, not the intake, not from before a reopening.

    Whether a milestone rests on one of them is judged when it is chosen.
    """
    rows: QuerySet[Intervention] = ticket.interventions.filter(
        Q(started_at=None) | Q(ended_at__isnull=False), type__is_intake=False, is_archived=False
    )
    return rows.select_related("type", "assignee")


def splittable_notes(ticket: Ticket) -> QuerySet[Note]:
    """The notes that may be split off, oldest first."""
    rows: QuerySet[Note] = ticket.notes.select_related("author").order_by("id")
    return rows


def splittable_files(ticket: Ticket) -> QuerySet[Attachment]:
    """The files of the ticket itself that may be split off; those of an intervention go with it."""
    rows: QuerySet[Attachment] = ticket.attachments.filter(intervention=None, is_inline=False).order_by("id")
    return rows


_MOVED: dict[str, Any] = {
    "interventions": ngettext_lazy("%(count)s intervention", "%(count)s interventions", "count"),
    "notes": ngettext_lazy("%(count)s internal note", "%(count)s internal notes", "count"),
    "attachments": ngettext_lazy("%(count)s attachment", "%(count)s attachments", "count"),
    "links": ngettext_lazy("%(count)s link", "%(count)s links", "count"),
    "tags": ngettext_lazy("%(count)s tag", "%(count)s tags", "count"),
    "followers": ngettext_lazy("%(count)s follower", "%(count)s followers", "count"),
}


def counts_of(moved: Mapping[str, Sequence[Any]]) -> dict[str, int]:
    """How many rows of each kind a merger moved."""
    found = {kind: len(rows) for kind, rows in moved.items()}
    return {**found, "links": found["parents"] + found["children"]}


def moved_text(moved: Mapping[str, int]) -> str:
    """« 3 interventions, 1 internal note », in the reader's language."""
    parts = [str(words % {"count": moved[kind]}) for kind, words in _MOVED.items() if moved.get(kind)]
    return ", ".join(parts) or _("nothing")
