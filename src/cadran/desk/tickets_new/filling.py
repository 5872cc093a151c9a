"""What follows from a choice in the form: fields filled in with the reason, and choices that no longer fit taken back.

Which values are possible is the domain's to say (``tickets.queries.fill_in``, Spec T6). Here stands which of them may
go into the form: only what follows from the field that was changed, so that a field which the agent emptied stays
empty when another one changes. That matters for the contract, whose absence means pay per incident (Spec T8).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.contracts.models import Contract
from cadran.contracts.queries import covers, only_supplier_contract, stands_behind
from cadran.tickets.context import day_of
from cadran.tickets.queries import fill_in, usual
from cadran.tickets.queries.filling import MAIN_SITE

_CONTEXT = ("customer", "site", "requester", "contract", "service", "asset")
#: Which empty fields may be filled once the key was changed; those of the customer too where it came along.
FOLLOWS: dict[str, frozenset[str]] = {
    "customer": frozenset({"site", "requester", "contract", "service", "asset"}),
    "requester": frozenset({"site"}),
    "user": frozenset({"site", "requester"}),
    "site": frozenset({"requester", "asset"}),
    "contract": frozenset({"site", "service", "asset"}),
    "service": frozenset({"site", "asset"}),
    "asset": frozenset({"customer", "site", "requester", "contract", "service", "version", "environment"}),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A value put into a field (None empties it) and why, in one short sentence."""

    value: Any
    reason: str = ""


class Following:
    """The rows chosen in a form, and the fields that get another value because one was changed.

    ``untouched``: the fields whose value was deduced before, and not typed.
    """

    def __init__(
        self,
        chosen: dict[str, Any],
        *,
        user: User,
        received_at: datetime,
        untouched: frozenset[str] = frozenset(),
    ) -> None:
        self.chosen, self.user, self.received_at = dict(chosen), user, received_at
        self.untouched = untouched
        self.changes: dict[str, Change] = {}
        self._chosen_later: frozenset[str] = frozenset()

    def follow_all(self, names: Iterable[str]) -> dict[str, Change]:
        """The same for choices made faster than they were answered, in their order: none touches a later one."""
        known = [name for name in dict.fromkeys(names) if name in self.chosen]
        for number, name in enumerate(known or [""], 1):
            self._chosen_later = frozenset(known[number:])
            self.follow(name)
        return self.changes

    def follow(self, changed: str) -> dict[str, Change]:
        """Work out what follows from ``changed``; the fields that get another value, by name."""
        if self.chosen.get(changed) is not None:
            self._belong(changed)
        self._take_back(changed)
        if self.chosen.get(changed) is not None:
            self._fill(changed)
        if changed == "asset" or "asset" in self.changes:
            self._follow_asset()
        return self.changes

    def _put(self, name: str, value: Any, reason: str = "") -> None:
        if self.chosen.get(name) != value and name not in self._chosen_later:
            self.chosen[name] = value
            self.changes[name] = Change(value, reason)

    def _belong(self, changed: str) -> None:
        """What the changed row belongs to comes along, whatever stood there."""
        row = self.chosen[changed]
        if changed == "asset":
            for name in ("customer", "site", "product"):
                self._put(name, getattr(row, name), _("From the asset"))
            if not self._is_covering():
                self._put("contract", None)
                self._put("service", None)
        elif changed == "service":
            self._put("contract", row.contract, _("From the service"))
        elif changed in ("version", "known_error"):
            self._put("product", row.product, _("From its product"))
        owner = row.contract.customer if changed == "service" else getattr(row, "customer", None)
        if owner is not None and self.chosen.get("customer") is None:
            self._put("customer", owner, _("The only one possible"))

    def _is_covering(self) -> bool:
        """Whether the service chosen already covers the asset."""
        service = self.chosen.get("service")
        return service is not None and covers(service, self.chosen["asset"], None)

    def _take_back(self, changed: str) -> None:
        """Empty what does not fit the customer, the contract or the product any more."""
        customer = self.chosen.get("customer")
        for name in ("site", "requester", "user", "asset"):
            row = self.chosen.get(name)
            if row is not None and customer is not None and row.customer_id != customer.pk:
                self._put(name, None)
        contract = self.chosen.get("contract")
        if contract is not None and customer is not None and not self._benefits(contract, customer):
            contract = None
            self._put("contract", None)
        service = self.chosen.get("service")
        if service is not None and (contract is None or service.contract_id != contract.pk):
            self._put("service", None)
        product, asset = self.chosen.get("product"), self.chosen.get("asset")
        if asset is not None and product is not None and asset.product_id != product.pk:
            self._put("asset", None)
        for name in ("version", "known_error"):
            row = self.chosen.get(name)
            if row is not None and (product is None or row.product_id != product.pk):
                self._put(name, None)

    def _benefits(self, contract: Contract, customer: Any) -> bool:
        if contract.customer_id == customer.pk:
            return True
        rows = Contract.objects.visible_to(self.user).for_customer(customer)
        return bool(rows.filter(pk=contract.pk).exists())

    def _follow_asset(self) -> None:
        """The supplier contract that covers the asset, unless the one chosen does too (Spec T9)."""
        asset, linked = self.chosen.get("asset"), self.chosen.get("supplier_contract")
        if linked is not None and stands_behind(linked, asset):
            return
        found = only_supplier_contract(asset, day_of(self.received_at))
        if found is None or not self.user.has_right(Right.SEE_CONTRACTS):
            self._put("supplier_contract", None)
        else:
            self._put("supplier_contract", found, _("The only one that covers the asset"))

    def _fill(self, changed: str) -> None:
        follows = FOLLOWS.get(changed, frozenset())
        if "customer" in self.changes:
            follows |= FOLLOWS["customer"]
        if not follows:
            return
        given = {name: self.chosen.get(name) for name in _CONTEXT}
        had_service = given["service"]
        filled = fill_in(at=self.received_at, **given)
        for name in follows:
            if name not in filled or self.chosen.get(name):
                continue
            # The main site would only be a guess, and the filter would hide the assets of the others.
            if filled[name].template is not MAIN_SITE:
                self._put(name, filled[name].value, filled[name].reason)
        asset = self.chosen.get("asset")
        if asset is not None and self.chosen.get("product") is None:
            self._put("product", asset.product, _("From the asset"))
        if self.chosen.get("service") is not None and (changed == "service" or had_service is None):
            for name in ("severity", "nature"):
                if name in filled and self._gives_way(name):
                    self._put(name, filled[name].value, filled[name].reason)

    def _gives_way(self, name: str) -> bool:
        """Whether the service's default may take the place of what stands there: nobody typed it."""
        value = self.chosen.get(name)
        return value is None or name in self.untouched or value == usual(name)
