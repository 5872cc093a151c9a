"""A contract created in a dialog over the ticket that is being typed (Spec T7)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from cadran.accounts.rights import Right
from cadran.contracts.models import Contract
from cadran.parties.models import Project
from tests.desk.work import browser, desk, now, signed_in
from tests.factories.desk import Desk
from tests.factories.trade import a_customer, person

__all__ = ["browser", "desk", "now"]

HTMX = {"HX-Request": "true"}


def address(customer: Any) -> str:
    return f"/contracts/new/?for=id_contract&customer={customer.pk}&words=Hotline"


def typed(customer: Any, **more: Any) -> dict[str, Any]:
    return {
        "label": "Hotline",
        "status": "running",
        "customer": customer.pk,
        "project": "",
        "code": "",
        "start_on": "2026-03-02",
        "end_on": "",
        "renewal": "tacit",
    } | more


def test_the_dialog_begins_with_what_is_known(browser: Client, desk: Desk) -> None:
    """Spec T7: the customer of the form, what was looked up, today, and the only project there is."""
    project = desk.contract.project
    Project.objects.filter(pk=project.pk).update(customer=desk.customer)
    page = browser.get(address(desk.customer), headers=HTMX).content.decode()
    assert 'value="Hotline"' in page
    assert 'value="2026-03-02"' in page
    assert f'<option value="{desk.customer.pk}" selected>{desk.customer}</option>' in page
    assert f'<option value="{project.pk}" selected>{project}</option>' in page


def test_a_prospect_gets_contract_and_project_at_once(browser: Client, desk: Desk) -> None:
    """Spec T7: the picker takes the contract, and the ticket is judged under it."""
    prospect = a_customer("Newcomer")
    answer = browser.post(address(prospect), typed(prospect, code="NEW-1"), headers=HTMX)
    made = Contract.objects.get(customer=prospect)
    assert (made.project.code, made.project.name, made.project.customer) == ("NEW-1", "Hotline", prospect)
    assert json.loads(answer["HX-Trigger"])["picked"] == {
        "for": "id_contract",
        "value": str(made.pk),
        "text": str(made),
    }


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({}, "Choose the project"),
        ({"code": "NEW-1", "label": ""}, "Type the contract’s label."),
        ({"code": "NEW-1", "renewal": "none"}, "end"),
    ],
)
def test_a_refused_contract_leaves_no_project(
    browser: Client, desk: Desk, more: dict[str, Any], sentence: str
) -> None:
    """House: both or neither; what was typed comes back."""
    prospect = a_customer("Newcomer")
    answer = browser.post(address(prospect), typed(prospect, **more), headers=HTMX)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Contract.objects.filter(customer=prospect).exists()
    assert not Project.objects.filter(customer=prospect).exists()


def test_a_code_that_is_taken_is_refused(browser: Client, desk: Desk) -> None:
    """House: a full sentence beside the field, and nothing is saved."""
    prospect, taken = a_customer("Newcomer"), desk.contract.project.code
    answer = browser.post(address(prospect), typed(prospect, code=taken), headers=HTMX)
    assert answer.status_code == 422
    assert "code" in answer.context["form"].errors
    assert not Contract.objects.filter(customer=prospect).exists()


def test_the_button_needs_the_right_to_edit_contracts(browser: Client, desk: Desk) -> None:
    """Spec R2."""
    assert "/contracts/new/" in browser.get("/tickets/new/").content.decode()
    few = signed_in(person(Right.OPEN_TICKETS, Right.SEE_CONTRACTS, email="few@example.com"))
    assert "/contracts/new/" not in few.get("/tickets/new/").content.decode()
    assert few.get(address(desk.customer), headers=HTMX).status_code == 403
