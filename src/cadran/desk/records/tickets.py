"""Tickets on the page of a record: with the nearest clock, in a number of queries that does not depend on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When

from cadran.desk.components.clocks import ClockFace, nearest
from cadran.desk.ticket_list.order import ordered
from cadran.desk.tickets.faces import face_of
from cadran.tickets.choices import OPEN_PHASES
from cadran.tickets.models import Ticket
from cadran.tickets.queries import clock_view

#: Tickets that a record's page shows; the list has them all.
SHOWN = 10


@dataclass(frozen=True)
class Line:
    """A ticket with the clock that is due first."""

    ticket: Ticket
    face: ClockFace


@dataclass(frozen=True)
class TicketLines:
    """The first tickets of a record, and how many there are."""

    lines: Sequence[Line]
    count: int

    @property
    def is_cut(self) -> bool:
        """Whether there are more than shown."""
        return self.count > len(self.lines)


def open_lines(tickets: QuerySet[Any], now: datetime) -> TicketLines:
    """The open ones among ``tickets``, the nearest due date first."""
    found = tickets.filter(phase__in=OPEN_PHASES)
    return _lines(ordered(found, sort="resolution", group="clock", now=now), found, now)


def all_lines(tickets: QuerySet[Any], now: datetime) -> TicketLines:
    """``tickets``, open ones first, then the last received."""
    rank = Case(When(phase__in=OPEN_PHASES, then=Value(0)), default=Value(1), output_field=IntegerField())
    return _lines(tickets.order_by(rank, "-received_at", "-id"), tickets, now)


def _lines(in_order: QuerySet[Any], found: QuerySet[Any], now: datetime) -> TicketLines:
    tickets = list(in_order.for_lists()[: SHOWN + 1])  # type: ignore[attr-defined]
    count = len(tickets) if len(tickets) <= SHOWN else found.order_by().count()
    lines = []
    for ticket in tickets[:SHOWN]:
        clocks = clock_view(ticket, now, with_openings=True)
        lines.append(Line(ticket, nearest(face_of(clocks.response), face_of(clocks.resolution))))
    return TicketLines(lines, count)
