"""Which contracts cover tickets, and why one does not (Spec C1, T8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.catalogue.models import Asset, Product
from cadran.core.instants import written
from cadran.parties.models import Customer

from ..models import Contract, ContractStatus, Service, SupplierContract

_SENTENCES: dict[str, Any] = {
    "running": _("Contract %(number)s is running."),
    "before_start": _("Contract %(number)s starts on %(date)s only."),
    "after_end": _("Contract %(number)s ended on %(date)s. If it was renewed, enter its new end."),
    "quotation": _("Contract %(number)s is a quotation: it covers once its status is “running”."),
    "signed": _("Contract %(number)s is signed but not running yet: it covers once its status is “running”."),
    "final_notice": _("Notice was given for contract %(number)s: it no longer covers tickets."),
    "on_hold": _("Contract %(number)s is on hold: it covers again once its status is “running”."),
    "terminated": _("Contract %(number)s is terminated."),
    "disputed": _("Contract %(number)s is disputed: it covers again once its status is “running”."),
    "archived": _("Contract %(number)s is archived."),
}


@dataclass(frozen=True)
class ContractCoverage:
    """Whether a contract covers tickets on one day. ``reason_code`` and ``params`` can be stored and told later."""

    covers: bool
    reason_code: str
    params: dict[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """The full sentence in the active language."""
        return coverage_sentence(self.reason_code, self.params)


def coverage_sentence(reason_code: str, params: dict[str, str]) -> str:
    """The sentence of a stored reason; ``date`` in ``params`` is an ISO date."""
    shown = dict(params)
    if shown.get("date"):
        shown["date"] = written(date.fromisoformat(shown["date"]))
    return str(_SENTENCES[reason_code]) % shown


def contract_coverage(contract: Contract | SupplierContract, day: date) -> ContractCoverage:
    """Only a running contract inside its dates, both included, covers (Spec C1, C7)."""
    number = {"number": contract.number}
    if contract.status != ContractStatus.RUNNING:
        return ContractCoverage(False, str(contract.status), number)
    if day < contract.start_on:
        return ContractCoverage(False, "before_start", number | {"date": contract.start_on.isoformat()})
    if contract.end_on is not None and day > contract.end_on:
        return ContractCoverage(False, "after_end", number | {"date": contract.end_on.isoformat()})
    return ContractCoverage(True, "running", number)


def running_contracts(day: date, user: User) -> QuerySet[Contract]:
    """The contracts that ``user`` may see and that cover on ``day``."""
    contracts: QuerySet[Contract] = Contract.objects.visible_to(user).running_on(day)
    return contracts


def running_contracts_of(customer: Customer, day: date, user: User) -> QuerySet[Contract]:
    """The contracts that cover ``customer`` on ``day``, those it benefits from included."""
    contracts: QuerySet[Contract] = Contract.objects.visible_to(user).running_on(day).for_customer(customer)
    return contracts


def covers(service: Service, asset: Asset | None, product: Product | None) -> bool:
    """Whether ``service`` covers the asset, by itself or by its product, or else the product (Spec T8)."""
    if not service.is_active or (asset is None and product is None):
        return False
    if asset is not None and service.assets.filter(pk=asset.pk).exists():
        return True
    products = {one for one in (asset.product_id if asset else None, product.pk if product else None) if one}
    return service.products.filter(pk__in=products).exists()
