"""What is proposed for a ticket that is to be sent, and what was prepared (Spec T16)."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from cadran.accounts.models import User
from cadran.core.business_rules import COMPANY_NAME, value_of
from cadran.outbox.models import OutgoingMessage

from ..models import Ticket


def prepared_messages(ticket: Ticket) -> QuerySet[OutgoingMessage]:
    """What was prepared on the ticket itself, oldest first."""
    rows: QuerySet[OutgoingMessage] = OutgoingMessage.objects.filter(
        subject_kind="ticket", subject_id=ticket.pk
    )
    return rows.order_by("id")


def proposed_letter(ticket: Ticket, language: str, author: User) -> tuple[str, str]:
    """A subject and a text in ``language``, to be changed at will; the text is rich text."""
    with translation.override(language):
        title = _("Ticket %(number)s: %(title)s") % {"number": ticket.number, "title": ticket.title}
        lines = (
            _("Hello,"),
            _("Please find enclosed the ticket %(number)s as it stands today.") % {"number": ticket.number},
            _("Kind regards"),
        )
        signature = format_html("<p>{}<br>{}</p>", str(author), value_of(COMPANY_NAME))
    return title[:200], "".join(format_html("<p>{}</p>", line) for line in lines) + signature
