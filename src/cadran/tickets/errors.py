"""The typed refusals of tickets beside those of the core and of the transitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cadran.catalogue.models import Asset, Severity, SeverityAlert
from cadran.core.errors import CadranError, InvalidInput, InvalidInputs, NotAllowed, Stale
from cadran.parties.models import Customer
from cadran.parties.queries import RuleInForce

from .transitions import TransitionRefused

__all__ = [
    "AnswerNeeded",
    "Conflict",
    "CustomerBlocked",
    "EditConflict",
    "InvalidInput",
    "InvalidInputs",
    "NotAllowed",
    "Stale",
    "TransitionRefused",
    "stale",
]


@dataclass(frozen=True)
class Conflict:
    """One field that somebody else changed since the editor saw it (Spec T17).

    ``base`` is what the editor saw, ``theirs`` what is stored now, ``mine`` what the editor typed; ``by_name`` and
    ``at`` say who stored theirs and when, where the timeline tells.
    """

    field: str
    base: Any
    theirs: Any
    mine: Any
    by_name: str
    at: datetime | None


class EditConflict(CadranError):
    """Somebody else changed the same fields; nothing was saved (Spec T17)."""

    code = "edit_conflict"

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        self.conflicts = list(conflicts)
        names = sorted({conflict.by_name for conflict in conflicts if conflict.by_name})
        super().__init__(
            _(
                "%(who)s changed the same fields meanwhile. Choose for each which text or value stays, then save again."
            ),
            params={"who": ", ".join(names) or _("Somebody else")},
        )


class CustomerBlocked(InvalidInput):
    """No ticket may be opened for the customer; ``rule`` says why (Spec T13)."""

    code = "customer_blocked"

    def __init__(self, customer: Customer, rule: RuleInForce) -> None:
        self.rule = rule
        super().__init__(
            _(
                "No ticket can be opened for %(customer)s. %(reason)s Whoever edits customers can lift this on the "
                "customer’s page."
            ),
            field="customer",
            params={"customer": customer.name, "reason": rule},
        )


class AnswerNeeded(InvalidInput):
    """The asset asks questions for this severity that are not answered; ``alerts`` are those (Spec T13)."""

    code = "answer_needed"

    def __init__(self, alerts: Sequence[SeverityAlert], *, severity: Severity, asset: Asset) -> None:
        self.alerts = list(alerts)
        super().__init__(
            _("%(asset)s asks for severity %(severity)s: %(questions)s Answer, then save again."),
            field=f"answer_{alerts[0].pk}",
            params={
                "asset": asset.name,
                "severity": severity,
                "questions": " ".join(alert.question for alert in alerts),
            },
        )


def stale(number: str) -> Stale:
    """The refusal of an act on a ticket that somebody else acted on first."""
    return Stale(
        _("%(number)s has changed meanwhile. Look at it as it is now, then act again."),
        params={"number": number},
    )
