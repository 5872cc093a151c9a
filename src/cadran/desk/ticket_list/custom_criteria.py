"""The custom fields as criteria of the ticket list (Spec S1, T30): ``cf.<code>`` in the address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _

from cadran.core.text import fold
from cadran.desk.tickets.forms.custom import DayField, NumberField
from cadran.tickets.choices import FieldKind
from cadran.tickets.models import CustomField
from cadran.tickets.queries.custom_fields import custom_text, searchable_fields, tickets_holding

#: Both ends of a range: part of the address -> the lookup.
ENDS = {"from": "gte", "until": "lte"}


class NumberFilter(filters.Filter):  # type: ignore[misc]
    field_class = NumberField


class DayFilter(filters.Filter):  # type: ignore[misc]
    field_class = DayField


class ChoicesField(forms.MultipleChoiceField):
    """Values of a custom field; an address that names none of them asks for nothing."""

    def to_python(self, value: Any) -> list[str]:
        return [one for one in super().to_python(value) if one]


class ChoicesFilter(filters.MultipleChoiceFilter):  # type: ignore[misc]
    field_class = ChoicesField


def is_custom(name: str) -> bool:
    """Whether a name in the address is the criterion of a custom field."""
    return name.startswith("cf.")


def asked_fields(query: QueryDict, *, in_use: bool) -> list[CustomField]:
    """The fields in use and those that the address asks for, retired ones too; none unless it asks or ``in_use``."""
    codes = {name.split(".")[1] for name in query if is_custom(name)}
    return searchable_fields(codes) if codes or in_use else []


def criteria_of(field: CustomField) -> Iterator[tuple[str, Any]]:
    """The criteria of one field: the name in the address and the filter."""
    match field.kind:
        case FieldKind.NUMBER | FieldKind.DATE:
            made = NumberFilter if field.kind == FieldKind.NUMBER else DayFilter
            words = {
                "from": _("%(field)s from") % {"field": field},
                "until": _("%(field)s until") % {"field": field},
            }
            for end, lookup in ENDS.items():
                method = _within(field, f"{field.kind}__{lookup}")
                yield f"{field.key}.{end}", made(label=words[end], method=method)
        case FieldKind.CHOICE:
            yield (
                field.key,
                ChoicesFilter(
                    label=field.name,
                    choices=[(one.code, one.name) for one in field.choices.all()],
                    error_messages={"invalid_choice": _("Choose one of the list.")},
                    widget=forms.CheckboxSelectMultiple,
                    method=_among(field),
                ),
            )
        case _:
            yield field.key, filters.CharFilter(label=field.name, method=_containing(field))


def _within(field: CustomField, lookup: str) -> Callable[..., QuerySet[Any]]:
    def narrow(rows: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        return rows.filter(pk__in=tickets_holding(field, **{lookup: value}))

    return narrow


def _among(field: CustomField) -> Callable[..., QuerySet[Any]]:
    keys = {one.code: one.pk for one in field.choices.all()}

    def narrow(rows: QuerySet[Any], _name: str, codes: list[str]) -> QuerySet[Any]:
        return rows.filter(pk__in=tickets_holding(field, choice__in=[keys[code] for code in codes]))

    return narrow


def _containing(field: CustomField) -> Callable[..., QuerySet[Any]]:
    def narrow(rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        for word in fold(value).split()[:10]:
            rows = rows.filter(pk__in=tickets_holding(field, text_key__contains=word))
        return rows

    return narrow


def chip_text(field: BoundField, value: Any) -> str:
    """A criterion's value in the reader's words."""
    if isinstance(value, list):
        names = dict(getattr(field.field, "choices", ()))
        return ", ".join(str(names.get(one, one)) for one in value)
    return custom_text(value) if isinstance(value, Decimal | date) else str(value)
