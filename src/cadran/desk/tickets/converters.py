"""How a ticket's number stands in an address."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class TicketNumber(StringConverter):
    """A ticket's number holds a digit; the words of other addresses (« new ») hold none."""

    regex = r"[^/]*[0-9][^/]*"


def register() -> None:
    """Make ``<ticket_number:number>`` known to addresses."""
    register_converter(TicketNumber, "ticket_number")
