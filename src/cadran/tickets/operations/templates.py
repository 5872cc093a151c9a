"""Writes on ticket templates: written from nothing, made from a ticket, retired and taken up again (Spec T16)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
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
from cadran.contracts.models import Contract, Service
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.instants import whole_second
from cadran.core.richtext import sanitise, without_pictures
from cadran.core.writing import refuse_all, save_row, typed_values
from cadran.parties.models import Contact, Customer, Site, Team

from .. import rules
from ..choices import Phase, TemplatePart
from ..models import CustomField, InterventionType, State, Status, Tag, TemplateGroup, Ticket, TicketTemplate
from ..queries.custom_fields import held_by_template, kept_value
from ..queries.starting import is_gone
from ..queries.templates import fields_from_ticket
from ._custom_fields import checked_values
from ._shared import tell

_TEXTS = ("external_description", "internal_description", "external_report", "internal_report")
#: Row -> the row that it brings along when that one is left open.
_BRINGS = (
    ("service", "contract"),
    ("asset", "customer"),
    ("asset", "product"),
    ("version", "product"),
    ("known_error", "product"),
    ("site", "customer"),
    ("requester", "customer"),
    ("contract", "customer"),
)
_OF_PART = {
    TemplatePart.CUSTOMER: ("customer", "site", "requester", "contract", "service", "asset"),
    TemplatePart.PRODUCT: ("product", "version", "environment", "known_error"),
    TemplatePart.TEXTS: ("external_description", "internal_description"),
}
_ALWAYS = ("title", "nature", "severity", "priority", "is_shared")


@dataclass(frozen=True)
class TemplateDetails:
    """A ticket template as typed; all but its name may be left open."""

    name: str
    group: TemplateGroup | None = None
    title: str = ""
    customer: Customer | None = None
    site: Site | None = None
    requester: Contact | None = None
    contract: Contract | None = None
    service: Service | None = None
    asset: Asset | None = None
    product: Product | None = None
    version: ProductVersion | None = None
    nature: Nature | None = None
    severity: Severity | None = None
    priority: Priority | None = None
    known_error: KnownError | None = None
    team: Team | None = None
    status: Status | None = None
    state: State | None = None
    environment: str = ""
    external_description: str = ""
    internal_description: str = ""
    external_report: str = ""
    internal_report: str = ""
    is_shared: bool = True
    tags: Sequence[Tag] = ()
    first_type: InterventionType | None = None
    custom_values: Mapping[CustomField, Any] = field(default_factory=dict)


def save_template(
    *,
    template: TicketTemplate | None,
    details: TemplateDetails,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> TicketTemplate:
    """Create or change a template. What it holds already may be retired, what is chosen anew may not.

    Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``.
    """
    rules.require(by, Right.EDIT_TEMPLATES)
    values = typed_values(details)
    tags, custom = list(values.pop("tags")), values.pop("custom_values")
    for name in _TEXTS:
        values[name] = sanitise(values[name])
    for name, owner in _BRINGS:
        if values[name] is not None and values[owner] is None:
            values[owner] = getattr(values[name], owner)
    held = {} if template is None else held_by_template(template, custom)
    kept, refused = checked_values(values["nature"], custom, held)
    refuse_all([*_errors(values, tags, template), *refused])
    values["custom_values"] = {str(one.pk): kept_value(value) for one, value in kept.items()}
    with transaction.atomic():
        return save_row(
            row=template or TicketTemplate(),
            values=values,
            many={"tags": tags},
            by=by,
            at=whole_second(at),
            seen=seen,
        )


def make_template(
    *,
    ticket: Ticket,
    name: str,
    group: TemplateGroup | None,
    parts: Collection[TemplatePart],
    by: User | None,
    at: datetime,
) -> TicketTemplate:
    """Turn a ticket into a template. Title, qualification and team always go along, ``parts`` as wished.

    Images stay on the ticket, and so does what a new ticket could not have any more. Raises what saving raises.
    """
    rules.require(by, Right.EDIT_TEMPLATES, Right.SEE_TICKETS)
    start = fields_from_ticket(ticket, at=at)
    wanted = [*_ALWAYS, *(one for part in parts for one in _OF_PART.get(part, ()))]
    values = {one: start.values[one] for one in wanted if start.values.get(one) is not None}
    for one in _OF_PART[TemplatePart.TEXTS]:
        values[one] = without_pictures(values.get(one, ""))
    tags = start.details.tags if TemplatePart.TAGS in parts else ()
    custom = start.details.custom_values if TemplatePart.FIELDS in parts else {}
    details = TemplateDetails(
        name=name, group=group, team=start.team, tags=tags, custom_values=custom, **values
    )
    with transaction.atomic():
        made = save_template(template=None, details=details, by=by, at=at)
        tell(ticket, "made_template", by=by, at=whole_second(at), template=made.name)
    return made


def retire_template(
    *, template: TicketTemplate, retired: bool, by: User | None, at: datetime, seen: int | None = None
) -> TicketTemplate:
    """Offer the template no longer, or again. Raises ``NotAllowed``, ``Stale``."""
    rules.require(by, Right.EDIT_TEMPLATES)
    with transaction.atomic():
        return save_row(row=template, values={"is_retired": retired}, by=by, at=whole_second(at), seen=seen)


def _errors(
    values: Mapping[str, Any], tags: Sequence[Tag], template: TicketTemplate | None
) -> list[CadranError]:
    errors: list[CadranError] = []
    if not values["name"]:
        errors.append(InvalidInput(_("Type a name, by which the template is found."), field="name"))
    if values["environment"] and values["environment"] not in Environment.values:
        errors.append(InvalidInput(_("Choose one of the environments offered."), field="environment"))
    errors += [
        InvalidInput(
            _("A template holds no images, since each ticket needs its own. Take them out of the text."),
            field=name,
        )
        for name in _TEXTS
        if "<img" in values[name]
    ]
    return [*errors, *_gone(values, tags, template), *_mismatches(values), *_unfit(values)]


def _gone(
    values: Mapping[str, Any], tags: Sequence[Tag], template: TicketTemplate | None
) -> list[CadranError]:
    """Rows chosen anew that are no longer in use."""
    found = []
    held = set() if template is None else set(template.tags.all())
    for name, row in [*values.items(), *(("tags", tag) for tag in tags if tag not in held)]:
        is_new = template is None or name == "tags" or getattr(template, f"{name}_id", None) != _key(row)
        if row is not None and is_new and is_gone(row):
            sentence = _("%(row)s is no longer in use. Choose another one.")
            found.append(InvalidInput(sentence, field=name, params={"row": str(row)}))
    return list(found)


def _key(row: Any) -> Any:
    return getattr(row, "pk", None)


def _mismatches(values: Mapping[str, Any]) -> list[CadranError]:
    """Rows that belong to another customer, contract or product than the template's."""
    customer, contract = values["customer"], values["contract"]
    rows = [
        (name, values[name], getattr(values[name], f"{owner}_id", None), values[owner])
        for name, owner in _BRINGS
        if name != "contract"
    ]
    found: list[CadranError] = [
        InvalidInput(
            _("“%(row)s” does not belong to “%(owner)s”. Choose one that does, or leave it open."),
            field=name,
            params={"row": str(row), "owner": str(owner)},
        )
        for name, row, owner_id, owner in rows
        if row is not None and owner is not None and owner_id != owner.pk
    ]
    others = contract is not None and contract.customer_id != customer.pk
    if others and not contract.beneficiaries.filter(pk=customer.pk).exists():
        sentence = _(
            "%(customer)s neither holds nor benefits from the contract %(contract)s. Choose another one."
        )
        params = {"customer": str(customer), "contract": contract.number}
        found.append(InvalidInput(sentence, field="contract", params=params))
    return found


def _unfit(values: Mapping[str, Any]) -> list[CadranError]:
    """A status or a first intervention that no new ticket can have."""
    found: list[CadranError] = []
    status, first = values["status"], values["first_type"]
    if status is not None and status.phase != Phase.CREATED:
        sentence = _(
            "The status “%(status)s” does not belong to the phase “%(phase)s”. Choose one that does."
        )
        params = {"status": status, "phase": Phase.CREATED.label}
        found.append(InvalidInput(sentence, field="status", params=params))
    if first is not None and first.is_intake:
        sentence = _("The intake is created with the ticket. Choose another type.")
        found.append(InvalidInput(sentence, field="first_type"))
    return found
