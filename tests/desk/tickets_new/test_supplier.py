"""The supplier's section of the new-ticket form (Spec T9)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.test import Client

from cadran.accounts.rights import Right
from cadran.contracts.models import SupplierContract
from cadran.tickets.models import Ticket
from tests.desk.work import signed_in
from tests.factories.desk import Desk, colleague
from tests.factories.trade import a_supplier_contract, an_asset

from .test_opening import mark_of, told, typed


def deduced(browser: Client, desk: Desk, changed: str = "asset", **more: Any) -> dict[str, Any]:
    sent = typed(desk, **more) | {"changed": changed}
    return told(browser.post("/tickets/new/deduced/", sent, headers={"HX-Request": "true"}))


def opened(browser: Client, desk: Desk, **more: Any) -> SupplierContract | None:
    sent = typed(desk, mark_of(browser), team=desk.team.pk, **more)
    assert browser.post("/tickets/new/", sent).status_code == 302
    return Ticket.objects.latest("pk").supplier_contract


def test_the_section_opens_and_fills_itself_in(browser: Client, desk: Desk) -> None:
    """One running contract is filled in with its reason; several are told; none closes the section."""
    assert deduced(browser, desk)["supplier"]["is_open"] is False
    contract = a_supplier_contract(desk.asset)
    answer = deduced(browser, desk)
    assert answer["fields"]["supplier_contract"] == {
        "value": str(contract.pk), "text": str(contract), "reason": "The only one that covers the asset",
    }  # fmt: skip
    assert answer["supplier"] == {"is_open": True, "asset": str(desk.asset.pk), "note": ""}
    a_supplier_contract(desk.asset)
    answer = deduced(browser, desk)
    assert "supplier_contract" not in answer["fields"] and "choose the one" in answer["supplier"]["note"]
    kept = deduced(browser, desk, supplier_contract=contract.pk)
    assert "supplier_contract" not in kept["fields"]


def test_what_was_emptied_stays_empty_until_the_asset_changes(browser: Client, desk: Desk) -> None:
    """An explicit none wins over what follows from another field; another asset takes its own along."""
    a_supplier_contract(desk.asset)
    assert "supplier_contract" not in deduced(browser, desk, changed="severity")["fields"]
    server = an_asset(desk.customer, desk.product, name="SRV-1")
    own = a_supplier_contract(server)
    stale = SupplierContract.objects.exclude(pk=own.pk).get()
    changed = deduced(browser, desk, asset=server.pk, supplier_contract=stale.pk)["fields"]
    assert changed["supplier_contract"]["value"] == str(own.pk)
    bare = an_asset(desk.customer, desk.product, name="SRV-2")
    changed = deduced(browser, desk, asset=bare.pk, supplier_contract=own.pk)["fields"]
    assert changed["supplier_contract"] == {"value": "", "text": "", "reason": ""}


def test_the_choice_is_the_tickets(browser: Client, desk: Desk) -> None:
    """Chosen, left empty with the section open, and with the section never opened."""
    ended = a_supplier_contract(desk.asset, end_on=date(2026, 2, 1))
    running = a_supplier_contract(desk.asset)
    offered = {"supplier_for": desk.asset.pk}
    assert opened(browser, desk, **offered, supplier_contract=ended.pk) == ended
    assert opened(browser, desk, **offered) is None
    assert opened(browser, desk) == running
    assert opened(browser, desk, supplier_for=desk.asset.pk + 1) == running


def test_a_refusal_stands_in_the_open_section(browser: Client, desk: Desk) -> None:
    """Spec R7: what was typed stays."""
    a_supplier_contract(desk.asset)
    other = a_supplier_contract(an_asset(desk.customer, desk.product, name="SRV-9"))
    sent = typed(
        desk, mark_of(browser), team=desk.team.pk, supplier_for=desk.asset.pk, supplier_contract=other.pk
    )
    page = browser.post("/tickets/new/", sent)
    assert page.status_code == 422 and not Ticket.objects.exists()
    text = page.content.decode()
    assert "doesn’t cover the asset" in text and 'id="supplier-section" hidden' not in text


def test_who_may_not_see_contracts_is_told_nothing(desk: Desk) -> None:
    """Spec R2: the section stays closed; the ticket gets the contract all the same."""
    contract = a_supplier_contract(desk.asset)
    rights = (Right.SEE_TICKETS, Right.OPEN_TICKETS, Right.SEE_CUSTOMERS, Right.SEE_ASSETS)
    other = signed_in(colleague(desk, *rights))
    answer = deduced(other, desk, contract="", service="")
    assert answer["supplier"]["is_open"] is False and "supplier_contract" not in answer["fields"]
    assert opened(other, desk, contract="", service="") == contract
