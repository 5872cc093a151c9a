"""A ticket as a document: what it is about, and what was said and done on it (Spec T16).

For the customer it holds external texts and files alone: what is internal isn't read, so it can't slip in (Spec T14).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cadran.core.blocks import Block, blocks_of
from cadran.core.business_rules import COMPANY_NAME, value_of
from cadran.core.instants import dated, written, zone_words
from cadran.core.models import JournalEntry
from cadran.core.pdf import Frame, Pictures, render_pdf

from ..choices import Audience, SuspensionKind
from ..models import Attachment, Ticket
from ..queries.custom_fields import shown_values
from .pictures import pictures_of

_TEMPLATE = Path(__file__).parent / "ticket.typ"
_FACTS = (
    "status", "customer", "site", "requester", "user", "contract", "service", "product", "version", "asset",
    "nature", "severity", "customer_reference", "desired_on", "received_at", "responded_at", "resolved_at",
    "closed_by_customer_at",
)  # fmt: skip
_INTERNAL_FACTS = (
    "state", "priority", "pilot", "team", "assignee", "coverage", "environment", "supplier_contract", "known_error",
    "channel", "closed_internally_at",
)  # fmt: skip
#: What a document reads besides the ticket's own columns.
DOCUMENT_ROWS = (
    "status", "state", "customer", "site", "requester", "user", "contract", "service", "product", "version__product",
    "asset__product", "nature", "severity", "priority", "pilot", "team", "assignee", "supplier_contract__supplier",
    "known_error",
)  # fmt: skip


@dataclass(frozen=True)
class FaxCover:
    """The first page of a fax: for whom, to which number, from whom, about what; ``body`` is rich text."""

    name: str
    number: str
    sender: str
    title: str
    body: str


@dataclass(frozen=True)
class _Told:
    """Something said or done, or what lasted ``until`` an instant; ``is_internal`` only in one for colleagues."""

    at: datetime
    title: str
    blocks: list[Block]
    is_internal: bool = False
    until: datetime | None = None

    def when(self, zone: tzinfo) -> str:
        """« 12 Nov 2026 15:42 », or from when to when."""
        return " – ".join(dated(at, zone) for at in (self.at, self.until) if at)


def ticket_pdf(ticket: Ticket, audience: Audience, *, at: datetime, cover: FaxCover | None = None) -> bytes:
    """The ticket as it is ``at`` that instant, in the active language and time zone, a fax with its cover first."""
    zone = timezone.get_current_timezone()
    pictures = pictures_of(ticket, audience)
    times = _("times in %(zone)s") % {"zone": zone_words(zone)}
    data = {
        "cover": _cover(cover, ticket, at, zone) if cover else None,
        "number": ticket.number,
        "title": ticket.title,
        "mark": str(audience.label) if audience == Audience.COLLEAGUES else "",
        "facts": _facts(ticket, audience, zone),
        "texts": _descriptions(ticket, audience, pictures),
        "told": {
            "title": _("What was done"),
            "rows": [
                {
                    "when": one.when(zone),
                    "title": one.title,
                    "internal": _("internal") if one.is_internal else "",
                    "blocks": one.blocks,
                }
                for one in sorted(_told(ticket, audience, pictures), key=lambda one: one.at)
            ],
        },
        "files": {"title": _("Files"), "names": [str(file) for file in _files(ticket, audience)]},
    }
    frame = Frame(
        mark=ticket.number,
        title=f"{ticket.number} {ticket.title}",
        at=at,
        foot=f"{dated(at, zone)} · {times}",
    )
    return render_pdf(_TEMPLATE, data, frame=frame, pictures=pictures)


def _cover(cover: FaxCover, ticket: Ticket, at: datetime, zone: tzinfo) -> dict[str, Any]:
    return {
        "title": _("Fax"),
        "facts": [
            [_("To"), cover.name or cover.number],
            [_("Fax number"), cover.number],
            [_("From"), " · ".join(filter(None, (str(value_of(COMPANY_NAME)), cover.sender)))],
            [_("Date"), dated(at, zone)],
            [_("Subject"), cover.title],
            [_("Ticket"), ticket.number],
        ],
        "pages": _("Pages, this one included"),
        "blocks": blocks_of(cover.body),
    }


def _facts(ticket: Ticket, audience: Audience, zone: tzinfo) -> list[list[str]]:
    """Fields with their values, then the company's own ones (Spec T30); tags and most fields are for colleagues."""
    is_internal = audience == Audience.COLLEAGUES
    names = (*_FACTS, *_INTERNAL_FACTS) if is_internal else _FACTS
    rows = [[_label(name), _value(ticket, name, zone)] for name in names]
    if is_internal:
        rows.append([_label("tags"), ", ".join(map(str, ticket.tags.all()))])
    held = [one for one in shown_values(ticket) if is_internal or one.field.is_external]
    return [*rows, *([str(one.field), one.text] for one in held)]


def _label(name: str) -> str:
    return capfirst(str(Ticket._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


def _value(ticket: Ticket, name: str, zone: tzinfo) -> str:
    shown = getattr(ticket, f"get_{name}_display", None)
    value = shown() if shown else getattr(ticket, name)
    if isinstance(value, datetime):
        return dated(value, zone)
    if isinstance(value, date):
        return written(value)
    return "" if value is None else str(value)


def _descriptions(ticket: Ticket, audience: Audience, pictures: Pictures) -> list[dict[str, Any]]:
    texts = [(_label("external_description"), ticket.external_description, "")]
    if audience == Audience.COLLEAGUES:
        texts.append((_label("internal_description"), ticket.internal_description, _("internal")))
    return [
        {"title": title, "internal": internal, "blocks": blocks_of(text, pictures.find)}
        for title, text, internal in texts
        if text
    ]


def _told(ticket: Ticket, audience: Audience, pictures: Pictures) -> Iterable[_Told]:
    yield from _interventions(ticket, audience, pictures)
    yield from _suspensions(ticket)
    yield from _closing_reports(ticket, audience, pictures)
    if audience == Audience.COLLEAGUES:
        for note in ticket.notes.select_related("author"):
            title = f"{_('Internal note')} · {note.author}" if note.author else _("Internal note")
            yield _Told(note.written_at, title, blocks_of(note.body, pictures.find), is_internal=True)


def _interventions(ticket: Ticket, audience: Audience, pictures: Pictures) -> Iterable[_Told]:
    for one in ticket.interventions.select_related("type", "assignee"):
        at = one.ended_at or one.started_at or one.created_at
        is_internal = audience == Audience.COLLEAGUES
        title = str(one) if is_internal else str(one.type)  # a label is a note of the team to itself
        if one.external_report:
            yield _Told(at, title, blocks_of(one.external_report, pictures.find))
        if not is_internal:
            continue
        who = f"{title} · {one.assignee}" if one.assignee else title
        if one.internal_report:
            yield _Told(at, who, blocks_of(one.internal_report, pictures.find), is_internal=True)
        elif not one.external_report and not one.type.is_intake:
            yield _Told(at, who, [], is_internal=True)


def _suspensions(ticket: Ticket) -> Iterable[_Told]:
    for one in ticket.suspensions.filter(kind=SuspensionKind.CUSTOMER).select_related("reason"):
        title = _("Suspended: %(reason)s") % {"reason": one.reason} if one.reason else _("Suspended")
        blocks = blocks_of(escape(one.details).replace("\n", "<br>"))
        yield _Told(one.began_at, title, blocks, until=one.ended_at)


def _closing_reports(ticket: Ticket, audience: Audience, pictures: Pictures) -> Iterable[_Told]:
    rows = JournalEntry.objects.of("ticket", ticket.pk).filter(kind="ticket.closing_report")
    if audience == Audience.CUSTOMER:
        rows = rows.filter(is_internal=False)
    for row in rows:
        blocks = blocks_of(row.data.get("report", ""), pictures.find)
        yield _Told(row.at, _("Report on closing"), blocks, is_internal=row.is_internal)


def _files(ticket: Ticket, audience: Audience) -> Iterable[Attachment]:
    rows = Attachment.objects.filter(ticket=ticket, is_inline=False)
    return rows.filter(is_external=True) if audience == Audience.CUSTOMER else rows
