"""The section of the form that opens once the asset has supplier contracts (Spec T9)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cadran.accounts.models import User
from cadran.catalogue.models import Asset
from cadran.contracts.models import SupplierContract
from cadran.contracts.queries import contract_coverage
from cadran.tickets.context import day_of


@dataclass(frozen=True, slots=True)
class SupplierSection:
    """Whether the section is open, for which asset (its key), and what to know before choosing."""

    is_open: bool = False
    asset: str = ""
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """The shape that the form's script expects."""
        return asdict(self)


def section_of(asset: Asset | None, *, user: User, received_at: datetime) -> SupplierSection:
    """The section for ``asset``: closed for an asset without supplier contracts that ``user`` may see."""
    if asset is None:
        return SupplierSection()
    found = list(SupplierContract.objects.visible_to(user).filter(assets=asset))
    if not found:
        return SupplierSection()
    day = day_of(received_at)
    running = [one for one in found if contract_coverage(one, day).covers]
    note = ""
    if not running:
        note = _("None of the asset’s supplier contracts covered it on the day of reception.")
    elif len(running) > 1:
        note = _("Several supplier contracts cover the asset: choose the one to call on.")
    return SupplierSection(True, str(asset.pk), note)
