"""Order, colour and groups of the ticket list, in SQL alone, so that pages are stable and cheap at any size.

A running clock is coloured by its stored instants: red from its due date, orange from `…_warns_at` (Spec C12). The
*nearest unmet clock* of a ticket is the running one that is due first (Spec S1).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, F, IntegerField, OrderBy, Q, QuerySet, Value, When
from django.db.models.functions import Lower

from cadran.tickets.choices import ClockState

CLOCKS = ("response", "resolution")
#: Colours that a list can be narrowed to and grouped by, in their order.
COLOURS = ("red", "orange", "green", "still", "none")

#: Column -> fields it sorts by. The clocks are ordered by :func:`_clock_order`.
COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("id",),
    "title": ("title",),
    "customer": ("customer__name",),
    "status": ("status__position", "status_id"),
    "severity": ("severity__position", "severity_id"),
    "assignee": ("assignee__last_name", "assignee__first_name"),
    "received": ("received_at",),
}
_TEXTS = {"title", "customer__name", "assignee__last_name", "assignee__first_name"}


def running(kind: str) -> Q:
    """Tickets whose clock ``kind`` runs."""
    return Q(**{f"{kind}_clock": ClockState.RUNNING})


def coloured(kind: str, colour: str, now: datetime) -> Q:
    """Tickets whose clock ``kind`` has ``colour`` at ``now``."""
    late, warned = Q(**{f"{kind}_due_at__lte": now}), Q(**{f"{kind}_warns_at__lte": now})
    match colour:
        case "red":
            return running(kind) & late
        case "orange":
            return running(kind) & warned & ~late
        case "green":
            return running(kind) & ~warned & ~late
        case "still":
            return Q(**{f"{kind}_clock": ClockState.SUSPENDED})
        case _:
            return ~running(kind) & ~Q(**{f"{kind}_clock": ClockState.SUSPENDED})


def nearest_coloured(colour: str, now: datetime) -> Q:
    """Tickets whose nearest unmet clock has ``colour``; *none* when no clock runs or stands still."""
    response_first = running("response") & (
        ~running("resolution") | Q(response_due_at__lte=F("resolution_due_at"))
    )
    resolution_first = running("resolution") & (
        ~running("response") | Q(resolution_due_at__lt=F("response_due_at"))
    )
    if colour in ("red", "orange", "green"):
        return (response_first & coloured("response", colour, now)) | (
            resolution_first & coloured("resolution", colour, now)
        )
    no_run = ~running("response") & ~running("resolution")
    stands = coloured("response", "still", now) | coloured("resolution", "still", now)
    return no_run & stands if colour == "still" else no_run & ~stands


def colour_of_nearest(now: datetime) -> Case:
    """The colour of the nearest unmet clock as a column, to group by."""
    return Case(
        *(When(nearest_coloured(colour, now), then=Value(colour)) for colour in COLOURS[:-1]),
        default=Value("none"),
        output_field=CharField(),
    )


def _rank_of_colour(now: datetime) -> Case:
    return Case(
        *(When(nearest_coloured(colour, now), then=Value(rank)) for rank, colour in enumerate(COLOURS[:-1])),
        default=Value(len(COLOURS)),
        output_field=IntegerField(),
    )


def _clock_order(kind: str, descending: bool) -> list[OrderBy]:
    """Dated clocks by their due date, then suspended ones by the time left, then settled ones, clock-less last."""
    rank = Case(
        When(running(kind), then=Value(0)),
        When(Q(**{f"{kind}_clock": ClockState.SUSPENDED}), then=Value(1)),
        When(~Q(**{f"{kind}_clock": ClockState.NONE}), then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    due = Case(When(running(kind), then=F(f"{kind}_due_at")), default=Value(None))
    left = Case(
        When(Q(**{f"{kind}_clock": ClockState.SUSPENDED}), then=F(f"{kind}_left_seconds")),
        default=Value(None),
        output_field=IntegerField(),
    )
    return [OrderBy(rank), *(OrderBy(one, descending=descending, nulls_last=True) for one in (due, left))]


def _column_order(name: str, descending: bool) -> list[OrderBy]:
    if name in CLOCKS:
        return _clock_order(name, descending)
    return [
        OrderBy(Lower(field) if field in _TEXTS else F(field), descending=descending, nulls_last=True)
        for field in COLUMNS[name]
    ]


def ordered(tickets: QuerySet[Any], *, sort: str, group: str, now: datetime) -> QuerySet[Any]:
    """``tickets`` by group, then by the column ``sort`` (``-`` before it turns it round), then by id."""
    before: Sequence[Any] = {
        "clock": [OrderBy(_rank_of_colour(now))],
        "status": [OrderBy(F("status__position")), OrderBy(F("status_id"))],
        "severity": [OrderBy(F("severity__position")), OrderBy(F("severity_id"))],
    }.get(group, [])
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    return tickets.order_by(*before, *_column_order(name, descending), "-id")


def is_column(sort: str) -> bool:
    """Whether ``sort`` names a column, with or without ``-``."""
    return sort.removeprefix("-") in (*COLUMNS, *CLOCKS)
