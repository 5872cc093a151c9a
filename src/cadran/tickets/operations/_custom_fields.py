"""What a custom field may hold, and how it is stored and told (Spec T30)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from cadran.catalogue.models import Nature
from cadran.core.compare import hold
from cadran.core.errors import CadranError, InvalidInput, Stale
from cadran.core.text import fold
from cadran.core.writing import refuse_all

from ..choices import FieldKind
from ..models import CustomChoice, CustomField, CustomValue, Ticket
from ..queries.custom_fields import custom_fields_of
from ._shared import names

#: The longest text, in characters.
LONGEST = 300
#: What a number may have before and after the decimal mark.
DIGITS, DECIMALS = 14, 4
#: The first and the last day: beyond, a year was mistyped.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)


def tidy_custom_value(field: CustomField, typed: Any, *, kept: Any = None) -> Any:
    """A typed value as it is stored, None for an empty one. ``kept``: what the field holds, which may stay.

    Raises ``InvalidInput`` for one that the field can't hold.
    """
    if typed is None or (isinstance(typed, str) and not typed.strip()):
        return None
    match field.kind:
        case FieldKind.NUMBER:
            return _number(field, typed)
        case FieldKind.DATE:
            return _day(field, typed)
        case FieldKind.CHOICE:
            return _choice(field, typed, kept)
    return _text(field, typed)


def _refuse(field: CustomField, sentence: Any, **params: Any) -> InvalidInput:
    return InvalidInput(sentence, field=field.key, params={"name": field, **params})


def _text(field: CustomField, typed: Any) -> str:
    text = " ".join(str(typed).split())
    if len(text) > LONGEST:
        raise _refuse(
            field, _("%(name)s: at most %(limit)s characters fit. Shorten the text."), limit=LONGEST
        )
    return text


def _number(field: CustomField, typed: Any) -> Decimal:
    if not isinstance(typed, Decimal | int) or isinstance(typed, bool) or not Decimal(typed).is_finite():
        raise _refuse(field, _("%(name)s: type a number."))
    number = Decimal(typed)
    if number.adjusted() >= DIGITS or number != round(number, DECIMALS):
        raise _refuse(
            field,
            _("%(name)s: type a number of at most %(digits)s figures and %(decimals)s decimals."),
            digits=DIGITS,
            decimals=DECIMALS,
        )
    return number


def _day(field: CustomField, typed: Any) -> date:
    if not isinstance(typed, date) or isinstance(typed, datetime) or not FIRST_DAY <= typed <= LAST_DAY:
        raise _refuse(field, _("%(name)s: type a date between the years 1900 and 2100."))
    return typed


def _choice(field: CustomField, typed: Any, kept: Any) -> CustomChoice:
    if not isinstance(typed, CustomChoice) or typed.field_id != field.pk:
        raise _refuse(field, _("%(name)s: choose one of the values offered."))
    if typed.is_retired and typed != kept:
        raise _refuse(
            field, _("%(name)s: “%(choice)s” is no longer offered. Choose another value."), choice=typed
        )
    return typed


def check_required(fields: Iterable[CustomField], held: Mapping[CustomField, Any]) -> list[CadranError]:
    """One refusal for each mandatory field that is empty; one whose choices are all retired can't be asked for."""
    return [
        _refuse(field, _("%(name)s: fill this in; tickets of this nature need it."))
        for field in fields
        if field.is_required and held.get(field) is None and _can_be_filled(field)
    ]


def _can_be_filled(field: CustomField) -> bool:
    return field.kind != FieldKind.CHOICE or any(not choice.is_retired for choice in field.choices.all())


def check_belongs(nature: Nature | None, fields: Iterable[CustomField], field: CustomField) -> None:
    """Raise ``InvalidInput`` for a field that is retired, or that tickets of this nature don't have."""
    if field in fields:
        return
    if nature is None:
        raise _refuse(field, _("Only tickets of some natures have the field “%(name)s”. Choose the nature."))
    raise _refuse(
        field,
        _("Tickets of the nature %(nature)s don’t have the field “%(name)s”. Load the form again."),
        nature=nature,
    )


def checked_values(
    nature: Nature | None, typed: Mapping[CustomField, Any], held: Mapping[CustomField, Any]
) -> tuple[dict[CustomField, Any], list[CadranError]]:
    """The typed values that tickets of ``nature`` can hold, tidied, and what stands against the others.

    What ``held`` tells may stay. Empty ones are left out.
    """
    fields = custom_fields_of(nature.pk if nature is not None else None)
    values: dict[CustomField, Any] = {}
    errors: list[CadranError] = []
    for field, value in typed.items():
        try:
            check_belongs(nature, fields, field)
            values[field] = tidy_custom_value(field, value, kept=held.get(field))
        except InvalidInput as refused:
            errors.append(refused)
    return {field: value for field, value in values.items() if value is not None}, errors


def opening_values(ticket: Ticket, typed: Mapping[CustomField, Any], *, asks: bool) -> dict[CustomField, Any]:
    """What a new ticket's custom fields hold, checked. With ``asks`` the mandatory ones must be filled in; without,
    no ticket must fail for a field that nobody could fill in. Raises ``InvalidInput`` or ``InvalidInputs``.
    """
    values, errors = checked_values(ticket.nature, typed, {})
    if asks:
        wrong = {error.field for error in errors}
        missing = check_required(custom_fields_of(ticket.nature_id), values)
        errors += [error for error in missing if error.field not in wrong]
    refuse_all(errors)
    return values


def put_custom_values(ticket: Ticket, values: Mapping[CustomField, Any]) -> None:
    """Store tidied values on a taken ticket; None empties the field.

    The fields are held: none changes its kind while it gets a value. Raises ``Stale`` for one that has just done so.
    """
    held = hold(CustomField, *(field.pk for field in values))
    for field, value in values.items():
        _check_unchanged(field, held.get(field.pk), value)
        if value is None:
            CustomValue.objects.filter(ticket=ticket, field=field).delete()
            continue
        columns = {"text": "", "text_key": "", "number": None, "date": None, "choice": None}
        columns[str(field.kind)] = value
        columns["text_key"] = fold(value) if field.kind == FieldKind.TEXT else ""
        CustomValue.objects.update_or_create(ticket=ticket, field=field, defaults=columns)


def _check_unchanged(field: CustomField, stored: CustomField | None, value: Any) -> None:
    """Raise ``Stale`` when the field is no longer what the value was checked against."""
    unchanged = stored is not None and stored.kind == field.kind
    if unchanged and isinstance(value, CustomChoice):
        unchanged = CustomChoice.objects.filter(pk=value.pk, field=field).exists()
    if not unchanged:
        raise Stale(
            _("The field “%(name)s” has just been changed in the settings. Load the form again."),
            field=field.key,
            params={"name": field},
        )


def told_change(field: CustomField, before: Any, after: Any) -> dict[str, Any]:
    """A change as the timeline keeps it, with the field's names as they were."""
    return {
        "field": field.key,
        "label": names(field),
        "kind": str(field.kind),
        "before": _told(before),
        "after": _told(after),
    }


def _told(value: Any) -> Any:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else names(value)
