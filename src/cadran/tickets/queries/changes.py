"""What a row of the timeline changed: each field with its old and its new value, in the reader's language (Spec T4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.html import linebreaks
from django.utils.translation import pgettext_lazy

from cadran.core.models import JournalEntry

from .custom_fields import told_text
from .sentences import changed_label, field_label, value_text

#: Texts with formats, as they are stored: sanitised.
_RICH = frozenset({"external_description", "internal_description", "external_report", "internal_report"})
#: A plain text longer than that is opened on demand, in characters.
_LONG = 120
#: Acts that keep what was there before under names of their own: field -> the names of before and after.
_PAIRS: dict[str, dict[str, tuple[str, str]]] = {
    "status_changed": {"state": ("state_before", "state")},  # the sentence names both statuses
    "assigned": {"team": ("team_before", "team"), "assignee": ("assignee_before", "assignee")},
    "taken": {"team": ("team_before", "team"), "assignee": ("assignee_before", "assignee")},
}
_DUE = {
    "response": pgettext_lazy("timeline", "Response due"),
    "resolution": pgettext_lazy("timeline", "Resolution due"),
}


@dataclass(frozen=True)
class Change:
    """One field that changed. ``before`` and ``after`` are words, or sanitised HTML where ``is_text``.

    For an instant ``before_at`` and ``after_at`` hold it, to be written as the page writes instants; both are None
    where there is none.
    """

    field: str
    label: str
    before: str = ""
    after: str = ""
    is_text: bool = False
    is_instant: bool = False
    before_at: datetime | None = None
    after_at: datetime | None = None


def changes_of(entry: JournalEntry) -> tuple[Change, ...]:
    """The fields that an act changed, in the order in which they were told; empty for rows that kept none."""
    code, data = entry.kind.removeprefix("ticket."), entry.data
    told = [_told(one) for one in data.get("changes") or ()]
    if code == "intervention_finished":
        # What was written while finishing stands there itself, as a report.
        told = [one for one in told if not one.is_text or one.before]
    return (*told, *_paired(code, data))


def dues_of(entry: JournalEntry) -> tuple[Change, ...]:
    """The due dates that an act moved; while a ticket is suspended there are none to name (Spec C13, T24)."""
    if entry.kind == "ticket.suspended":
        return ()
    return tuple(
        Change(
            kind,
            str(_DUE[kind]),
            is_instant=True,
            before_at=_instant(change["before"]),
            after_at=_instant(change["after"]),
        )
        for kind, change in (entry.data.get("clocks") or {}).items()
        if kind in _DUE and change["before"] != change["after"]
    )


def _paired(code: str, data: dict[str, Any]) -> Iterable[Change]:
    for field, (before, after) in _PAIRS.get(code, {}).items():
        # Whatever was given for the first time is told by the sentence.
        if data.get(before) and data[before] != data.get(after):
            yield _change(field, data[before], data.get(after))


def _told(one: dict[str, Any]) -> Change:
    if "label" not in one:
        return _change(one["field"], one.get("before"), one.get("after"))
    words = [told_text(one["kind"], one.get(name)) or "–" for name in ("before", "after")]
    return Change(one["field"], changed_label(one), words[0], words[1])


def _change(field: str, before: Any, after: Any) -> Change:
    label = field_label(field)
    if field in _RICH:
        return Change(field, label, before or "", after or "", is_text=True)
    instants = [_instant(value) for value in (before, after)]
    if any(instants):
        return Change(field, label, is_instant=True, before_at=instants[0], after_at=instants[1])
    words = [value_text(value) for value in (before, after)]
    if max(len(word) for word in words) > _LONG or any("\n" in word for word in words):
        return Change(field, label, _paragraphs(words[0]), _paragraphs(words[1]), is_text=True)
    return Change(field, label, words[0], words[1])


def _paragraphs(text: str) -> str:
    return linebreaks(text, autoescape=True)


def _instant(value: Any) -> datetime | None:
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else None
