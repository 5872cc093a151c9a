"""Forms that remember what the person saw, so that nobody's change is overwritten unseen (Spec T17)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Manager, Model

from cadran.core.errors import CadranError, Stale

from .base import DeskForm
from .fields import InstantField, json_in


class SeenForm(DeskForm):
    """Edits fields of a row; ``base``, a hidden control, holds the values that stood there when it was drawn."""

    #: The hidden control's name; two such forms in one dialog need two.
    base_name = "base"
    base = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def editable(self) -> list[str]:
        """The row's fields that the form edits."""
        return [name for name in self.fields if name != self.base_name]

    @property
    def labels(self) -> dict[str, Any]:
        """What the fields that might meet somebody else's change are called, in the form's order."""
        return {name: self.fields[name].label for name in self.editable}

    def show(self, row: Model) -> None:
        """Fill the controls with the row's values, and remember them."""
        values = self.values_of(row, self.labels)
        for name, value in values.items():
            self.initial.setdefault(name, value)
        self.initial[self.base_name] = dump_base(values)

    def see(self, row: Model, names: Iterable[str]) -> None:
        """Let the person have seen what is stored of ``names`` now."""
        self.retype(**{self.base_name: dump_base({**self.raw_base(), **self.values_of(row, names)})})

    def values_of(self, row: Model, names: Iterable[str]) -> dict[str, Any]:
        """The row's present values of ``names``, for the hidden control."""
        return values_of(row, names)

    def raw_base(self) -> dict[str, Any]:
        """What the hidden control holds; nothing for a text that isn't that."""
        raw = json_in(self.data.get(self.base_name))
        return raw if isinstance(raw, dict) else {}

    def seen(self) -> dict[str, Any]:
        """The values that the person saw, by field, as the model holds them."""
        raw = self.raw_base()
        return {name: _loaded(self, name, value) for name, value in raw.items() if name in self.editable}

    def keeps_theirs(self, name: str) -> bool:
        """Whether the person chose what somebody else stored in the field."""
        return bool(self.data.get(f"keep_{name}") == "theirs")

    def changes(self) -> dict[str, Any]:
        """The fields whose value differs from what the person saw. The form must be valid."""
        seen = self.seen()
        return {
            name: value
            for name in self.editable
            if name in seen and (value := plain_list(self.cleaned_data[name])) != seen[name]
        }

    def settled(self) -> dict[str, Any]:
        """The changes, without the fields for which the person chose what somebody else stored."""
        return {name: value for name, value in self.changes().items() if not self.keeps_theirs(name)}


class ChoiceForm(SeenForm):
    """A few choices on the ticket itself, which are refused once when somebody else chose meanwhile."""

    def refuse(self, error: CadranError) -> None:
        """Show a refusal; who was told what is stored now has seen it."""
        super().refuse(error)
        if isinstance(error, Stale):
            self.see(self.ticket, self.editable)

    def chosen(self) -> dict[str, Any]:
        """The choices, and those that the person saw, as the operations take them."""
        return {**{name: self.cleaned_data[name] for name in self.editable}, "base": self.seen()}


def plain_list(value: Any) -> Any:
    """Several rows as a list, whatever the field gave them as."""
    return list(value) if hasattr(value, "model") and isinstance(value, Iterable) else value


def values_of(row: Model, names: Iterable[str]) -> dict[str, Any]:
    """The row's present values of ``names``; other rows by their key."""

    def one(name: str) -> Any:
        value = getattr(row, f"{name}_id", None) if hasattr(row, f"{name}_id") else getattr(row, name)
        return [each.pk for each in value.all()] if isinstance(value, Manager) else value

    return {name: one(name) for name in names}


def dump_base(values: Mapping[str, Any]) -> str:
    """``values`` for the hidden control."""

    return json.dumps(values, ensure_ascii=False, default=lambda value: value.isoformat())


def _loaded(form: SeenForm, name: str, value: Any) -> Any:
    """A value as the model holds it; a row that may no longer be chosen was seen nevertheless."""
    field = form.fields[name]
    try:
        if isinstance(field, forms.ModelChoiceField):
            assert field.queryset is not None
            rows = field.queryset.model.objects.visible_to(form.person)
            if isinstance(field, forms.ModelMultipleChoiceField):
                return list(rows.filter(pk__in=value))
            return rows.filter(pk=value).first() if value else None
        if isinstance(field, InstantField):
            return datetime.fromisoformat(value) if value else None
        if isinstance(field, forms.DateField):
            return date.fromisoformat(value) if value else None
    except (TypeError, ValueError):
        return None
    return value
