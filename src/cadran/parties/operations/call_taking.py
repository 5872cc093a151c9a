"""What a customer's calls meet: unpaid invoices, and the rules that warn or block (Spec T13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.journal import record
from cadran.core.permissions import refuse_unless
from cadran.core.writing import refuse_all, save_row

from ..models import CallTakingCondition, CallTakingEffect, CallTakingRule, Customer
from ..rules import may_edit_customers

_LENGTH = 300
_HIGHEST_CENTS = 10**13
_Key = tuple[str, str]


@dataclass(frozen=True)
class CallTakingRuleDetails:
    """A rule as typed: what it does, when it applies, and what is said then."""

    effect: CallTakingEffect
    condition: CallTakingCondition
    message: str


@dataclass(frozen=True)
class CallTakingDetails:
    """Everything about a customer's calls, as typed. The amount is in cents; rules without a message don't exist."""

    unpaid_since: date | None = None
    unpaid_cents: int | None = None
    rules: Sequence[CallTakingRuleDetails] = ()


def set_call_taking(
    *, customer: Customer, details: CallTakingDetails, by: User | None, at: datetime, seen: int | None = None
) -> Customer:
    """Set since when how much is unpaid, and all call-taking rules of a customer; others it had are removed.

    ``seen``: the customer's ``row_version`` that the editor saw. Raises ``NotAllowed``, ``Stale``, ``InvalidInput``
    or ``InvalidInputs``.
    """
    refuse_unless(may_edit_customers(by), Right.EDIT_CUSTOMERS)
    wanted = {(rule.effect.value, rule.condition.value): rule.message.strip() for rule in details.rules}
    refuse_all([*_unpaid_errors(details, at), *_message_errors(wanted)])
    wanted = {key: message for key, message in wanted.items() if message}
    with transaction.atomic():
        stored = {(rule.effect, rule.condition): rule for rule in customer.call_taking_rules.all()}
        before = {key: rule.message for key, rule in stored.items()}
        saved = save_row(
            row=customer,
            values={"unpaid_since": details.unpaid_since, "unpaid_cents": details.unpaid_cents},
            by=by,
            at=at,
            seen=seen,
            data={"call_taking": _told(before, wanted)} if wanted != before else None,
        )
        for key, rule in stored.items():
            if key not in wanted:
                _remove(rule, by=by, at=at)
        for (effect, condition), message in wanted.items():
            row = stored.get((effect, condition)) or CallTakingRule(
                customer=saved, effect=effect, condition=condition
            )
            save_row(row=row, values={"message": message}, by=by, at=at)
    return saved


def _unpaid_errors(details: CallTakingDetails, at: datetime) -> list[CadranError]:
    since, cents = details.unpaid_since, details.unpaid_cents
    errors: list[CadranError] = []
    if since is None and cents is not None:
        errors.append(
            InvalidInput(
                _("Type since when the invoices are unpaid, or empty the amount."), field="unpaid_since"
            )
        )
    if since is not None and since > at.astimezone(ZoneInfo(settings.TIME_ZONE)).date():
        errors.append(
            InvalidInput(_("This day lies in the future. Type one up to today."), field="unpaid_since")
        )
    if cents is not None and not 0 < cents <= _HIGHEST_CENTS:
        errors.append(
            InvalidInput(
                _("Type an amount above zero; when everything is paid, empty both fields."),
                field="unpaid_cents",
            )
        )
    return errors


def _message_errors(wanted: dict[_Key, str]) -> list[CadranError]:
    return [
        InvalidInput(
            _("At most %(limit)s characters fit. Shorten the text."),
            field=f"{effect}_{condition}",
            params={"limit": _LENGTH},
        )
        for (effect, condition), message in wanted.items()
        if len(message) > _LENGTH
    ]


def _told(before: dict[_Key, str], wanted: dict[_Key, str]) -> list[dict[str, str]]:
    """The rules that change, as the journal keeps them; an empty message stands for no rule."""
    return [
        {
            "effect": key[0],
            "condition": key[1],
            "before": before.get(key, ""),
            "after": wanted.get(key, ""),
        }
        for key in sorted({*before, *wanted})
        if before.get(key) != wanted.get(key)
    ]


def _remove(rule: CallTakingRule, *, by: User | None, at: datetime) -> None:
    record(
        subject_kind="call_taking_rule",
        subject_id=rule.pk,
        kind="call_taking_rule.deleted",
        by=by,
        at=at,
        data={
            "name": rule.message,
            "customer": str(rule.customer),
            "effect": rule.effect,
            "condition": rule.condition,
        },
    )
    rule.delete()
