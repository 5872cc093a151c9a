"""Numbers of records in addresses: whatever was typed as a number leads to its record, a slash included."""

from __future__ import annotations

from urllib.parse import quote, unquote

from django.urls import register_converter


class RecordNumber:
    """One piece of an address. A slash or a percent sign in a number is written with its code."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        return unquote(value)

    def to_url(self, value: str) -> str:
        return quote(str(value), safe=" ")


def register() -> None:
    """Make ``<record_number:…>`` known, as often as it is asked for."""
    from django.urls.converters import get_converters

    if "record_number" not in get_converters():
        register_converter(RecordNumber, "record_number")
