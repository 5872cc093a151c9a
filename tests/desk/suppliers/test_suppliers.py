"""Suppliers and their contracts: lists, pages, forms (Spec C7)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cadran.accounts.rights import Right
from cadran.contracts.models import SupplierContract
from cadran.parties.models import Supplier, SupplierContact
from tests.desk.work import browser, desk, now, signed_in
from tests.factories.desk import Desk
from tests.factories.trade import a_supplier, a_supplier_contact, a_supplier_contract, an_asset, person

__all__ = ["browser", "desk", "now"]

HX = {"HX-Request": "true"}


def typed(supplier: Supplier, **changes: Any) -> dict[str, Any]:
    sent = {
        "label": "Hardware",
        "supplier": supplier.pk,
        "status": "running",
        "start_on": "2026-01-01",
        "response_unit": "hour",
        "resolution_unit": "hour",
    }
    return sent | changes


def test_the_list_is_narrowed(browser: Client, desk: Desk) -> None:
    """Spec C7, S6: by words, status, what covers today, what ends soon, supplier."""
    altair, valmont = a_supplier(), a_supplier("Réseaux Valmont")
    a_supplier_contract(desk.asset, supplier=altair, label="Servers")
    a_supplier_contract(supplier=valmont, label="Ending", end_on=date(2026, 4, 1))
    a_supplier_contract(supplier=valmont, label="Ended", end_on=date(2026, 2, 1), number="VAL-1")
    a_supplier_contract(supplier=valmont, label="Held", status="on_hold", end_on=None)

    def labels(**asked: Any) -> list[str]:
        rows = browser.get("/suppliers/contracts/", asked).context["rows"]
        return sorted(row.contract.label for row in rows)

    a_supplier_contract(supplier=altair, label="Older", start_on=date(2020, 1, 1), end_on=date(2021, 1, 1))
    rows = browser.get("/suppliers/contracts/").context["rows"]
    assert [row.contract.label for row in rows] == ["Servers", "Ending", "Held", "Ended", "Older"]
    SupplierContract.objects.filter(label="Older").delete()
    assert labels() == ["Ended", "Ending", "Held", "Servers"]
    assert labels(today="covers") == ["Ending", "Servers"]
    assert labels(today="not") == ["Ended", "Held"]
    assert labels(ends="soon") == ["Ending"]
    assert labels(status="on_hold") == ["Held"]
    assert labels(supplier=altair.pk) == ["Servers"]
    assert labels(q="reseaux val-1") == ["Ended"]
    page = browser.get("/suppliers/contracts/").content.decode()
    assert "Contract VAL-1 ended on" in page and "ends soon" in page


@pytest.mark.parametrize("address", ["/suppliers/", "/suppliers/contracts/"])
def test_lists_take_as_many_queries_for_three_rows(
    django_assert_num_queries: DjangoAssertNumQueries, browser: Client, desk: Desk, address: str
) -> None:
    """House: one literal for one row and for three; an empty list is no error."""
    assert "Nothing here" in browser.get(address).content.decode()
    a_supplier_contract(desk.asset)
    desk.open()
    queries = {"/suppliers/": 8, "/suppliers/contracts/": 6}[address]
    with django_assert_num_queries(queries):
        browser.get(address)
    for name in ("Un", "Deux"):
        a_supplier_contract(desk.asset, supplier=a_supplier(name))
    with django_assert_num_queries(queries):
        browser.get(address)


def test_a_supplier_counts_its_running_contracts_and_open_tickets(browser: Client, desk: Desk) -> None:
    """Spec C7: an ended contract counts for nothing; its page shows contacts, contracts and tickets."""
    contract = a_supplier_contract(desk.asset)
    a_supplier_contract(desk.asset, label="Former", end_on=date(2026, 2, 1))
    a_supplier_contact(contract.supplier, function="Support", phone="01 55 00 20 01")
    ticket = desk.open()
    (row,) = browser.get("/suppliers/").context["rows"]
    assert (row.contracts, row.open_tickets) == (1, 1)
    page = browser.get(f"/suppliers/{contract.supplier_id}/").content.decode()
    for part in ("Ines Caron", "tel:0155002001", "Hardware", "Former", ticket.number):
        assert part in page


def test_a_supplier_and_its_contact_are_entered_in_dialogs(browser: Client, desk: Desk) -> None:
    """Spec C7, R7: also from a contract's form, whose picker takes the new one."""
    browser.post("/suppliers/new/", {"name": "Orvia France", "phone": "01 40", "is_active": "on"}, headers=HX)
    supplier = Supplier.objects.get()
    refused = browser.post(f"/suppliers/{supplier.pk}/contacts/new/", {"name": ""}, headers=HX)
    assert refused.status_code == 422 and "Type the contact’s name." in refused.content.decode()
    browser.post(f"/suppliers/{supplier.pk}/contacts/new/", {"name": "Paul", "is_active": "on"}, headers=HX)
    contact = SupplierContact.objects.get()
    assert (contact.name, contact.is_active) == ("Paul", True)
    picked = browser.post("/suppliers/new/?for=id_supplier", {"name": "Valmont"}, headers=HX)
    assert '"for": "id_supplier"' in picked["HX-Trigger"]
    gone = {"name": "Paul", "seen": contact.row_version}
    browser.post(f"/suppliers/contacts/{contact.pk}/edit/", gone, headers=HX)
    contact.refresh_from_db()
    assert contact.is_active is False


def test_a_contract_is_entered_and_changed_on_its_page(browser: Client, desk: Desk) -> None:
    """Spec C7, T17: several assets at once; the second of two editors is told and keeps their words."""
    supplier, server = a_supplier(), an_asset(desk.customer, desk.product, name="SRV-1")
    contact = a_supplier_contact(supplier)
    sent = typed(
        supplier,
        assets=[desk.asset.pk, server.pk],
        contacts=[contact.pk],
        response_amount="4",
        schedule=desk.schedule.pk,
        note="Serial number first",
    )
    answer = browser.post("/suppliers/contracts/new/", sent)
    made = SupplierContract.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/suppliers/contracts/{made.number}/"
    assert set(made.assets.all()) == {desk.asset, server}
    page = browser.get(answer["Location"]).content.decode()
    for part in (
        "Stands behind its assets today",
        "SRV-1",
        "Ines Caron",
        "4\N{NO-BREAK SPACE}h",
        "Serial number first",
    ):
        assert part in page

    address = f"{answer['Location']}edit/"
    change = sent | {"seen": made.row_version, "number": made.number}
    assert browser.post(address, change | {"label": "First"}).status_code == 302
    second = browser.post(address, change | {"label": "Second"})
    assert second.status_code == 422 and 'value="Second"' in second.content.decode()
    made.refresh_from_db()
    assert made.label == "First"


def test_a_refused_contract_keeps_what_was_typed(browser: Client, desk: Desk) -> None:
    """Spec R7: sentences beside the fields, everything typed stays."""
    sent = typed(
        a_supplier(), end_on="2025-12-31", response_amount="0", reference="AL-77", assets=[desk.asset.pk]
    )
    answer = browser.post("/suppliers/contracts/new/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and not SupplierContract.objects.exists()
    assert "The contract would end before it starts" in page and "from 1 to 100000" in page
    assert 'value="AL-77"' in page and f'<option value="{desk.asset.pk}" selected>' in page


def test_the_address_fills_supplier_and_asset_in(browser: Client, desk: Desk) -> None:
    """Spec C7: from a supplier's or an asset's page."""
    supplier = a_supplier()
    page = browser.get("/suppliers/contracts/new/", {"supplier": supplier.pk, "asset": desk.asset.pk})
    text = page.content.decode()
    assert f'<option value="{supplier.pk}" selected>' in text
    assert f'<option value="{desk.asset.pk}" selected>' in text


def test_a_reader_is_offered_nothing_to_change(desk: Desk) -> None:
    """Spec R2."""
    contract = a_supplier_contract(desk.asset)
    reader = signed_in(person(Right.SEE_CONTRACTS, email="otto@example.com"))
    for address in ("/suppliers/", "/suppliers/contracts/", f"/suppliers/contracts/{contract.number}/"):
        page = reader.get(address).content.decode()
        assert "/new/" not in page and "/edit/" not in page
        assert "ERP, head office" not in page
    assert reader.get("/suppliers/contracts/new/").status_code == 403
    assert SupplierContract.objects.count() == 1


def test_the_menu_shows_where_one_is(browser: Client, desk: Desk) -> None:
    """House: suppliers stand under Contracts, two clicks from anywhere."""
    a_supplier_contract()
    page = browser.get("/contracts/").content.decode()
    assert 'href="/suppliers/"' in page and 'href="/suppliers/contracts/"' in page
    rail = browser.get("/suppliers/").content.decode()
    (entry,) = re.findall(r'<a class="cd-rail-item[^>]*href="/contracts/"[^>]*>', rail)
    assert 'aria-current="page"' in entry


def test_an_asset_shows_who_stands_behind_it(browser: Client, desk: Desk) -> None:
    """Spec C7: on the asset's page, those that cover it today first; without the right nothing."""
    assert "No supplier stands behind it." in browser.get(f"/assets/{desk.asset.number}/").content.decode()
    a_supplier_contract(desk.asset, label="Former", end_on=date(2026, 2, 1))
    a_supplier_contract(desk.asset, label="Current", start_on=date(2025, 6, 1))
    page = browser.get(f"/assets/{desk.asset.number}/").content.decode()
    assert page.index("Current") < page.index("Former")
    reader = signed_in(person(Right.SEE_ASSETS, email="otto@example.com"))
    assert "Current" not in reader.get(f"/assets/{desk.asset.number}/").content.decode()


def test_who_may_not_edit_is_not_asked_to(browser: Client, desk: Desk) -> None:
    """Spec F6, R2: an empty part says what to do to whom may do it, and to others that it is empty."""
    page = f"/suppliers/{a_supplier().pk}/"
    assert "Add whom to call" in browser.get(page).content.decode()
    told = signed_in(person(Right.SEE_CONTRACTS, email="otto@example.com")).get(page).content.decode()
    assert "Nobody yet." in told
    assert "No contract yet." in told
    assert "Enter one" not in told
