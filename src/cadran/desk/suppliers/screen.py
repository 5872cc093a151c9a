"""What the pages of suppliers and their contracts show, in a number of queries that does not depend on the rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.models import Asset, Product
from cadran.contracts.models import SupplierContract
from cadran.contracts.queries import ContractCoverage, contract_coverage
from cadran.desk.components.words import guarantee_text
from cadran.desk.contracts.screen import ends_soon
from cadran.desk.records.tickets import all_lines, open_lines
from cadran.parties.models import Supplier, SupplierContact
from cadran.tickets.choices import OPEN_PHASES
from cadran.tickets.models import Ticket

#: Assets that a contract's page shows before it is asked for all.
SHOWN_ASSETS = 30


@dataclass(frozen=True)
class Row:
    """A supplier in the list."""

    supplier: Supplier
    contracts: int
    open_tickets: int


@dataclass(frozen=True)
class ContractRow:
    """A contract in a list, with what it covers today."""

    contract: SupplierContract
    coverage: ContractCoverage
    ends_soon: bool
    assets: int


def acts_of(user: User) -> dict[str, bool]:
    """What the person may do, so that nothing else is offered."""
    return {
        "may_edit": user.has_right(Right.EDIT_CONTRACTS),
        "sees_assets": user.has_right(Right.SEE_ASSETS),
        "sees_tickets": user.has_right(Right.SEE_TICKETS),
    }


def supplier_rows(suppliers: Sequence[Any], *, user: User, day: date) -> list[Row]:
    """The suppliers with their counts: two queries for them all."""
    contracts: dict[int, int] = {}
    for row in SupplierContract.objects.visible_to(user).filter(supplier__in=suppliers):
        contracts[row.supplier_id] = contracts.get(row.supplier_id, 0) + contract_coverage(row, day).covers
    found = Ticket.objects.visible_to(user).filter(
        supplier_contract__supplier__in=suppliers, phase__in=OPEN_PHASES
    )
    counted = found.order_by().values_list("supplier_contract__supplier").annotate(n=Count("pk"))
    tickets = dict(counted)
    return [Row(one, contracts.get(one.pk, 0), tickets.get(one.pk, 0)) for one in suppliers]


def contracts_of(user: User) -> QuerySet[SupplierContract]:
    """The contracts that ``user`` may see, the last begun first, each with how many assets it covers (``assets_n``)."""
    rows: QuerySet[SupplierContract] = SupplierContract.objects.visible_to(user)
    # Counting groups the rows, which leaves out the order that they usually have.
    return rows.annotate(assets_n=Count("assets")).order_by("-start_on", "number")


def contract_rows(contracts: Iterable[Any], *, day: date) -> list[ContractRow]:
    """Contracts out of :func:`contracts_of` with what each covers on ``day``."""
    return [
        ContractRow(one, contract_coverage(one, day), ends_soon(one, day), one.assets_n) for one in contracts
    ]


def rows_of_asset(asset: Asset, *, user: User, day: date) -> list[ContractRow]:
    """The contracts that name ``asset``, those that cover it on ``day`` first."""
    mine = SupplierContract.objects.visible_to(user).filter(assets=asset).values("pk")
    rows = contract_rows(contracts_of(user).filter(pk__in=mine).select_related("supplier"), day=day)
    return sorted(rows, key=lambda row: not row.coverage.covers)


def supplier_page(supplier: Supplier, *, user: User, now: datetime) -> dict[str, Any]:
    """Everything on a supplier's page."""
    day = timezone.localtime(now).date()
    rows = contract_rows(contracts_of(user).filter(supplier=supplier), day=day)
    tickets = Ticket.objects.visible_to(user).filter(supplier_contract__supplier=supplier)
    return {
        "supplier": supplier,
        "contracts": sorted(rows, key=lambda row: not row.coverage.covers),
        "contacts": SupplierContact.objects.visible_to(user)
        .filter(supplier=supplier)
        .order_by("-is_active", "search_key"),
        "products": Product.objects.visible_to(user).filter(supplier=supplier, is_retired=False),
        "tickets": open_lines(tickets, now),
        "more_tickets": f"{reverse('desk:ticket_list')}?view=all&phase=open&supplier={supplier.pk}",
        "now": now,
        **acts_of(user),
    }


def contract_page(contract: SupplierContract, *, with_all: bool, user: User, now: datetime) -> dict[str, Any]:
    """Everything on a contract's page; ``with_all``: every asset, however many."""
    day = timezone.localtime(now).date()
    assets = Asset.objects.visible_to(user).filter(supplier_contracts=contract)
    assets = assets.select_related("product", "customer", "site")
    shown = list(assets if with_all else assets[: SHOWN_ASSETS + 1])
    is_cut = not with_all and len(shown) > SHOWN_ASSETS
    return {
        "contract": contract,
        "coverage": contract_coverage(contract, day),
        "ends_soon": ends_soon(contract, day),
        "promises": promises_of(contract),
        "assets": shown[:SHOWN_ASSETS] if is_cut else shown,
        "assets_count": assets.count() if is_cut else len(shown),
        "contacts": SupplierContact.objects.visible_to(user).filter(contracts=contract),
        "tickets": all_lines(Ticket.objects.visible_to(user).filter(supplier_contract=contract), now),
        "more_tickets": f"{reverse('desk:ticket_list')}?view=all&supplier_contract={contract.pk}",
        "now": now,
        **acts_of(user),
    }


@dataclass(frozen=True)
class Promises:
    """What the supplier guarantees, in words; empty where it guarantees nothing."""

    response: str
    resolution: str


def promises_of(contract: SupplierContract) -> Promises:
    """The commitments received under ``contract``."""
    pairs = (
        (contract.response_amount, contract.response_unit),
        (contract.resolution_amount, contract.resolution_unit),
    )
    return Promises(*("" if amount is None else guarantee_text(amount, unit) for amount, unit in pairs))
