"""Filters of the pages of customers, contracts and assets: `{% load records %}`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from django import template
from django.forms.boundfield import BoundField
from django.utils.translation import get_language

from cadran.desk.records.money import euros_text

register = template.Library()


def _locale() -> str:
    return (get_language() or "en").replace("-", "_")


@register.filter
def euros(cents: int | None) -> str:
    """Cents as ``€1,234.50``; empty for None."""
    return "" if cents is None else euros_text(cents)


@register.filter
def day(value: date | None) -> str:
    """A date as ``12 Nov 2026``; empty for None."""
    return "" if value is None else str(format_date(value, "d MMM y", locale=_locale()))


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
    """The values and texts of the rows that a picker of several holds now."""
    chosen: Any = field.field
    keys = [str(getattr(one, "pk", one)) for one in field.value() or ()]
    rows = chosen.queryset.filter(pk__in=[key for key in keys if key.isdecimal() and len(key) < 19])
    return [(str(row.pk), str(chosen.label_from_instance(row))) for row in rows]
