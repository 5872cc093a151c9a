"""Compare-and-set: an operation takes its row only as its caller saw it; rows held while others are judged by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.db.models import F

Row = TypeVar("Row", bound=models.Model)


def take(row: Row, *, related: Sequence[str] = (), **expected: Any) -> bool:
    """Take ``row`` for writing if it still is as ``expected``, then reload it, with its ``related`` rows at once.

    One conditional statement bumps ``row_version``: it locks the row until the transaction ends (PostgreSQL), or
    runs under the database's write lock (SQLite). False, with ``row`` reloaded, when somebody else came first.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a row is taken inside a transaction")
    manager = type(row)._default_manager
    taken = manager.filter(pk=row.pk, **expected).update(row_version=F("row_version") + 1)
    row.refresh_from_db(from_queryset=manager.select_related(*related) if related else None)
    return bool(taken)


def hold(model: type[Row], *keys: Any) -> dict[Any, Row]:
    """The rows of ``model`` as they are stored, by key, held until the transaction ends.

    What another row is judged by stays so until that one is saved. They are locked by ascending key, so that two acts
    never wait for each other in a circle; whoever only refers to one of them doesn't wait.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("rows are held inside a transaction")
    rows = model._default_manager.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    return {row.pk: row for row in rows}


#: What PostgreSQL says to one of two acts that met: serialization failure, deadlock, lock not available; a row that the
#: other one has just deleted, or given the same name.
_MET = frozenset({"40001", "40P01", "55P03", "23503", "23505"})


def is_collision(error: BaseException) -> bool:
    """Whether the database stopped an act because of another one in the same moment; sent again, it may pass."""
    if not isinstance(error, OperationalError | IntegrityError):
        return False
    return getattr(error.__cause__, "sqlstate", None) in _MET or "database is locked" in str(error)
