"""Templates written, made from tickets and used; duplicates of tickets (Spec T16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import translation

from cadran.accounts.rights import Right
from cadran.catalogue.models import Nature
from cadran.core.errors import CadranError, InvalidInput, InvalidInputs, NotAllowed, Stale
from cadran.core.files import secrets_in
from cadran.core.models import JournalEntry
from cadran.core.reference import retire_reference_row
from cadran.tickets.choices import FieldKind, TemplatePart
from cadran.tickets.models import Attachment, Status, Tag, TemplateGroup, Ticket, TicketTemplate
from cadran.tickets.operations import (
    TemplateDetails,
    add_attachment,
    edit_custom_values,
    make_template,
    open_ticket,
    retire_template,
    save_template,
)
from cadran.tickets.queries import custom_values_of, fields_from_template, fields_from_ticket, timeline
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import a_contact, a_contract, a_customer, a_product, a_row, a_service, an_asset
from tests.tickets.operations.test_custom_fields import a_choice, a_field

AT = paris("2026-03-02 10:00")
#: A PNG of one pixel, as far as its type is looked at.
PIXEL = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


def fields_refused(refusal: CadranError) -> set[str]:
    errors = refusal.errors if isinstance(refusal, InvalidInputs) else [refusal]
    return {error.field for error in errors}


def save(desk: Desk, template: TicketTemplate | None = None, **typed: Any) -> TicketTemplate:
    details = replace(TemplateDetails(name="Printer"), **typed)
    return save_template(template=template, details=details, by=desk.user, at=AT)


def opened_from(desk: Desk, start: Any) -> Ticket:
    return open_ticket(
        fields=start.fields, team=start.team or desk.team, details=start.details, by=desk.user, at=start.at
    )


def told_of(ticket: Ticket, user: Any) -> list[str]:
    return [str(item.template) % item.params for item in timeline(ticket, user) if item.template]


def an_image(desk: Desk, name: str = "screen.png") -> Attachment:
    return add_attachment(
        ticket=None,
        name=name,
        content=ContentFile(PIXEL),
        is_external=False,
        is_inline=True,
        by=desk.user,
        at=AT,
    )


def image_tag(image: Attachment) -> str:
    return f'<p>See</p><img src="/attachments/{image.secret}/{image.name}">'


def test_a_template_is_written_from_nothing(desk: Desk) -> None:
    """Spec T16: what a chosen row belongs to comes along; texts are sanitised."""
    group = a_row(TemplateGroup, "workplace")
    template = save(
        desk,
        group=group,
        service=desk.service,
        asset=desk.asset,
        external_description="<p>Hi<script>x</script></p>",
    )
    assert (template.contract, template.customer, template.product) == (
        desk.contract,
        desk.customer,
        desk.product,
    )
    assert template.external_description == "<p>Hi</p>"
    assert JournalEntry.objects.of("ticket_template", template.pk).get().kind == "ticket_template.created"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (lambda desk: {"name": " "}, "name"),
        (
            lambda desk: {"requester": a_contact(a_customer("Bois Lenoir")), "customer": desk.customer},
            "requester",
        ),
        (lambda desk: {"asset": desk.asset, "product": a_product("crm")}, "asset"),
        (
            lambda desk: {
                "asset": an_asset(a_customer("Bois Lenoir"), desk.product),
                "customer": desk.customer,
            },
            "asset",
        ),
        (lambda desk: {"contract": a_contract(a_customer("Lin")), "customer": desk.customer}, "contract"),
        (lambda desk: {"status": desk.status("resolved")}, "status"),
        (lambda desk: {"first_type": desk.type("intake")}, "first_type"),
        (lambda desk: {"internal_report": '<img src="/attachments/abc">'}, "internal_report"),
        (lambda desk: {"environment": "moon"}, "environment"),
    ],
)
def test_what_does_not_fit_together_is_refused(desk: Desk, typed: Any, field: str) -> None:
    """Spec T16, R7: a sentence beside the field, and nothing is saved."""
    values = typed(desk)
    with pytest.raises(CadranError) as refused:
        save(desk, **values)
    assert fields_refused(refused.value) == {field}
    assert not TicketTemplate.objects.exists()


def test_a_retired_row_stays_but_is_not_chosen_anew(desk: Desk) -> None:
    """Spec T1, T16: an edit of the name alone needs no mending first."""
    status = a_row(Status, "planned", phase="created")
    template = save(desk, status=status)
    Status.objects.filter(pk=status.pk).update(is_retired=True)
    status.refresh_from_db()
    assert save(desk, TicketTemplate.objects.get(), name="Renamed", status=status).name == "Renamed"
    with pytest.raises(InvalidInput) as refused:
        save(desk, None, name="Another", status=status)
    assert refused.value.field == "status"
    assert template.status == status


def test_the_second_of_two_editors_is_told(desk: Desk) -> None:
    """Spec T17: nothing is overwritten."""
    template = save(desk)
    seen = template.row_version
    save(desk, TicketTemplate.objects.get(), title="First")
    with pytest.raises(Stale):
        save_template(
            template=TicketTemplate.objects.get(),
            details=TemplateDetails(name="Printer", title="Second"),
            by=desk.user,
            at=AT,
            seen=seen,
        )
    assert TicketTemplate.objects.get().title == "First"


def test_templates_ask_for_their_right(desk: Desk) -> None:
    """Spec T16, R2: to write, to make from a ticket, to retire."""
    template, ticket = save(desk), desk.open(AT)
    nadia = colleague(desk, Right.SEE_TICKETS, Right.OPEN_TICKETS)
    with pytest.raises(NotAllowed):
        save_template(template=None, details=TemplateDetails(name="Mine"), by=nadia, at=AT)
    with pytest.raises(NotAllowed):
        make_template(ticket=ticket, name="Mine", group=None, parts=(), by=nadia, at=AT)
    with pytest.raises(NotAllowed):
        retire_template(template=template, retired=True, by=nadia, at=AT)
    assert TicketTemplate.objects.get() == template


def test_a_template_is_retired_and_taken_up_again(desk: Desk) -> None:
    """Spec T1, T16: rather than deleted."""
    template = save(desk)
    assert retire_template(template=template, retired=True, by=desk.user, at=AT).is_retired
    assert not retire_template(template=template, retired=False, by=desk.user, at=AT).is_retired


def test_a_ticket_becomes_a_template_with_the_parts_wished(desk: Desk) -> None:
    """Spec T16: title, qualification and team always, the rest as wished; images stay on the ticket."""
    image = an_image(desk)
    ticket = desk.open(AT, external_description=image_tag(image))
    ticket.tags.add(a_row(Tag, "print"))
    bare = make_template(ticket=ticket, name="Bare", group=None, parts=(), by=desk.user, at=AT)
    assert (bare.title, bare.severity, bare.team, bare.customer) == (
        ticket.title,
        ticket.severity,
        desk.team,
        None,
    )
    assert (bare.external_description, list(bare.tags.all()), bare.product) == ("", [], None)
    full = make_template(
        ticket=ticket, name="Full", group=None, parts=list(TemplatePart), by=desk.user, at=AT
    )
    assert (full.customer, full.service, full.asset, full.product) == (
        desk.customer,
        desk.service,
        desk.asset,
        desk.product,
    )
    assert full.external_description == "<p>See</p>"
    assert full.tags.count() == 1
    assert "Someone made the template “Full” from the ticket." in told_of(ticket, desk.user)


def test_opening_from_a_template_plans_its_first_intervention(desk: Desk) -> None:
    """Spec T16, T18: with the type's proposals, in the transaction of the opening."""
    template = save(
        desk,
        title="Visit",
        customer=desk.customer,
        first_type=desk.type("on-site-visit"),
        tags=[a_row(Tag, "visit")],
    )
    ticket = opened_from(desk, fields_from_template(template, at=AT))
    work = ticket.interventions.get(type__is_intake=False)
    assert (work.type.code, work.started_at, work.number) == ("on-site-visit", None, 2)
    assert [tag.code for tag in ticket.tags.all()] == ["visit"]
    assert "Someone opened the ticket from the template “Printer”." in told_of(ticket, desk.user)


def test_the_timeline_says_what_the_template_had_to_leave_out(desk: Desk) -> None:
    """Spec T16: a template with a retired status opens its ticket with the usual one, and says so."""
    status = a_row(Status, "planned", phase="created", name_en="Planned")
    template = save(desk, title="Visit", customer=desk.customer, status=status)
    assert opened_from(desk, fields_from_template(template, at=AT)).status == status
    Status.objects.filter(pk=status.pk).update(is_retired=True)
    ticket = opened_from(desk, fields_from_template(TicketTemplate.objects.get(), at=AT))
    assert ticket.status.code == "created"
    assert any(
        "Status: “Planned” is no longer in use;" in sentence for sentence in told_of(ticket, desk.user)
    )


def test_both_tickets_tell_of_a_duplicate(desk: Desk) -> None:
    """Spec T4, T16: internally; nothing of the original's history comes along."""
    original = desk.open(AT)
    desk.work(original, AT + timedelta(hours=1))
    copy = opened_from(desk, fields_from_ticket(original, at=AT + timedelta(days=1)))
    assert copy.interventions.count() == 1
    assert (copy.responded_at, copy.status.code, copy.pilot) == (None, "created", desk.agent)
    assert f"Someone opened the ticket as a copy of {original.number}." in told_of(copy, desk.user)
    assert any(copy.number in sentence for sentence in told_of(original, desk.user))
    rows = JournalEntry.objects.filter(kind__in=["ticket.copied", "ticket.duplicated"])
    assert [row.is_internal for row in rows] == [True, True]


def test_a_duplicate_gets_its_own_copies_of_the_images(desk: Desk) -> None:
    """Spec T14, T16: other files, other addresses; who may see one ticket need not see the other."""
    image, hidden = an_image(desk), an_image(desk, "hidden.png")
    original = desk.open(
        AT, external_description=image_tag(image), internal_description=image_tag(image) + image_tag(hidden)
    )
    copy = opened_from(desk, fields_from_ticket(original, at=AT))
    copy.refresh_from_db()
    mine = {one.secret: one for one in copy.attachments.all()}
    assert sorted(one.name for one in mine.values()) == ["hidden.png", "screen.png"]
    shown = secrets_in(copy.external_description + copy.internal_description)
    assert set(shown) == set(mine)
    assert not set(mine) & {image.secret, hidden.secret}
    assert {one.name: one.is_external for one in mine.values()} == {"screen.png": True, "hidden.png": False}
    for one in mine.values():
        with one.file.open("rb") as content:
            assert content.read() == PIXEL
    assert original.attachments.count() == 2
    assert default_storage.exists(original.attachments.get(name="hidden.png").file.name)


def test_an_image_of_a_third_ticket_is_not_copied(desk: Desk) -> None:
    """Spec R3, T14: only what the duplicated ticket shows; an address typed into the text opens nothing."""
    foreign = desk.open(AT, internal_description=image_tag(an_image(desk)))
    secret = foreign.attachments.get().secret
    original = desk.open(AT)
    start = fields_from_ticket(original, at=AT)
    fields = replace(start.fields, internal_description=f'<img src="/attachments/{secret}/x.png">')
    copy = open_ticket(fields=fields, team=desk.team, details=start.details, by=desk.user, at=AT)
    assert copy.attachments.count() == 0


def test_a_duplicate_asks_to_see_the_original(desk: Desk) -> None:
    """Spec R2: who may only open tickets copies none."""
    original = desk.open(AT)
    start = fields_from_ticket(original, at=AT)
    caller = colleague(desk, Right.OPEN_TICKETS)
    with pytest.raises(NotAllowed):
        open_ticket(fields=start.fields, team=desk.team, details=start.details, by=caller, at=AT)
    assert Ticket.objects.count() == 1


def test_a_service_covers_its_template_only_with_its_contract(desk: Desk) -> None:
    """Spec T6: a service of another contract is refused."""
    other = a_service(a_contract(desk.customer))
    with pytest.raises(InvalidInput) as refused:
        save(desk, contract=desk.contract, service=other, customer=desk.customer)
    assert refused.value.field == "service"


def test_the_timelines_tell_it_in_french(desk: Desk) -> None:
    """Spec T4, T16: copies, templates and what they had to leave out, each in its sentence."""
    status = a_row(Status, "planned", phase="created", name_en="Planned")
    template = save(desk, title="Visit", customer=desk.customer, status=status)
    original = opened_from(desk, fields_from_template(template, at=AT))
    make_template(ticket=original, name="Copie", group=None, parts=(), by=desk.user, at=AT)
    opened_from(desk, fields_from_ticket(original, at=AT))
    Status.objects.filter(pk=status.pk).update(is_retired=True)
    worn = opened_from(desk, fields_from_template(TicketTemplate.objects.get(pk=template.pk), at=AT))
    with translation.override("fr"):
        told = " ".join([*told_of(original, desk.user), *told_of(worn, desk.user)])
    assert "à partir du modèle «\u00a0Printer\u00a0»" in told
    assert "a dupliqué la demande" in told
    assert "a tiré de la demande le modèle «\u00a0Copie\u00a0»" in told
    assert "Statut\u00a0: «\u00a0Planned\u00a0» n’est plus utilisable" in told
    assert "%(" not in told


def test_custom_fields_go_through_a_template(desk: Desk) -> None:
    """Each kind, from the ticket it is made of to the ones opened from it (Spec T16, T30, T31)."""
    room, weight, day = a_field("room"), a_field("weight", FieldKind.NUMBER), a_field("day", FieldKind.DATE)
    slot = a_field("slot", FieldKind.CHOICE, natures=["incident"])
    morning = a_choice(slot, "morning")
    values = {room: "B12", weight: Decimal("12.5"), day: date(2028, 2, 29), slot: morning}
    ticket = desk.open(AT)
    edit_custom_values(ticket=ticket, changes=values, base={}, by=desk.user, at=AT)

    def made(*parts: TemplatePart) -> TicketTemplate:
        return make_template(ticket=ticket, name="Visit", group=None, parts=parts, by=desk.user, at=AT)

    assert made().custom_values == {}
    template = made(TemplatePart.CUSTOMER, TemplatePart.FIELDS)
    assert custom_values_of(opened_from(desk, fields_from_template(template, at=AT))) == values
    question = Nature.objects.get(code="question")
    other = opened_from(desk, fields_from_template(template, at=AT, context={"nature": question}))
    assert custom_values_of(other) == {room: "B12", weight: Decimal("12.5"), day: date(2028, 2, 29)}
    retire_reference_row(row=morning, by=None, at=AT)
    told = "Slot: “morning” is no longer in use, so it was left out."
    for start in (fields_from_template(template, at=AT), fields_from_ticket(ticket, at=AT)):
        assert slot not in start.details.custom_values
        assert start.sentences == [told]
    assert told in " ".join(told_of(opened_from(desk, fields_from_template(template, at=AT)), desk.user))
    kept = save(desk, template, nature=desk.nature, custom_values={slot: morning})
    assert kept.custom_values == {str(slot.pk): morning.pk}


def test_custom_fields_of_a_template_are_checked(desk: Desk) -> None:
    """A wrong kind, a field of another nature, a retired choice: refused, nothing moves (Spec T30, R7)."""
    weight, slot = (
        a_field("weight", FieldKind.NUMBER),
        a_field("slot", FieldKind.CHOICE, natures=["question"]),
    )
    gone = retire_reference_row(row=a_choice(slot, "gone"), by=None, at=AT)
    with pytest.raises(InvalidInputs) as refused:
        save(desk, nature=desk.nature, custom_values={weight: "heavy", slot: gone})
    assert fields_refused(refused.value) == {"cf.weight", "cf.slot"}
    with pytest.raises(InvalidInput, match="Choose the nature"):
        save(desk, custom_values={slot: gone})
    with pytest.raises(InvalidInput, match="no longer offered"):
        save(desk, nature=Nature.objects.get(code="question"), custom_values={slot: gone})
    assert not TicketTemplate.objects.exists()
