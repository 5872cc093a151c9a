"""The supplier's side of a ticket: the contract behind its asset, whom to call, and what is promised (Spec T9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.contracts.models import SupplierContract
from cadran.contracts.queries import ContractCoverage, contract_coverage, supplier_dues
from cadran.desk.components.words import guarantee_text
from cadran.parties.models import SupplierContact
from cadran.tickets.choices import OPEN_PHASES
from cadran.tickets.context import day_of
from cadran.tickets.models import Ticket

#: Contacts of a supplier that a ticket shows when its contract names none.
SHOWN_CONTACTS = 3


@dataclass(frozen=True)
class Received:
    """A guarantee received from the supplier, and when it is due if the ticket is passed on now."""

    kind: str
    promise: str
    due_at: datetime | None


@dataclass(frozen=True)
class Offer:
    """A supplier contract of the ticket's asset, and whether it covered on the day of reception."""

    contract: SupplierContract
    coverage: ContractCoverage


@dataclass(frozen=True)
class SupplierSide:
    """What the section shows: the contract that is linked with all that goes with it, and those offered besides.

    Without any of them the section stays closed.
    """

    contract: SupplierContract | None
    coverage: ContractCoverage | None
    contacts: Sequence[SupplierContact]
    received: Sequence[Received]
    offers: Sequence[Offer]
    may_link: bool

    @property
    def is_open(self) -> bool:
        """Whether there is anything to show or choose."""
        return self.contract is not None or bool(self.offers)

    @property
    def warning(self) -> str:
        """Why the contract that is linked did not cover on the day of reception; empty when it did."""
        return "" if self.coverage is None or self.coverage.covers else self.coverage.reason

    @property
    def has_due(self) -> bool:
        """Whether a due date follows for the ticket."""
        return any(one.due_at is not None for one in self.received)


def supplier_side(ticket: Ticket, user: User, now: datetime) -> SupplierSide:
    """The supplier's side of ``ticket``; contracts whose day was the day of reception are offered first."""
    linked, day = ticket.supplier_contract, day_of(ticket.received_at)
    offers: list[Offer] = []
    if ticket.asset is not None:
        found = (
            SupplierContract.objects.visible_to(user).filter(assets=ticket.asset).select_related("supplier")
        )
        others = [one for one in found if linked is None or one.pk != linked.pk]
        offers = [Offer(one, contract_coverage(one, day)) for one in others]
    return SupplierSide(
        contract=linked,
        coverage=contract_coverage(linked, day) if linked else None,
        contacts=_contacts(linked, user) if linked else (),
        received=_received(linked, ticket, now) if linked else (),
        offers=sorted(offers, key=lambda offer: not offer.coverage.covers),
        may_link=ticket.merged_into_id is None
        and user.has_right(Right.EDIT_TICKETS)
        and user.has_right(Right.SEE_CONTRACTS),
    )


def _contacts(contract: SupplierContract, user: User) -> list[SupplierContact]:
    """Those that the contract names, else the supplier's first ones."""
    rows = SupplierContact.objects.visible_to(user).filter(is_active=True, supplier=contract.supplier_id)
    return list(rows.filter(contracts=contract)) or list(rows[:SHOWN_CONTACTS])


def _received(contract: SupplierContract, ticket: Ticket, now: datetime) -> list[Received]:
    dues = supplier_dues(contract, now)
    runs = ticket.phase in OPEN_PHASES
    return [
        Received(kind, guarantee_text(due.amount, due.unit), due.due_at if runs else None)
        for kind, due in (("response", dues.response), ("resolution", dues.resolution))
        if due is not None
    ]
