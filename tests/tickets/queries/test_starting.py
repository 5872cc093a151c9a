"""What a new ticket starts from: a template, or the ticket it duplicates (Spec T16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from cadran.catalogue.models import Nature, Severity
from cadran.contracts.models import Contract
from cadran.parties.models import Contact, Customer, Team
from cadran.tickets.models import InterventionType, State, Status, Tag, TicketTemplate
from cadran.tickets.operations import open_ticket
from cadran.tickets.queries import fields_from_template, fields_from_ticket, parts_to_mend
from tests.factories.desk import Desk, paris
from tests.factories.trade import a_customer, a_row

AT = paris("2026-03-02 10:00")


def a_template(desk: Desk, **typed: Any) -> TicketTemplate:
    """A template of the desk's printer, written in the database: what its operation would refuse is told here too."""
    values: dict[str, Any] = {
        "name": "Printer",
        "title": "Printer is mute",
        "customer": desk.customer,
        "contract": desk.contract,
        "service": desk.service,
        "asset": desk.asset,
        "nature": desk.nature,
        "severity": desk.severity(),
    }
    return TicketTemplate.objects.create(**(values | typed))  # type: ignore[no-any-return]


def retired(row: Any) -> Any:
    type(row).objects.filter(pk=row.pk).update(is_retired=True)
    return type(row).objects.get(pk=row.pk)


def told(start: Any) -> dict[str, str]:
    return {one.field: one.why for one in start.left_out}


def test_a_template_gives_its_fields_and_details(desk: Desk) -> None:
    """Spec T16: rows, texts, team, status, state, tags, first intervention and the intake's reports."""
    state = State.objects.first()
    template = a_template(
        desk,
        team=desk.team,
        status=desk.status("created"),
        state=state,
        first_type=desk.type(),
        internal_report="<p>Asked for the model</p>",
        is_shared=False,
    )
    tag = a_row(Tag, "print")
    template.tags.add(tag)
    start = fields_from_template(template, at=AT)
    fields = start.fields
    assert (fields.title, fields.asset, fields.product, fields.is_shared) == (
        "Printer is mute",
        desk.asset,
        desk.product,
        False,
    )
    assert (fields.received_at, start.team, start.left_out) == (AT, desk.team, [])
    assert (start.details.status, start.details.state) == (desk.status("created"), state)
    assert (start.details.tags, start.details.first_type) == ([tag], desk.type())
    assert (start.internal_report, start.details.template) == ("<p>Asked for the model</p>", template)


def test_what_a_template_leaves_open_is_filled_in_or_usual(desk: Desk) -> None:
    """Spec T6, T16: the context given, what is possible only one way, the company's usual severity and nature."""
    template = TicketTemplate.objects.create(name="Empty", title="Visit")
    fields = fields_from_template(template, at=AT, context={"contract": desk.contract}).fields
    assert (fields.customer, fields.contract, fields.service) == (desk.customer, desk.contract, desk.service)
    assert fields.nature is not None
    assert fields.severity is not None
    start = fields_from_template(template, at=AT)
    assert start.fields.customer is None
    assert "severity" not in start.values


def test_the_context_wins_over_the_template(desk: Desk) -> None:
    """Spec T16, T31: what doesn't go with it is left out and told."""
    other = a_customer("Bois Lenoir")
    start = fields_from_template(a_template(desk), at=AT, context={"customer": other, "title": "Mine"})
    assert (start.fields.customer, start.fields.title) == (other, "Mine")
    assert told(start) == {"contract": "customer", "service": "along", "asset": "customer"}
    assert start.fields.contract is None


@pytest.mark.parametrize("name", ["severity", "nature", "team", "status", "state", "first_type"])
def test_a_retired_part_is_left_out_and_told(desk: Desk, name: str) -> None:
    """Spec T16: opening works all the same; the sentence names the part and what stands in its place."""
    models: dict[str, Any] = {
        "severity": Severity,
        "nature": Nature,
        "team": Team,
        "status": Status,
        "state": State,
        "first_type": InterventionType,
    }
    more = {"phase": "created"} if name == "status" else {}
    row = retired(a_row(models[name], "old", name_en="Old one", **more))
    template = a_template(desk, **{name: row})
    start = fields_from_template(template, at=AT)
    assert told(start) == {name: "retired"}
    assert "“Old one” is no longer in use" in start.sentences[0]
    assert ("stands in its place" in start.sentences[0]) == (name in ("severity", "nature", "status"))
    assert [one.field for one in parts_to_mend(template)] == [name]
    ticket = open_ticket(
        fields=start.fields, team=start.team or desk.team, details=start.details, by=desk.user, at=AT
    )
    assert (ticket.status.code, ticket.severity.is_retired) == ("created", False)


def test_a_status_that_left_its_phase_is_left_out(desk: Desk) -> None:
    """Spec T1, T16: a new ticket's status belongs to the phase “created”."""
    start = fields_from_template(a_template(desk, status=desk.status("resolved")), at=AT)
    assert (told(start), start.details.status) == ({"status": "phase"}, None)


def test_a_retired_tag_is_left_out_alone(desk: Desk) -> None:
    """Spec T16, T30: the others stay."""
    template = a_template(desk)
    kept, gone = a_row(Tag, "kept"), retired(a_row(Tag, "gone"))
    template.tags.set([kept, gone])
    start = fields_from_template(template, at=AT)
    assert (start.details.tags, told(start)) == ([kept], {"tags": "retired"})


def test_a_duplicate_takes_the_context_along_and_no_history(desk: Desk) -> None:
    """Spec T16: descriptions, sharing, reference and tags; reception, channel and pilot are its own."""
    original = desk.open(
        AT, external_description="<p>Mute</p>", customer_reference="PO 7", channel="mail", is_shared=False
    )
    tag = a_row(Tag, "print")
    original.tags.add(tag)
    desk.work(original, AT + timedelta(hours=1))
    later = AT + timedelta(days=1)
    start = fields_from_ticket(original, at=later)
    fields = start.fields
    for name in (
        "customer",
        "site",
        "requester",
        "contract",
        "service",
        "asset",
        "title",
        "nature",
        "severity",
    ):
        assert getattr(fields, name) == getattr(original, name)
    assert (fields.received_at, fields.pilot, fields.channel) == (later, None, "telephone")
    assert (fields.external_description, fields.customer_reference) == ("<p>Mute</p>", "PO 7")
    assert (start.details.tags, start.details.copied_from) == ([tag], original)
    assert start.left_out == []


def test_a_user_of_their_own_is_taken_along(desk: Desk) -> None:
    """Spec T6, T16: else the user follows whoever is chosen as requester."""
    other = Contact.objects.create(customer=desk.customer, last_name="Petit")
    assert fields_from_ticket(desk.open(AT), at=AT).fields.user is None
    assert fields_from_ticket(desk.open(AT, user=other), at=AT).fields.user == other


def test_what_no_longer_fits_a_duplicate_is_told(desk: Desk) -> None:
    """Spec T16: a contact who left, a severity retired, a contract ended with its service, a desired day gone by."""
    original = desk.open(AT, desired_on=AT.date())
    Contact.objects.filter(pk=desk.requester.pk).update(is_active=False)
    Severity.objects.filter(pk=original.severity_id).update(is_retired=True)
    Contract.objects.filter(pk=desk.contract.pk).update(end_on=AT.date())
    original = type(original).objects.get(pk=original.pk)
    start = fields_from_ticket(original, at=AT + timedelta(days=3))
    assert told(start) == {
        "requester": "retired",
        "severity": "retired",
        "contract": "ended",
        "service": "along",
        "desired_on": "past",
    }
    with translation.override("fr"):
        assert all("%(" not in sentence for sentence in start.sentences)
    ticket = open_ticket(
        fields=start.fields, team=start.team, details=start.details, by=desk.user, at=start.at
    )
    assert (ticket.contract, ticket.requester) == (None, None)


def test_everything_of_a_customer_who_left_goes(desk: Desk) -> None:
    """Spec T16: site, requester, contract and asset go with the customer; the form asks for another one."""
    original = desk.open(AT)
    Customer.objects.filter(pk=desk.customer.pk).update(is_active=False)
    start = fields_from_ticket(type(original).objects.get(pk=original.pk), at=AT)
    assert told(start) == {
        "customer": "retired",
        "site": "along",
        "requester": "along",
        "contract": "along",
        "service": "along",
        "asset": "along",
    }
    assert replace(start.fields, customer=desk.customer).product == desk.product
