"""What moves between two taken tickets when one is merged, given back or split, and how it finds its way back (T29)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.core.errors import InvalidInput
from cadran.parties.models import Agent

from ..models import Attachment, FormerNumber, Intervention, Note, Tag, Ticket, TicketLink
from ..queries.merging import is_above, links_to_move
from ._shared import iso
from ._work import finish_intake, next_work_number

#: The columns of a duplicate that a merger changes.
_COLUMNS = tuple(
    field.attname
    for field in Ticket._meta.concrete_fields
    if field.name in ("phase", "status", "closed_by_customer_at", "closed_internally_at")
    or field.name in ("reception_schedule_version", "action_schedule_version")
    or field.name.startswith(("response_", "resolution_", "suspended_"))
)


def columns_of(ticket: Ticket) -> dict[str, Any]:
    """The columns that a merger changes, as JSON keeps them."""
    values = {name: getattr(ticket, name) for name in _COLUMNS}
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in values.items()}


def put_columns(ticket: Ticket, kept: Mapping[str, Any]) -> None:
    """Set columns from what :func:`columns_of` kept. Does not save."""
    for field in Ticket._meta.concrete_fields:
        if field.attname in kept:
            setattr(ticket, field.attname, field.to_python(kept[field.attname]))


def end_intake(ticket: Ticket, *, by: User | None, at: datetime) -> dict[str, Any]:
    """Let an open intake end by itself, as with any other work that goes on (Spec T12); what it was before."""
    intake = ticket.interventions.filter(type__is_intake=True, ended_at=None).first()
    finish_intake(ticket, by=by, at=at)
    return {"intake": None if intake is None else {"key": intake.pk, "started_at": iso(intake.started_at)}}


def keep_numbers(work: Iterable[Intervention]) -> None:
    """Keep the numbers of interventions that are about to leave their ticket: their addresses lead on."""
    FormerNumber.objects.bulk_create(
        [FormerNumber(ticket_id=own.ticket_id, number=own.number, intervention=own) for own in work],
        ignore_conflicts=True,  # it left from there before, and came back
    )


def move_all(duplicate: Ticket, kept: Ticket) -> dict[str, Any]:
    """Move what the duplicate holds; the keys of the rows that moved, by kind."""
    links = links_to_move(duplicate, kept)
    moved: dict[str, Any] = {
        "interventions": _move_work(duplicate, kept),
        "notes": list(duplicate.notes.values_list("pk", flat=True)),
        "attachments": list(duplicate.attachments.values_list("pk", flat=True)),
        "parents": [link.pk for link in links.parents],
        "children": [link.pk for link in links.children],
        "links_left": [link.pk for link in links.left],
        "tags": sorted(set(_keys(duplicate.tags)) - set(_keys(kept.tags))),
        "followers": sorted(set(_keys(duplicate.followers)) - set(_keys(kept.followers))),
    }
    Note.objects.filter(pk__in=moved["notes"]).update(ticket=kept)
    Attachment.objects.filter(pk__in=moved["attachments"]).update(ticket=kept)
    TicketLink.objects.filter(pk__in=moved["parents"]).update(child=kept)
    TicketLink.objects.filter(pk__in=moved["children"]).update(parent=kept)
    kept.tags.add(*moved["tags"])
    kept.followers.add(*moved["followers"])
    duplicate.tags.clear()
    duplicate.followers.clear()
    return moved


def _keys(rows: Any) -> list[int]:
    return sorted(rows.values_list("pk", flat=True))


def labels_of(ticket: Ticket) -> dict[str, list[int]]:
    """The keys of a ticket's tags and followers."""
    return {"tags": _keys(ticket.tags), "followers": _keys(ticket.followers)}


def _move_work(duplicate: Ticket, kept: Ticket) -> list[dict[str, Any]]:
    """Move every intervention under a new number; what was begun carries the duplicate it was begun on."""
    told = []
    work = list(duplicate.interventions.order_by("number"))
    keep_numbers(work)
    for number, own in enumerate(work, start=next_work_number(kept)):
        told.append(
            {
                "key": own.pk,
                "number": own.number,
                "merged_from": own.merged_from_id,
                "is_archived": own.is_archived,
                "was_started": own.is_started,
                "was_finished": own.is_finished,
                "had_resolved": own.resolved_ticket,
            }
        )
        own.ticket, own.number = kept, number
        own.merged_from_id = own.merged_from_id or (duplicate.pk if own.is_started else None)
        own.row_version += 1
        own.save(update_fields=["ticket", "number", "merged_from", "row_version"])
    return told


def check_exact(duplicate: Ticket, kept: Ticket, moved: Mapping[str, Any]) -> None:
    """Raise ``InvalidInput`` when the kept ticket lives on work that would go back to the duplicate."""
    before = {row["key"]: row for row in moved["interventions"]}
    for own in Intervention.objects.filter(pk__in=before, ticket=kept):
        was = before[own.pk]
        params = {"work": str(own), "number": own.number, "kept": kept.number, "duplicate": duplicate.number}
        if own.is_started and not was["was_started"]:
            raise InvalidInput(
                _(
                    "“%(work)s” (intervention %(number)s), planned on %(duplicate)s, was begun on %(kept)s since, so "
                    "the merger can’t be undone exactly. Split off of %(kept)s what belongs elsewhere instead."
                ),
                params=params,
            )
        if own.resolved_ticket and not was["had_resolved"] and kept.resolved_at is not None:
            raise InvalidInput(
                _(
                    "“%(work)s” (intervention %(number)s), begun on %(duplicate)s, has resolved %(kept)s since. Reopen "
                    "%(kept)s first, then undo the merger."
                ),
                params=params,
            )


def move_back(
    duplicate: Ticket, kept: Ticket, moved: Mapping[str, Any], before: Mapping[str, Any]
) -> dict[str, int]:
    """Move back what still is on the kept ticket; how many rows of each kind went."""
    went = {"interventions": _move_work_back(duplicate, kept, moved["interventions"])}
    _reopen_intake(duplicate, before["intake"])
    own = Intervention.objects.filter(ticket=duplicate).values("pk")
    files = Q(pk__in=moved["attachments"]) | Q(intervention__in=own)
    went["attachments"] = Attachment.objects.filter(files, ticket=kept).update(ticket=duplicate)
    went["notes"] = Note.objects.filter(pk__in=moved["notes"], ticket=kept).update(ticket=duplicate)
    went["links"] = _move_links_back(duplicate, kept, moved)
    for name, model in (("tags", Tag), ("followers", Agent)):
        getattr(kept, name).remove(*moved[name])
        getattr(duplicate, name).set(model.objects.filter(pk__in=before[name]))
        went[name] = len(moved[name])
    return went


def _move_work_back(duplicate: Ticket, kept: Ticket, rows: Collection[Mapping[str, Any]]) -> int:
    went = 0
    keep_numbers(Intervention.objects.filter(pk__in=[was["key"] for was in rows], ticket=kept))
    for was in rows:
        back = {"ticket": duplicate, "number": was["number"], "merged_from": was["merged_from"]}
        if was["was_finished"]:
            back["is_archived"] = was["is_archived"]  # a reopening of the kept ticket since was not its own
        found = Intervention.objects.filter(pk=was["key"], ticket=kept)
        went += found.update(row_version=F("row_version") + 1, **back)
    return went


def _reopen_intake(duplicate: Ticket, was: Mapping[str, Any] | None) -> None:
    if was is not None:
        duplicate.interventions.filter(pk=was["key"]).update(started_at=was["started_at"], ended_at=None)


def _move_links_back(duplicate: Ticket, kept: Ticket, moved: Mapping[str, Any]) -> int:
    """Hang the links that are still there on the duplicate again. Raises ``InvalidInput`` for one closing a circle."""
    went = 0
    for key in (*moved["parents"], *moved["children"]):
        end = "child" if key in moved["parents"] else "parent"
        link = TicketLink.objects.filter(pk=key, **{end: kept}).select_related("parent", "child").first()
        if link is None:
            continue
        setattr(link, end, duplicate)
        if is_above(link.child, link.parent):
            raise InvalidInput(
                _(
                    "%(child)s has become an ancestor of %(parent)s since, so their link can’t go back. Take one of "
                    "the links between them away first."
                ),
                params={"child": link.child.number, "parent": link.parent.number},
            )
        link.save(update_fields=[end])
        went += 1
    return went
