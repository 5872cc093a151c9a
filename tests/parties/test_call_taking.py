"""Call-taking rules and unpaid invoices on a customer (Spec T13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput, InvalidInputs, NotAllowed, Stale
from cadran.core.models import JournalEntry
from cadran.parties.models import CallTakingCondition, CallTakingEffect, CallTakingRule, Customer
from cadran.parties.operations import CallTakingDetails, CallTakingRuleDetails, set_call_taking
from cadran.parties.queries import rules_in_force
from tests.factories.trade import MONDAY, a_customer, person

pytestmark = pytest.mark.django_db

WARN, BLOCK = CallTakingEffect.WARN, CallTakingEffect.BLOCK
ALWAYS, UNPAID = CallTakingCondition.ALWAYS, CallTakingCondition.UNPAID
OWES = CallTakingDetails(unpaid_since=date(2026, 1, 12), unpaid_cents=418000)


def rule(effect: CallTakingEffect, condition: CallTakingCondition, message: str) -> CallTakingRuleDetails:
    return CallTakingRuleDetails(effect, condition, message)


def messages_of(customer: Customer) -> dict[tuple[str, str], str]:
    return {(one.effect, one.condition): one.message for one in customer.call_taking_rules.all()}


def test_rules_and_debts_are_set_in_one_go_and_told() -> None:
    """Spec T13, T4: the customer's journal keeps what was owed and which rules came, changed and went."""
    customer = a_customer()
    first = replace(
        OWES, rules=[rule(WARN, UNPAID, " Ask for payment "), rule(BLOCK, ALWAYS, "In liquidation")]
    )
    set_call_taking(customer=customer, details=first, by=None, at=MONDAY)
    assert messages_of(customer) == {
        ("warn", "unpaid"): "Ask for payment",
        ("block", "always"): "In liquidation",
    }
    second = CallTakingDetails(rules=[rule(WARN, UNPAID, "Pay first"), rule(BLOCK, ALWAYS, "")])
    set_call_taking(customer=customer, details=second, by=None, at=MONDAY)
    assert messages_of(customer) == {("warn", "unpaid"): "Pay first"}
    told = JournalEntry.objects.of("customer", customer.pk).filter(kind="customer.changed").order_by("id")
    assert [sorted(row.data["changes"]) for row in told] == [["unpaid_cents", "unpaid_since"]] * 2
    assert {(one["effect"], one["before"], one["after"]) for one in told[1].data["call_taking"]} == {
        ("warn", "Ask for payment", "Pay first"),
        ("block", "In liquidation", ""),
    }
    gone = JournalEntry.objects.get(kind="call_taking_rule.deleted")
    assert gone.data["name"] == "In liquidation"


def test_the_same_again_writes_nothing() -> None:
    """Saving what is stored leaves version and journal as they are."""
    customer = a_customer()
    details = replace(OWES, rules=[rule(WARN, ALWAYS, "Be kind")])
    set_call_taking(customer=customer, details=details, by=None, at=MONDAY)
    version, rows = customer.row_version, JournalEntry.objects.count()
    set_call_taking(customer=customer, details=details, by=None, at=MONDAY)
    assert (customer.row_version, JournalEntry.objects.count()) == (version, rows)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (CallTakingDetails(unpaid_cents=100), "unpaid_since"),
        (CallTakingDetails(unpaid_since=date(2026, 3, 3)), "unpaid_since"),
        (CallTakingDetails(unpaid_since=date(2026, 1, 1), unpaid_cents=0), "unpaid_cents"),
        (CallTakingDetails(rules=[rule(WARN, UNPAID, "x" * 301)]), "warn_unpaid"),
    ],
)
def test_what_can_not_be_is_refused_and_nothing_moves(details: CallTakingDetails, field: str) -> None:
    """A debt needs its day, which is no later than today, and an amount above zero; a message fits a line."""
    customer = a_customer()
    with pytest.raises(InvalidInput) as refused:
        set_call_taking(customer=customer, details=details, by=None, at=MONDAY)
    assert refused.value.field == field
    stored = Customer.objects.get(pk=customer.pk)
    assert (stored.unpaid_since, stored.unpaid_cents, stored.row_version) == (None, None, 0)
    assert not CallTakingRule.objects.exists()


def test_every_refusal_is_told_at_once() -> None:
    """Spec R7: one sentence for each field."""
    details = CallTakingDetails(unpaid_cents=-1, rules=[rule(BLOCK, ALWAYS, "x" * 301)])
    with pytest.raises(InvalidInputs) as refused:
        set_call_taking(customer=a_customer(), details=details, by=None, at=MONDAY)
    assert {one.field for one in refused.value.errors} == {"unpaid_since", "unpaid_cents", "block_always"}


def test_the_second_to_save_is_told() -> None:
    """Spec T17: who saw an older version changes nothing, not even the rules."""
    customer = a_customer()
    set_call_taking(customer=customer, details=OWES, by=None, at=MONDAY, seen=0)
    blocked = CallTakingDetails(rules=[rule(BLOCK, ALWAYS, "No")])
    with pytest.raises(Stale):
        set_call_taking(
            customer=Customer.objects.get(pk=customer.pk), details=blocked, by=None, at=MONDAY, seen=0
        )
    assert not CallTakingRule.objects.exists()
    assert Customer.objects.get(pk=customer.pk).unpaid_cents == 418000


def test_only_who_edits_customers_sets_them() -> None:
    """Spec R2: the right to see customers is not enough."""
    with pytest.raises(NotAllowed):
        set_call_taking(customer=a_customer(), details=OWES, by=person(Right.SEE_CUSTOMERS), at=MONDAY)


def test_rules_on_unpaid_invoices_sleep_until_something_is_unpaid() -> None:
    """Spec T13: on unpaid invoices, or always; what blocks comes first."""
    customer = a_customer()
    rules = [
        rule(WARN, ALWAYS, "Speak slowly"),
        rule(BLOCK, UNPAID, "Call the accounts department!"),
        rule(WARN, UNPAID, "Second reminder sent"),
    ]
    set_call_taking(customer=customer, details=CallTakingDetails(rules=rules), by=None, at=MONDAY)
    assert [str(one) for one in rules_in_force(customer)] == ["Speak slowly."]
    set_call_taking(customer=customer, details=replace(OWES, rules=rules), by=None, at=MONDAY)
    assert [one.blocks for one in rules_in_force(customer)] == [True, False, False]
    with translation.override("en"):
        text = str(rules_in_force(customer)[0])
    assert text.startswith("Call the accounts department! ") and "€4,180.00" in text and "2026" in text
