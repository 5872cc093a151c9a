"""The one form of reference data, made from a kind's declaration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.db.models import Model, Q
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.core.models import ReferenceRow
from cadran.desk.records.seen import RichField, SeenField, SeenRow
from cadran.tickets.choices import FieldKind, Phase
from cadran.tickets.models import ChecklistItem, CustomChoice, Macro, Status
from cadran.tickets.queries.macros import FIELDS, PLACEHOLDERS

from ..common import code_from, fix_code
from ..kinds import Kind

_LEVELS = [(3, _("3, the worst")), (2, "2"), (1, _("1, the mildest"))]
#: Texts with bold, lists and links.
_RICH = ("initial_report", "text_fr", "text_en")
_WIDTHS = {
    **dict.fromkeys(("name_fr", "name_en", "code", "stand_in", "stand_in_from", "stand_in_until"), 4),
    "initial_report": 12,
}


class ReferenceForm(SeenRow, forms.ModelForm[Any]):
    """Fields, labels and choices come from the model; the operation checks and saves."""

    seen = SeenField()

    def __init__(self, data: Any = None, *, user: User, row: ReferenceRow | None = None) -> None:
        self.user, self.row = user, row
        super().__init__(data, instance=row)
        fix_code(self, row)
        field: Any
        for name, field in list(self.fields.items()):
            if isinstance(field, forms.ModelMultipleChoiceField):
                field.widget = forms.CheckboxSelectMultiple()
                field.queryset = self._offered(field, user, self.initial.get(name) or [])
                field.widget.choices = field.choices
                if not field.queryset.exists():
                    del self.fields[name]
            elif isinstance(field, forms.ModelChoiceField):
                field.queryset = self._offered(field, user, [self.initial.get(name)])
                field.empty_label = str(_("none"))
            elif isinstance(field, forms.DateField):
                field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self._adapt(user)

    def _adapt(self, user: User) -> None:
        """What a model's fields don't say of themselves."""
        if "level" in self.fields:
            self.fields["level"] = forms.TypedChoiceField(label=_("Level"), choices=_LEVELS, coerce=int)
        if self._meta.model.__name__ == "SuspensionReason":
            status: Any = self.fields["status"]
            status.queryset = status.queryset.filter(phase=Phase.SUSPENDED)
        if "next_type" in self.fields and self.instance.pk:
            next_type: Any = self.fields["next_type"]
            next_type.queryset = next_type.queryset.exclude(pk=self.instance.pk)
        if "status" in self.fields:
            self.fields["status"].label_from_instance = _status_label  # type: ignore[attr-defined]
        if self._meta.model is ChecklistItem:
            kind: Any = self.fields["type"]
            kind.queryset = kind.queryset.filter(is_intake=False)
        if self._meta.model is CustomChoice:
            field: Any = self.fields["field"]
            field.queryset = field.queryset.filter(kind=FieldKind.CHOICE)
        for name in ("natures", "product_types", "teams"):
            if name in self.fields:
                self.fields[name].help_text = _("None ticked: for all.")

    @staticmethod
    def _offered(field: Any, user: User, chosen: list[Any]) -> Any:
        """The rows that may be chosen: all but the retired ones, and those that are chosen already."""
        model = field.queryset.model
        rows: Any = model.objects.visible_to(user)
        names = {field.name for field in model._meta.fields}
        keys = [getattr(one, "pk", one) for one in chosen if one is not None]
        if "is_retired" in names:
            return rows.filter(Q(is_retired=False) | Q(pk__in=keys))
        if "is_active" in names:
            return rows.filter(Q(is_active=True) | Q(pk__in=keys))
        return rows

    def _post_clean(self) -> None:
        """Nothing: the stored row is left alone, and the operation refuses in its own sentences."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["code"] = code_from(data.get("code") or "", data.get("name_en") or "", data.get("name_fr") or "")
        return data

    @property
    def many(self) -> dict[str, list[Model]]:
        """The lists, as the operation takes them; only of a valid form."""
        return {name: list(self.cleaned_data[name]) for name in self._lists()}

    @property
    def values(self) -> dict[str, Any]:
        """All other fields, as the operation takes them; only of a valid form."""
        lists = {*self._lists(), "seen"}
        return {name: value for name, value in self.cleaned_data.items() if name not in lists}

    def _lists(self) -> list[str]:
        return [
            name for name, field in self.fields.items() if isinstance(field, forms.ModelMultipleChoiceField)
        ]

    def laid_out(self) -> Iterator[tuple[BoundField, int]]:
        """Each visible field with its width in columns."""
        lists = self._lists()
        for field in self.visible_fields():
            wide = field.name in lists or isinstance(field.field, forms.BooleanField)
            yield field, 12 if wide else _WIDTHS.get(field.name, 6)


def _status_label(status: Status) -> str:
    return f"{status.name} ({Phase(status.phase).label})"


class MacroForm(ReferenceForm):
    """A macro: two texts with placeholders, and what it sets (Spec T30)."""

    def _adapt(self, user: User) -> None:
        super()._adapt(user)
        for name in FIELDS:
            self.fields[name].empty_label = str(_("stays as it is"))  # type: ignore[attr-defined]

    #: How a part is written that only some tickets get, and a word in capitals.
    example_of_choice = "{% if requester.name %} … {% else %} … {% endif %}"
    example_of_filter = "{{ customer.name | upcase }}"

    @property
    def placeholders(self) -> list[tuple[str, Any]]:
        """Each placeholder as it is written, and what it stands for."""
        return [(f"{{{{ {name} }}}}", label) for name, label in PLACEHOLDERS.items()]


def form_class(kind: Kind) -> type[ReferenceForm]:
    """The form of one kind."""
    fields = ["name_fr", "name_en", "code", *kind.fields]
    base = MacroForm if kind.model is Macro else ReferenceForm
    made: Any = forms.modelform_factory(
        kind.model, form=base, fields=fields, field_classes=dict.fromkeys(_RICH, RichField)
    )
    return cast(type[ReferenceForm], made)
