"""What the pages of customers show, read in a number of queries that does not depend on the rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.models import Asset
from cadran.contracts.models import Contract
from cadran.contracts.queries import ContractCoverage, contract_coverage, running_contracts
from cadran.desk.plans.screen import plans_section
from cadran.desk.records.commitments import choice_lines
from cadran.desk.records.tickets import all_lines, open_lines
from cadran.parties.models import Contact, Customer, Site
from cadran.parties.queries import rules_in_force
from cadran.tickets.choices import OPEN_PHASES
from cadran.tickets.models import Ticket

#: Assets that a customer's page shows; the list has them all.
SHOWN_ASSETS = 15


@dataclass(frozen=True)
class Row:
    """A customer in the list."""

    customer: Customer
    open_tickets: int
    running_contracts: int


@dataclass(frozen=True)
class ContractLine:
    """A contract of the customer, held or benefited from, with what it covers today."""

    contract: Contract
    coverage: ContractCoverage
    is_held: bool


def rows_of(customers: Sequence[Any], *, user: User, day: date) -> list[Row]:
    """The customers with their counts: three queries for them all."""
    tickets = Counter(_open_tickets(customers, user))
    contracts: dict[int, set[int]] = defaultdict(set)
    running = running_contracts(day, user)
    for customer, contract in running.filter(customer__in=customers).values_list("customer", "pk"):
        contracts[customer].add(contract)
    keys = [one.pk for one in customers]
    for customer, contract in running.filter(beneficiaries__in=customers).values_list("beneficiaries", "pk"):
        if customer in keys:
            contracts[customer].add(contract)
    return [Row(one, tickets[one.pk], len(contracts[one.pk])) for one in customers]


def _open_tickets(customers: Sequence[Any], user: User) -> dict[int, int]:
    found = Ticket.objects.visible_to(user).filter(customer__in=customers, phase__in=OPEN_PHASES)
    return dict(found.order_by().values_list("customer").annotate(n=Count("pk")))


def customer_page(customer: Customer, *, user: User, now: datetime) -> dict[str, Any]:
    """Everything on a customer's page."""
    day = timezone.localtime(now).date()
    assets = Asset.objects.visible_to(user).filter(customer=customer, is_active=True)
    shown = list(assets.select_related("product", "version", "site")[: SHOWN_ASSETS + 1])
    return {
        "customer": customer,
        "call_rules": customer.call_taking_rules.all(),
        "rules_in_force": rules_in_force(customer),
        "contracts": _contracts(customer, user, day),
        "tickets": open_lines(Ticket.objects.visible_to(user).filter(customer=customer), now),
        "more_tickets": f"{reverse('desk:ticket_list')}?view=all&phase=open&customer={customer.pk}",
        "sites": Site.objects.visible_to(user)
        .filter(customer=customer)
        .order_by("-is_active", "-is_main", "search_key"),
        "contacts": Contact.objects.visible_to(user)
        .filter(customer=customer)
        .select_related("site")
        .order_by("-is_active", "search_key"),
        "assets": shown[:SHOWN_ASSETS],
        "more_assets": len(shown) > SHOWN_ASSETS,
        "choices": choice_lines(customer),
        **plans_section(customer, user=user, now=now),
        "now": now,
        **acts_of(user),
    }


def contact_page(contact: Contact, *, user: User, now: datetime) -> dict[str, Any]:
    """Everything on a contact's page: tickets that they asked for or that affect them."""
    tickets = Ticket.objects.visible_to(user).filter(Q(requester=contact) | Q(user=contact))
    return {
        "contact": contact,
        "tickets": all_lines(tickets, now),
        "choices": choice_lines(contact),
        "now": now,
        **acts_of(user),
    }


def acts_of(user: User) -> dict[str, bool]:
    """What the person may do, so that nothing else is offered."""
    return {
        "may_edit": user.has_right(Right.EDIT_CUSTOMERS),
        "may_open": user.has_right(Right.OPEN_TICKETS),
        "may_edit_contracts": user.has_right(Right.EDIT_CONTRACTS) and user.has_right(Right.SEE_CONTRACTS),
        "sees_contracts": user.has_right(Right.SEE_CONTRACTS),
        "sees_assets": user.has_right(Right.SEE_ASSETS),
        "sees_tickets": user.has_right(Right.SEE_TICKETS),
        "may_edit_assets": user.has_right(Right.EDIT_ASSETS) and user.has_right(Right.SEE_ASSETS),
    }


def _contracts(customer: Customer, user: User, day: date) -> list[ContractLine]:
    """Contracts that cover today first; archived and terminated ones are left to the list."""
    found = Contract.objects.visible_to(user).exclude(status__in=("archived", "terminated"))
    benefits = Contract.objects.visible_to(user).filter(beneficiaries=customer).values("pk")
    rows = found.filter(Q(customer=customer) | Q(pk__in=benefits)).select_related("customer")
    lines = [ContractLine(row, contract_coverage(row, day), row.customer_id == customer.pk) for row in rows]
    return sorted(lines, key=lambda line: not line.coverage.covers)
