"""The timeline as the page shows it: days, what was said, what was done, and the tabs that choose among them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cadran.desk.components.words import day_text, when_text
from cadran.tickets.choices import Channel
from cadran.tickets.models import Attachment, Ticket
from cadran.tickets.queries import Change, TimelineItem

#: Tab -> the kinds of items it shows; an empty set shows all.
SHOWN: dict[str, frozenset[str]] = {
    "all": frozenset(),
    "notes": frozenset({"note"}),
    "reports": frozenset({"report", "description"}),
    "journal": frozenset({"journal", "attachment"}),
}
_SAID = ("description", "report", "note")
_ICONS = {"rotate": "refresh", "point": "minus"}
#: Acts whose sentence names the fields that they changed.
_NAMING = ("edited", "intervention_edited")
#: Acts that moved a due date: the explanation is one click away.
_CLOCK_ACTS = ("clock_recomputed", "commitment_applied", "resumed", "reopened", "resolved")


@dataclass(frozen=True)
class ShownChange:
    """What a field was and what it is now, ready to show; ``label`` is empty where the sentence says it."""

    label: str
    change: Change
    before: str
    after: str


@dataclass(frozen=True)
class Letter:
    """What was prepared for sending, and the dialog that shows it."""

    title: str
    url: str


@dataclass(frozen=True)
class Entry:
    """One entry of the feed: ``day`` opens a day, ``said`` is something written, ``line`` something done."""

    shape: str
    item: TimelineItem | None = None
    day: str = ""
    kind: str = ""
    icon: str = ""
    explain: str = ""
    letters: list[Letter] = field(default_factory=list)
    later: datetime | None = None
    is_customer: bool = False
    macro: str = ""
    changes: list[ShownChange] = field(default_factory=list)
    dues: list[ShownChange] = field(default_factory=list)
    files: list[Any] = field(default_factory=list)


def entries_of(ticket: Ticket, items: Iterable[TimelineItem], show: str, now: datetime) -> list[Entry]:
    """The entries of a tab, oldest first, parted by the reader's days."""
    kinds = SHOWN[show]
    entries: list[Entry] = []
    day = None
    # What it is about comes first, whatever was noted before the ticket was saved.
    for item in sorted(items, key=lambda one: one.kind != "description"):
        if kinds and item.kind not in kinds:
            continue
        local = timezone.localtime(item.at).date()
        if day is None or local > day:
            day = local
            entries.append(Entry("day", day=day_text(item.at, now)))
        entries.append(_entry(ticket, item, now))
    return entries


def _entry(ticket: Ticket, item: TimelineItem, now: datetime) -> Entry:
    if item.kind in _SAID:
        return Entry("said", item, kind=_kind(item), files=[AttachedFile(row) for row in item.attachments])
    explain = ""
    if item.code in _CLOCK_ACTS and ticket.resolution_commitment_version_id:
        explain = reverse("desk:ticket_explain", args=[ticket.number, "resolution"])
    return Entry(
        "line",
        item,
        letters=_letters(ticket, item),
        icon=_ICONS.get(item.icon, item.icon),
        explain=explain,
        later=item.recorded_at if abs((item.recorded_at - item.at).total_seconds()) >= 60 else None,
        files=[AttachedFile(row) for row in item.attachments],
        # Each change that a macro made names it (Spec T30).
        macro=item.params.get("macro", "") if item.code != "macro_applied" else "",
        changes=_shown(item.changes, now, named=len(item.changes) > 1 or item.code not in _NAMING),
        dues=_shown(item.dues, now, named=True),
    )


def _letters(ticket: Ticket, item: TimelineItem) -> list[Letter]:
    """The letter that a row tells of, or those of a duplicate that was merged into the ticket (Spec T29)."""
    number, rows = ticket.number, []
    if item.code == "message_prepared":
        rows = [{"key": item.data["message"], "title": pgettext("a message", "Open")}]
    elif item.code == "took_over":
        number, rows = item.data["other"], item.data.get("messages", [])
    return [Letter(row["title"], reverse("desk:ticket_prepared", args=[number, row["key"]])) for row in rows]


def _shown(changes: Iterable[Change], now: datetime, *, named: bool) -> list[ShownChange]:
    rows = []
    for one in changes:
        words = [one.before, one.after]
        if one.is_instant:
            words = [when_text(at, now) if at else "–" for at in (one.before_at, one.after_at)]
            if words[0] == words[1]:  # it moved by seconds
                continue
        label = one.label[:1].upper() + one.label[1:]
        rows.append(ShownChange(label if named or one.is_text else "", one, *words))
    return rows


def _kind(item: TimelineItem) -> str:
    match item.kind:
        case "description":
            if item.seen == "internal":
                return _("Internal description")
            channel = Channel(item.label).label if item.label in Channel.values else ""
            return (
                _("Description, by %(channel)s") % {"channel": str(channel).lower()}
                if channel
                else _("Description")
            )
        case "note":
            return _("Internal note")
        case _:
            words = _("External report") if item.seen == "external" else _("Internal report")
            return f"{words}, {item.label}" if item.label else words


class AttachedFile:
    """A file beside what was said."""

    def __init__(self, row: Attachment) -> None:
        self.row = row
        self.url = reverse("desk:attachment", args=[row.secret, row.name])
        self.icon = "photo" if row.content_type.startswith("image/") else "paperclip"


@dataclass(frozen=True)
class Tab:
    """A tab over the timeline."""

    code: str
    label: str
    count: int | None
    url: str
    fragment: str


def tabs_of(ticket: Ticket, items: Iterable[TimelineItem]) -> list[Tab]:
    """The tabs with how much each holds; what the ticket is about is no report, though it stands before them."""
    listed = list(items)
    labels = {"all": _("All"), "notes": _("Notes"), "reports": _("Reports"), "journal": _("Journal")}
    page, feed = (
        reverse("desk:ticket", args=[ticket.number]),
        reverse("desk:ticket_feed", args=[ticket.number]),
    )
    return [
        Tab(
            code,
            labels[code],
            sum(item.kind in kinds - {"description"} for item in listed) if kinds else None,
            page if code == "all" else f"{page}?show={code}",
            f"{feed}?show={code}",
        )
        for code, kinds in SHOWN.items()
    ]
