"""What two who edit the same intervention share: nothing is overwritten unseen, each change is told (Spec T4, T17)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cadran.core.instants import whole_second
from cadran.core.models import JournalEntry
from cadran.core.richtext import sanitise

from ..errors import Conflict
from ..models import Intervention, ResourceRequest
from ..queries.lists import requests_of
from ._shared import names

#: What finishing writes besides instants and milestones.
REPORTED = (
    "external_report",
    "internal_report",
    "versions_corrected",
    "versions_to_correct",
    "remaining_effort",
)
_PLAIN = ("label", "error_message")
_RICH = ("external_report", "internal_report")
_VERSIONS = ("versions_corrected", "versions_to_correct")
LISTS = (*_VERSIONS, "resource_requests")
EDITABLE = frozenset(
    (
        *_PLAIN, *_RICH, *LISTS, "type", "team", "assignee", "planned_start_at", "planned_end_at",
        "planned_effort", "remaining_effort",
    )
)  # fmt: skip


def put_requests(intervention: Intervention, requests: Any) -> None:
    """Store what the intervention needs."""
    ResourceRequest.objects.bulk_create(
        ResourceRequest(
            intervention=intervention,
            profile=request.profile,
            needed_on=request.needed_on,
            circumstances=request.circumstances,
            duration=request.duration,
        )
        for request in requests
    )


def compare(
    own: Intervention,
    seen: Intervention,
    changes: Mapping[str, Any],
    base: Mapping[str, Any],
    *,
    all_sent: bool = False,
) -> tuple[dict[str, Any], list[Conflict]]:
    """What really changes, tidied, and where somebody else came first.

    A field missing in ``base`` was seen as ``seen`` shows it. ``all_sent``: fields come whether changed or not, so
    that one left as it was seen keeps what is stored.
    """
    wanted: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    for name, typed in changes.items():
        mine, theirs = _tidy(name, typed), _now(own, name)
        was = _tidy(name, base[name]) if name in base else theirs if name in LISTS else getattr(seen, name)
        if mine == theirs or (all_sent and mine == was):
            continue
        if was != theirs:
            who, when = _last_editor(own, name)
            conflicts.append(Conflict(name, was, theirs, mine, who, when))
        wanted[name] = mine
    return wanted, conflicts


def put(own: Intervention, wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Set fields of a taken intervention; what the timeline tells of it, before and after. Saves only its lists."""
    told = []
    for name, value in wanted.items():
        before = _now(own, name)
        if name == "resource_requests":
            own.resource_requests.all().delete()
            put_requests(own, value)
        elif name in LISTS:
            getattr(own, name).set(value)
        else:
            setattr(own, name, value)
        told.append({"field": name, "before": _told(before), "after": _told(value)})
    return told


def _tidy(name: str, value: Any) -> Any:
    if name in _RICH:
        return sanitise(value or "")
    if name in _PLAIN:
        return (value or "").strip()
    if name in _VERSIONS:
        return sorted(value or (), key=lambda version: version.pk)
    if name in LISTS:
        return list(value or ())
    return whole_second(value) if isinstance(value, datetime) else value


def _now(own: Intervention, name: str) -> Any:
    if name == "resource_requests":
        return requests_of(own)
    return _tidy(name, getattr(own, name).all()) if name in LISTS else getattr(own, name)


def _told(value: Any) -> Any:
    return [str(row) for row in value] if isinstance(value, list) else names(value)


def _last_editor(own: Intervention, field: str) -> tuple[str, datetime | None]:
    rows = JournalEntry.objects.of("ticket", own.ticket.pk).filter(kind="ticket.intervention_edited")
    for row in rows.order_by("-id")[:50]:
        fields = [change["field"] for change in row.data.get("changes", ())]
        if row.data.get("intervention") == own.number and field in fields:
            return row.author_name, row.recorded_at
    return "", None
