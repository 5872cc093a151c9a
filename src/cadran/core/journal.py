"""Writing to the journal: the one function every operation ends with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from .models import JournalEntry


def record(
    *,
    subject_kind: str,
    subject_id: int,
    kind: str,
    by: Any,
    at: datetime,
    recorded_at: datetime | None = None,
    data: dict[str, Any] | None = None,
    is_internal: bool = True,
) -> JournalEntry:
    """Append one row in the running transaction. ``by`` is a user, or None for what Cadran does by itself."""
    facts = [(subject_id, data or {})]
    (entry,) = record_many(
        subject_kind=subject_kind,
        kind=kind,
        facts=facts,
        by=by,
        at=at,
        recorded_at=recorded_at,
        is_internal=is_internal,
    )
    return entry


def record_many(
    *,
    subject_kind: str,
    kind: str,
    facts: Iterable[tuple[int, dict[str, Any]]],
    by: Any,
    at: datetime,
    recorded_at: datetime | None = None,
    is_internal: bool = True,
) -> list[JournalEntry]:
    """Append one row for each of many subjects of one act, ``facts`` being their keys and data, in one statement."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a journal row is written in the transaction of its act")
    author_name = str(by) if by is not None else ""
    entries = [
        JournalEntry(
            subject_kind=subject_kind,
            subject_id=subject_id,
            kind=kind,
            at=at,
            recorded_at=recorded_at or at,
            author=by,
            author_name=author_name,
            data=data,
            is_internal=is_internal,
        )
        for subject_id, data in facts
    ]
    return JournalEntry.objects.bulk_create(entries, batch_size=500)
