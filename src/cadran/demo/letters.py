"""Tickets prepared for mail and fax, as the company does when a case is closed or handed over (Spec T16)."""

from __future__ import annotations

from datetime import datetime, timedelta

from cadran.outbox.models import MessageKind
from cadran.tickets.choices import OPEN_PHASES, Audience, Phase
from cadran.tickets.models import Ticket
from cadran.tickets.operations import TicketMessage, prepare_ticket_message
from cadran.tickets.queries import proposed_letter

_MINUTE = timedelta(minutes=1)


def prepare_letters(now: datetime) -> None:
    """Two mails to requesters whose tickets were resolved, a fax, and a handover to a colleague."""
    shared = Ticket.objects.filter(is_shared=True, requester__isnull=False, assignee__user__isnull=False)
    shared = shared.exclude(requester__email="").select_related(
        "requester", "assignee__user", "team__manager"
    )
    resolved = list(shared.filter(phase=Phase.RESOLVED).order_by("-resolved_at", "-id")[:3])
    for n, ticket in enumerate(resolved[:2]):
        _prepare(ticket, now - (40 - n) * _MINUTE, contacts=[ticket.requester])
    for ticket in resolved[2:]:
        number = f"{ticket.requester} <+33 4 78 08 00 19>"
        _prepare(ticket, now - 30 * _MINUTE, kind=MessageKind.FAX, addresses=number)
    open_ones = shared.filter(phase__in=OPEN_PHASES, team__manager__isnull=False).exclude(
        team__manager__email=""
    )
    for ticket in open_ones.order_by("-received_at", "-id")[:1]:
        _prepare(ticket, now - 20 * _MINUTE, agents=[ticket.team.manager], audience=Audience.COLLEAGUES)


def _prepare(ticket: Ticket, at: datetime, *, kind: MessageKind = MessageKind.MAIL, **to: object) -> None:
    assert ticket.assignee is not None and ticket.assignee.user is not None and ticket.requester is not None
    by, language = ticket.assignee.user, "fr" if "agents" in to else ticket.requester.language
    title, body = proposed_letter(ticket, language, by)
    message = TicketMessage(kind=kind, title=title, body=body, language=language, **to)  # type: ignore[arg-type]
    prepare_ticket_message(ticket=ticket, message=message, by=by, at=max(at, ticket.entered_at))
