"""What every operation that saves one form does: check, compare, save, and journal before and after."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from .compare import take
from .errors import CadranError, InvalidInput, InvalidInputs, Stale
from .journal import record
from .models import JournalEntry

Row = TypeVar("Row", bound=models.Model)
Many = Mapping[str, Sequence[models.Model]]


def subject_kind_of(model: type[models.Model]) -> str:
    """What the journal calls rows of ``model``: ``KnownError`` becomes ``known_error``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", model.__name__).lower()


def typed_values(details: Any) -> dict[str, Any]:
    """The fields of a dataclass of typed values, with the spaces around texts taken away."""
    values = {field.name: getattr(details, field.name) for field in fields(details)}
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def refuse_all(errors: Sequence[CadranError]) -> None:
    """Raise the one error as it is, several as ``InvalidInputs``, nothing for none."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise InvalidInputs(errors)


def save_row(
    *,
    row: Row,
    values: Mapping[str, Any],
    by: Any,
    at: datetime,
    many: Many | None = None,
    seen: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> Row:
    """Save ``values`` (and the many-to-many ``many``) on ``row`` inside the running transaction.

    A row that exists is taken by compare-and-set on ``seen``, the ``row_version`` that the editor saw (by default the
    one in ``row``). Writes ``<kind>.created`` or ``<kind>.changed`` with every changed value before and after; does
    nothing at all when nothing changes. Raises ``InvalidInput``, ``InvalidInputs`` or ``Stale``.
    """
    many = many or {}
    created = row.pk is None
    version = getattr(row, "row_version", 0)
    if not created:
        stored = type(row)._default_manager.filter(pk=row.pk).first()
        if stored is None:
            raise gone(row)
        if not _changes(stored, values, many) and not data:
            row.refresh_from_db()
            return row
        take_seen(row, seen)
    changes = _changes(row, values, many)
    for field, value in values.items():
        setattr(row, field, value)
    try:
        _check(row)
    except CadranError:
        # What was taken is rolled back: the row holds its stored version again, so that its caller can retry.
        setattr(row, "row_version", version)  # noqa: B010
        raise
    _store(row, many)
    kind = subject_kind_of(type(row))
    record(
        subject_kind=kind,
        subject_id=row.pk,
        kind=f"{kind}.{'created' if created else 'changed'}",
        by=by,
        at=at,
        data={"name": str(row), "changes": changes, **(data or {})},
    )
    return row


def _store(row: models.Model, many: Many) -> None:
    """Write the row and its lists, and have what they refer to looked up at once: at commit nobody could tell why."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise InvalidInput(
            _("A row with the same code or number has just been saved. Type another one.")
        ) from None
    try:
        with transaction.atomic():
            lists = {field: getattr(row, field) for field in many}
            for field, chosen in many.items():
                lists[field].set(chosen)
            # PostgreSQL looks at all that waits for the commit, SQLite at the tables named: what a row itself refers
            # to can't go there while the database's one write lock is held.
            connection.check_constraints([one.through._meta.db_table for one in lists.values()])
    except IntegrityError:
        raise InvalidInput(
            _(
                "Somebody else has just deleted a row that was chosen here. Look through the choices, then save again."
            )
        ) from None


def take_seen(row: models.Model, seen: int | None = None) -> None:
    """Take ``row`` in the version that the editor saw (by default the one it holds). Raises ``Stale``."""
    version = getattr(row, "row_version") if seen is None else seen  # noqa: B009
    try:
        taken = take(row, row_version=version)
    except ObjectDoesNotExist:
        raise gone(row) from None
    if not taken:
        raise Stale(
            _(
                "Somebody else has changed “%(name)s” since you opened it. Nothing was saved: load it again, look at "
                "their changes and make yours anew."
            ),
            params={"name": str(row)},
        )


def gone(row: models.Model) -> Stale:
    """The refusal of an act on a row that is no longer there."""
    return Stale(_("Somebody else has deleted “%(name)s” since you opened it."), params={"name": str(row)})


@dataclass(frozen=True)
class LastChange:
    """Who changed something last, and when; empty where the journal doesn't tell."""

    by_name: str = ""
    at: datetime | None = None


def last_changes(row: models.Model, names: Iterable[str], *, saves: int) -> dict[str, LastChange]:
    """Who last changed each of the fields ``names`` of ``row`` (Spec T17).

    Where no entry names the field: whoever alone made the last ``saves`` changes.
    """
    entries = list(JournalEntry.objects.of(subject_kind_of(type(row)), row.pk).order_by("-id")[:50])
    recent = entries[: max(saves, 0)]
    is_one = len({entry.author_name for entry in recent}) == 1
    alone = LastChange(recent[0].author_name, recent[0].recorded_at) if is_one else LastChange()
    told: dict[str, LastChange] = {}
    for entry in entries:
        for name in entry.data.get("changes") or ():
            told.setdefault(name, LastChange(entry.author_name, entry.recorded_at))
    return {name: told.get(name, alone) for name in names}


def readable(value: Any) -> Any:
    """``value`` as the journal keeps it: what JSON knows as it is, a row by its name."""
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value.normalize())
    return value


def _changes(row: models.Model, values: Mapping[str, Any], many: Many) -> dict[str, dict[str, Any]]:
    changes: dict[str, dict[str, Any]] = {}
    for field, after in values.items():
        missing = row.pk is None and _is_relation(row, field)
        before = None if missing else getattr(row, field)
        if (row.pk is None and after not in (None, "", [], {})) or (row.pk is not None and before != after):
            changes[field] = {
                "before": None if row.pk is None else readable(before),
                "after": readable(after),
            }
    for field, chosen in many.items():
        old = set() if row.pk is None else set(getattr(row, field).all())
        if old != set(chosen):
            changes[field] = {"before": sorted(map(str, old)), "after": sorted(map(str, chosen))}
    return changes


def _is_relation(row: models.Model, field: str) -> bool:
    return type(row)._meta.get_field(field).is_relation


def _check(row: models.Model) -> None:
    for check in (row.clean_fields, row.validate_unique, row.validate_constraints):
        try:
            check()
        except ValidationError as refused:
            refuse_all(list(_refusals(row, refused)))


def _refusals(row: models.Model, refused: ValidationError) -> Iterator[CadranError]:
    per_field = getattr(refused, "error_dict", None) or {"": refused.error_list}
    for field, errors in per_field.items():
        name = "" if field == "__all__" else str(field)
        yield from (_refusal(row, name, error) for error in errors)


def _refusal(row: models.Model, field: str, error: ValidationError) -> CadranError:
    if not field:
        if error.code in ("unique", "unique_together"):
            return InvalidInput(
                _("A row with the same values exists already. Change it, or type other values.")
            )
        return InvalidInput(" ".join(error.messages))
    known = type(row)._meta.get_field(field)
    params = {
        "label": capfirst(getattr(known, "verbose_name", field)),
        "limit": getattr(known, "max_length", 0),
    }
    sentences = {
        "blank": _("%(label)s: fill this in."),
        "null": _("%(label)s: fill this in."),
        "max_length": _("%(label)s: at most %(limit)s characters fit."),
        "unique": _("%(label)s: “%(value)s” is taken already. Type another one."),
        "invalid_choice": _("%(label)s: choose one of the values offered."),
    }
    sentence = sentences.get(error.code or "")
    if sentence is not None:
        return InvalidInput(sentence, field=field, params={**params, "value": str(getattr(row, field, ""))})
    return InvalidInput(
        _("%(label)s: %(reason)s"), field=field, params={**params, "reason": " ".join(error.messages)}
    )
