"""Writes on contracts and their services (Spec C1, C2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.models import Asset
from cadran.core.compare import hold
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.numbering import free_number
from cadran.core.permissions import refuse_unless
from cadran.core.writing import refuse_all, save_row
from cadran.parties.models import Customer
from cadran.parties.operations import ProjectDetails, save_project

from ..details import ContractDetails, ServiceDetails
from ..models import Contract, Renewal, Service
from ..rules import may_edit_contracts

_MANY = ("beneficiaries", "sites")
_SERVICE_MANY = ("assets", "products", "allowed_natures")


def save_contract(
    *,
    contract: Contract | None,
    details: ContractDetails,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> Contract:
    """Create or change a contract. Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``."""
    refuse_unless(may_edit_contracts(by), Right.EDIT_CONTRACTS)
    errors = [*_party_errors(details, contract), *_date_errors(details), *_site_errors(details)]
    values = {
        field.name: getattr(details, field.name) for field in fields(details) if field.name not in _MANY
    }
    values["label"] = details.label.strip()
    values["invoiced_customer"] = details.invoiced_customer or details.customer
    with transaction.atomic():
        if contract is not None and details.customer is not None:
            _hold(contract)
            errors += _uncovered_errors(contract, [details.customer, *details.beneficiaries])
        refuse_all(errors)
        row = contract or Contract()
        values["number"] = details.number.strip() or row.number or free_number(Contract, "CT")
        many: dict[str, Sequence[Model]] = {
            "beneficiaries": list(details.beneficiaries),
            "sites": list(details.sites),
        }
        return save_row(row=row, values=values, many=many, by=by, at=at, seen=seen)


def create_contract_and_project(
    *, details: ContractDetails, project: ProjectDetails, by: User | None, at: datetime
) -> Contract:
    """Create a contract and the project that it is booked on: both or neither (Spec T7).

    Raises ``NotAllowed``, ``InvalidInput`` or ``InvalidInputs``.
    """
    with transaction.atomic():
        made = save_project(project=None, details=project, by=by, at=at)
        return save_contract(contract=None, details=replace(details, project=made), by=by, at=at)


def save_service(
    *,
    contract: Contract,
    service: Service | None,
    details: ServiceDetails,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> Service:
    """Create or change a service of ``contract``; it is deactivated rather than removed.

    Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``.
    """
    refuse_unless(may_edit_contracts(by), Right.EDIT_CONTRACTS)
    before = service or Service(contract=contract)
    values: dict[str, Any] = {
        field.name: getattr(details, field.name)
        for field in fields(details)
        if field.name not in _SERVICE_MANY
    }
    values["label"] = details.label.strip()
    many = {name: list(getattr(details, name)) for name in _SERVICE_MANY}
    with transaction.atomic():
        held = _hold(contract)
        customers = [held.customer, *held.beneficiaries.all()]
        errors = [_foreign_asset(one, contract) for one in details.assets if one.customer not in customers]
        refuse_all([*errors, *_service_errors(details, service, contract)])
        if service is None:
            values["position"] = details.position or contract.services.count() + 1
        return save_row(row=before, values=values, many=many, by=by, at=at, seen=seen)


def _hold(contract: Contract) -> Contract:
    """The contract as it is stored, held to the transaction's end.

    Customers and covered assets are judged under it: of two people who each change one of them, the second sees what
    the first saved.
    """
    return hold(Contract, contract.pk)[contract.pk]


def _service_errors(
    details: ServiceDetails, service: Service | None, contract: Contract
) -> list[CadranError]:
    errors: list[CadranError] = []
    if service is not None and service.contract_id != contract.pk:
        errors.append(InvalidInput(_("This service belongs to another contract.")))
    natures = list(details.allowed_natures)
    if details.default_nature is not None and natures and details.default_nature not in natures:
        errors.append(
            InvalidInput(
                _(
                    "The default nature “%(nature)s” is not among the allowed ones. Allow it, or choose another."
                ),
                field="default_nature",
                params={"nature": str(details.default_nature)},
            )
        )
    before = service or Service(contract=contract)
    for name in ("template", "default_team", "default_severity", "default_nature"):
        errors += _retired_errors(name, getattr(details, name), before)
    return errors


def _required(value: Any, field: str, sentence: Any) -> list[CadranError]:
    return [] if value else [InvalidInput(sentence, field=field)]


def _party_errors(details: ContractDetails, contract: Contract | None) -> list[CadranError]:
    errors = [
        *_required(details.label.strip(), "label", _("Type the contract’s label.")),
        *_required(details.customer, "customer", _("Choose the customer who holds the contract.")),
        *_required(
            details.project,
            "project",
            _("Choose the project that the contract’s time and revenue are booked on."),
        ),
    ]
    for name in ("customer", "invoiced_customer", "project"):
        chosen = getattr(details, name)
        if chosen is not None and not chosen.is_active and chosen != getattr(contract, name, None):
            errors.append(
                InvalidInput(
                    _("“%(name)s” is no longer active. Activate it again, or choose another."),
                    field=name,
                    params={"name": str(chosen)},
                )
            )
    for name in ("sales_manager", "administrative_manager", "technical_manager"):
        agent = getattr(details, name)
        if agent is not None and not agent.is_active and agent != getattr(contract, name, None):
            errors.append(
                InvalidInput(
                    _("%(name)s is no longer active. Choose another manager."),
                    field=name,
                    params={"name": str(agent)},
                )
            )
    errors += _retired_errors("type", details.type, contract)
    return errors


def _date_errors(details: ContractDetails) -> list[CadranError]:
    start, end, reminder = details.start_on, details.end_on, details.reminder_on
    errors = _required(start, "start_on", _("Type the date on which the contract starts."))
    if end is None and details.renewal == Renewal.NONE:
        errors.append(
            InvalidInput(
                _("A contract without renewal needs an end. Type its last day, or choose tacit renewal."),
                field="end_on",
            )
        )
    if start and end and end < start:
        errors.append(
            InvalidInput(
                _("The contract would end before it starts. Correct one of the two dates."), field="end_on"
            )
        )
    if start and reminder and reminder < start:
        errors.append(
            InvalidInput(
                _("The reminder lies before the start of the contract. Type a later date."),
                field="reminder_on",
            )
        )
    if end and reminder and reminder > end:
        errors.append(
            InvalidInput(
                _(
                    "The reminder lies after the end of the contract, too late to renew it. Type an earlier date."
                ),
                field="reminder_on",
            )
        )
    return errors


def _site_errors(details: ContractDetails) -> list[CadranError]:
    owners = {details.customer, *details.beneficiaries}
    errors: list[CadranError] = [
        InvalidInput(
            _(
                "The site “%(site)s” belongs to %(customer)s, who neither holds the contract nor benefits from it."
            ),
            field="sites",
            params={"site": str(site), "customer": str(site.customer)},
        )
        for site in details.sites
        if details.customer is not None and site.customer not in owners
    ]
    if details.maintenance_site is not None and details.maintenance_site not in details.sites:
        errors.append(
            InvalidInput(
                _(
                    "The maintenance site is one of the contract’s sites. Add “%(site)s” to them, or choose another."
                ),
                field="maintenance_site",
                params={"site": str(details.maintenance_site)},
            )
        )
    return errors


def _uncovered_errors(contract: Contract, customers: Sequence[Customer]) -> list[CadranError]:
    assets = Asset.objects.filter(services__contract=contract).exclude(customer__in=customers).distinct()
    return [
        InvalidInput(
            _(
                "The contract still covers the asset “%(asset)s” of %(customer)s. Take it out of the services first, "
                "or leave %(customer)s among the beneficiaries."
            ),
            field="beneficiaries",
            params={"asset": str(asset), "customer": str(asset.customer)},
        )
        for asset in assets.select_related("customer")[:5]
    ]


def _foreign_asset(asset: Asset, contract: Contract) -> CadranError:
    return InvalidInput(
        _(
            "The asset “%(asset)s” belongs to %(customer)s, who neither holds contract %(number)s nor benefits from "
            "it. Take it out, or add %(customer)s to the beneficiaries."
        ),
        field="assets",
        params={"asset": str(asset), "customer": str(asset.customer), "number": contract.number},
    )


def _retired_errors(field: str, chosen: Any, row: Any) -> list[CadranError]:
    if (
        chosen is None
        or not chosen.is_retired
        or (row is not None and getattr(row, f"{field}_id") == chosen.pk)
    ):
        return []
    return [
        InvalidInput(
            _("“%(name)s” is retired. Restore it, or choose another."),
            field=field,
            params={"name": str(chosen)},
        )
    ]
