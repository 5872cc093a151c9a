"""What a new ticket can start with: values from a ticket or a template, less what no longer fits (Spec T16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cadran.catalogue.models import Nature, Priority, Severity
from cadran.contracts.queries import contract_coverage
from cadran.core.instants import written
from cadran.parties.models import Team

from ..context import OpeningDetails, TicketFields, day_of
from ..models import CustomField, Ticket, TicketTemplate
from .coverage import in_reader_language

#: The rows of a start, in the order in which they are judged: each against those before it.
ROWS = (
    "customer",
    "site",
    "requester",
    "user",
    "contract",
    "service",
    "asset",
    "product",
    "version",
    "known_error",
    "nature",
    "severity",
    "priority",
)
#: Fields of which a company has a usual value.
USUAL = ("nature", "severity", "priority")
#: Row -> the row it goes with: without that one it stands for nothing.
_GOES_WITH = {
    "site": "customer",
    "requester": "customer",
    "user": "customer",
    "contract": "customer",
    "asset": "customer",
    "service": "contract",
    "version": "product",
}
_LEFT_EMPTY: dict[str, Any] = {
    "retired": _("%(label)s: “%(value)s” is no longer in use, so it was left out."),
    "ended": _("%(label)s: “%(value)s” does not run on the day of reception, so it was left out."),
    "past": _("%(label)s: %(value)s lies in the past, so it was left out."),
    "along": _("%(label)s: “%(value)s” goes with something that was left out, so it was left out too."),
    "customer": _("%(label)s: “%(value)s” belongs to another customer, so it was left out."),
    "contract": _("%(label)s: “%(value)s” belongs to another contract, so it was left out."),
    "product": _("%(label)s: “%(value)s” belongs to another product, so it was left out."),
    "nature": _("%(label)s: “%(value)s” is not taken by the service, so it was left out."),
    "phase": _("%(label)s: “%(value)s” is no status of a new ticket, so it was left out."),
}
_REPLACED: dict[str, Any] = {
    "retired": _("%(label)s: “%(value)s” is no longer in use; “%(instead)s” stands in its place."),
    "nature": _("%(label)s: “%(value)s” is not taken by the service; “%(instead)s” stands in its place."),
    "phase": _("%(label)s: “%(value)s” is no status of a new ticket; “%(instead)s” stands in its place."),
}


@dataclass(frozen=True)
class LeftOut:
    """A value that a new ticket can't start with, and why; ``instead`` is what stands in its place.

    ``custom``: the custom field that it was in, if it was one.
    """

    field: str
    value: Any
    why: str
    instead: Any = None
    custom: CustomField | None = None

    @property
    def sentence(self) -> str:
        """What was left out and why, in the reader's language."""
        return left_out_text(self.field, self.value, self.why, self.instead, self.custom)


def left_out_text(name: str, value: Any, why: str, instead: Any = None, custom: Any = None) -> str:
    """The sentence of a value left out; values are rows, or names as the journal keeps them."""
    template = _LEFT_EMPTY[why] if instead is None else _REPLACED[why]
    return str(template) % {
        "label": capfirst(_label_of(name) if custom is None else in_reader_language(custom)),
        "value": written(value) if isinstance(value, date) else in_reader_language(value),
        "instead": in_reader_language(instead),
    }


def _label_of(name: str) -> str:
    model = TicketTemplate if any(one.name == name for one in TicketTemplate._meta.get_fields()) else Ticket
    return str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def left_outs_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """What the journal kept of several values left out, one sentence after the other."""
    return " ".join(
        left_out_text(one["field"], one["value"], one["why"], one["instead"], one.get("custom"))
        for one in rows
    )


@dataclass(frozen=True)
class Start:
    """What a ticket received ``at`` starts from; fields that ``values`` lacks are left open."""

    at: datetime
    values: Mapping[str, Any]
    left_out: Sequence[LeftOut] = ()
    details: OpeningDetails = field(default_factory=OpeningDetails)
    team: Team | None = None
    external_report: str = ""
    internal_report: str = ""

    @property
    def sentences(self) -> list[str]:
        """What was left out, one sentence each, in the reader's language."""
        return [one.sentence for one in self.left_out]

    @property
    def fields(self) -> TicketFields:
        """The fields to open a ticket with; where nature, severity or priority are open, the usual ones stand.

        Without a customer or title they are incomplete, and opening refuses them.
        """
        values = {"customer": None, "title": "", **self.values}
        for name in USUAL:
            if values.get(name) is None:
                values[name] = usual(name, values.get("service"))
        return TicketFields(received_at=self.at, **values)


def usual(name: str, service: Any = None) -> Any:
    """The nature, severity or priority of a ticket that says none: the service's, else the company's usual one."""
    proposed = getattr(service, f"default_{name}", None)
    if proposed is not None and not proposed.is_retired:
        return proposed
    model: Any = {"nature": Nature, "severity": Severity, "priority": Priority}[name]
    rows = list(model.objects.in_use())
    if name == "nature":
        allowed = set(service.allowed_natures.all()) if service is not None else set()
        return next((row for row in rows if not allowed or row in allowed), None)
    # A ticket needs a severity: where none is marked as the usual one, the first stands, as on the form.
    first = rows[0] if rows and name == "severity" else None
    return next((row for row in rows if row.is_default), first)


def is_gone(row: Any) -> bool:
    """Whether a row may not be chosen any more: retired, inactive, left."""
    return bool(getattr(row, "is_retired", False)) or not getattr(row, "is_active", True)


def fitting(
    values: Mapping[str, Any], *, at: datetime, given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[LeftOut]]:
    """The rows among ``values`` that a ticket received ``at`` can have, and those that it can't.

    ``given`` are rows chosen already: they win, and what doesn't go with them is left out.
    """
    kept = {name: given.get(name) for name in ROWS}
    left_out: list[LeftOut] = []
    gone: set[str] = set()
    for name in ROWS:
        row = values.get(name)
        if row is None or kept[name] is not None:
            continue
        why = _why_not(name, row, kept, gone, day_of(at))
        if not why:
            kept[name] = row
            continue
        gone.add(name)
        instead = usual(name, kept["service"]) if name in USUAL else None
        left_out.append(LeftOut(name, row, why, instead))
    return {name: row for name, row in kept.items() if row is not None}, left_out


def _why_not(name: str, row: Any, kept: Mapping[str, Any], gone: set[str], day: date) -> str:
    """Why a ticket that has ``kept`` can't have the row; empty when it can."""
    if is_gone(row):
        return "retired"
    holder = _GOES_WITH.get(name, "")
    if holder in gone and kept[holder] is None:
        return "along"
    match name:
        case "site" | "requester" | "user":
            return _unless(kept["customer"], row.customer_id, "customer")
        case "contract":
            return _why_not_contract(row, kept["customer"], day)
        case "service":
            return _unless(kept["contract"], row.contract_id, "contract")
        case "asset":
            return _unless(kept["customer"], row.customer_id, "customer") or _unless(
                kept["product"], row.product_id, "product"
            )
        case "product":
            fixed = kept["asset"]
            return "" if fixed is None or fixed.product_id == row.pk else "product"
        case "version" | "known_error":
            return _unless(kept["product"], row.product_id, "product")
        case "nature":
            service = kept["service"]
            allowed = set(service.allowed_natures.all()) if service is not None else set()
            return "nature" if allowed and row not in allowed else ""
    return ""


def _unless(owner: Any, owner_id: int, why: str) -> str:
    return "" if owner is None or owner.pk == owner_id else why


def _why_not_contract(contract: Any, customer: Any, day: date) -> str:
    others = customer is not None and contract.customer_id != customer.pk
    if others and not contract.beneficiaries.filter(pk=customer.pk).exists():
        return "customer"
    return "" if contract_coverage(contract, day).covers else "ended"
