"""Business rules: typed settings with a code, a default and a sentence that says what they do (glossary)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from .errors import CadranError, InvalidInput, InvalidInputs
from .journal import record
from .models import BusinessRule
from .permissions import refuse_unless

#: The right that opens the business rules (``accounts.rights``, which this package does not know).
EDITED_WITH = "190004"


@dataclass(frozen=True)
class RuleDefinition:
    """What a business rule accepts. ``kind`` is ``text``, ``whole_number``, ``yes_no``, ``choice`` or ``row``.

    A ``text`` that does not match ``pattern`` is refused with the sentence ``pattern_help``. A ``row`` rule holds
    the primary key of a row of ``model`` (``app.Model``) or None.
    """

    code: str
    kind: str
    default: Any
    label: Any
    help: Any
    choices: Sequence[tuple[str, Any]] = ()
    model: str = ""
    minimum: int = 0
    maximum: int = 1_000_000_000
    max_length: int = 200
    #: What a text must match as a whole, and the sentence that says so when it does not.
    pattern: str = ""
    pattern_help: Any = ""


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
    stored = BusinessRule.objects.filter(code=definition.code).values_list("value", flat=True).first()
    return definition.default if stored is None else stored


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
        return int(value) if value else None
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


def set_business_rule(*, definition: RuleDefinition, value: Any, by: Any, at: datetime) -> Any:
    """Store a rule's value and say so in the journal. Raises ``NotAllowed`` or ``InvalidInput``."""
    refuse_unless(by is None or by.has_right(EDITED_WITH), EDITED_WITH)
    checked = _checked(definition, value)
    with transaction.atomic():
        before = value_of(definition)
        if before == checked:
            return checked
        BusinessRule.objects.update_or_create(code=definition.code, defaults={"value": checked})
        record(
            subject_kind="business_rule",
            subject_id=0,
            kind="business_rule.changed",
            by=by,
            at=at,
            data={"code": definition.code, "before": before, "after": checked},
        )
    return checked


def set_business_rules(*, values: Mapping[str, Any], by: Any, at: datetime) -> list[str]:
    """Store several rules by code, all or none, and return the codes of those that changed.

    Raises ``NotAllowed``, or ``InvalidInputs`` with one error for each value that can't be accepted.
    """
    refuse_unless(by is None or by.has_right(EDITED_WITH), EDITED_WITH)
    refused: list[CadranError] = []
    changed: list[str] = []
    with transaction.atomic():
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
        if refused:
            raise InvalidInputs(refused)
    return changed


COMPANY_NAME = define(
    RuleDefinition(
        code="COMPANY_NAME",
        kind="text",
        default="Cadran",
        label=_("Company name"),
        help=_("Shown in the browser’s title and on documents."),
    )
)
