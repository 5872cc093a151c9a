"""The company's own fields: what a ticket's hold, the fields themselves and their choices (Spec T30)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.compare import hold
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.instants import whole_second
from cadran.core.reference import is_used, save_reference_row, take_turn_of
from cadran.core.writing import refuse_all

from .. import rules
from ..choices import FieldKind
from ..errors import Conflict, EditConflict
from ..models import CustomChoice, CustomField, Ticket
from ..queries.custom_fields import custom_fields_of, custom_values_of
from ._context import last_editor
from ._custom_fields import check_belongs, check_required, put_custom_values, tidy_custom_value, told_change
from ._shared import locked, mirror, tell


def edit_custom_values(
    *,
    ticket: Ticket,
    changes: Mapping[CustomField, Any],
    base: Mapping[CustomField, Any],
    by: User | None,
    at: datetime,
) -> Ticket:
    """Change what custom fields of a ticket hold; ``base`` is what the editor saw, field by field (Spec T17).

    Values are texts, ``Decimal``, dates and choices; None empties a field. All mandatory fields of the ticket's nature
    must be filled in by then. Raises ``EditConflict``, ``InvalidInput`` or ``InvalidInputs``, ``NotAllowed``.
    """
    rules.require(by, Right.EDIT_TICKETS)
    at = whole_second(at)
    with transaction.atomic():
        stored = locked(ticket)
        fields, held = custom_fields_of(stored.nature_id), custom_values_of(stored)
        wanted = _differing(stored, fields, held, changes, base)
        if wanted:
            refuse_all(check_required(fields, held | wanted))
            put_custom_values(stored, wanted)
            told = [told_change(field, held.get(field), value) for field, value in wanted.items()]
            tell(stored, "edited", by=by, at=at, changes=told)
    return mirror(ticket, stored)


def _differing(
    ticket: Ticket,
    fields: Sequence[CustomField],
    held: Mapping[CustomField, Any],
    changes: Mapping[CustomField, Any],
    base: Mapping[CustomField, Any],
) -> dict[CustomField, Any]:
    """The changes that change something, tidied. Raises ``InvalidInput`` or ``InvalidInputs``, ``EditConflict``."""
    wanted: dict[CustomField, Any] = {}
    errors: list[CadranError] = []
    conflicts: list[Conflict] = []
    for field, typed in changes.items():
        theirs = held.get(field)
        try:
            check_belongs(ticket.nature, fields, field)
            mine = tidy_custom_value(field, typed, kept=theirs)
        except InvalidInput as refused:
            errors.append(refused)
            continue
        if mine == theirs:
            continue
        was = base.get(field, theirs)
        if was != theirs:
            conflicts.append(Conflict(field.key, was, theirs, mine, *last_editor(ticket, field.key)))
        wanted[field] = mine
    refuse_all(errors)
    if conflicts:
        raise EditConflict(conflicts)
    return wanted


def save_custom_field(
    *,
    field: CustomField | None,
    values: Mapping[str, Any],
    many: Mapping[str, Sequence[Model]],
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> CustomField:
    """Create or change a custom field; its kind stays once a ticket holds a value of it.

    Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``.
    """
    with transaction.atomic():
        take_turn_of(CustomField)
        stored = None if field is None else hold(CustomField, field.pk).get(field.pk)
        if stored is not None and values.get("kind", stored.kind) != stored.kind and stored.values.exists():
            raise InvalidInput(
                _(
                    "Tickets hold values of “%(name)s” already, so that its kind can’t change. "
                    "Create another field, and retire this one."
                ),
                field="kind",
                params={"name": stored},
            )
        return save_reference_row(
            model=CustomField, row=field, values=values, many=many, by=by, at=at, seen=seen
        )


def save_custom_choice(
    *,
    choice: CustomChoice | None,
    values: Mapping[str, Any],
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> CustomChoice:
    """Create or change a value that a custom field offers; one that is used stays with its field.

    Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``.
    """
    field = values.get("field", choice.field if choice is not None else None)
    with transaction.atomic():
        take_turn_of(CustomChoice)
        fields = {one.pk for one in (field, choice and choice.field) if one is not None}
        held = hold(CustomField, *fields)  # no ticket gets a value of theirs meanwhile
        field = field and held.get(field.pk, field)
        if field is not None and field.kind != FieldKind.CHOICE:
            raise InvalidInput(
                _("“%(name)s” is not a field of the kind “choice”, so that it offers no values."),
                field="field",
                params={"name": field},
            )
        if choice is not None and field != choice.field and is_used(choice):
            raise InvalidInput(
                _("“%(name)s” is in use in its field. Create another value, and retire this one."),
                field="field",
                params={"name": choice},
            )
        return save_reference_row(model=CustomChoice, row=choice, values=values, by=by, at=at, seen=seen)
