"""The base of every form on a record: what is stored fills it, the operation judges what is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cadran.core.models import ReferenceQuerySet
from cadran.desk.tickets.forms.fields import RowField, RowsField

from .money import EurosField
from .seen import RowForm


class DayField(forms.DateField):
    """A day, typed in the browser's own field."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = {"invalid": _("Type a date, such as 2026-11-12.")}


class OptionalRowsField(RowsField):
    """Several rows chosen one after the other in a picker."""

    def __init__(self, queryset: Any, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(queryset, **options)


class RecordForm(RowForm):
    """A form that creates a record, or changes ``row`` in the version its editor saw.

    Fields bear the names of the operation's details. A refusal comes back with everything that was typed (Spec R7).
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        if self.row is not None and "number" in self.fields:
            self.fields["number"].help_text = ""  # it keeps the one it has
        self.prepare()

    def prepare(self) -> None:
        """Fill the choices; called once the fields stand."""

    def full_clean(self) -> None:
        """What is missing is said by the operation, whose sentences tell what to type (Spec R7)."""
        left = [
            field for field in self.fields.values() if field.required and field not in self.own_required()
        ]
        for field in left:
            field.required = False
        try:
            super().full_clean()
        finally:
            for field in left:
                field.required = True

    def own_required(self) -> list[forms.Field]:
        """Fields without which the operation cannot be asked."""
        return [field for field in self.fields.values() if isinstance(field, forms.DecimalField | EurosField)]

    def offer(self, name: str, model: type[Model], *, empty: Any = None) -> None:
        """Let the field ``name`` offer the rows in use, and those that are chosen already."""
        field: Any = self.fields[name]
        rows: QuerySet[Any] = model.objects.visible_to(self.user)  # type: ignore[attr-defined]
        if not isinstance(field, RowField | OptionalRowsField) and isinstance(rows, ReferenceQuerySet):
            chosen = self.initial.get(name)
            kept = chosen if isinstance(chosen, list) else [chosen]
            rows = rows.filter(Q(is_retired=False) | Q(pk__in=[one for one in kept if one]))
        field.queryset = rows
        if empty is not None and hasattr(field, "empty_label"):
            field.empty_label = empty

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, by the names of the operation's details; only of a valid form."""
        cleaned = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return {
            name: list(value) if isinstance(self.fields[name], forms.ModelMultipleChoiceField) else value
            for name, value in cleaned.items()
        }
