"""A ticket sent by mail or fax: prepared with its PDF, ready to leave (Spec T16, T14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.instants import whole_second
from cadran.core.writing import refuse_all
from cadran.outbox.limits import refuse_too_large
from cadran.outbox.models import MessageKind, OutgoingMessage
from cadran.outbox.operations import FileToSend, prepare_message
from cadran.outbox.recipients import Recipient, typed_recipients
from cadran.parties.models import Agent, Contact

from .. import rules
from ..choices import Audience
from ..documents import DOCUMENT_ROWS, FaxCover, ticket_pdf
from ..models import Attachment, Ticket
from ._shared import locked, tell


@dataclass(frozen=True)
class TicketMessage:
    """What is to be sent, as typed: to whom, in which language, with which text and files.

    ``addresses`` holds free mail addresses or fax numbers, one to a line, each with a name before it where wished.
    """

    kind: MessageKind
    title: str
    body: str
    language: str
    audience: Audience = Audience.CUSTOMER
    contacts: Sequence[Contact] = ()
    agents: Sequence[Agent] = ()
    addresses: str = ""
    attachments: Sequence[Attachment] = ()


def prepare_ticket_message(
    *, ticket: Ticket, message: TicketMessage, by: User | None, at: datetime
) -> OutgoingMessage:
    """Prepare a mail or fax with the ticket as PDF, and tell the timeline what was prepared for whom.

    The PDF is in the message's language; a fax has one for each recipient, with its cover. What is internal goes to
    agents alone, by mail, and a ticket that isn't shared goes to nobody else. Raises ``InvalidInput`` or
    ``InvalidInputs`` with what stands against it, ``Stale`` when the ticket moved meanwhile, ``NotAllowed``.
    """
    rules.require(by, Right.SEND_TICKETS)
    at = whole_second(at)
    fresh = Ticket.objects.select_related(*DOCUMENT_ROWS).get(pk=ticket.pk)
    recipients = _recipients(fresh, message)
    _check_audience(fresh, message, recipients)
    refuse_too_large(sum(file.size for file in message.attachments))
    # Drawn before anything is locked: nobody waits for a document.
    files = [*_documents(fresh, message, recipients, by, at), *_enclosed(message)]
    with transaction.atomic():
        row = locked(fresh, row_version=fresh.row_version)

        def journal(kept: OutgoingMessage) -> None:
            tell(row, "message_prepared", by=by, at=at, message=kept.pk, message_kind=kept.kind, title=kept.title,
                 recipients=[one["name"] or one["address"] for one in kept.recipients],
                 files=[file.name for file in files], audience=message.audience.value)  # fmt: skip

        return prepare_message(
            subject_kind="ticket",
            subject_id=row.pk,
            kind=message.kind,
            recipients=recipients,
            title=message.title,
            body=message.body,
            language=message.language,
            files=files,
            tell=journal,
            by=by,
            at=at,
        )


def _recipients(ticket: Ticket, message: TicketMessage) -> list[Recipient]:
    """Everybody chosen and typed. Raises a sentence for each who can't be reached, or is of another customer."""
    errors: list[CadranError] = []
    if message.kind == MessageKind.FAX and (message.contacts or message.agents):
        errors.append(
            InvalidInput(_("Type the fax numbers: a fax goes to numbers, not to names."), field="addresses")
        )
    people: list[tuple[str, Contact | Agent]] = [
        *(("contacts", one) for one in message.contacts),
        *(("agents", one) for one in message.agents),
    ]
    for field, one in people:
        if isinstance(one, Contact) and one.customer_id != ticket.customer_id:
            sentence = _("%(name)s belongs to another customer than the ticket. Take them out.")
            errors.append(InvalidInput(sentence, field=field, params={"name": str(one)}))
        elif not one.email and message.kind == MessageKind.MAIL:
            sentence = _("%(name)s has no mail address. Add it to their record, or type one below.")
            errors.append(InvalidInput(sentence, field=field, params={"name": str(one)}))
    refuse_all(errors)
    return [
        *(Recipient(one.email, str(one)) for _field, one in people),
        *typed_recipients(message.addresses, message.kind),
    ]


def _check_audience(ticket: Ticket, message: TicketMessage, recipients: Sequence[Recipient]) -> None:
    """Raise when somebody who is no agent would get what is internal (Spec T14)."""
    addresses = {one.address.casefold() for one in recipients}
    agents = {
        one.casefold() for one in Agent.objects.filter(is_active=True).values_list("email", flat=True) if one
    }
    outside = bool(addresses - agents) or message.kind == MessageKind.FAX
    if outside and message.audience == Audience.COLLEAGUES:
        raise InvalidInput(
            _("What is internal goes to agents alone, by mail. Choose the text for the customer."),
            field="audience",
        )
    if outside and not ticket.is_shared:
        raise InvalidInput(
            _("The ticket isn’t shared with the customer: it goes to agents alone. Share it first."),
            field="contacts",
        )
    if message.attachments and message.kind == MessageKind.FAX:
        raise InvalidInput(_("A fax holds the ticket alone. Send the files by mail."), field="attachments")
    is_internal = message.audience == Audience.COLLEAGUES
    for file in message.attachments:
        if file.ticket_id != ticket.pk or not (file.is_external or is_internal):
            raise InvalidInput(
                _("“%(name)s” is internal. Leave it out, or choose the text for colleagues."),
                field="attachments",
                params={"name": file.name},
            )


def _documents(
    ticket: Ticket, message: TicketMessage, recipients: Sequence[Recipient], by: User | None, at: datetime
) -> list[FileToSend]:
    pdf = "application/pdf"
    with translation.override(message.language):
        if message.kind == MessageKind.MAIL:
            return [FileToSend(f"{ticket.number}.pdf", pdf, ticket_pdf(ticket, message.audience, at=at))]
        found = []
        for number, one in enumerate(recipients, 1):
            cover = FaxCover(one.name, one.address, str(by or ""), message.title.strip(), message.body)
            content = ticket_pdf(ticket, message.audience, at=at, cover=cover)
            found.append(FileToSend(f"{ticket.number}-fax-{number}.pdf", pdf, content))
        return found


def _enclosed(message: TicketMessage) -> list[FileToSend]:
    """The attachments that go along. Raises ``InvalidInput`` for one whose file can't be read."""
    found = []
    for file in message.attachments:
        try:
            with file.file.open("rb") as content:
                found.append(FileToSend(file.name, file.content_type, content.read()))
        except OSError:
            raise InvalidInput(
                _("“%(name)s” can’t be read. Leave it out, and tell your administrator."),
                field="attachments",
                params={"name": file.name},
            ) from None
    return found
