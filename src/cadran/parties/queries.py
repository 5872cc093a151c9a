"""What a customer's calls meet today (Spec T13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from cadran.core.instants import written
from cadran.core.money import euros_text

from .models import CallTakingCondition, CallTakingEffect, CallTakingRule, Customer


@dataclass(frozen=True)
class RuleInForce:
    """A call-taking rule that applies now; the unpaid invoices only where it applies because of them.

    Its text is the rule's message and, for unpaid invoices, since when and how much, as the reader writes both.
    """

    effect: CallTakingEffect
    message: str
    unpaid_since: date | None = None
    unpaid_cents: int | None = None

    @property
    def blocks(self) -> bool:
        """Whether no ticket may be opened."""
        return self.effect == CallTakingEffect.BLOCK

    @property
    def unpaid(self) -> str:
        """« Invoices unpaid since 12 Oct 2026: €4,180.00. »; empty for a rule that always applies."""
        if self.unpaid_since is None:
            return ""
        day = written(self.unpaid_since)
        if self.unpaid_cents is None:
            return _("Invoices unpaid since %(day)s.") % {"day": day}
        amount = euros_text(self.unpaid_cents)
        return _("Invoices unpaid since %(day)s: %(amount)s.") % {"day": day, "amount": amount}

    @property
    def sentence(self) -> str:
        """The message, ended as a sentence is."""
        return self.message if self.message.endswith((".", "!", "?", "…")) else f"{self.message}."

    def __str__(self) -> str:
        return f"{self.sentence} {self.unpaid}".strip()


def rules_in_force(customer: Customer) -> list[RuleInForce]:
    """The customer's call-taking rules that apply now, as stored: first what blocks, then what warns."""
    rules = CallTakingRule.objects.filter(
        Q(condition=CallTakingCondition.ALWAYS) | Q(customer__unpaid_since__isnull=False), customer=customer
    ).select_related("customer")
    return [_in_force(rule) for rule in rules.order_by("effect", "condition")]


def _in_force(rule: CallTakingRule) -> RuleInForce:
    effect = CallTakingEffect(rule.effect)
    if rule.condition == CallTakingCondition.ALWAYS:
        return RuleInForce(effect, rule.message)
    return RuleInForce(effect, rule.message, rule.customer.unpaid_since, rule.customer.unpaid_cents)
