"""The company's own fields on forms: one control for each kind, and the form that edits a ticket's (Spec T30)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cadran.tickets.choices import FieldKind
from cadran.tickets.models import CustomChoice, CustomField, Ticket
from cadran.tickets.queries import custom_fields_of, custom_values_of, number_text
from cadran.tickets.queries.custom_fields import kept_value, read_value

from .seen import SeenForm, dump_base

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]")
_GROUPED = re.compile(r"-?\d{1,3}([.,]\d{3})+")
_PLAIN = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)
#: The longest text of a custom field, in characters.
LONGEST = 300


def read_number(text: str) -> Decimal | None:
    """The number that ``text`` means, None when it can't be told.

    The last of comma and point is the decimal mark. A lone comma before three figures parts thousands in English, and
    decimals in French; several equal marks part thousands.
    """
    bare = _SPACES.sub("", text).replace("\N{MINUS SIGN}", "-")
    if "," in bare and "." in bare:
        thousands = "," if bare.rfind(".") > bare.rfind(",") else "."
        bare = bare.replace(thousands, "").replace(",", ".")
    elif _GROUPED.fullmatch(bare) and (
        bare.count(",") + bare.count(".") > 1
        or ("," in bare and not (get_language() or "en").startswith("fr"))
    ):
        bare = bare.replace(",", "").replace(".", "")
    else:
        bare = bare.replace(",", ".")
    try:
        return Decimal(bare) if _PLAIN.fullmatch(bare) else None
    except InvalidOperation:
        return None


class NumberField(forms.Field):
    """A number typed as the reader's language writes it; cleaned to a ``Decimal``."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        number = read_number(str(value)) if len(str(value)) <= 60 else None
        if number is None:
            raise ValidationError(
                _("“%(typed)s” can’t be read as a number. Type one such as %(example)s."),
                params={"typed": str(value)[:40], "example": number_text(Decimal("12.5"))},
            )
        return number

    def prepare_value(self, value: Any) -> Any:
        return number_text(value, grouped=False) if isinstance(value, Decimal) else value


class DayField(forms.DateField):
    """A day, typed in the browser's own control."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.error_messages["invalid"] = str(_("Type a date, such as 2026-11-12."))


class ChoiceField(forms.TypedChoiceField):
    """One of the values that a custom field offers, and the one that a ticket holds already."""

    def __init__(self, field: CustomField, kept: Any, **options: Any) -> None:
        rows = {str(one.pk): one for one in field.choices.all() if not one.is_retired or one == kept}
        choices = [("", "–"), *((key, one.name) for key, one in rows.items())]
        super().__init__(choices=choices, coerce=rows.get, empty_value=None, **options)
        self.error_messages["invalid_choice"] = str(_("Choose one of the list."))

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, CustomChoice) else value


def control_of(field: CustomField, kept: Any = None) -> forms.Field:
    """The form field of a custom field; ``kept`` is what the ticket holds."""
    options: dict[str, Any] = {"label": field.name, "required": field.is_required}
    made: forms.Field
    match field.kind:
        case FieldKind.NUMBER:
            made = NumberField(**options)
        case FieldKind.DATE:
            made = DayField(**options)
        case FieldKind.CHOICE:
            made = ChoiceField(field, kept, **options)
            # Nobody can choose where nothing is offered.
            made.required = field.is_required and len(made.choices) > 1  # type: ignore[arg-type]
        case _:
            widget = forms.TextInput(attrs={"autocomplete": "off"})
            made = forms.CharField(max_length=LONGEST, empty_value=None, widget=widget, **options)
    made.error_messages["required"] = str(_("Fill this in; tickets of this nature need it."))
    return made


class WithCustomFields(forms.Form):
    """A form that has, besides its own fields, the custom fields of the nature that stands in it."""

    custom: list[CustomField]

    def add_custom(self, fields: list[CustomField], held: Mapping[CustomField, Any] | None = None) -> None:
        """Ask for ``fields`` too; they start with what is ``held``."""
        self.custom = fields
        for field in fields:
            self.fields[field.key] = control_of(field, (held or {}).get(field))

    def custom_controls(self) -> list[forms.BoundField]:
        """The controls of the nature's custom fields, in their order (Spec T30)."""
        return [self[field.key] for field in self.custom]

    def set_aside(self) -> list[tuple[str, Any]]:
        """What was typed into custom fields that another nature has: it comes back with that nature."""
        typed = self.data if self.is_bound else self.initial
        return [(name, typed[name]) for name in typed if name.startswith("cf.") and name not in self.fields]


class CustomFieldsForm(SeenForm):
    """The custom fields of a ticket's nature, with what they hold."""

    def prepare(self) -> None:
        self.custom = {field.key: field for field in custom_fields_of(self.ticket.nature_id)}
        held = custom_values_of(self.ticket)
        for key, field in self.custom.items():
            self.fields[key] = control_of(field, held.get(field))
            self.initial.setdefault(key, held.get(field))
        self.initial[self.base_name] = dump_base(self.values_of(self.ticket, self.custom))

    def values_of(self, row: Model, names: Iterable[str]) -> dict[str, Any]:
        """What the fields hold, as the hidden control keeps it."""
        assert isinstance(row, Ticket)
        held = {field.key: value for field, value in custom_values_of(row).items()}
        return {name: kept_value(held.get(name)) for name in names}

    def seen(self) -> dict[str, Any]:
        """The values that the person saw, by the field's key."""
        raw = self.raw_base()
        return {key: read_value(field, raw[key]) for key, field in self.custom.items() if key in raw}

    def changes_by_field(self) -> dict[CustomField, Any]:
        """The changes, as the operation takes them; without those for which the person chose what is stored."""
        return {self.custom[key]: value for key, value in self.settled().items()}

    def seen_by_field(self) -> dict[CustomField, Any]:
        """What the person saw, as the operation takes it."""
        return {self.custom[key]: value for key, value in self.seen().items()}
