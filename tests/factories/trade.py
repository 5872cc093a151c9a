"""Rows to test with, made by the operations that people use."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from cadran.accounts.models import User
from cadran.accounts.operations import create_user
from cadran.accounts.rights import Right
from cadran.catalogue.models import Asset, Nature, Product, ProductType, Severity
from cadran.catalogue.operations import AssetDetails, ProductDetails, save_asset, save_product
from cadran.contracts.models import (
    Commitment,
    Contract,
    HolidayCalendar,
    Schedule,
    Service,
    SupplierContract,
)
from cadran.contracts.operations import (
    CalendarDetails,
    CommitmentDetails,
    ContractDetails,
    ScheduleDetails,
    ServiceDetails,
    SupplierContractDetails,
    save_calendar,
    save_commitment,
    save_contract,
    save_schedule,
    save_service,
    save_supplier_contract,
)
from cadran.core.reference import save_reference_row
from cadran.parties.models import Agent, Contact, Customer, Project, Supplier, SupplierContact
from cadran.parties.operations import (
    AgentDetails,
    ContactDetails,
    CustomerDetails,
    ProjectDetails,
    SupplierContactDetails,
    SupplierDetails,
    save_agent,
    save_contact,
    save_customer,
    save_project,
    save_supplier,
    save_supplier_contact,
)

#: A Monday morning at 10:00 in Paris.
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
OFFICE = {day: [[540, 1080]] for day in range(1, 6)}
ROUND_THE_CLOCK = {day: [[0, 1440]] for day in range(1, 8)}


def person(*rights: Right, email: str = "someone@example.com") -> User:
    """Somebody who has exactly ``rights``."""
    from cadran.accounts.models import Profile

    profile = Profile.objects.create(
        code=email.split("@")[0], name_fr="Essai", rights=[str(right) for right in rights]
    )
    return create_user(email=email, name="Someone", profiles=[profile], by=None, at=MONDAY)


def a_customer(name: str = "Acier Dubois", **typed: Any) -> Customer:
    return save_customer(customer=None, details=CustomerDetails(name=name, **typed), by=None, at=MONDAY)


def a_contact(customer: Customer, last_name: str = "Roche") -> Contact:
    details = ContactDetails(last_name=last_name)
    return save_contact(customer=customer, contact=None, details=details, by=None, at=MONDAY)


def an_agent(last_name: str = "Marchand", **typed: Any) -> Agent:
    details = AgentDetails(first_name="Élise", last_name=last_name, **typed)
    return save_agent(agent=None, details=details, by=None, at=MONDAY)


def a_project(code: str = "MAINT") -> Project:
    found = Project.objects.filter(code=code).first()
    details = ProjectDetails(code=code, name="Maintenance")
    return found or save_project(project=None, details=details, by=None, at=MONDAY)


def a_row(model: Any, code: str, **values: Any) -> Any:
    values = {"code": code, "name_fr": code.capitalize(), **values}
    return save_reference_row(model=model, row=None, values=values, by=None, at=MONDAY)


def a_severity(code: str = "major", **values: Any) -> Severity:
    row: Severity = a_row(Severity, code, **values)
    return row


def a_nature(code: str = "incident") -> Nature:
    row: Nature = a_row(Nature, code)
    return row


def a_product(code: str = "erp") -> Product:
    kind = ProductType.objects.filter(code="software").first() or a_row(ProductType, "software")
    details = ProductDetails(code=code, name=code.upper(), type=kind)
    return save_product(product=None, details=details, by=None, at=MONDAY)


def an_asset(customer: Customer, product: Product | None = None, name: str = "") -> Asset:
    details = AssetDetails(
        product=product or a_product(), customer=customer, site=customer.sites.get(), name=name
    )
    return save_asset(asset=None, details=details, by=None, at=MONDAY)


def a_calendar(code: str = "fr", country: str = "FR", region: str = "") -> HolidayCalendar:
    details = CalendarDetails(
        code=code, name_fr="Jours fériés", name_en="Holidays", country=country, region=region
    )
    return save_calendar(calendar=None, details=details, by=None, at=MONDAY)


def schedule_details(code: str = "office", **typed: Any) -> ScheduleDetails:
    return replace(ScheduleDetails(code=code, name_fr=code.capitalize(), weekly=OFFICE), **typed)


def a_schedule(code: str = "office", **typed: Any) -> Schedule:
    return save_schedule(schedule=None, details=schedule_details(code, **typed), by=None, at=MONDAY)


def commitment_details(code: str, schedule: Schedule, **typed: Any) -> CommitmentDetails:
    details = CommitmentDetails(
        code=code,
        name_fr=code.capitalize(),
        reception_schedule=schedule,
        response_amount=4,
        resolution_amount=8,
    )
    return replace(details, **typed)


def a_commitment(code: str = "gold", schedule: Schedule | None = None, **typed: Any) -> Commitment:
    schedule = schedule or Schedule.objects.filter(code="office").first() or a_schedule()
    details = commitment_details(code, schedule, **typed)
    return save_commitment(commitment=None, details=details, by=None, at=MONDAY)


def contract_details(customer: Customer, **typed: Any) -> ContractDetails:
    details = ContractDetails(
        label="Maintenance",
        customer=customer,
        project=a_project(),
        start_on=date(2026, 1, 1),
        end_on=date(2026, 12, 31),
        status="running",
    )
    return replace(details, **typed)


def a_contract(customer: Customer, **typed: Any) -> Contract:
    return save_contract(contract=None, details=contract_details(customer, **typed), by=None, at=MONDAY)


def a_service(contract: Contract, **typed: Any) -> Service:
    details = replace(ServiceDetails(label="Hotline"), **typed)
    return save_service(contract=contract, service=None, details=details, by=None, at=MONDAY)


def a_supplier(name: str = "Serveurs Altaïr", **typed: Any) -> Supplier:
    details = SupplierDetails(name=name, **typed)
    return save_supplier(supplier=None, details=details, by=None, at=MONDAY)


def a_supplier_contact(supplier: Supplier, name: str = "Ines Caron", **typed: Any) -> SupplierContact:
    details = SupplierContactDetails(name=name, **typed)
    return save_supplier_contact(supplier=supplier, contact=None, details=details, by=None, at=MONDAY)


def supplier_contract_details(supplier: Supplier, *assets: Asset, **typed: Any) -> SupplierContractDetails:
    details = SupplierContractDetails(
        label="Hardware",
        supplier=supplier,
        start_on=date(2026, 1, 1),
        end_on=date(2026, 12, 31),
        assets=assets,
    )
    return replace(details, **typed)


def a_supplier_contract(*assets: Asset, supplier: Supplier | None = None, **typed: Any) -> SupplierContract:
    """A running contract of 2026 that covers ``assets``."""
    supplier = supplier or Supplier.objects.first() or a_supplier()
    details = supplier_contract_details(supplier, *assets, **typed)
    return save_supplier_contract(contract=None, details=details, by=None, at=MONDAY)
