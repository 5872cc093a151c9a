"""Amounts in euros: typed as people write them, kept as whole cents."""

from __future__ import annotations

import re
from typing import Any

from babel.numbers import format_decimal
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]|€|EUR", re.IGNORECASE)
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]{1,2})?")


def _locale() -> str:
    return (get_language() or "en").replace("-", "_")


def typed_text(cents: int) -> str:
    """Cents as people type them in their language: ``1,234.50`` or ``1 234,50``."""
    return str(format_decimal(cents / 100, "#,##0.00", locale=_locale()))


def read_cents(text: str) -> int | None:
    """The cents that ``text`` means, None when it can't be told.

    The last of comma and point parts the cents; a lone comma before three digits parts thousands in English and is
    refused in French, where it would part three decimals.
    """
    bare = _SPACES.sub("", text)
    if "," in bare and "." in bare:
        thousands = "," if bare.rfind(".") > bare.rfind(",") else "."
        head, _mark, tail = bare.rpartition("." if thousands == "," else ",")
        if not re.fullmatch(rf"-?\d{{1,3}}(\{thousands}\d{{3}})+", head):
            return None
        bare = f"{head.replace(thousands, '')}.{tail}"
    elif re.fullmatch(r"-?\d{1,3}([.,]\d{3}){2,}", bare) and len({*bare} & {",", "."}) == 1:
        bare = re.sub("[.,]", "", bare)
    elif re.fullmatch(r"-?\d{1,3},\d{3}", bare) and _locale().startswith("en"):
        bare = bare.replace(",", "")
    else:
        bare = bare.replace(",", ".")
    if not _PLAIN.fullmatch(bare):
        return None
    whole, _mark, part = bare.partition(".")
    cents = abs(int(whole)) * 100 + int(part.ljust(2, "0") or 0)
    return -cents if bare.startswith("-") else cents


class EurosField(forms.Field):
    """An amount in euros; cleaned to whole cents."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        cents = read_cents(str(value)) if len(str(value)) <= 40 else None
        if cents is None:
            raise forms.ValidationError(
                _("“%(typed)s” can’t be read as an amount. Type euros and cents, such as %(example)s."),
                params={"typed": str(value)[:40], "example": typed_text(123450)},
            )
        return cents

    def prepare_value(self, value: Any) -> Any:
        return typed_text(value) if isinstance(value, int) else value
