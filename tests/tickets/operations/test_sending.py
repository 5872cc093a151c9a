"""A ticket prepared for sending: who may get what, and what is kept of it (Spec T16, T14)."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import translation
from pypdf import PdfReader

from cadran.accounts.rights import Right
from cadran.core.errors import CadranError, InvalidInput, InvalidInputs, NotAllowed, Stale
from cadran.core.models import JournalEntry
from cadran.outbox.models import MessageKind, OutgoingMessage
from cadran.tickets.choices import Audience, Closing, FieldKind
from cadran.tickets.documents import DOCUMENT_ROWS, ticket_pdf
from cadran.tickets.models import Attachment, Ticket
from cadran.tickets.operations import (
    InterventionDetails,
    TicketMessage,
    add_attachment,
    add_intervention,
    add_note,
    close_ticket,
    merge_ticket,
    prepare_ticket_message,
    suspend_ticket,
    tag_ticket,
)
from cadran.tickets.queries import timeline
from tests.core.test_pdf import PNG
from tests.factories.desk import Desk, a_desk, agent_of, paris
from tests.factories.trade import MONDAY, a_contact, a_customer, person

from .test_custom_fields import a_field, put

pytestmark = pytest.mark.django_db
NOON = paris("2026-03-02 12:00")


@pytest.fixture
def desk() -> Desk:
    made = a_desk()
    made.requester.email = "claire@example.org"
    made.requester.save()
    made.agent.email = "karim@example.com"
    made.agent.save()
    return made


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    """A ticket with external and internal texts, files, notes and a suspension."""
    ticket = desk.open(
        external_description="<p>EXTERNALDESCRIPTION</p>", internal_description="<p>INTERNALDESCRIPTION</p>"
    )
    desk.finish(
        desk.work(ticket, MONDAY),
        NOON,
        external_report="<p>EXTERNALREPORT</p>",
        internal_report="<p>INTERNALREPORT</p>",
    )
    add_note(ticket=ticket, body="<p>INTERNALNOTE</p>", by=desk.user, at=NOON)
    for name, is_external in (("EXTERNALFILE.txt", True), ("INTERNALFILE.txt", False)):
        add_attachment(
            ticket=ticket,
            name=name,
            content=ContentFile(b"x"),
            is_external=is_external,
            by=desk.user,
            at=NOON,
        )
    return ticket


def words(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages)


def typed(desk: Desk, **more: Any) -> TicketMessage:
    given: dict[str, Any] = {
        "kind": MessageKind.MAIL,
        "title": "Your request",
        "body": "<p>Here it is.</p>",
        "language": "en",
        "contacts": [desk.requester],
    }
    return TicketMessage(**{**given, **more})


def prepare(desk: Desk, ticket: Ticket, **more: Any) -> OutgoingMessage:
    return prepare_ticket_message(ticket=ticket, message=typed(desk, **more), by=desk.user, at=NOON)


def file_of(ticket: Ticket, name: str) -> Attachment:
    found: Attachment = Attachment.objects.get(ticket=ticket, name=name)
    return found


def test_a_mail_is_prepared_and_told(desk: Desk, ticket: Ticket) -> None:
    """Spec T16: the message is kept as its recipients get it; the timeline tells who, what and with which files."""
    message = prepare(
        desk, ticket, attachments=[file_of(ticket, "EXTERNALFILE.txt")], addresses="jean@example.org"
    )
    assert [one["address"] for one in message.recipients] == ["claire@example.org", "jean@example.org"]
    assert [file.name for file in message.files.all()] == [f"{ticket.number}.pdf", "EXTERNALFILE.txt"]
    entry = JournalEntry.objects.of("ticket", ticket.pk).last()
    assert entry is not None and entry.kind == "ticket.message_prepared" and entry.is_internal
    item = next(one for one in timeline(ticket, desk.user) if one.code == "message_prepared")
    assert item.icon == "mail"
    assert item.text == (
        f"{desk.user} prepared a mail for {desk.requester}, jean@example.org: “Your request”, "
        f"with {ticket.number}.pdf, EXTERNALFILE.txt."
    )


def test_nothing_internal_reaches_the_customer(desk: Desk, ticket: Ticket) -> None:
    """Spec T14: the customer's PDF holds external texts alone; the colleagues' holds both, marked."""
    work = desk.work(ticket, NOON)
    desk.finish(work, NOON, external_report="<p>solved</p>", resolved=True)
    ticket.refresh_from_db()
    close_ticket(
        ticket=ticket, closing=Closing.BY_CUSTOMER, closed_at=NOON, status=None, state=None,
        external_report="<p>EXTERNALCLOSING</p>", internal_report="<p>INTERNALCLOSING</p>", by=desk.user, at=NOON,
    )  # fmt: skip
    for language in ("en", "fr"):
        with translation.override(language):
            for_customer = words(ticket_pdf(ticket, Audience.CUSTOMER, at=NOON))
            for_colleagues = words(ticket_pdf(ticket, Audience.COLLEAGUES, at=NOON))
        for part in ("DESCRIPTION", "REPORT", "CLOSING", "FILE"):
            assert f"EXTERNAL{part}" in for_customer and f"EXTERNAL{part}" in for_colleagues
            assert f"INTERNAL{part}" in for_colleagues
        assert "INTERNAL" not in for_customer
        assert "INTERNALNOTE" in for_colleagues
        assert str(desk.agent) not in for_customer


def test_a_label_is_the_teams_own(desk: Desk, ticket: Ticket) -> None:
    """Spec T14: what a team calls its interventions stays with it; the customer reads their type."""
    details = InterventionDetails(type=desk.type("remote-work"), label="INTERNALLABEL")
    work = add_intervention(ticket=ticket, details=details, by=desk.user, at=NOON, start=True)
    desk.finish(work, NOON, external_report="<p>looked at</p>")
    for_customer, for_colleagues = (words(ticket_pdf(ticket, one, at=NOON)) for one in Audience)
    assert "looked at" in for_customer and str(work.type) in for_customer
    assert "INTERNALLABEL" in for_colleagues and "INTERNALLABEL" not in for_customer


def test_the_companys_own_fields_and_tags(desk: Desk, ticket: Ticket) -> None:
    """Spec T30, T14: a custom field says whether the customer sees it; tags are for colleagues, like internal ones."""
    shown = a_field("shown", FieldKind.DATE, is_external=True)
    hidden = a_field("hidden")
    ticket = put(desk, ticket, {shown: date(2026, 3, 14), hidden: "INTERNALVALUE"})
    tag_ticket(ticket=ticket, words=["INTERNALTAG"], by=desk.user, at=NOON)
    for_customer, for_colleagues = (words(ticket_pdf(ticket, one, at=NOON)) for one in Audience)
    assert "14 Mar 2026" in for_customer and "14 Mar 2026" in for_colleagues
    assert "INTERNALVALUE" in for_colleagues and "INTERNALTAG" in for_colleagues
    assert "INTERNAL" not in for_customer and "hidden" not in for_customer


def test_pictures_follow_their_text(desk: Desk, ticket: Ticket) -> None:
    """Spec T14: an internal image, or another ticket's, is never drawn for the customer, whatever shows it."""
    other = desk.open()
    drawn = []
    for where, is_external in ((ticket, True), (ticket, False), (other, True)):
        file = add_attachment(
            ticket=where, name="p.png", content=ContentFile(PNG), is_external=is_external, is_inline=True,
            by=desk.user, at=NOON,
        )  # fmt: skip
        drawn.append(f'<img src="/attachments/{file.secret}/p.png" alt="p">')
    Ticket.objects.filter(pk=ticket.pk).update(external_description="".join(drawn))
    ticket.refresh_from_db()
    for audience, left_out in ((Audience.CUSTOMER, 2), (Audience.COLLEAGUES, 1)):
        assert words(ticket_pdf(ticket, audience, at=NOON)).count("[p]") == left_out


def test_a_duplicate_keeps_the_pictures_of_its_descriptions(desk: Desk, ticket: Ticket) -> None:
    """Spec T14, T29: the files moved to the ticket that is kept, the texts that show them did not."""
    duplicate = desk.open()
    file = add_attachment(
        ticket=duplicate, name="p.png", content=ContentFile(PNG), is_external=True, is_inline=True,
        by=desk.user, at=NOON,
    )  # fmt: skip
    text = f'<p>BEFORE</p><img src="/attachments/{file.secret}/p.png" alt="p">'
    Ticket.objects.filter(pk=duplicate.pk).update(external_description=text)
    further = desk.open()
    for one, into in ((duplicate, ticket), (ticket, further)):
        one.refresh_from_db()
        merge_ticket(ticket=one, into=into, reason="Same", by=desk.user, at=NOON)
    duplicate = Ticket.objects.get(pk=duplicate.pk)
    assert Attachment.objects.get(pk=file.pk).ticket == further
    for audience in Audience:
        found = words(ticket_pdf(duplicate, audience, at=NOON))
        assert "BEFORE" in found and "[p]" not in found


def test_a_suspension_tells_the_customer_why(desk: Desk, ticket: Ticket) -> None:
    """Spec T23: the details of a suspension are the customer's to read; markup in them is only text."""
    suspend_ticket(
        ticket=ticket, began_at=NOON, reason=desk.reason(), status=None, details="we <b>wait</b>\nfor you",
        by=desk.user, at=NOON,
    )  # fmt: skip
    text = words(ticket_pdf(ticket, Audience.CUSTOMER, at=NOON))
    assert "Suspended: Waiting for customer" in text and "we <b>wait</b> for you" in text


def test_a_fax_has_a_cover_for_each_number(desk: Desk, ticket: Ticket) -> None:
    """Spec T16: recipient, number and pages stand first, in the message's language."""
    message = prepare(
        desk,
        ticket,
        kind=MessageKind.FAX,
        contacts=[],
        language="fr",
        addresses="Claire Fontaine <+33 1 23 45 67 89>\n01 98 76 54 32",
    )
    assert [one["address"] for one in message.recipients] == ["+33 1 23 45 67 89", "01 98 76 54 32"]
    files = list(message.files.all())
    assert len(files) == 2
    with files[0].file.open("rb") as content:
        reader = PdfReader(io.BytesIO(content.read()))
    cover = " ".join(reader.pages[0].extract_text().split())
    for part in (
        "Claire Fontaine",
        "+33 1 23 45 67 89",
        "Here it is.",
        ticket.number,
        str(len(reader.pages)),
    ):
        assert part in cover
    assert "INTERNAL" not in words(files[0].file.open("rb").read())


INTERNAL = {"audience": Audience.COLLEAGUES}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        (INTERNAL, "audience"),
        ({**INTERNAL, "contacts": [], "addresses": "somebody@example.org"}, "audience"),
        ({"kind": MessageKind.FAX, "contacts": [], "addresses": "+33 1 23 45 67 89", **INTERNAL}, "audience"),
        ({"kind": MessageKind.FAX}, "addresses"),
        ({"contacts": []}, "addresses"),
        ({"title": ""}, "title"),
    ],
)
def test_refused_and_nothing_kept(desk: Desk, ticket: Ticket, more: dict[str, Any], field: str) -> None:
    """Spec T14: what is internal goes to agents alone; each refusal names its field and keeps nothing."""
    before = JournalEntry.objects.count()
    with pytest.raises(InvalidInput) as refused:
        prepare(desk, ticket, **more)
    assert refused.value.field == field
    assert not OutgoingMessage.objects.exists() and JournalEntry.objects.count() == before


def test_internal_goes_to_agents_chosen_or_typed(desk: Desk, ticket: Ticket) -> None:
    """Spec T14: an agent's own address is an agent's, however it is cased."""
    message = prepare(
        desk,
        ticket,
        contacts=[],
        agents=[desk.agent],
        addresses="KARIM@example.com",
        audience=Audience.COLLEAGUES,
        attachments=[file_of(ticket, "INTERNALFILE.txt")],
    )
    assert len(message.recipients) == 1
    assert "INTERNALNOTE" in words(message.files.all()[0].file.open("rb").read())


def test_an_agent_no_longer_there_is_no_colleague(desk: Desk, ticket: Ticket) -> None:
    """Spec T14: the address of somebody who left is one outside."""
    left = agent_of(person(Right.SEE_TICKETS, email="left@example.com"), "Left", "Long Ago")
    type(left).objects.filter(pk=left.pk).update(is_active=False, email="left@example.com")
    left.refresh_from_db()
    with pytest.raises(InvalidInput):
        prepare(desk, ticket, contacts=[], agents=[left], audience=Audience.COLLEAGUES)


def test_internal_files_and_other_tickets_files_stay(desk: Desk, ticket: Ticket) -> None:
    """Spec T14, T15: only the ticket's external files go to the customer."""
    other = desk.open()
    foreign = add_attachment(
        ticket=other, name="o.txt", content=ContentFile(b"x"), is_external=True, by=desk.user, at=NOON
    )
    for file in (file_of(ticket, "INTERNALFILE.txt"), foreign):
        with pytest.raises(InvalidInput) as refused:
            prepare(desk, ticket, attachments=[file])
        assert refused.value.field == "attachments"


def test_another_customers_contact_gets_nothing(desk: Desk, ticket: Ticket) -> None:
    """Spec T16: contacts are the ticket's customer's, and can be reached; all that is wrong is told at once."""
    stranger = a_contact(a_customer("Other"), last_name="Stranger")
    mute = a_contact(desk.customer, last_name="Mute")
    type(mute).objects.filter(pk=mute.pk).update(email="")
    mute.refresh_from_db()
    with pytest.raises(InvalidInputs) as refused:
        prepare(desk, ticket, contacts=[stranger, mute])
    assert "another customer" in str(refused.value.errors[0])
    assert "no mail address" in str(refused.value.errors[1])


def test_a_ticket_that_is_not_shared_goes_to_agents_alone(desk: Desk) -> None:
    """Spec T14: what isn't shared isn't sent to the customer."""
    ticket = desk.open(is_shared=False)
    with pytest.raises(InvalidInput):
        prepare(desk, ticket)
    assert prepare(desk, ticket, contacts=[], agents=[desk.agent]).pk


def test_without_the_right(desk: Desk, ticket: Ticket) -> None:
    """Spec R2: seeing and editing tickets is not sending them."""
    reader = person(Right.SEE_TICKETS, Right.EDIT_TICKETS, email="reader@example.com")
    with pytest.raises(NotAllowed):
        prepare_ticket_message(ticket=ticket, message=typed(desk), by=reader, at=NOON)
    assert not OutgoingMessage.objects.exists()


def test_twice_is_two_messages(desk: Desk, ticket: Ticket) -> None:
    """Each preparation is an act of its own; neither changes the other."""
    first, second = prepare(desk, ticket), prepare(desk, ticket, title="Again")
    assert first.pk != second.pk and first.files.get().secret != second.files.get().secret
    with pytest.raises(CadranError):
        prepare(desk, ticket, title="x" * 201)
    assert OutgoingMessage.objects.count() == 2


def test_a_ticket_that_moves_while_it_is_drawn(
    desk: Desk, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spec T17: the PDF says what the ticket is; when somebody acts in between, nothing is kept."""

    def drawn_late(*_given: Any, **_more: Any) -> bytes:
        suspend_ticket(ticket=ticket, began_at=NOON, reason=desk.reason(), status=None, by=desk.user, at=NOON)
        return b"%PDF-"

    monkeypatch.setattr("cadran.tickets.operations.sending.ticket_pdf", drawn_late)
    with pytest.raises(Stale):
        prepare(desk, ticket)
    assert not OutgoingMessage.objects.exists()


def test_files_too_large_are_refused_before_any_is_read(desk: Desk, ticket: Ticket) -> None:
    """Spec R7: what no mail server takes is refused by its size, and nothing is kept."""
    file = file_of(ticket, "EXTERNALFILE.txt")
    file.size = 26 * 1024 * 1024
    file.file.storage.delete(file.file.name)
    with pytest.raises(InvalidInput, match="larger than 25 MB"):
        prepare(desk, ticket, attachments=[file])


def test_a_file_gone_from_the_disk_is_told(desk: Desk, ticket: Ticket) -> None:
    """Spec R7: what can't be read is named; nothing is kept."""
    file = file_of(ticket, "EXTERNALFILE.txt")
    file.file.storage.delete(file.file.name)
    with pytest.raises(InvalidInput) as refused:
        prepare(desk, ticket, attachments=[file])
    assert refused.value.field == "attachments"
    assert not OutgoingMessage.objects.exists()


def test_a_document_asks_no_more_for_more_interventions(desk: Desk, django_assert_num_queries: Any) -> None:
    """The same number of queries for one intervention and for three."""
    for count in (1, 3):
        ticket = desk.open(external_description="<p>x</p>")
        for _n in range(count):
            desk.finish(desk.work(ticket, MONDAY), NOON, external_report="<p>done</p>")
            add_note(ticket=ticket, body="<p>note</p>", by=desk.user, at=NOON)
        fresh = Ticket.objects.select_related(*DOCUMENT_ROWS).get(pk=ticket.pk)
        with django_assert_num_queries(8):
            ticket_pdf(fresh, Audience.COLLEAGUES, at=NOON)
