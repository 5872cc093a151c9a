"""Suppliers, their contacts and their contracts (Spec C7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cadran.accounts.rights import Right
from cadran.catalogue.operations import AssetDetails, save_asset
from cadran.contracts.models import SupplierContract
from cadran.contracts.operations import SupplierContractDetails, save_schedule, save_supplier_contract
from cadran.contracts.queries import (
    contract_coverage,
    only_supplier_contract,
    running_supplier_contracts,
    supplier_dues,
)
from cadran.core.errors import InvalidInput, InvalidInputs, NotAllowed, Stale
from cadran.core.models import JournalEntry
from cadran.parties.models import SupplierContact
from cadran.parties.operations import (
    SupplierContactDetails,
    SupplierDetails,
    save_supplier,
    save_supplier_contact,
)
from tests.factories.desk import paris
from tests.factories.trade import (
    MONDAY,
    a_customer,
    a_product,
    a_schedule,
    a_supplier,
    a_supplier_contact,
    a_supplier_contract,
    an_asset,
    person,
    schedule_details,
    supplier_contract_details,
)

pytestmark = pytest.mark.django_db


def save(contract: SupplierContract | None, details: SupplierContractDetails, **who: Any) -> SupplierContract:
    who = {"by": None, "at": MONDAY, **who}
    return save_supplier_contract(contract=contract, details=details, **who)


def refused(details: SupplierContractDetails, contract: SupplierContract | None = None) -> dict[str, str]:
    """The sentences of a refusal, by field; nothing was written."""
    before = SupplierContract.objects.count(), JournalEntry.objects.count()
    with pytest.raises((InvalidInput, InvalidInputs)) as caught:
        save(contract, details)
    assert (SupplierContract.objects.count(), JournalEntry.objects.count()) == before
    errors = getattr(caught.value, "errors", [caught.value])
    return {error.field: error.message for error in errors}


def test_a_contract_with_all_that_the_supplier_promised() -> None:
    """Spec C7: supplier, dates, assets, commitments received, contacts; told by the journal; its number is given."""
    supplier, customer, product = a_supplier(), a_customer(), a_product()
    assets = [
        an_asset(customer, product, name="SRV-1"),
        an_asset(a_customer("Verre Martin"), product, name="SRV-2"),
    ]
    contact = a_supplier_contact(supplier)
    details = supplier_contract_details(
        supplier, *assets, contacts=[contact], reference=" AL-77 ", response_amount=4, schedule=a_schedule()
    )
    contract = save(None, details)
    contract.refresh_from_db()
    assert contract.number == "CF00001" and contract.reference == "AL-77"
    assert set(contract.assets.all()) == set(assets) and list(contract.contacts.all()) == [contact]
    assert (contract.response_amount, contract.resolution_amount) == (4, None)
    row = JournalEntry.objects.get(kind="supplier_contract.created")
    assert row.data["changes"]["assets"]["after"] == ["SRV-1", "SRV-2"]
    assert SupplierContract.objects.matching("altair al-77").get() == contract


def test_what_is_wrong_is_told_at_once_and_nothing_is_saved() -> None:
    """Spec C7, R7: one sentence beside each field."""
    bare = SupplierContractDetails(label=" ", supplier=None, start_on=None)
    assert set(refused(bare)) == {"label", "supplier", "start_on"}
    supplier = a_supplier()
    wrong = supplier_contract_details(
        supplier, end_on=date(2025, 12, 31), response_amount=0, resolution_unit="week"
    )
    said = refused(wrong)
    assert said["end_on"] == "The contract would end before it starts. Correct one of the two dates."
    assert "from 1 to 100000, or leave it empty" in said["response_amount"]
    assert set(said) == {"end_on", "response_amount", "resolution_unit"}


def test_a_number_is_taken_once() -> None:
    """Spec C7: the second contract under a number is refused, in its new row and in an old one."""
    first = a_supplier_contract(number="AL-1")
    again = supplier_contract_details(first.supplier, number=" AL-1 ")
    assert "“AL-1” is taken already" in refused(again)["number"]
    second = save(None, replace(again, number=""))
    assert "number" in refused(again, second)


def test_only_what_is_in_use_may_be_added() -> None:
    """Spec C7: an asset out of service, a supplier or a contact who has left; what stands there already may stay."""
    supplier, other = a_supplier(), a_supplier("Orvia France")
    asset = an_asset(a_customer())
    contact, foreign = a_supplier_contact(supplier), a_supplier_contact(other, "Paul")
    contract = save(None, supplier_contract_details(supplier, asset, contacts=[contact]))
    gone = AssetDetails(product=asset.product, customer=asset.customer, site=asset.site, is_active=False)
    save_asset(asset=asset, details=gone, by=None, at=MONDAY)
    left = SupplierContactDetails(name="Ines Caron", is_active=False)
    save_supplier_contact(supplier=supplier, contact=contact, details=left, by=None, at=MONDAY)
    asset.refresh_from_db()
    contact.refresh_from_db()

    details = supplier_contract_details(supplier, asset, contacts=[contact], label="Renamed")
    said = refused(details)
    assert "is no longer in service" in said["assets"] and "no longer active" in said["contacts"]
    assert save(contract, details).label == "Renamed"
    said = refused(replace(details, contacts=[foreign]), contract)
    assert said == {"contacts": "Paul is no contact of Serveurs Altaïr. Choose one of its contacts."}

    save_supplier(
        supplier=supplier, details=SupplierDetails(supplier.name, is_active=False), by=None, at=MONDAY
    )
    supplier.refresh_from_db()
    details = replace(details, assets=[], contacts=[], supplier=supplier)
    assert "is no longer active" in refused(details)["supplier"]
    assert save(contract, details).supplier == supplier


def test_hours_that_never_open_promise_nothing() -> None:
    """Spec C7, C8."""
    never = a_schedule("never", weekly={})
    supplier = a_supplier()
    assert "never opens" in refused(supplier_contract_details(supplier, schedule=never))["schedule"]


def test_the_second_editor_is_told() -> None:
    """Spec T17: nothing is silently overwritten, assets alone included."""
    contract = a_supplier_contract()
    seen, asset = contract.row_version, an_asset(a_customer())
    details = supplier_contract_details(contract.supplier, asset, number=contract.number)
    save(contract, details, seen=seen)
    with pytest.raises(Stale):
        save(contract, replace(details, assets=[], label="Mine"), seen=seen)
    contract.refresh_from_db()
    assert contract.label == "Hardware" and list(contract.assets.all()) == [asset]


def test_writing_needs_the_right_to_edit_contracts() -> None:
    """Spec R2."""
    reader = person(Right.SEE_CONTRACTS, Right.EDIT_ASSETS)
    supplier = a_supplier()
    contact = a_supplier_contact(supplier)
    with pytest.raises(NotAllowed, match="140202"):
        save(None, supplier_contract_details(supplier), by=reader)
    details = SupplierContactDetails(name="X")
    with pytest.raises(NotAllowed, match="140202"):
        save_supplier_contact(supplier=supplier, contact=contact, details=details, by=reader, at=MONDAY)
    stranger = person(Right.SEE_TICKETS, email="stranger@example.com")
    a_supplier_contract(supplier=supplier)
    assert not SupplierContract.objects.visible_to(stranger).exists()
    assert not SupplierContact.objects.visible_to(stranger).exists()
    assert SupplierContract.objects.visible_to(reader).exists()


def test_a_contact_needs_a_name_and_stays_with_its_supplier() -> None:
    """Spec C7."""
    supplier, other = a_supplier(), a_supplier("Orvia France")
    contact = a_supplier_contact(supplier)
    with pytest.raises(InvalidInput, match="Type the contact’s name"):
        a_supplier_contact(supplier, " ")
    with pytest.raises(InvalidInput, match="belongs to another supplier"):
        save_supplier_contact(
            supplier=other, contact=contact, details=SupplierContactDetails("X"), by=None, at=MONDAY
        )
    contact.refresh_from_db()
    assert (contact.name, contact.supplier) == ("Ines Caron", supplier)


def test_the_one_contract_that_runs_on_the_day_is_found() -> None:
    """Spec T9: dates of the day, both included, and the status; several are none."""
    asset = an_asset(a_customer())
    contract = a_supplier_contract(asset)
    a_supplier_contract(asset, status="on_hold", label="Held")
    a_supplier_contract(asset, start_on=date(2025, 1, 1), end_on=date(2025, 12, 31), label="Former")
    assert only_supplier_contract(asset, date(2026, 1, 1)) == contract
    assert only_supplier_contract(asset, date(2026, 12, 31)) == contract
    assert only_supplier_contract(asset, date(2027, 1, 1)) is None
    a_supplier_contract(asset, end_on=None, label="Second")
    assert only_supplier_contract(asset, date(2026, 6, 1)) is None
    assert running_supplier_contracts(asset, date(2026, 6, 1)).count() == 2
    assert only_supplier_contract(None, date(2026, 6, 1)) is None
    assert contract_coverage(contract, date(2027, 1, 1)).reason_code == "after_end"


def test_due_dates_follow_the_supplier_s_own_hours() -> None:
    """Spec C7, C8: hours and working days are counted on the supplier's schedule of today; without one nothing is."""
    office = a_schedule()
    contract = a_supplier_contract(
        response_amount=4, resolution_amount=2, resolution_unit="day", schedule=office
    )
    dues = supplier_dues(contract, paris("2026-03-06 16:00"))
    assert dues.response is not None and dues.response.due_at == paris("2026-03-09 11:00")
    assert dues.resolution is not None and dues.resolution.due_at == paris("2026-03-10 18:00")
    save_schedule(
        schedule=office,
        details=schedule_details(weekly={day: [[540, 1200]] for day in range(1, 6)}),
        by=None,
        at=MONDAY,
    )
    contract = SupplierContract.objects.get()
    dues = supplier_dues(contract, paris("2026-03-06 16:00"))
    assert dues.response is not None and dues.response.due_at == paris("2026-03-06 20:00")
    contract = a_supplier_contract(response_amount=4)
    dues = supplier_dues(contract, MONDAY)
    assert dues.response is not None and dues.response.due_at is None and dues.resolution is None
