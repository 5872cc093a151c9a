"""What taking a customer's call meets: its rules, and what is written down about customer and requester (T7, T13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator

from cadran.core.text import plain
from cadran.parties.models import Contact, Customer
from cadran.parties.queries import rules_in_force

#: A note is shortened to what can be read while the telephone rings, in characters.
_NOTE_LENGTH = 220


@dataclass(frozen=True, slots=True)
class ShortNote:
    """The beginning of a note, and where all of it stands."""

    name: str
    text: str
    url: str


def rules_of(customer: Customer | None) -> dict[str, Any]:
    """The customer's rules in force, and a mark that changes with customer and rules."""
    if customer is None:
        return {"rules": [], "rules_shown": ""}
    return {"rules": rules_in_force(customer), "rules_shown": f"{customer.pk}.{customer.row_version}"}


def notes_of(values: Mapping[str, Any]) -> list[ShortNote]:
    """The notes on the customer and the requester that are chosen, shortened."""
    customer, requester = values.get("customer"), values.get("requester")
    found = []
    if customer is not None and (text := _short(customer)):
        found.append(ShortNote(customer.name, text, reverse("desk:customer", args=[customer.number])))
    if requester is not None and (text := _short(requester)):
        found.append(ShortNote(str(requester), text, reverse("desk:contact", args=[requester.pk])))
    return found


def _short(holder: Customer | Contact) -> str:
    return Truncator(plain(holder.note)).chars(_NOTE_LENGTH)
