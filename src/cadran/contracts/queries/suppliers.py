"""Which supplier contracts stand behind an asset, and what the supplier promises (Spec C7, T9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.db.models import QuerySet

import slaclock
from cadran.catalogue.models import Asset

from ..clock import layout_of
from ..models import SupplierContract


@dataclass(frozen=True)
class SupplierDue:
    """One guarantee received from a supplier: ``amount`` of ``unit``.

    ``due_at``: when it is due; None where the supplier’s working hours are not known, so that nothing can be counted.
    """

    amount: int
    unit: str
    due_at: datetime | None


@dataclass(frozen=True)
class SupplierDues:
    """What the supplier owes from one instant on; None for what it did not promise."""

    response: SupplierDue | None
    resolution: SupplierDue | None


def running_supplier_contracts(asset: Asset, day: date) -> QuerySet[SupplierContract]:
    """The supplier contracts that cover ``asset`` on ``day``."""
    found: QuerySet[SupplierContract] = SupplierContract.objects.running_on(day).filter(assets=asset)
    return found


def only_supplier_contract(asset: Asset | None, day: date) -> SupplierContract | None:
    """The one supplier contract that covers ``asset`` on ``day``; None when there is none, or several (Spec T9)."""
    if asset is None:
        return None
    found = list(running_supplier_contracts(asset, day).select_related("supplier")[:2])
    return found[0] if len(found) == 1 else None


def stands_behind(contract: SupplierContract, asset: Asset | None) -> bool:
    """Whether ``asset`` is one of those that the contract names, whatever its status and dates."""
    return asset is not None and contract.assets.filter(pk=asset.pk).exists()


def supplier_dues(contract: SupplierContract, start: datetime) -> SupplierDues:
    """What the supplier owes for something passed on to it at ``start``, on its own working hours of today."""
    layout = None if contract.schedule is None else layout_of(contract.schedule.current_version)
    return SupplierDues(
        _due(contract, "response", start, layout), _due(contract, "resolution", start, layout)
    )


def _due(
    contract: SupplierContract,
    kind: Literal["response", "resolution"],
    start: datetime,
    layout: slaclock.Schedule | None,
) -> SupplierDue | None:
    amount, unit = getattr(contract, f"{kind}_amount"), getattr(contract, f"{kind}_unit")
    if amount is None:
        return None
    if layout is None:
        return SupplierDue(amount, unit, None)
    return SupplierDue(amount, unit, slaclock.due_at(layout, start, slaclock.Guarantee(amount, unit)))
