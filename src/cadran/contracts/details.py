"""What is typed about contracts, commitments and schedules: the inputs of their operations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from cadran.catalogue.models import Asset, Nature, Product, Severity
from cadran.parties.models import Agent, Customer, Project, Site, Supplier, SupplierContact, Team

from .models import (
    Billing,
    ClockStart,
    ContractStatus,
    ContractType,
    GuaranteeUnit,
    HolidayCalendar,
    Periodicity,
    Renewal,
    Schedule,
    ServiceTemplate,
)

Intervals = Sequence[Sequence[int]]


@dataclass(frozen=True)
class ExceptionDetails:
    """A date that differs: no weekly hours if ``is_closed``, and open for ``intervals``, minutes of the day."""

    date: date
    is_closed: bool = True
    intervals: Intervals = ()
    name_fr: str = ""
    name_en: str = ""


@dataclass(frozen=True)
class ScheduleDetails:
    """``weekly``: ISO weekday to intervals in minutes of the day, the end at most 1440."""

    code: str
    name_fr: str
    name_en: str = ""
    time_zone: str = "Europe/Paris"
    calendar: HolidayCalendar | None = None
    weekly: Mapping[int, Intervals] = field(default_factory=dict)
    exceptions: Sequence[ExceptionDetails] = ()


@dataclass(frozen=True)
class CalendarDetails:
    """``country`` and ``region`` are codes of the ``holidays`` package; none for dates of one's own alone."""

    code: str
    name_fr: str
    name_en: str = ""
    country: str = ""
    region: str = ""


@dataclass(frozen=True)
class CommitmentDetails:
    """A promise; an amount of None gives no such guarantee. Without ``action_schedule`` reception's counts."""

    code: str
    name_fr: str
    reception_schedule: Schedule | None
    action_schedule: Schedule | None = None
    name_en: str = ""
    response_amount: int | None = None
    response_unit: str = GuaranteeUnit.HOUR.value
    response_start: str = ClockStart.RECEPTION.value
    resolution_amount: int | None = None
    resolution_unit: str = GuaranteeUnit.HOUR.value
    resolution_start: str = ClockStart.RECEPTION.value
    warning_minutes: int = 120


@dataclass(frozen=True)
class ContractDetails:
    """A contract as typed. Without ``number`` the next one is given; without ``invoiced_customer`` the holder pays."""

    label: str
    customer: Customer | None
    project: Project | None
    start_on: date | None
    number: str = ""
    invoiced_customer: Customer | None = None
    beneficiaries: Sequence[Customer] = ()
    sites: Sequence[Site] = ()
    maintenance_site: Site | None = None
    type: ContractType | None = None
    status: str = ContractStatus.QUOTATION.value
    end_on: date | None = None
    renewal: str = Renewal.TACIT.value
    reminder_on: date | None = None
    periodicity: str = Periodicity.YEAR.value
    billing: str = Billing.ADVANCE.value
    shows_clocks: bool = True
    sales_manager: Agent | None = None
    administrative_manager: Agent | None = None
    technical_manager: Agent | None = None
    alert_memo: str = ""


@dataclass(frozen=True)
class ServiceDetails:
    """A service as typed; see ``service_from_template`` for what a template proposes."""

    label: str
    template: ServiceTemplate | None = None
    position: int = 0
    assets: Sequence[Asset] = ()
    products: Sequence[Product] = ()
    default_team: Team | None = None
    default_severity: Severity | None = None
    default_nature: Nature | None = None
    allowed_natures: Sequence[Nature] = ()
    is_visible_in_portal: bool = True
    is_active: bool = True


@dataclass(frozen=True)
class LineDetails:
    """A contract line as typed; the price in cents of a euro."""

    label: str
    valid_from: date | None
    valid_until: date | None = None
    asset: Asset | None = None
    quantity: Decimal = Decimal(1)
    unit_price_cents: int = 0
    is_invoiced: bool = True


@dataclass(frozen=True)
class SupplierContractDetails:
    """A supplier contract as typed. Without ``number`` the next one is given; an amount of None promises nothing."""

    label: str
    supplier: Supplier | None
    start_on: date | None
    number: str = ""
    reference: str = ""
    status: str = ContractStatus.RUNNING.value
    end_on: date | None = None
    assets: Sequence[Asset] = ()
    contacts: Sequence[SupplierContact] = ()
    response_amount: int | None = None
    response_unit: str = GuaranteeUnit.HOUR.value
    resolution_amount: int | None = None
    resolution_unit: str = GuaranteeUnit.HOUR.value
    schedule: Schedule | None = None
    note: str = ""


def service_from_template(template: ServiceTemplate) -> ServiceDetails:
    """What a new service starts from (Spec C2)."""
    return ServiceDetails(
        label=template.name,
        template=template,
        default_team=template.default_team,
        default_severity=template.default_severity,
        default_nature=template.default_nature,
    )
