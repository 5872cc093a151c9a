"""Compare-and-set: an operation takes its row only in the state that its caller saw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import connection, models, transaction
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
