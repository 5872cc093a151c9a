"""The timeline: journal, notes, reports and attachments of a ticket, merged by instant (Spec T4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.models import JournalEntry
from cadran.core.richtext import mentioned_in

from ..models import Attachment, Intervention, Note, Ticket
from .changes import Change, changes_of, dues_of
from .rows import TicketRows, rows_of
from .sentences import ICONS, sentence_of, shown_params

#: The kinds of items, for the tabs of the screen.
KINDS = ("description", "report", "note", "attachment", "journal")


#: Parameters that are whole sentences or lists, not names.
_PLAIN = frozenset({"why", "changes", "checked", "unchecked", "left_out"})


#: Tells of a file, which stands with it (Spec T15).
_SIGNED = "ticket.service_report_signed"


@dataclass(frozen=True)
class TimelineItem:
    """One thing that was said, done or added.

    ``kind`` is one of :data:`KINDS`; ``code`` names the act of a journal row (``suspended``). ``seen`` is
    ``external`` where the customer may read it, ``internal`` where never, empty for a plain act. ``body`` is
    sanitised rich text. ``template`` and ``params`` make the sentence of an act; ``data`` is the row's own data;
    ``changes`` are the fields that it changed, ``dues`` the due dates that it moved, old and new.
    """

    kind: str
    code: str
    at: datetime
    recorded_at: datetime
    author_name: str
    author_initials: str
    seen: str
    icon: str
    body: str = ""
    label: str = ""
    template: Any = ""
    params: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    intervention: Intervention | None = None
    changes: tuple[Change, ...] = ()
    dues: tuple[Change, ...] = ()
    key: str = ""

    @property
    def text(self) -> str:
        """The sentence of an act, plain, in the reader's language."""
        return str(self.template) % self.params if self.params else str(self.template)

    @property
    def html(self) -> SafeString:
        """The sentence with its names in bold."""
        strong = {
            name: conditional_escape(value) if name in _PLAIN else format_html("<b>{}</b>", value)
            for name, value in self.params.items()
        }
        template = str(conditional_escape(str(self.template)))
        return mark_safe(template % strong if strong else template)  # noqa: S308  both parts are escaped


def initials_of(name: str) -> str:
    """Two letters at most for the round sign beside a name."""
    words = [word for word in name.split() if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def timeline(
    ticket: Ticket, user: User, kinds: Collection[str] | None = None, *, rows: TicketRows | None = None
) -> list[TimelineItem]:
    """What happened on a ticket, oldest first; empty for who may not see tickets.

    ``kinds``: only those; ``rows``: what :func:`rows_of` read before, for who shows more of it.
    """
    if not user.has_right(Right.SEE_TICKETS):
        return []
    rows = rows or rows_of(ticket, user)
    attachments, entries = rows.attachments, rows.entries
    items = [
        *_descriptions(ticket, entries),
        *_reports(rows.interventions, attachments),
        *_notes(ticket),
        *_files(attachments, entries),
        *_acts(entries, attachments),
    ]
    chosen = [item for item in items if kinds is None or item.kind in kinds]
    return sorted(chosen, key=_order)


_RANK = {"journal": 0, "description": 1, "report": 2, "note": 3, "attachment": 4}
#: Whom a note made follow the ticket is told below the note.
_BELOW = 5


def _order(item: TimelineItem) -> tuple[Any, ...]:
    """By the minute in which it took effect, as people type and read it, then as it was recorded.

    The opening comes first: what the form already knew, such as an intake that began before, is part of it.
    """
    is_opening = item.kind == "journal" and item.code == "opened"
    return (
        not is_opening,
        item.at.replace(second=0, microsecond=0),
        item.recorded_at,
        item.at,
        _BELOW if item.data.get("mentioned") else _RANK.get(item.kind, 9),
        item.key,
    )


def _item(kind: str, code: str, at: datetime, author: str, **more: Any) -> TimelineItem:
    more.setdefault("recorded_at", at)
    more.setdefault("icon", ICONS.get(code, "point"))
    return TimelineItem(
        kind=kind, code=code, at=at, author_name=author, author_initials=initials_of(author), **more
    )


def _descriptions(ticket: Ticket, entries: Iterable[JournalEntry]) -> list[TimelineItem]:
    opened = next((entry for entry in entries if entry.kind == "ticket.opened"), None)
    author = opened.author_name if opened is not None else ""
    texts = (("external", ticket.external_description), ("internal", ticket.internal_description))
    return [
        _item("description", f"{seen}_description", ticket.entered_at, author, seen=seen, body=text, key=seen,
              label=ticket.channel)
        for seen, text in texts
        if text
    ]  # fmt: skip


def _reports(interventions: Iterable[Intervention], attachments: Iterable[Attachment]) -> list[TimelineItem]:
    items = []
    for intervention in interventions:
        author = str(intervention.assignee or intervention.created_by or "")
        at = intervention.ended_at or intervention.started_at or intervention.created_at
        for seen, text in (
            ("external", intervention.external_report),
            ("internal", intervention.internal_report),
        ):
            if text:
                mine = tuple(
                    one for one in attachments
                    if one.intervention_id == intervention.pk and not one.is_inline
                    and one.is_external == (seen == "external")
                )  # fmt: skip
                items.append(
                    _item("report", f"{seen}_report", at, author, seen=seen, body=text, label=str(intervention),
                          intervention=intervention, attachments=mine, key=f"{intervention.number:06}{seen}")
                )  # fmt: skip
    return items


def _notes(ticket: Ticket) -> list[TimelineItem]:
    rows: Iterable[Note] = ticket.notes.select_related("author").prefetch_related("mentions")
    return [
        _item("note", "note", note.written_at, str(note.author or ""), seen="internal", body=note.body,
              key=f"{note.pk:012}", data={"mentions": _beside(note)})
        for note in rows
    ]  # fmt: skip


def _beside(note: Note) -> list[str]:
    """Who was named beside a note, as notes did before they named people in their text."""
    marked = set(mentioned_in(note.body))
    return [str(agent) for agent in note.mentions.all() if agent.pk not in marked]


def _files(attachments: Iterable[Attachment], entries: Iterable[JournalEntry]) -> list[TimelineItem]:
    signed = {entry.data["attachment"] for entry in entries if entry.kind == _SIGNED}
    return [
        _item("attachment", "attachment", one.uploaded_at, str(one.uploaded_by or ""), label=one.name,
              seen="external" if one.is_external else "internal", attachments=(one,), key=f"{one.pk:012}",
              intervention=None)
        for one in attachments
        if not one.is_inline and one.pk not in signed
    ]  # fmt: skip


def _acts(entries: Iterable[JournalEntry], attachments: Iterable[Attachment]) -> list[TimelineItem]:
    items, by_key = [], {one.pk: one for one in attachments}
    for entry in entries:
        code = entry.kind.removeprefix("ticket.")
        if code in ("note_added", "attached"):
            continue  # the note and the file stand there themselves
        if code == "closing_report":
            items.append(
                _item("report", "closing_report", entry.at, entry.author_name, recorded_at=entry.recorded_at,
                      seen="internal" if entry.is_internal else "external", body=entry.data.get("report", ""),
                      key=f"{entry.pk:012}")
            )  # fmt: skip
            continue
        signed = by_key.get(entry.data["attachment"]) if entry.kind == _SIGNED else None
        items.append(
            _item("journal", code, entry.at, entry.author_name, recorded_at=entry.recorded_at,
                  seen="external" if entry.kind == _SIGNED else "", attachments=(signed,) if signed else (),
                  template=sentence_of(entry), params=shown_params(entry), data=entry.data,
                  changes=changes_of(entry), dues=dues_of(entry), key=f"{entry.pk:012}")
        )  # fmt: skip
    return items
