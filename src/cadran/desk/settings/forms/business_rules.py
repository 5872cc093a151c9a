"""The form of all business rules, made from their definitions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.core.business_rules import RuleDefinition, definitions, value_of


class BusinessRulesForm(forms.Form):
    """One field per rule, named by the rule's code."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = {definition.code: definition for definition in definitions()}
        for code, definition in self.rules.items():
            self.fields[code] = _field_of(definition, user)

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
        return forms.IntegerField(
            min_value=definition.minimum, max_value=definition.maximum, **(common | {"required": True})
        )
    if definition.kind == "yes_no":
        return forms.BooleanField(**common)
    if definition.kind == "choice":
        return forms.ChoiceField(choices=definition.choices, **(common | {"required": True}))
    if definition.kind == "row":
        model: Any = apps.get_model(definition.model)
        rows = model.objects.visible_to(user)
        if any(field.name == "is_retired" for field in model._meta.fields):
            rows = rows.filter(Q(is_retired=False) | Q(pk=common["initial"]))
        return forms.ModelChoiceField(queryset=rows, empty_label=str(_("none")), **common)
    return forms.CharField(max_length=definition.max_length, **common)
