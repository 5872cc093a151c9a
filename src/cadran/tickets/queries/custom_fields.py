"""The company's own fields of tickets: which show, what they hold, how that reads (Spec T30)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import format_decimal
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language

from cadran.catalogue.models import Nature
from cadran.core.instants import written

from ..choices import FieldKind
from ..models import CustomChoice, CustomField, CustomValue, Ticket, TicketTemplate
from .coverage import in_reader_language


@dataclass(frozen=True)
class HeldValue:
    """A custom field of a ticket and what it holds, None where it is empty."""

    field: CustomField
    value: Any

    @property
    def text(self) -> str:
        """The value in the reader's language; empty for none."""
        return custom_text(self.value)


def custom_fields_of(nature_id: int | None) -> list[CustomField]:
    """The fields in use on tickets of a nature, in their order and with their choices. Two queries."""
    rows = CustomField.objects.in_use().filter(_fits(nature_id))
    return list(rows.prefetch_related("choices"))


def custom_values_of(ticket: Ticket) -> dict[CustomField, Any]:
    """Everything that a ticket's custom fields hold, also those that don't show with its present nature."""
    rows = CustomValue.objects.filter(ticket=ticket).select_related("field", "choice")
    return {row.field: value_of_row(row) for row in rows}


def offered(held: Mapping[CustomField, Any]) -> dict[CustomField, Any]:
    """``held`` without the choices that are no longer offered."""
    return {one: value for one, value in held.items() if not getattr(value, "is_retired", False)}


def values_for(ticket: Ticket, nature: Nature) -> dict[CustomField, Any]:
    """What the ticket's custom fields hold, as far as tickets of ``nature`` have them."""
    held = custom_values_of(ticket)
    return {one: held[one] for one in custom_fields_of(nature.pk) if one in held}


def kept_value(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, CustomChoice):
        return value.pk
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def read_value(field: CustomField, kept: Any) -> Any:
    """What :func:`kept_value` kept; None for what can't be read, or is no longer there."""
    if kept is None:
        return None
    try:
        match field.kind:
            case FieldKind.NUMBER:
                return Decimal(str(kept))
            case FieldKind.DATE:
                return date.fromisoformat(str(kept))
            case FieldKind.CHOICE:
                return next((one for one in field.choices.all() if one.pk == kept), None)
    except (ValueError, InvalidOperation):
        return None
    return str(kept)


def held_by_template(template: TicketTemplate, fields: Iterable[CustomField]) -> dict[CustomField, Any]:
    """What the template holds of ``fields``, also values that are no longer offered."""
    read = {one: read_value(one, template.custom_values.get(str(one.pk))) for one in fields}
    return {one: value for one, value in read.items() if value is not None}


def template_values(template: TicketTemplate, nature: Nature | None) -> dict[CustomField, Any]:
    """What the template's custom fields hold, as far as tickets of ``nature`` have them."""
    if not template.custom_values:
        return {}
    return held_by_template(template, custom_fields_of(nature.pk if nature is not None else None))


def searchable_fields(codes: Collection[str]) -> list[CustomField]:
    """The fields in use, and those of ``codes`` that are retired; with their choices. Two queries."""
    rows = CustomField.objects.filter(Q(is_retired=False) | Q(code__in=codes))
    return list(rows.prefetch_related("choices"))


def tickets_holding(field: CustomField, **lookups: Any) -> QuerySet[CustomValue]:
    """The keys of the tickets whose value of ``field`` fits, read from the index alone."""
    rows: QuerySet[CustomValue] = CustomValue.objects.filter(field=field.pk, **lookups)
    return rows.order_by().values("ticket")  # type: ignore[return-value]


def shown_values(ticket: Ticket) -> list[HeldValue]:
    """The fields that a ticket shows: those of its nature, a retired one only as long as it holds something."""
    own = CustomValue.objects.filter(ticket=ticket, field=OuterRef("pk"))
    rows = CustomField.objects.filter(_fits(ticket.nature_id)).filter(Q(is_retired=False) | Exists(own))
    fields = list(rows)
    held = custom_values_of(ticket) if fields else {}
    return [HeldValue(field, held.get(field)) for field in fields]


def _fits(nature_id: int | None) -> Q:
    return Q(natures=None) | Q(natures=nature_id)


def value_of_row(row: CustomValue) -> Any:
    """What a stored value holds, by the kind of its field; its field must be loaded."""
    match row.field.kind:
        case FieldKind.NUMBER:
            return row.number
        case FieldKind.DATE:
            return row.date
        case FieldKind.CHOICE:
            return row.choice
    return row.text or None


def custom_text(value: Any) -> str:
    """A value as the reader writes it: ``12,5`` in French, dates with the month's name, a choice by its name."""
    if value is None or value == "":
        return ""
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, date):
        return written(value)
    return str(value)


def number_text(number: Decimal, *, grouped: bool = True) -> str:
    """A number with the decimal mark of the reader's language, its thousands parted where ``grouped``."""
    pattern = "#,##0.####" if grouped else "0.####"
    return str(format_decimal(number, pattern, locale=(get_language() or "en").split("-")[0]))


def told_text(kind: str, value: Any) -> str:
    """A value of a custom field as the journal kept it, for the reader."""
    if isinstance(value, Mapping) or value is None:
        return in_reader_language(value)
    if kind == FieldKind.NUMBER:
        return number_text(Decimal(value))
    if kind == FieldKind.DATE:
        return written(date.fromisoformat(value))
    return str(value)
