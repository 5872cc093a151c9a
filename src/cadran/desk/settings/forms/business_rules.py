"""The form of all business rules, made from their definitions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.core.business_rules import (
    RuleDefinition,
    definitions,
    last_rule_changes,
    rules_version,
    value_of,
)
from cadran.core.writing import LastChange
from cadran.desk.records.seen import SeenField, SeenRow


class RulesInForce:
    """All business rules as one record, in the version of their last change."""

    def __init__(self) -> None:
        self.refresh_from_db()

    def refresh_from_db(self) -> None:
        """Look at the version once more."""
        self.row_version = rules_version()


class BusinessRulesForm(SeenRow, forms.Form):
    """One field per rule, named by the rule's code."""

    seen = SeenField()

    def __init__(self, data: Any = None, *, user: User, row: RulesInForce | None = None) -> None:
        self.user, self.row = user, row or RulesInForce()
        super().__init__(data)
        self.rules = {definition.code: definition for definition in definitions()}
        for code, definition in self.rules.items():
            self.fields[code] = _field_of(definition, user)

    def last_changes(self, names: Sequence[str], saves: int) -> dict[str, LastChange]:
        return last_rule_changes(names)

    def values(self) -> dict[str, Any]:
        """The typed value of each rule, by code."""
        return {
            code: getattr(value, "pk", value)
            for code, value in self.cleaned_data.items()
            if code in self.rules
        }


def _field_of(definition: RuleDefinition, user: User) -> forms.Field:
    common: dict[str, Any] = {
        "label": definition.label,
        "help_text": definition.help,
        "required": False,
        "initial": value_of(definition),
    }
    if definition.kind == "whole_number":
        # The operation says in the company's words what is too little or too much.
        bounds = {"min": definition.minimum, "max": definition.maximum}
        return forms.IntegerField(widget=forms.NumberInput(attrs=bounds), **(common | {"required": True}))
    if definition.kind == "yes_no":
        return forms.BooleanField(**common)
    if definition.kind == "choice":
        return forms.ChoiceField(choices=definition.choices, **(common | {"required": True}))
    if definition.kind == "row":
        model: Any = apps.get_model(definition.model)
        rows = model.objects.visible_to(user)
        if any(field.name == "is_retired" for field in model._meta.fields):
            rows = rows.filter(Q(is_retired=False) | Q(pk=common["initial"]))
        # One that is required may be empty at first: the operation asks for it.
        empty = _("choose one") if definition.required else _("none")
        return forms.ModelChoiceField(queryset=rows, empty_label=str(empty), **common)
    return forms.CharField(max_length=definition.max_length, **common)
