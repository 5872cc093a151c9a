"""Filters that write money, days, amounts and what was picked: `{% load records %}`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.forms.boundfield import BoundField
from django.utils.translation import get_language

from cadran.core.instants import written
from cadran.core.money import euros_text
from cadran.desk.tickets.forms.fields import is_key
from cadran.desk.tickets.forms.filing import NEW
from cadran.tickets.queries import in_reader_language

register = template.Library()


def _locale() -> str:
    return (get_language() or "en").replace("-", "_")


@register.filter
def euros(cents: int | None) -> str:
    """Cents as ``€1,234.50``; empty for None."""
    return "" if cents is None else euros_text(cents)


@register.filter(expects_localtime=True)
def day(value: date | None, pattern: str = "d MMM y") -> str:
    """A date as ``12 Nov 2026``, or by another pattern of Unicode's; empty for None."""
    return "" if value is None else written(value, pattern)


@register.filter
def amount(value: Decimal | None) -> str:
    """A quantity without idle zeros: ``1.5``; empty for None."""
    return "" if value is None else str(format_decimal(value, "#,##0.##", locale=_locale()))


@register.filter
def dial(number: str) -> str:
    """A telephone number as a link calls it: ``+33123456789``."""
    return "".join(sign for sign in str(number) if sign.isdigit() or sign == "+")


@register.filter
def picked_many(field: BoundField) -> list[tuple[str, str]]:
    """The values and texts of the rows that a picker of several holds now, words for new ones included."""
    chosen: Any = field.field
    keys = [str(getattr(one, "pk", one)) for one in field.value() or ()]
    rows = chosen.queryset.filter(pk__in=[key for key in keys if is_key(key)])
    typed = [(key, key.removeprefix(NEW)) for key in keys if key.startswith(NEW)]
    return [*((str(row.pk), str(chosen.label_from_instance(row))) for row in rows), *typed]


@register.filter
def in_language(names: Any) -> str:
    """A text kept in both languages, in the reader's."""
    return in_reader_language(names)
