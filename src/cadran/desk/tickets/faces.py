"""Ticket clocks as the page's gauges show them."""

from __future__ import annotations

from typing import cast

from django.urls import reverse

from cadran.desk.components.clocks import ClockFace, Colour
from cadran.tickets.models import Ticket
from cadran.tickets.queries import ClockView, TicketClocks


def face_of(view: ClockView, *, href: str = "") -> ClockFace:
    """One clock of a ticket as a gauge."""
    taken = None
    if view.total_seconds is not None and view.left_seconds is not None:
        taken = max(0, view.total_seconds - view.left_seconds)
    return ClockFace(
        kind=view.kind,
        colour=cast(Colour, view.colour),
        now=view.now,
        left=view.left_seconds,
        total=view.total_seconds,
        warning=_warning(view),
        due_at=view.due_at,
        met_at=view.met_at,
        taken=taken,
        guarantee=view.guarantee_text,
        openings=view.openings,
        href=href,
    )


def faces_of(ticket: Ticket, clocks: TicketClocks) -> dict[str, ClockFace]:
    """Both clocks of a ticket, each leading to its explanation."""
    return {
        view.kind: face_of(view, href=reverse("desk:ticket_explain", args=[ticket.number, view.kind]))
        for view in (clocks.response, clocks.resolution)
    }


def _warning(view: ClockView) -> int:
    if view.total_seconds and view.warning_fraction is not None:
        return round(view.total_seconds * (1 - view.warning_fraction))
    return 7200
