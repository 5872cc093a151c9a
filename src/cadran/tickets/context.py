"""What a ticket is about, as typed: the fields of the form, and the checks that they fit together (Spec T6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cadran.catalogue.models import (
    Asset,
    Environment,
    KnownError,
    Nature,
    Priority,
    Product,
    ProductVersion,
    Severity,
)
from cadran.contracts.models import Contract, Service, SupplierContract
from cadran.contracts.queries import stands_behind
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.instants import whole_second
from cadran.core.richtext import sanitise
from cadran.parties.models import Agent, Contact, Customer, Site, Team

from .choices import ALWAYS_SHARED, Channel, LinkRole
from .models import CustomField, InterventionType, State, Status, Tag, Ticket, TicketTemplate


class Found(Enum):
    """What a value that follows from others is given to be found by itself."""

    BY_ITSELF = "by_itself"


@dataclass(frozen=True)
class TicketFields:
    """The fields of a new ticket; the same names are the keys of an edit.

    ``supplier_contract``: unless it is chosen, or none is, the only running one that covers the asset (Spec T9).
    """

    customer: Customer
    title: str
    nature: Nature
    severity: Severity
    received_at: datetime
    site: Site | None = None
    requester: Contact | None = None
    user: Contact | None = None
    pilot: Agent | None = None
    contract: Contract | None = None
    service: Service | None = None
    asset: Asset | None = None
    product: Product | None = None
    version: ProductVersion | None = None
    environment: str = ""
    supplier_contract: SupplierContract | Found | None = Found.BY_ITSELF
    priority: Priority | None = None
    known_error: KnownError | None = None
    customer_reference: str = ""
    desired_on: date | None = None
    external_description: str = ""
    internal_description: str = ""
    is_shared: bool = True
    channel: str = Channel.TELEPHONE.value
    pay_per_incident_override: bool | None = None
    out_of_scope_override: bool | None = None


@dataclass(frozen=True)
class NewLink:
    """A ticket to link with, and what it is to the other one: its parent or its child (Spec T10)."""

    ticket: Ticket
    role: LinkRole


@dataclass(frozen=True)
class OpeningDetails:
    """What goes with a new ticket besides its own fields. ``tag_words`` name tags that may be new (Spec T30).

    ``answers`` are those to the asset's severity alerts, by the alert's key (Spec T13); ``custom_values`` are typed
    values by custom field; ``first_type`` is the type of an intervention added at once, ``copied_from`` the ticket
    that the new one is a duplicate of, ``template`` what it started from (Spec T16).

    ``asks_answers`` and ``asks_fields`` are False where nobody could give what people are asked for when they open a
    ticket by hand: those answers, the mandatory custom fields.
    """

    links: Sequence[NewLink] = ()
    tags: Sequence[Tag] = ()
    tag_words: Sequence[str] = ()
    answers: Mapping[int, str] = field(default_factory=dict)
    custom_values: Mapping[CustomField, Any] = field(default_factory=dict)
    status: Status | None = None
    state: State | None = None
    first_type: InterventionType | None = None
    copied_from: Ticket | None = None
    template: TicketTemplate | None = None
    asks_answers: bool = True
    asks_fields: bool = True


@dataclass(frozen=True)
class ResourceRequestDetails:
    """Somebody or something an intervention needs (Spec T18); the duration is in minutes."""

    profile: str
    needed_on: date | None = None
    circumstances: str = ""
    duration: int | None = None

    def __str__(self) -> str:
        day = self.needed_on.isoformat() if self.needed_on else ""
        duration = f"{self.duration // 60}:{self.duration % 60:02d}" if self.duration is not None else ""
        return " · ".join(filter(None, (self.profile, day, self.circumstances, duration)))


@dataclass(frozen=True)
class InterventionDetails:
    """What is known of an intervention before it is started (Spec T18); efforts are minutes."""

    type: InterventionType
    label: str = ""
    team: Team | None = None
    assignee: Agent | None = None
    planned_start_at: datetime | None = None
    planned_end_at: datetime | None = None
    planned_effort: int | None = None
    remaining_effort: int | None = None
    external_report: str = ""
    internal_report: str = ""
    error_message: str = ""
    resource_requests: Sequence[ResourceRequestDetails] = ()


class Kept(Enum):
    """What a value that may be emptied is given to stay as it is."""

    AS_IS = "as_is"


@dataclass(frozen=True)
class Finish:
    """The finish dialog (Spec T19, T20). Instants are as typed; ``remaining_effort`` is minutes.

    ``base`` holds what the person saw of the reports, versions and remaining effort (Spec T17); ``checked`` the items
    of the checklist that were ticked (True) or unticked (False) in the dialog, by key (Spec T30); ``answers`` those to
    the severity alerts that the changed context meets, by the alert's key (Spec T13).
    """

    started_at: datetime
    ended_at: datetime
    intervened: bool = False
    resolved: bool = False
    closed_by_customer: bool = False
    closed_internally: bool = False
    status: Status | None = None
    state: State | Kept | None = Kept.AS_IS
    external_report: str = ""
    internal_report: str = ""
    versions_corrected: Sequence[ProductVersion] = ()
    versions_to_correct: Sequence[ProductVersion] = ()
    remaining_effort: int | None = None
    checked: Mapping[int, bool] = field(default_factory=dict)
    answers: Mapping[int, str] = field(default_factory=dict)
    base: Mapping[str, Any] = field(default_factory=dict)
    context_changes: Mapping[str, Any] = field(default_factory=dict)
    context_base: Mapping[str, Any] = field(default_factory=dict)
    next: InterventionDetails | None = None
    start_next: bool = False


RICH_TEXTS = ("external_description", "internal_description")
_LENGTHS = {"title": 200, "customer_reference": 80}
_PLAIN_TEXTS = ("title", "customer_reference", "environment", "channel")
OVERRIDES = ("pay_per_incident_override", "out_of_scope_override")
#: No ticket is older: before, a year was mistyped, and instants soon leave the calendar.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
#: What the coverage verdict is judged on; a change of anything else leaves it as it is (Spec T8).
COVERAGE_FIELDS = frozenset({"customer", "contract", "service", "asset", "product", "received_at"})
#: What the commitment or a clock's start depend on (Spec C13).
CLOCK_FIELDS = COVERAGE_FIELDS | {"requester", "severity", "channel", *OVERRIDES}
#: References whose rows may be retired: chosen anew they must be in use, already chosen they stay.
_CHOICES = {"nature", "severity", "priority", "known_error", "product", "version"}
_ACTIVE = {"customer", "site", "requester", "user", "pilot", "service", "asset"}


def day_of(instant: datetime) -> date:
    """The company's calendar day of an instant, on which coverage is judged (Spec T8)."""
    return instant.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def tidy(name: str, value: Any) -> Any:
    """A typed value as it is stored: texts stripped, rich text sanitised, instants cut to the second in UTC."""
    if name in RICH_TEXTS:
        return sanitise(value or "")
    if name in _PLAIN_TEXTS:
        return (value or "").strip()
    if isinstance(value, datetime):
        return whole_second(value)
    return value


def put(ticket: Ticket, values: Mapping[str, Any]) -> None:
    """Set fields of the ticket, and the product that an asset brings along."""
    for name, value in values.items():
        setattr(ticket, name, value)
    if ticket.asset is not None and "product" not in values and ("asset" in values or ticket.product is None):
        ticket.product = ticket.asset.product


def check_context(ticket: Ticket, changed: frozenset[str], *, at: datetime) -> list[CadranError]:
    """What does not fit together in the ticket's fields, one full sentence each; ``changed`` were just typed."""
    return [
        *_check_texts(ticket),
        *_check_instants(ticket, at),
        *_check_sharing(ticket, changed),
        *_check_in_use(ticket, changed),
        *_check_people(ticket),
        *_check_contract(ticket),
        *_check_product(ticket),
        *_check_supplier(ticket, changed),
    ]


def _refuse(field_name: str, sentence: Any, **params: Any) -> InvalidInput:
    return InvalidInput(sentence, field=field_name, params=params or None)


def _check_texts(ticket: Ticket) -> list[CadranError]:
    errors: list[CadranError] = []
    if not ticket.title:
        errors.append(_refuse("title", _("Type a title: a few words that say what is wrong.")))
    for name in _LENGTHS:
        limit = _LENGTHS[name]
        if len(getattr(ticket, name)) > limit:
            errors.append(
                _refuse(name, _("At most %(limit)s characters fit. Shorten the text."), limit=limit)
            )
    if ticket.environment and ticket.environment not in Environment.values:
        errors.append(_refuse("environment", _("Choose one of the environments offered.")))
    if ticket.channel not in Channel.values:
        errors.append(_refuse("channel", _("Choose one of the channels offered.")))
    missing = [name for name in ("nature", "severity") if getattr(ticket, f"{name}_id") is None]
    return [*errors, *(_refuse(name, _("Choose one; a ticket needs it.")) for name in missing)]


def _check_instants(ticket: Ticket, at: datetime) -> list[CadranError]:
    if ticket.received_at < EARLIEST:
        return [
            _refuse(
                "received_at", _("A ticket can’t be received before the year 2000. Correct the reception.")
            )
        ]
    if ticket.received_at > at:
        return [_refuse("received_at", _("A ticket can’t be received in the future. Correct the reception."))]
    milestones = (
        ticket.responded_at,
        ticket.resolved_at,
        ticket.closed_by_customer_at,
        ticket.closed_internally_at,
    )
    first = min(filter(None, milestones), default=None)
    if first is not None and ticket.received_at > first:
        return [
            _refuse(
                "received_at",
                _(
                    "The reception can’t lie after a milestone of the ticket that is reached already. Type it earlier."
                ),
            )
        ]
    if ticket.pk is not None:
        suspension = ticket.suspensions.order_by("began_at").first()
        if suspension is not None and ticket.received_at > suspension.began_at:
            return [
                _refuse(
                    "received_at",
                    _(
                        "The reception can’t lie after the start of a suspension of the ticket. Type it earlier."
                    ),
                )
            ]
    return []


def _check_sharing(ticket: Ticket, changed: frozenset[str]) -> list[CadranError]:
    if (
        ticket.is_shared
        or ticket.channel not in ALWAYS_SHARED
        or changed.isdisjoint({"is_shared", "channel"})
    ):
        return []
    return [
        _refuse(
            "is_shared",
            _(
                "A ticket from the portal or by mail is always shared with the customer. Tick the box, or correct the "
                "channel."
            ),
        )
    ]


def _check_in_use(ticket: Ticket, changed: frozenset[str]) -> list[CadranError]:
    errors: list[CadranError] = []
    for name in sorted(changed & (_CHOICES | _ACTIVE)):
        row = getattr(ticket, name) if getattr(ticket, f"{name}_id") is not None else None
        gone = row is not None and (row.is_retired if name in _CHOICES else not row.is_active)
        if gone:
            errors.append(_refuse(name, _("%(row)s is no longer in use. Choose another one."), row=str(row)))
    return errors


def _check_people(ticket: Ticket) -> list[CadranError]:
    errors: list[CadranError] = []
    customer = ticket.customer
    if ticket.site is not None and ticket.site.customer_id != customer.pk:
        errors.append(
            _refuse(
                "site",
                _("The site %(site)s is not one of %(customer)s. Choose one of its sites."),
                site=str(ticket.site),
                customer=str(customer),
            )
        )
    for name, person in (("requester", ticket.requester), ("user", ticket.user)):
        if person is not None and person.customer_id != customer.pk:
            errors.append(
                _refuse(
                    name,
                    _("%(person)s is no contact of %(customer)s. Choose one of its contacts."),
                    person=str(person),
                    customer=str(customer),
                )
            )
    return errors


def _check_contract(ticket: Ticket) -> list[CadranError]:
    errors: list[CadranError] = []
    contract, service, customer = ticket.contract, ticket.service, ticket.customer
    holds = contract is None or contract.customer_id == customer.pk
    if contract is not None and not holds and not contract.beneficiaries.filter(pk=customer.pk).exists():
        errors.append(
            _refuse(
                "contract",
                _(
                    "%(customer)s neither holds nor benefits from the contract %(contract)s. Choose another one."
                ),
                contract=contract.number,
                customer=str(customer),
            )
        )
    if service is None:
        return errors
    if contract is None or service.contract_id != contract.pk:
        errors.append(
            _refuse(
                "service",
                _(
                    "The service %(service)s belongs to another contract. Choose one of this ticket’s contract."
                ),
                service=str(service),
            )
        )
    elif _nature_is_refused(ticket, service):
        errors.append(
            _refuse(
                "nature",
                _(
                    "The service %(service)s does not take tickets of the nature %(nature)s. Choose another nature."
                ),
                service=str(service),
                nature=str(ticket.nature),
            )
        )
    return errors


def _nature_is_refused(ticket: Ticket, service: Service) -> bool:
    natures = set(service.allowed_natures.values_list("pk", flat=True))
    return bool(natures) and ticket.nature_id is not None and ticket.nature_id not in natures


def _check_product(ticket: Ticket) -> list[CadranError]:
    errors: list[CadranError] = []
    asset, product, version = ticket.asset, ticket.product, ticket.version
    if asset is not None and asset.customer_id != ticket.customer_id:
        errors.append(
            _refuse(
                "asset",
                _("The asset %(asset)s is not one of %(customer)s. Choose one of its assets."),
                asset=str(asset),
                customer=str(ticket.customer),
            )
        )
    if asset is not None and product is not None and asset.product_id != product.pk:
        errors.append(
            _refuse(
                "product",
                _(
                    "The asset %(asset)s is not an installation of %(product)s. Choose the asset’s own product."
                ),
                asset=str(asset),
                product=str(product),
            )
        )
    if version is not None and (product is None or version.product_id != product.pk):
        errors.append(
            _refuse(
                "version",
                _("%(version)s is not a version of the ticket’s product. Choose one of its versions."),
                version=str(version),
            )
        )
    error = ticket.known_error
    if error is not None and product is not None and error.product_id != product.pk:
        errors.append(
            _refuse(
                "known_error",
                _("The known error %(code)s is about another product. Choose one of the ticket’s product."),
                code=error.code,
            )
        )
    return errors


def _check_supplier(ticket: Ticket, changed: frozenset[str]) -> list[CadranError]:
    contract, asset = ticket.supplier_contract, ticket.asset
    if contract is None or changed.isdisjoint({"supplier_contract", "asset"}):
        return []
    if asset is None:
        sentence = _("A supplier contract stands behind an asset. Choose the asset first.")
        return [_refuse("supplier_contract", sentence)]
    if stands_behind(contract, asset):
        return []
    return [
        _refuse(
            "supplier_contract",
            _(
                "The supplier contract %(contract)s doesn’t cover the asset %(asset)s. Choose one that does, or none."
            ),
            contract=contract.number,
            asset=str(asset),
        )
    ]
