"""Preparing a ticket for mail or fax on its page (Spec T16)."""

from __future__ import annotations

import email
import email.policy
import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from pypdf import PdfReader

from cadran.accounts.rights import Right
from cadran.outbox.models import MessageKind, OutgoingMessage
from cadran.parties.models import Contact
from cadran.tickets.models import Ticket
from cadran.tickets.operations import TicketMessage, add_attachment, prepare_ticket_message
from tests.desk.tickets.conftest import text_of
from tests.desk.work import TEN, signed_in
from tests.factories.desk import Desk, colleague

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def contact(desk: Desk) -> Contact:
    desk.requester.email = "claire@example.org"
    desk.requester.save()
    return desk.requester


def address(ticket: Ticket, rest: str = "send/") -> str:
    return f"/tickets/{ticket.number}/{rest}"


def typed(contact: Contact, **more: Any) -> dict[str, Any]:
    return {
        "kind": "mail",
        "audience": "customer",
        "language": "en",
        "contacts": [contact.pk],
        "title": "Your request",
        "body": "<p>Hello</p>",
        "proposed": "en",
        **more,
    }


def prepared(desk: Desk, ticket: Ticket, **more: Any) -> OutgoingMessage:
    message = TicketMessage(
        **{"kind": MessageKind.MAIL, "title": "T", "body": "", "language": "en", "addresses": "a@example.org"}
        | more
    )
    return prepare_ticket_message(ticket=ticket, message=message, by=desk.user, at=TEN)


def test_the_dialog_proposes_a_mail_to_the_requester(
    browser: Client, ticket: Ticket, contact: Contact
) -> None:
    """Spec T16: recipient, language and text are there already; one click prepares it."""
    answer = browser.get(address(ticket), **HTMX)
    form = answer.context["form"]
    assert form["contacts"].value() == [contact.pk]
    assert form["language"].value() == contact.language == "fr"
    assert form["title"].value() == f"Demande {ticket.number}\N{NO-BREAK SPACE}: {ticket.title}"
    assert f"/tickets/{ticket.number}/document.pdf?for=customer&amp;in=fr" in answer.content.decode()


def test_prepared_it_is_in_the_timeline_and_opens(browser: Client, ticket: Ticket, contact: Contact) -> None:
    """Spec T16: the page tells it, the dialog shows it, the draft and the file are there."""
    answer = browser.post(address(ticket), typed(contact), **HTMX)
    message = OutgoingMessage.objects.get()
    opened = address(ticket, f"prepared/{message.pk}/")
    assert opened in answer["HX-Trigger"]
    assert "prepared a mail for Roche" in text_of(answer)
    shown = browser.get(opened, **HTMX)
    assert "claire@example.org" in text_of(shown) and "Your request" in text_of(shown)
    draft = browser.get(opened + "draft.eml")
    assert draft["Content-Disposition"] == f'attachment; filename="{ticket.number}.eml"'
    mail = email.message_from_bytes(draft.content, policy=email.policy.default)
    assert mail["To"].addresses[0].addr_spec == "claire@example.org"  # type: ignore[attr-defined]
    file = message.files.get()
    served = browser.get(f"{opened}{file.secret}/{file.name}")
    assert served["Content-Type"] == "application/pdf" and served["X-Content-Type-Options"] == "nosniff"


def test_another_language_proposes_its_own_words(browser: Client, ticket: Ticket, contact: Contact) -> None:
    """Spec T16: what was proposed follows the language; what the person typed stays."""
    first = browser.get(address(ticket), **HTMX).context["form"]
    sent = typed(contact, title=first["title"].value(), body=first["body"].value(), proposed="fr")
    drawn = browser.post(address(ticket, "send/?refresh=1"), sent, **HTMX)
    assert drawn.status_code == 200
    form = drawn.context["form"]
    assert form["title"].value() == f"Ticket {ticket.number}: {ticket.title}"
    assert "Hello," in form["body"].value() and form["proposed"].value() == "en"
    own = browser.post(address(ticket, "send/?refresh=1"), {**sent, "title": "Mine"}, **HTMX).context["form"]
    assert own["title"].value() == "Mine" and "Hello," in own["body"].value()
    assert not OutgoingMessage.objects.exists()


def test_a_refusal_stands_beside_its_field(browser: Client, ticket: Ticket, contact: Contact) -> None:
    """Spec R7: the dialog comes back with what was typed and the sentence; nothing is prepared."""
    for wrong, field in (
        ({"audience": "colleagues"}, "audience"),
        ({"addresses": "nobody"}, "addresses"),
        ({"kind": "fax"}, "numbers"),
        ({"kind": "fax", "numbers": "none"}, "numbers"),
        ({"title": ""}, "title"),
        ({"language": "xx"}, "language"),
        ({"kind": "pigeon"}, "kind"),
        ({"attachments": ["99999999999999999999"]}, "attachments"),
    ):
        answer = browser.post(address(ticket), typed(contact, **wrong), **HTMX)
        assert answer.status_code == 422 and field in answer.context["form"].errors
    assert not OutgoingMessage.objects.exists()


def test_only_external_files_are_offered_to_customers(
    browser: Client, desk: Desk, ticket: Ticket, contact: Contact
) -> None:
    """Spec T14: internal files show for colleagues alone, and can't be slipped in."""
    inside = add_attachment(
        ticket=ticket, name="inside.txt", content=ContentFile(b"x"), is_external=False, by=desk.user, at=TEN
    )
    assert "inside.txt" not in text_of(browser.get(address(ticket), **HTMX))
    answer = browser.post(address(ticket), typed(contact, attachments=[inside.pk]), **HTMX)
    assert answer.status_code == 422
    refreshed = browser.post(
        address(ticket, "send/?refresh=1"), typed(contact, audience="colleagues"), **HTMX
    )
    assert "inside.txt" in text_of(refreshed)


def test_a_fax_is_prepared(browser: Client, ticket: Ticket, contact: Contact) -> None:
    """Spec T16: by fax, the numbers count; what was chosen for a mail waits."""
    sent = typed(contact, kind="fax", numbers="Claire <+33 1 23 45 67 89>", audience="colleagues")
    assert browser.post(address(ticket), sent, **HTMX).status_code == 200
    message = OutgoingMessage.objects.get()
    assert message.recipients == [{"name": "Claire", "address": "+33 1 23 45 67 89"}]
    opened = address(ticket, f"prepared/{message.pk}/")
    assert browser.get(opened + "draft.eml").status_code == 404
    assert "cover page" in text_of(browser.get(opened, **HTMX))


def test_the_ticket_as_pdf(browser: Client, ticket: Ticket) -> None:
    """Spec T16: the preview is the document that goes along."""
    for query in ("", "?for=customer&in=fr", "?for=colleagues", "?for=x&in=xx"):
        answer = browser.get(address(ticket, "document.pdf") + query)
        assert answer["Content-Type"] == "application/pdf"
        assert ticket.number in PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()


def test_without_the_right_there_is_nothing_to_prepare(desk: Desk, ticket: Ticket) -> None:
    """Spec R2: the act isn't offered, and its address refuses; what others prepared can be read."""
    message = prepared(desk, ticket)
    reader = signed_in(colleague(desk, Right.SEE_TICKETS))
    page = reader.get(f"/tickets/{ticket.number}/").content.decode()
    assert address(ticket) not in page and "prepared a mail" in text_of(
        reader.get(f"/tickets/{ticket.number}/")
    )
    assert reader.get(address(ticket), **HTMX).status_code == 403
    assert reader.get(address(ticket, f"prepared/{message.pk}/"), **HTMX).status_code == 200


def test_a_message_belongs_to_its_ticket(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """A message, its draft and its files open through their own ticket alone."""
    other = desk.open(TEN)
    message = prepared(desk, ticket)
    file = message.files.get()
    for rest in (f"prepared/{message.pk}/draft.eml", f"prepared/{message.pk}/{file.secret}/{file.name}"):
        assert browser.get(address(ticket, rest)).status_code == 200
        assert browser.get(address(other, rest)).status_code == 404
    assert browser.get(address(ticket, f"prepared/{message.pk}/{file.secret}/x.pdf")).status_code == 404


def test_who_sees_no_contacts_types_addresses(desk: Desk, ticket: Ticket, contact: Contact) -> None:
    """Spec R2: without the right to customers no contact is shown or taken."""
    browser = signed_in(colleague(desk, Right.SEE_TICKETS, Right.SEND_TICKETS))
    assert "Contacts of the customer" not in text_of(browser.get(address(ticket), **HTMX))
    assert browser.post(address(ticket), typed(contact), **HTMX).status_code == 422
    sent = typed(contact, contacts=[], addresses="jean@example.org")
    assert browser.post(address(ticket), sent, **HTMX).status_code == 200
