"""Writes on reference data: saved, ordered, retired, restored; deleted only when never used (Spec T1).

One set of operations for every :class:`ReferenceRow` whose fields stand for themselves. Models that need more
(teams, schedules, commitments ...) have their own ``save_``, and share the other operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

from django.db import IntegrityError, models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from .business_rules import definitions, take_turn_of_rules, value_of
from .errors import CadranError, InvalidInput
from .journal import record
from .models import ReferenceRow
from .numbering import take_turn
from .permissions import refuse_unless
from .writing import gone, save_row, subject_kind_of, take_seen

Row = TypeVar("Row", bound=ReferenceRow)
Guard = Callable[[Any], None]

_guards: dict[type[ReferenceRow], list[Guard]] = {}


class InUse(CadranError):
    """The row is used somewhere, so that it can be retired but not deleted."""

    code = "in_use"


def before_retiring(model: type[ReferenceRow], guard: Guard) -> None:
    """Let a domain refuse that a row of ``model`` goes: ``guard(row)`` runs once it is retired, and may raise."""
    guards = _guards.setdefault(model, [])
    if guard not in guards:
        guards.append(guard)


def take_turn_of(model: type[ReferenceRow]) -> None:
    """Let writes on the rows of ``model`` run one after the other: its order and its default are judged under it."""
    take_turn(str(model._meta.model_name))


def next_position(model: type[ReferenceRow]) -> int:
    """The position behind the last row of ``model``. Takes the model's turn."""
    take_turn_of(model)
    last = model._default_manager.aggregate(last=models.Max("position"))["last"]
    return cast(int, last or 0) + 1


def save_reference_row(
    *,
    model: type[Row],
    row: Row | None,
    values: Mapping[str, Any],
    by: Any,
    at: datetime,
    many: Mapping[str, Sequence[models.Model]] | None = None,
    seen: int | None = None,
) -> Row:
    """Create (``row`` None) or change a row of plain reference data; ``values`` by field name, ``many`` for lists.

    A row made the default takes that from the former one. Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or
    ``InvalidInputs``.
    """
    _refuse_without_right(model, by)
    known = {field.name for field in model._meta.get_fields() if getattr(field, "editable", False)}
    for name in (*values, *(many or {})):
        if name not in known or name in ("position", "is_retired"):
            raise InvalidInput(
                _("%(model)s has no field %(field)s that can be typed."),
                field=name,
                params={"model": capfirst(model._meta.verbose_name), "field": name},
            )
    texts = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    with transaction.atomic():
        take_turn_of(model)
        target = row or model(position=next_position(model))
        for flag, scope in _exclusive_flags(model):
            if texts.get(flag):
                _take_over(
                    target, flag, {name: texts.get(name, getattr(target, name)) for name in scope}, by, at
                )
            elif flag in texts and row is not None and getattr(row, flag):
                raise InvalidInput(
                    _("“%(name)s” stays the default until another one is made it."),
                    field=flag,
                    params={"name": row.name},
                )
        return save_row(row=target, values=texts, many=many, by=by, at=at, seen=seen)


def move_reference_row(*, row: Row, before: Row | None, by: Any, at: datetime) -> Row:
    """Put ``row`` in front of ``before``, or at the end, counted from 1. Raises ``NotAllowed``, ``Stale``."""
    model = type(row)
    _refuse_without_right(model, by)
    with transaction.atomic():
        take_turn_of(model)
        order = list(model._default_manager.order_by("position", "id"))
        if row not in order:
            raise gone(row)
        old = [one.pk for one in order]
        order.remove(row)
        order.insert(order.index(before) if before is not None and before in order else len(order), row)
        for position, one in enumerate(order, 1):
            model._default_manager.filter(pk=one.pk).exclude(position=position).update(position=position)
        if old != [one.pk for one in order]:
            data = {"name": row.name, "after": [one.code for one in order]}
            _journal(row, "moved", by, at, data)
    row.refresh_from_db()
    return row


def retire_reference_row(*, row: Row, by: Any, at: datetime, seen: int | None = None) -> Row:
    """Offer ``row`` no longer; what uses it keeps it. Raises ``NotAllowed``, ``Stale`` or ``InvalidInput``."""
    _refuse_without_right(type(row), by)
    with transaction.atomic():
        take_turn_of(type(row))
        take_turn_of_rules()
        _refuse_default(row)
        take_seen(row, seen)
        if row.is_retired:
            return row
        row.is_retired = True
        row.save(update_fields=["is_retired"])
        for guard in _guards.get(type(row), []):
            guard(row)
        _journal(row, "retired", by, at, {"name": row.name})
    return row


def restore_reference_row(*, row: Row, by: Any, at: datetime, seen: int | None = None) -> Row:
    """Offer a retired row again. Raises ``NotAllowed`` or ``Stale``."""
    _refuse_without_right(type(row), by)
    with transaction.atomic():
        take_turn_of(type(row))
        take_seen(row, seen)
        if row.is_retired:
            row.is_retired = False
            row.save(update_fields=["is_retired"])
            _journal(row, "restored", by, at, {"name": row.name})
    return row


def delete_reference_row(*, row: ReferenceRow, by: Any, at: datetime, seen: int | None = None) -> None:
    """Remove a row that was never used. Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or :class:`InUse`."""
    _refuse_without_right(type(row), by)
    used = InUse(
        _("“%(name)s” is in use and can’t be deleted. Retire it instead: it is then no longer offered."),
        params={"name": row.name},
    )
    try:
        with transaction.atomic():
            _delete(row, used, by, at, seen)
    except IntegrityError:
        raise used from None  # whoever used it in the same moment has committed first


def _delete(row: ReferenceRow, used: InUse, by: Any, at: datetime, seen: int | None) -> None:
    take_turn_of(type(row))
    take_turn_of_rules()
    _refuse_default(row)
    if is_used(row):
        raise used
    take_seen(row, seen)
    was_retired = row.is_retired
    row.is_retired = True
    row.save(update_fields=["is_retired"])
    for guard in _guards.get(type(row), []):
        guard(row)
    _journal(row, "deleted", by, at, {"name": row.name, "code": row.code, "was_retired": was_retired})
    row.delete()


def is_used(row: models.Model) -> bool:
    """Whether another row or a business rule points at ``row``; its own parts don't count."""
    for relation in type(row)._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel) or relation.many_to_many:
            continue
        # Django keeps there the model whose list a linking table is, or False for any other table.
        list_of = cast(Any, relation.related_model._meta.auto_created)
        if list_of is type(row):
            continue
        through = bool(list_of)
        own_part = getattr(relation, "on_delete", None) is models.CASCADE and not through
        users = relation.related_model._default_manager.filter(**{relation.field.name: row})
        if not own_part and users.exists():
            return True
    return any(
        rule.kind == "row" and rule.model.lower() == row._meta.label_lower and value_of(rule) == row.pk
        for rule in definitions()
    )


def _refuse_without_right(model: type[ReferenceRow], by: Any) -> None:
    refuse_unless(by is None or by.has_right(model.edited_with), model.edited_with)


def _exclusive_flags(model: type[ReferenceRow]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The yes-or-no fields that one row at a time has, read from the model's constraints, and within what."""
    for constraint in model._meta.constraints:
        condition = getattr(constraint, "condition", None)
        if not isinstance(constraint, models.UniqueConstraint) or condition is None:
            continue
        for child in condition.children:
            if isinstance(child, tuple) and child[1] is True:
                flag = str(child[0])
                yield flag, tuple(name for name in constraint.fields if name != flag)


def _take_over(row: ReferenceRow, flag: str, scope: Mapping[str, Any], by: Any, at: datetime) -> None:
    former = type(row)._default_manager.filter(**{flag: True}, **scope).exclude(pk=row.pk)
    for one in former:
        save_row(row=one, values={flag: False}, by=by, at=at)


def _refuse_default(row: ReferenceRow) -> None:
    if any(getattr(row, flag) for flag, _scope in _exclusive_flags(type(row))):
        raise InvalidInput(
            _("“%(name)s” is the default. Make another one the default first."), params={"name": row.name}
        )


def _journal(row: ReferenceRow, what: str, by: Any, at: datetime, data: dict[str, Any]) -> None:
    kind = subject_kind_of(type(row))
    record(subject_kind=kind, subject_id=row.pk, kind=f"{kind}.{what}", by=by, at=at, data=data)
