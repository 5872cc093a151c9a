"""How a ticket's number stands in an address."""

from django.urls import register_converter
from django.urls.converters import StringConverter, get_converters


class TicketNumber(StringConverter):
    """A ticket's number holds a digit; the words of other addresses (« new ») hold none."""

    regex = r"[^/]*[0-9][^/]*"


def register() -> None:
    """Make ``<ticket_number:number>`` known to addresses."""
    if "ticket_number" not in get_converters():
        register_converter(TicketNumber, "ticket_number")
