"""Contracts, services, lines and coverage."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from cadran.accounts.rights import Right
from cadran.contracts.models import Contract, ContractLine, ContractStatus, ServiceTemplate
from cadran.contracts.operations import (
    LineDetails,
    ServiceDetails,
    delete_line,
    save_contract,
    save_line,
    save_service,
    service_from_template,
    update_lines,
)
from cadran.contracts.operations.lines import LineRefused
from cadran.contracts.queries import contract_coverage, coverage_sentence, covers, running_contracts_of
from cadran.core.errors import CadranError, InvalidInput, InvalidInputs, NotAllowed, Stale
from cadran.core.models import JournalEntry
from cadran.parties.operations import SiteDetails, save_site
from tests.factories.trade import (
    MONDAY,
    a_contract,
    a_customer,
    a_nature,
    a_product,
    a_row,
    a_service,
    an_agent,
    an_asset,
    contract_details,
    person,
)

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({}, "running"),
        ({"start_on": DAY, "end_on": DAY}, "running"),
        ({"end_on": None}, "running"),
        ({"end_on": date(2026, 3, 1)}, "after_end"),
        ({"start_on": date(2026, 3, 3)}, "before_start"),
        *(({"status": status.value}, status.value) for status in ContractStatus if status != "running"),
    ],
)
def test_only_a_running_contract_inside_its_dates_covers(typed: dict[str, Any], code: str) -> None:
    """Spec C1, T8: expired, on hold or not yet started never covers, and the reason is a sentence."""
    customer = a_customer()
    contract = a_contract(customer, **typed)
    coverage = contract_coverage(contract, DAY)
    assert (coverage.covers, coverage.reason_code) == (code == "running", code)
    assert contract.number in coverage.reason and coverage.reason.endswith((".", ". "))
    listed = running_contracts_of(customer, DAY, person(Right.SEE_CONTRACTS))
    assert listed.exists() == coverage.covers


def test_a_stored_reason_is_told_in_the_reader_s_language() -> None:
    """Spec T8, F5: the code and its parameters are stored, the sentence is made when it is read."""
    reason = contract_coverage(a_contract(a_customer(), end_on=date(2026, 2, 28)), DAY)
    with translation.override("fr"):
        sentence = coverage_sentence(reason.reason_code, reason.params)
    assert "28 févr. 2026" in sentence


def test_a_beneficiary_s_contracts_are_offered() -> None:
    """Spec T6: the running contracts of a customer, those it benefits from included; each once."""
    holder, subsidiary, stranger = a_customer("Dubois"), a_customer("Filiale"), a_customer("Autre")
    contract = a_contract(holder, beneficiaries=[subsidiary, holder])
    reader = person(Right.SEE_CONTRACTS)
    for customer, expected in ((holder, [contract]), (subsidiary, [contract]), (stranger, [])):
        assert list(running_contracts_of(customer, DAY, reader)) == expected
    assert not running_contracts_of(holder, DAY, person(email="blind@example.com")).exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"label": " "}, "label"),
        ({"customer": None}, "customer"),
        ({"project": None}, "project"),
        ({"start_on": None}, "start_on"),
        ({"renewal": "none", "end_on": None}, "end_on"),
        ({"end_on": date(2025, 12, 31)}, "end_on"),
        ({"reminder_on": date(2027, 1, 1)}, "reminder_on"),
        ({"reminder_on": date(2025, 1, 1)}, "reminder_on"),
        ({"status": "forgotten"}, "status"),
    ],
)
def test_a_contract_that_makes_no_sense_is_refused(typed: dict[str, Any], field: str) -> None:
    """Spec C1, R7: project and dates; without renewal the end is mandatory."""
    with pytest.raises(CadranError) as refused:
        save_contract(
            contract=None, details=replace(contract_details(a_customer()), **typed), by=None, at=MONDAY
        )
    assert refused.value.field == field
    assert not Contract.objects.exists()


def test_numbers_are_given_and_typed_ones_passed_over() -> None:
    """Spec C1: every contract has a number of its own."""
    customer = a_customer()
    assert a_contract(customer, number="CT00001").number == "CT00001"
    assert a_contract(customer).number == "CT00002"
    with pytest.raises(InvalidInput, match="“CT00001” is taken already"):
        a_contract(customer, number="CT00001")


def test_sites_belong_to_the_holder_or_a_beneficiary() -> None:
    """Spec C1: sites, one of them the maintenance site."""
    holder, subsidiary, stranger = a_customer("Dubois"), a_customer("Filiale"), a_customer("Autre")
    ours, theirs, foreign = (one.sites.get() for one in (holder, subsidiary, stranger))
    contract = a_contract(holder, beneficiaries=[subsidiary], sites=[ours, theirs], maintenance_site=theirs)
    assert set(contract.sites.all()) == {ours, theirs}
    with pytest.raises(InvalidInput, match="neither holds the contract nor benefits from it"):
        a_contract(holder, sites=[foreign])
    with pytest.raises(InvalidInput, match="one of the contract’s sites"):
        a_contract(holder, sites=[ours], maintenance_site=theirs)


def test_who_left_can_not_manage_a_new_contract() -> None:
    """Spec R7: an inactive manager is refused when chosen, kept where already there."""
    gone = an_agent(is_active=False)
    with pytest.raises(InvalidInput, match="no longer active"):
        a_contract(a_customer(), sales_manager=gone)
    contract = a_contract(a_customer())
    Contract.objects.filter(pk=contract.pk).update(sales_manager=gone)
    contract.refresh_from_db()
    details = contract_details(contract.customer, sales_manager=gone, label="Autre")
    assert save_contract(contract=contract, details=details, by=None, at=MONDAY).label == "Autre"


def test_a_service_covers_assets_and_products_of_who_benefits() -> None:
    """Spec C2: assets must belong to the holder or a beneficiary, now and when beneficiaries change."""
    holder, subsidiary = a_customer("Dubois"), a_customer("Filiale")
    contract = a_contract(holder, beneficiaries=[subsidiary])
    server, printer = (
        an_asset(subsidiary, a_product("server")),
        an_asset(a_customer("Autre"), a_product("printer")),
    )
    service = a_service(contract, assets=[server])
    with pytest.raises(InvalidInput, match="add Autre to the beneficiaries"):
        a_service(contract, assets=[printer])
    with pytest.raises(InvalidInput, match="still covers the asset “SERVER” of Filiale"):
        save_contract(contract=contract, details=contract_details(holder), by=None, at=MONDAY)
    assert list(contract.beneficiaries.all()) == [subsidiary]
    assert list(service.assets.all()) == [server]


def test_what_a_service_covers() -> None:
    """Spec T8: the asset itself, its product, or the product; nothing without a product, nothing if inactive."""
    customer = a_customer()
    contract = a_contract(customer)
    erp, other = a_product("erp"), a_product("other")
    listed, of_product, stray = an_asset(customer, other), an_asset(customer, erp), an_asset(customer, other)
    service = a_service(contract, assets=[listed], products=[erp])
    assert [covers(service, one, one.product) for one in (listed, of_product, stray)] == [True, True, False]
    assert (covers(service, None, erp), covers(service, None, other), covers(service, None, None)) == (
        True,
        False,
        False,
    )
    empty = a_service(contract)
    assert not covers(empty, listed, other)
    details = ServiceDetails(label="Hotline", assets=[listed], products=[erp], is_active=False)
    service = save_service(contract=contract, service=service, details=details, by=None, at=MONDAY)
    assert not covers(service, listed, None)


def test_a_service_starts_from_its_template() -> None:
    """Spec C2: defaults come from the template, and the default nature is an allowed one."""
    incident, change = a_nature("incident"), a_nature("change")
    template = a_row(ServiceTemplate, "hotline", default_nature=incident)
    details = service_from_template(template)
    assert (details.label, details.default_nature) == ("Hotline", incident)
    contract = a_contract(a_customer())
    with pytest.raises(InvalidInput, match="not among the allowed ones"):
        save_service(
            contract=contract,
            service=None,
            details=replace(details, allowed_natures=[change]),
            by=None,
            at=MONDAY,
        )
    assert not contract.services.exists()


def test_two_editors_of_a_contract() -> None:
    """House: the second is told, and what the first typed stays."""
    contract = a_contract(a_customer())
    mine = Contract.objects.get()
    save_contract(
        contract=contract, details=contract_details(contract.customer, label="A"), by=None, at=MONDAY
    )
    with pytest.raises(Stale):
        save_contract(
            contract=mine,
            details=contract_details(contract.customer, label="B"),
            by=None,
            at=MONDAY,
            seen=mine.row_version,
        )
    assert Contract.objects.get().label == "A"


def some_lines(contract: Contract, count: int = 3) -> list[ContractLine]:
    return [
        save_line(
            contract=contract,
            line=None,
            details=LineDetails(label=f"Ligne {n}", valid_from=date(2026, n, 1), unit_price_cents=1000),
            by=None,
            at=MONDAY,
        )
        for n in range(1, count + 1)
    ]


def test_several_lines_change_at_once_and_the_answer_says_how_many() -> None:
    """Spec C3: only lines that really change are counted."""
    lines = some_lines(a_contract(a_customer()))
    assert update_lines(lines=lines[:1], changes={"is_invoiced": False}, by=None, at=MONDAY) == 1
    lines = list(ContractLine.objects.all())
    changes = {"is_invoiced": False, "unit_price_cents": 1000}
    assert update_lines(lines=lines, changes=changes, by=None, at=MONDAY) == 2
    assert not ContractLine.objects.filter(is_invoiced=True).exists()
    assert update_lines(lines=[], changes=changes, by=None, at=MONDAY) == 0


def test_one_line_refused_means_none_changed() -> None:
    """Spec C3: the third line would end before it begins; the first two stay too, and the reason names it."""
    lines = some_lines(a_contract(a_customer()))
    with pytest.raises(LineRefused) as refused:
        update_lines(
            lines=lines, changes={"valid_until": date(2026, 2, 15), "is_invoiced": False}, by=None, at=MONDAY
        )
    assert refused.value.line == lines[2]
    assert refused.value.message == (
        "The line “Ligne 3” was refused: The line would end before it begins. Correct one of the two dates. "
        "None of the 3 lines was changed."
    )
    assert not ContractLine.objects.filter(is_invoiced=False).exists()
    assert not JournalEntry.objects.filter(kind="contract_line.changed").exists()


def test_a_line_that_somebody_else_changed_refuses_all() -> None:
    """Spec C3: compare-and-set on each line."""
    lines = some_lines(a_contract(a_customer()))
    others = ContractLine.objects.get(pk=lines[1].pk)
    update_lines(lines=[others], changes={"unit_price_cents": 5}, by=None, at=MONDAY)
    with pytest.raises(LineRefused, match="Somebody else has changed"):
        update_lines(lines=lines, changes={"unit_price_cents": 7}, by=None, at=MONDAY)
    assert sorted(ContractLine.objects.values_list("unit_price_cents", flat=True)) == [5, 1000, 1000]


def test_lines_are_checked_one_by_one_too() -> None:
    """Spec C2, R7: quantity, price, dates and whose asset it is."""
    contract = a_contract(a_customer())
    foreign = an_asset(a_customer("Autre"))
    details = LineDetails(label="", valid_from=None, quantity=Decimal(0), unit_price_cents=-1, asset=foreign)
    with pytest.raises(InvalidInputs) as refused:
        save_line(contract=contract, line=None, details=details, by=None, at=MONDAY)
    fields = [error.field for error in refused.value.errors]
    assert fields == ["label", "valid_from", "quantity", "unit_price_cents", "asset"]
    assert not contract.lines.exists()


def test_a_deleted_line_stays_in_the_journal() -> None:
    """Spec T4: what was removed can still be read; removing it twice is refused."""
    [line] = some_lines(a_contract(a_customer()), 1)
    again = ContractLine.objects.get()
    delete_line(line=line, by=None, at=MONDAY)
    entry = JournalEntry.objects.get(kind="contract.line_deleted")
    assert (entry.data["line"], entry.data["unit_price_cents"]) == ("Ligne 1", 1000)
    with pytest.raises(CadranError):
        delete_line(line=again, by=None, at=MONDAY)


def test_contracts_need_their_right() -> None:
    """Spec R2: seeing is not editing; the refusal names the right and nothing moves."""
    contract = a_contract(a_customer())
    [line] = some_lines(contract, 1)
    somebody = person(Right.SEE_CONTRACTS)
    for attempt in (
        lambda: save_contract(
            contract=None, details=contract_details(contract.customer), by=somebody, at=MONDAY
        ),
        lambda: save_service(
            contract=contract, service=None, details=ServiceDetails("X"), by=somebody, at=MONDAY
        ),
        lambda: update_lines(lines=[line], changes={"is_invoiced": False}, by=somebody, at=MONDAY),
        lambda: delete_line(line=line, by=somebody, at=MONDAY),
    ):
        with pytest.raises(NotAllowed, match=r"Create and edit contracts.*140202"):
            attempt()
    assert ContractLine.objects.get().is_invoiced
    assert Contract.objects.count() == 1


def test_the_main_site_s_contract_survives_a_new_main_site() -> None:
    """Spec C1: sites of a contract are kept when the customer's main site changes."""
    customer = a_customer()
    contract = a_contract(customer, sites=[customer.sites.get()])
    save_site(
        customer=customer, site=None, details=SiteDetails(name="Lyon", is_main=True), by=None, at=MONDAY
    )
    assert contract.sites.get().name == "Acier Dubois"
