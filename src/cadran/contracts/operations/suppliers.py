"""Writes on supplier contracts (Spec C7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

import slaclock
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.numbering import free_number
from cadran.core.permissions import refuse_unless
from cadran.core.writing import refuse_all, save_row, typed_values

from ..clock import layout_of
from ..details import SupplierContractDetails
from ..models import GuaranteeUnit, SupplierContract
from ..rules import may_edit_contracts

_MANY = ("assets", "contacts")
_LARGEST = 100_000


def save_supplier_contract(
    *,
    contract: SupplierContract | None,
    details: SupplierContractDetails,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> SupplierContract:
    """Create or change a supplier contract with what it covers. Tickets keep the contract that they name.

    Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``.
    """
    refuse_unless(may_edit_contracts(by), Right.EDIT_CONTRACTS)
    values = typed_values(details)
    many: dict[str, Sequence[Model]] = {name: list(values.pop(name)) for name in _MANY}
    for name in ("response", "resolution"):
        if values[f"{name}_amount"] is None:
            # What isn't promised has no unit.
            values[f"{name}_unit"] = GuaranteeUnit.HOUR.value
    with transaction.atomic():
        # As it is stored: what it names already may stay, whatever became of it.
        kept = None if contract is None else SupplierContract.objects.filter(pk=contract.pk).first()
        refuse_all(
            [
                *_party_errors(details, kept),
                *_date_errors(details),
                *_asset_errors(details, kept),
                *_promise_errors(details, kept, at),
            ]
        )
        row = contract or SupplierContract()
        values["number"] = values["number"] or row.number or free_number(SupplierContract, "CF")
        return save_row(row=row, values=values, many=many, by=by, at=at, seen=seen)


def _refuse(field: str, sentence: Any, **params: Any) -> CadranError:
    return InvalidInput(sentence, field=field, params=params or None)


def _party_errors(details: SupplierContractDetails, kept: SupplierContract | None) -> list[CadranError]:
    errors: list[CadranError] = []
    supplier = details.supplier
    if not details.label.strip():
        errors.append(_refuse("label", _("Type the contract’s label.")))
    if supplier is None:
        return [*errors, _refuse("supplier", _("Choose the supplier that the contract is made with."))]
    if not supplier.is_active and (kept is None or kept.supplier_id != supplier.pk):
        errors.append(
            _refuse(
                "supplier",
                _("“%(name)s” is no longer active. Activate it again, or choose another."),
                name=str(supplier),
            )
        )
    named = set() if kept is None else set(kept.contacts.values_list("pk", flat=True))
    for contact in details.contacts:
        if contact.supplier_id != supplier.pk:
            errors.append(
                _refuse(
                    "contacts",
                    _("%(contact)s is no contact of %(supplier)s. Choose one of its contacts."),
                    contact=str(contact),
                    supplier=str(supplier),
                )
            )
        elif not contact.is_active and contact.pk not in named:
            errors.append(
                _refuse(
                    "contacts",
                    _("%(contact)s is no longer active. Choose another contact."),
                    contact=str(contact),
                )
            )
    return errors


def _date_errors(details: SupplierContractDetails) -> list[CadranError]:
    if details.start_on is None:
        return [_refuse("start_on", _("Type the date on which the contract starts."))]
    if details.end_on is not None and details.end_on < details.start_on:
        return [
            _refuse("end_on", _("The contract would end before it starts. Correct one of the two dates."))
        ]
    return []


def _asset_errors(details: SupplierContractDetails, kept: SupplierContract | None) -> list[CadranError]:
    covered = set() if kept is None else set(kept.assets.values_list("pk", flat=True))
    return [
        _refuse(
            "assets",
            _(
                "The asset “%(asset)s” is no longer in service. Take it out, or put it back into service first."
            ),
            asset=str(asset),
        )
        for asset in details.assets
        if not asset.is_active and asset.pk not in covered
    ]


def _promise_errors(
    details: SupplierContractDetails, kept: SupplierContract | None, at: datetime
) -> list[CadranError]:
    errors: list[CadranError] = []
    for name in ("response", "resolution"):
        amount, unit = getattr(details, f"{name}_amount"), getattr(details, f"{name}_unit")
        if amount is not None and not 1 <= amount <= _LARGEST:
            errors.append(
                _refuse(
                    f"{name}_amount",
                    _(
                        "Type the guarantee as a whole number from 1 to %(maximum)s, or leave it empty for none."
                    ),
                    maximum=_LARGEST,
                )
            )
        if unit not in GuaranteeUnit.values:
            errors.append(_refuse(f"{name}_unit", _("Choose minutes, hours or working days.")))
    schedule = details.schedule
    if schedule is None:
        return errors
    if schedule.is_retired and (kept is None or kept.schedule_id != schedule.pk):
        errors.append(
            _refuse(
                "schedule",
                _("The schedule “%(schedule)s” is retired. Restore it, or choose another."),
                schedule=str(schedule),
            )
        )
    elif slaclock.next_opening(layout_of(schedule.current_version), at) is None:
        errors.append(
            _refuse(
                "schedule",
                _(
                    "The schedule “%(schedule)s” never opens, so that nothing would ever be due. "
                    "Give it openings first."
                ),
                schedule=str(schedule),
            )
        )
    return errors
