"""The supplier's side on the ticket's page and while a ticket is typed (Spec T9)."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cadran.accounts.rights import Right
from cadran.contracts.models import SupplierContract
from cadran.tickets.models import Ticket
from tests.desk.work import signed_in
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import a_supplier, a_supplier_contact, a_supplier_contract, an_asset

from .conftest import HTMX, get, post, text_of


def link(browser: Client, ticket: Ticket, contract: SupplierContract | None, seen: Any = None) -> Any:
    sent = {name: row.pk for name, row in (("contract", contract), ("seen", seen)) if row is not None}
    return post(browser, ticket, "supplier/", **sent)


def stored(ticket: Ticket) -> SupplierContract | None:
    ticket.refresh_from_db()
    return ticket.supplier_contract


def test_the_section_is_closed_without_contracts(browser: Client, ticket: Ticket) -> None:
    """An asset that nobody stands behind shows nothing."""
    assert 't-supplier"' not in get(browser, ticket, "").content.decode()


def test_supplier_contacts_and_due_dates_stand_on_the_page(browser: Client, desk: Desk) -> None:
    """The name above the contract, whom to call, and when the answer is due if passed on now (10:00)."""
    supplier = a_supplier(phone="01 55 00 20 00")
    named, _other = (
        a_supplier_contact(supplier, phone="01 55 00 20 01"),
        a_supplier_contact(supplier, "Bruno"),
    )
    a_supplier_contract(
        desk.asset, supplier=supplier, contacts=[named], response_amount=4, resolution_amount=1,
        resolution_unit="day", schedule=desk.schedule, reference="AL-77",
    )  # fmt: skip
    page = get(browser, desk.open(paris("2026-03-02 09:00")), "")
    words = text_of(page)
    assert words.index("Serveurs Altaïr") < words.index("CF00001 Hardware")
    for part in (
        "AL-77",
        "Ines Caron",
        "due today 14:00",
        "due Tue 18:00",
        "If it is passed on now ( 10:00 )",
    ):
        assert part in words
    assert "Bruno" not in words and "tel:0155002001" in page.content.decode()


def test_a_promise_without_hours_stands_alone(browser: Client, desk: Desk) -> None:
    """Nothing is counted on hours that are not known, nor on a ticket that is closed."""
    contract = a_supplier_contract(desk.asset, response_amount=4)
    ticket = desk.open(paris("2026-03-02 09:00"))
    words = text_of(get(browser, ticket, ""))
    assert "Response 4 h" in words and "passed on now" not in words
    assert contract.contacts.count() == 0


def test_one_click_links_and_unlinks(browser: Client, desk: Desk) -> None:
    """With several the section offers them, running ones first; an ended one says why not."""
    ended = a_supplier_contract(desk.asset, label="Former", end_on=date(2026, 2, 1))
    first, second = a_supplier_contract(desk.asset), a_supplier_contract(desk.asset, label="Software")
    ticket = desk.open(paris("2026-03-02 09:00"))
    words = text_of(get(browser, ticket, ""))
    assert "none is linked" in words and words.index("Software") < words.index("Former")
    assert f"Contract {ended.number} ended on" in words
    assert "is linked." in link(browser, ticket, second)["HX-Trigger"]
    assert stored(ticket) == second
    assert "unlinked" in link(browser, ticket, None, seen=second)["HX-Trigger"]
    assert stored(ticket) is None
    link(browser, ticket, ended)
    assert stored(ticket) == ended
    assert "2 other contracts behind the asset" in text_of(get(browser, ticket, ""))
    assert first != second


def test_the_second_of_two_is_told(browser: Client, desk: Desk) -> None:
    """Spec T17: a click on a page that is no longer true changes nothing."""
    first, second = a_supplier_contract(desk.asset), a_supplier_contract(desk.asset)
    ticket = desk.open(paris("2026-03-02 09:00"))
    link(browser, ticket, first)
    told = json.loads(link(browser, ticket, second)["HX-Trigger"])["toast"]
    assert told["level"] == "error" and told["text"].startswith("Someone has changed the supplier contract")
    assert stored(ticket) == first


def test_a_contract_of_another_asset_is_refused(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """With its sentence; nothing moves."""
    other = a_supplier_contract(an_asset(desk.customer, desk.product, name="SRV-9"))
    told = json.loads(link(browser, ticket, other)["HX-Trigger"])["toast"]
    assert "doesn’t cover the asset" in told["text"] and stored(ticket) is None
    assert browser.post(f"/tickets/{ticket.number}/supplier/", {"contract": "999"}).status_code == 404


def test_without_the_right_nothing_is_offered(desk: Desk) -> None:
    """Spec R2: who may not see contracts is offered none, nor their contacts."""
    a_supplier_contract(desk.asset), a_supplier_contract(desk.asset)
    ticket = desk.open(paris("2026-03-02 09:00"))
    other = signed_in(colleague(desk, Right.SEE_TICKETS, Right.EDIT_TICKETS))
    assert 't-supplier"' not in get(other, ticket, "").content.decode()
    assert other.post(f"/tickets/{ticket.number}/supplier/", {}, headers=HTMX).status_code == 403


def test_the_page_takes_as_many_queries_for_three_offers(
    django_assert_max_num_queries: DjangoAssertNumQueries, browser: Client, desk: Desk
) -> None:
    """House: contracts that are offered cost no query each."""
    a_supplier_contract(desk.asset), a_supplier_contract(desk.asset)
    ticket = desk.open(paris("2026-03-02 09:00"))
    get(browser, ticket, "")
    with django_assert_max_num_queries(100) as few:
        get(browser, ticket, "")
    for label in ("Un", "Deux", "Trois"):
        a_supplier_contract(desk.asset, label=label)
    with django_assert_max_num_queries(len(few.captured_queries)):
        get(browser, ticket, "")


def test_the_list_is_narrowed_by_supplier_and_contract(browser: Client, desk: Desk) -> None:
    """Spec S1."""
    contract = a_supplier_contract(desk.asset)
    ticket = desk.open(paris("2026-03-02 09:00"))
    desk.open(paris("2026-03-02 09:00"), supplier_contract=None)
    for asked in ({"supplier_contract": contract.pk}, {"supplier": contract.supplier_id}):
        page = browser.get("/tickets/", {"view": "all", **asked})
        numbers = set(re.findall(r'href="/tickets/(DEM-\d+)/"', page.content.decode()))
        assert numbers == {ticket.number}


def test_the_pickers_say_why_one_does_not_fit(browser: Client, desk: Desk) -> None:
    """Only what covers the asset; with the filter only what runs, without it why not."""
    ended = a_supplier_contract(desk.asset, end_on=date(2026, 2, 1), label="Former")
    a_supplier_contract(label="Elsewhere")
    running = a_supplier_contract(desk.asset)
    sent = {"asset": desk.asset.pk}
    found = browser.get("/pick/supplier_contract/", sent | {"fit": "1"}).json()["results"]
    assert [one["text"] for one in found] == [str(running)]
    found = browser.get("/pick/supplier_contract/", sent).json()["results"]
    assert {one["text"] for one in found} == {str(running), str(ended)}
    assert any("ended on" in one["hint"] for one in found)
    contact = a_supplier_contact(running.supplier)
    found = browser.get("/pick/supplier_contact/", {"supplier": running.supplier_id}).json()["results"]
    assert [one["value"] for one in found] == [str(contact.pk)]
    assert browser.get("/pick/supplier/", {"q": "altair"}).json()["results"][0]["text"] == "Serveurs Altaïr"
