"""The supplier’s side of a ticket: which supplier contract is linked by itself, and dropped again (Spec T9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cadran.accounts.models import User
from cadran.contracts.models import SupplierContract
from cadran.contracts.queries import only_supplier_contract, stands_behind

from ..context import Found, day_of
from ..models import Ticket
from ._shared import names, tell


def find_supplier_contract(values: dict[str, Any]) -> None:
    """Let the fields of a new ticket name the one that covers its asset, unless one or none was chosen."""
    if values["supplier_contract"] is Found.BY_ITSELF:
        values["supplier_contract"] = only_supplier_contract(values["asset"], day_of(values["received_at"]))


def follow_asset(ticket: Ticket, wanted: Mapping[str, Any]) -> None:
    """Change the supplier contract with the asset: one that covers the new asset stays, and an explicit choice wins."""
    if "asset" not in wanted or "supplier_contract" in wanted:
        return
    linked = ticket.supplier_contract
    if linked is None or not stands_behind(linked, ticket.asset):
        ticket.supplier_contract = only_supplier_contract(ticket.asset, day_of(ticket.received_at))


def tell_followed(ticket: Ticket, before: SupplierContract | None, *, by: User | None, at: datetime) -> None:
    """Tell the timeline what was linked or dropped by itself since ``before``; nothing when it is the same."""
    after = ticket.supplier_contract
    if after == before:
        return
    change = {"field": "supplier_contract", "before": names(before), "after": names(after)}
    tell(ticket, "supplier_linked" if after else "supplier_dropped", by=by, at=at, contract=after or before,
         asset=ticket.asset, changes=[change])  # fmt: skip
