"""Amounts of money as people read them."""

from __future__ import annotations

from babel.numbers import format_currency
from django.utils.translation import get_language


def euros_text(cents: int) -> str:
    """Cents as ``€1,234.50`` or ``1 234,50 €``, in the reader's language."""
    return str(format_currency(cents / 100, "EUR", locale=(get_language() or "en").replace("-", "_")))
