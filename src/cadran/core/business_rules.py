"""Business rules: typed settings with a code, a default and a sentence that says what they do (glossary)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from .errors import CadranError, InvalidInput, InvalidInputs, Stale
from .journal import record
from .models import BusinessRule, JournalEntry
from .numbering import take_turn
from .permissions import refuse_unless
from .writing import LastChange

#: The right that opens the business rules (``accounts.rights``, which this package does not know).
EDITED_WITH = "190004"
_SUBJECT = "business_rule"


@dataclass(frozen=True)
class RuleDefinition:
    """What a business rule accepts. ``kind`` is ``text``, ``whole_number``, ``yes_no``, ``choice`` or ``row``.

    A ``text`` that does not match ``pattern`` is refused with the sentence ``pattern_help``. A ``row`` rule holds
    the primary key of a row of ``model`` (``app.Model``) or None; a ``required`` one is only empty while there is no
    row to choose. A ``whole_number`` may not exceed the rule that
    ``not_above`` names, unless that one is 0; the sentence ``not_above_help`` then says so.
    """

    code: str
    kind: str
    default: Any
    label: Any
    help: Any
    choices: Sequence[tuple[str, Any]] = ()
    model: str = ""
    required: bool = False
    minimum: int = 0
    maximum: int = 1_000_000_000
    max_length: int = 200
    #: What a text must match as a whole, and the sentence that says so when it does not.
    pattern: str = ""
    pattern_help: Any = ""
    not_above: str = ""
    not_above_help: Any = ""


_definitions: dict[str, RuleDefinition] = {}


def define(definition: RuleDefinition) -> RuleDefinition:
    """Register a rule; each domain defines its own when it is loaded."""
    _definitions[definition.code] = definition
    return definition


def definitions() -> list[RuleDefinition]:
    """All rules, in the order of their codes."""
    return [_definitions[code] for code in sorted(_definitions)]


def value_of(definition: RuleDefinition) -> Any:
    """The company's value of a rule, or its default."""
    return values_of(definition)[0]


def values_of(*definitions: RuleDefinition) -> list[Any]:
    """The company's values of several rules, or their defaults, read at once."""
    codes = [definition.code for definition in definitions]
    stored = dict(BusinessRule.objects.filter(code__in=codes).order_by().values_list("code", "value"))
    return [
        definition.default if (value := stored.get(definition.code)) is None else value
        for definition in definitions
    ]


def _checked(definition: RuleDefinition, value: Any) -> Any:
    label = {"label": definition.label}
    if definition.kind == "whole_number":
        try:
            number = int(value)
        except (TypeError, ValueError):
            raise InvalidInput(
                _("%(label)s: type a whole number."), field=definition.code, params=label
            ) from None
        if not definition.minimum <= number <= definition.maximum:
            raise InvalidInput(
                _("%(label)s: type a number from %(minimum)s to %(maximum)s."),
                field=definition.code,
                params=label | {"minimum": definition.minimum, "maximum": definition.maximum},
            )
        return number
    if definition.kind == "yes_no":
        return bool(value)
    if definition.kind == "choice" and value not in dict(definition.choices):
        raise InvalidInput(
            _("%(label)s: choose one of the values offered."), field=definition.code, params=label
        )
    if definition.kind == "row":
        return _checked_row(definition, value)
    text = str(value or "").strip()
    if len(text) > definition.max_length:
        raise InvalidInput(
            _("%(label)s: at most %(maximum)s characters fit."),
            field=definition.code,
            params=label | {"maximum": definition.max_length},
        )
    if definition.pattern and not re.fullmatch(definition.pattern, text):
        raise InvalidInput(definition.pattern_help, field=definition.code)
    return text


def _checked_row(definition: RuleDefinition, value: Any) -> int | None:
    """The key of a row in use, or of the one that the rule holds already; None for none."""
    in_use = apps.get_model(definition.model).objects.in_use()
    if not value:
        if definition.required and in_use.exists():
            raise InvalidInput(
                _("%(label)s: choose one; this can’t be left empty."),
                field=definition.code,
                params={"label": definition.label},
            )
        return None
    key = int(value)
    if key != value_of(definition) and not in_use.filter(pk=key).exists():
        raise InvalidInput(
            _("%(label)s: choose one of the values offered."),
            field=definition.code,
            params={"label": definition.label},
        )
    return key


def take_turn_of_rules() -> None:
    """Let nobody change a business rule until the transaction ends: rules are judged beside each other, and the rows
    that they name are retired or deleted only when none does."""
    take_turn(_SUBJECT)


def set_business_rule(*, definition: RuleDefinition, value: Any, by: Any, at: datetime) -> Any:
    """Store a rule's value and say so in the journal. Raises ``NotAllowed`` or ``InvalidInput``."""
    refuse_unless(by is None or by.has_right(EDITED_WITH), EDITED_WITH)
    with transaction.atomic():
        take_turn_of_rules()
        checked, before = _checked(definition, value), value_of(definition)
        if before == checked:
            return checked
        BusinessRule.objects.update_or_create(code=definition.code, defaults={"value": checked})
        record(
            subject_kind=_SUBJECT,
            subject_id=0,
            kind="business_rule.changed",
            by=by,
            at=at,
            data={"code": definition.code, "before": before, "after": checked},
        )
    return checked


def rules_version() -> int:
    """Counts up with every change of a rule: what an editor of them all has seen (Spec T17)."""
    last = JournalEntry.objects.of(_SUBJECT, 0).last()
    return last.pk if last else 0


def last_rule_changes(codes: Iterable[str]) -> dict[str, LastChange]:
    """Who last changed each of the rules, and when."""
    told: dict[str, LastChange] = {}
    for entry in JournalEntry.objects.of(_SUBJECT, 0).order_by("-id")[:50]:
        told.setdefault(entry.data.get("code", ""), LastChange(entry.author_name, entry.recorded_at))
    return {code: told.get(code, LastChange()) for code in codes}


def set_business_rules(
    *, values: Mapping[str, Any], by: Any, at: datetime, seen: int | None = None
) -> list[str]:
    """Store several rules by code, all or none, and return the codes of those that changed.

    ``seen``: the :func:`rules_version` that the editor saw. Raises ``NotAllowed``, ``Stale``, or ``InvalidInputs`` with
    one error for each value that can't be accepted, by itself or beside the others.
    """
    refuse_unless(by is None or by.has_right(EDITED_WITH), EDITED_WITH)
    refused: list[CadranError] = []
    changed: list[str] = []
    with transaction.atomic():
        take_turn_of_rules()
        if seen is not None and seen != rules_version():
            raise Stale(
                _(
                    "Somebody else has changed business rules since you opened them. Nothing was saved: load them "
                    "again."
                )
            )
        for code, value in values.items():
            definition = _definitions[code]
            before = value_of(definition)
            try:
                after = set_business_rule(definition=definition, value=value, by=by, at=at)
            except InvalidInput as refusal:
                refused.append(refusal)
            else:
                if after != before:
                    changed.append(code)
        refused += _too_high(values) if not refused else []
        if refused:
            raise InvalidInputs(refused)
    return changed


def _too_high(codes: Iterable[str]) -> list[CadranError]:
    """A refusal for each rule that exceeds the one it may not, as both are stored now and one is among ``codes``."""
    found: list[CadranError] = []
    for rule in definitions():
        if rule.not_above and not {rule.code, rule.not_above}.isdisjoint(codes):
            most = value_of(_definitions[rule.not_above])
            if most and value_of(rule) > most:
                found.append(InvalidInput(rule.not_above_help, field=rule.code, params={"maximum": most}))
    return found


COMPANY_NAME = define(
    RuleDefinition(
        code="COMPANY_NAME",
        kind="text",
        default="Cadran",
        label=_("Company name"),
        help=_("Shown in the browser’s title and on documents."),
    )
)
