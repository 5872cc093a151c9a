"""Custom fields on the ticket's page, in their dialog and on the new-ticket form (Spec T30)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from cadran.accounts.rights import Right
from cadran.catalogue.models import Nature
from cadran.desk.tickets.forms.custom import read_number
from cadran.tickets.choices import FieldKind
from cadran.tickets.models import CustomChoice, CustomField, Ticket
from cadran.tickets.operations import edit_custom_values, save_custom_field
from cadran.tickets.queries import custom_values_of
from tests.desk.work import signed_in
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import a_row, person

from .conftest import HTMX, get, post, text_of

AT = paris("2026-03-02 09:30")


@pytest.fixture
def fields(desk: Desk) -> dict[str, CustomField]:
    """One field of each kind."""
    return {kind.value: a_row(CustomField, kind.value, name_en=kind.value, kind=kind) for kind in FieldKind}


@pytest.fixture
def morning(fields: dict[str, CustomField]) -> CustomChoice:
    found: CustomChoice = a_row(CustomChoice, "morning", name_en="Morning", field=fields["choice"])
    return found


def send(browser: Client, ticket: Ticket, base: dict[str, Any] | None = None, **typed: Any) -> Any:
    seen = dict.fromkeys(("cf.text", "cf.number", "cf.date", "cf.choice")) | (base or {})
    sent = {f"cf.{name}": value for name, value in typed.items() if not name.startswith("keep_")}
    kept = {name: value for name, value in typed.items() if name.startswith("keep_")}
    return post(browser, ticket, "custom-fields/", base=json.dumps(seen), **sent, **kept)


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("en", "12.5", "12.5"),
        ("en", "12,5", "12.5"),
        ("en", "1,250", "1250"),
        ("fr", "1,250", "1.250"),
        ("fr", "1\N{NARROW NO-BREAK SPACE}250,5", "1250.5"),
        ("en", "1,250.5", "1250.5"),
        ("fr", "1.250,5", "1250.5"),
        ("fr", "1.250.000", "1250000"),
        ("en", "\N{MINUS SIGN}3", "-3"),
        ("en", "1e5", None),
        ("en", "twelve", None),
        ("en", "NaN", None),
        ("en", "²", None),
    ],
)
def test_numbers_are_read_as_the_language_writes_them(language: str, text: str, number: str | None) -> None:
    """Spec F5."""
    with translation.override(language):
        assert read_number(text) == (None if number is None else Decimal(number))


def test_the_section_is_there_when_fields_are(browser: Client, ticket: Ticket, desk: Desk) -> None:
    """Nothing for a company without fields of its own, and no pencil for who may not edit."""
    assert "Further fields" not in text_of(browser.get("/tickets/DEM-1/"))
    a_row(CustomField, "room", name_en="Room")
    page = browser.get("/tickets/DEM-1/")
    assert "Further fields" in text_of(page)
    assert "Room" in text_of(page)
    assert 'id="edit-custom"' in page.content.decode()
    reader = signed_in(person(Right.SEE_TICKETS, email="reader@example.com"))
    assert 'id="edit-custom"' not in reader.get("/tickets/DEM-1/").content.decode()


def test_values_are_typed_and_shown_in_the_readers_language(
    browser: Client, ticket: Ticket, fields: dict[str, CustomField], morning: CustomChoice
) -> None:
    """The dialog closes, the section shows them."""
    answer = send(browser, ticket, text=" A 12 ", number="1,234.5", date="2026-05-01", choice=str(morning.pk))
    assert answer.status_code == 200
    page = text_of(browser.get("/tickets/DEM-1/"))
    for shown in ("A 12", "1,234.5", "1 May 2026", "Morning"):
        assert shown in page
    drawn = get(browser, ticket, "custom-fields/").content.decode()
    for control in ('value="A 12"', 'value="1234.5"', 'value="2026-05-01"', "selected>Morning"):
        assert control in drawn


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"number": "heavy"}, "can’t be read as a number"),
        ({"number": "0.00001"}, "4 decimals"),
        ({"date": "31/31/2026"}, "Type a date"),
        ({"date": "1200-01-01"}, "between the years 1900 and 2100"),
        ({"choice": "999"}, "Choose one of the list"),
        ({"text": "x" * 301}, "300"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    browser: Client, ticket: Ticket, fields: dict[str, CustomField], typed: dict[str, str], sentence: str
) -> None:
    """And what was typed stays (Spec R7)."""
    answer = send(browser, ticket, **typed)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert custom_values_of(ticket) == {}


def test_a_colleagues_value_is_not_overwritten_unseen(
    browser: Client, desk: Desk, ticket: Ticket, fields: dict[str, CustomField]
) -> None:
    """The second to save sees what the first changed, and chooses (Spec T17)."""
    other = colleague(desk, Right.EDIT_TICKETS)
    number = fields["number"]
    edit_custom_values(ticket=ticket, changes={number: Decimal("2.5")}, base={}, by=other, at=AT)
    answer = send(browser, ticket, number="3.5", text="A")
    assert answer.status_code == 409
    assert "2.5" in text_of(answer)
    assert str(other) in text_of(answer)
    base = json.loads(answer.context["form"]["base"].value())
    assert custom_values_of(ticket) == {number: Decimal("2.5")}
    kept = {"keep_cf.number": "theirs"}
    assert send(browser, ticket, base, number="3.5", text="A", **kept).status_code == 200
    assert custom_values_of(ticket) == {number: Decimal("2.5"), fields["text"]: "A"}
    assert send(browser, ticket, base | {"cf.text": "A"}, number="3.5", text="A").status_code == 200
    assert custom_values_of(ticket)[number] == Decimal("3.5")


def test_a_field_added_meanwhile_is_left_alone(
    browser: Client, ticket: Ticket, fields: dict[str, CustomField]
) -> None:
    """What the person never saw is no change of theirs."""
    room = a_row(CustomField, "room")
    edit_custom_values(ticket=ticket, changes={room: "12"}, base={}, by=None, at=AT)
    assert send(browser, ticket, text="A").status_code == 200
    assert custom_values_of(ticket)[room] == "12"


def typed(desk: Desk, **more: Any) -> dict[str, Any]:
    return {
        "customer": desk.customer.pk,
        "contract": desk.contract.pk,
        "service": desk.service.pk,
        "asset": desk.asset.pk,
        "title": "Printer is mute",
        "nature": desk.nature.pk,
        "severity": desk.severity().pk,
        "received_at": "2026-03-02T10:00",
        "channel": "telephone",
        "team": desk.team.pk,
        **more,
    }


def test_a_new_ticket_asks_for_the_fields_of_its_nature(browser: Client, desk: Desk) -> None:
    """A mandatory one left empty is said beside it; filled in, it goes along (Spec T30)."""
    incident = list(Nature.objects.filter(code="incident"))
    must = save_custom_field(
        field=None,
        values={"code": "must", "name_fr": "Must", "is_required": True},
        many={"natures": incident},
        by=None,
        at=AT,
    )
    assert 'name="cf.must"' in browser.get("/tickets/new/").content.decode()
    answer = browser.post("/tickets/new/", typed(desk), headers=HTMX)
    assert answer.status_code == 422
    assert "Fill this in; tickets of this nature need it." in text_of(answer)
    browser.post("/tickets/new/", typed(desk, **{"cf.must": "M"}), headers=HTMX)
    assert custom_values_of(Ticket.objects.get()) == {must: "M"}
    question = Nature.objects.get(code="question").pk
    browser.post("/tickets/new/", typed(desk, nature=question, **{"cf.must": "M"}), headers=HTMX)
    assert custom_values_of(Ticket.objects.latest("pk")) == {}


def test_another_nature_keeps_what_was_typed(browser: Client, desk: Desk) -> None:
    """Fields that stay keep their text; that of others waits until their nature comes back (Spec T30)."""
    incident = list(Nature.objects.filter(code="incident"))
    values = {"code": "tag", "name_fr": "Tag"}
    save_custom_field(field=None, values=values, many={"natures": incident}, by=None, at=AT)
    a_row(CustomField, "room", is_required=True)
    question = Nature.objects.get(code="question").pk
    sent = typed(desk, nature=question, **{"cf.tag": "T", "cf.room": "12"})
    part = browser.post("/tickets/new/custom-fields/", sent, headers=HTMX).content.decode()
    assert '<input type="hidden" name="cf.tag" value="T">' in part
    assert 'name="cf.room" value="12"' in part
    sent["nature"] = desk.nature.pk
    sent["cf.room"] = ""
    part = browser.post("/tickets/new/custom-fields/", sent, headers=HTMX).content.decode()
    assert 'type="text" name="cf.tag" value="T"' in part
    assert "Fill this in" not in part
