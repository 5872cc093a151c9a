"""What stands in the way of a ticket before it is saved: blocked customers, unanswered questions (Spec T13)."""

from __future__ import annotations

from cadran.parties.models import Customer
from cadran.parties.queries import RuleInForce, rules_in_force

from ..errors import CustomerBlocked
from ..models import Ticket


def block_of(customer: Customer) -> CustomerBlocked | None:
    """The refusal that opening a ticket for ``customer`` meets now; None where nothing blocks it."""
    rule = next((rule for rule in rules_in_force(customer) if rule.blocks), None)
    return None if rule is None else CustomerBlocked(customer, rule)


def banners_of(ticket: Ticket) -> list[RuleInForce]:
    """What the customer's rules say on each of its tickets; work on them goes on even where they block."""
    return rules_in_force(ticket.customer)
