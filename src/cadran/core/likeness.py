"""Rows alike: an index of stems, written by the operations that save texts, and asked while somebody types (Spec S5).

The score of a row is the sum over the stems it shares with the question of ``weight × ln(1 + COMMON / df)``, where
``df`` is how many rows have the stem: rare words say more than common ones. From ``COMMON`` rows on only the newest are
looked at, so that a question costs the same however many rows there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import log

from django.db import connection, transaction

from .models import IndexedStem
from .stemming import stems_of

#: A stem of so many rows or more is common; only its newest rows are looked at.
COMMON = 400
#: A row so many times less alike than the best one is left out.
FAINT = 4
#: So many stems of a question are looked up, its first ones.
ASKED = 16
#: So many stems of a row are kept.
KEPT = 120


@dataclass(frozen=True)
class Likeness:
    """A row that shares ``stems`` with the question; a higher ``score`` is more alike."""

    subject_id: int
    score: float
    stems: tuple[str, ...]


def index_texts(
    *, subject_kind: str, subject_id: int, texts: Iterable[tuple[str, int]], scope: int | None = None
) -> None:
    """Keep the stems of a row: ``texts`` are plain texts with what their words weigh. Writes only what changed.

    A part of the operation that saves the row, in its transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a row is indexed in the transaction that saves it")
    wanted: dict[str, int] = {}
    for text, weight in texts:
        for stem in stems_of(text):
            if len(wanted) < KEPT:
                wanted.setdefault(stem, weight)
    rows = IndexedStem.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    stored = {row.stem: row for row in rows}
    gone = [row.pk for stem, row in stored.items() if (wanted.get(stem), scope) != (row.weight, row.scope)]
    IndexedStem.objects.filter(pk__in=gone).delete()
    IndexedStem.objects.bulk_create(
        IndexedStem(subject_kind=subject_kind, subject_id=subject_id, stem=stem, weight=weight, scope=scope)
        for stem, weight in wanted.items()
        if stem not in stored or stored[stem].pk in gone
    )


def forget_texts(*, subject_kind: str, subject_id: int) -> None:
    """Take a row out of the index."""
    IndexedStem.objects.filter(subject_kind=subject_kind, subject_id=subject_id).delete()


def rows_alike(
    *, subject_kind: str, text: str, scope: int | None = None, without: int | None = None
) -> list[Likeness]:
    """The rows that share words with ``text``, the most alike first; with ``scope`` only those of that scope.

    A row that shares nothing but common words is left out, unless the question has no other, and so is a faint one.
    """
    scores: dict[int, float] = defaultdict(float)
    shared: dict[int, list[str]] = defaultdict(list)
    telling: set[int] = set()
    rows = IndexedStem.objects.filter(subject_kind=subject_kind)
    if scope is not None:
        rows = rows.filter(scope=scope)
    asked = stems_of(text)[:ASKED]
    for stem in asked:
        found = list(
            rows.filter(stem=stem).order_by("-subject_id").values_list("subject_id", "weight")[:COMMON]
        )
        for subject, weight in found:
            scores[subject] += weight * log(1 + COMMON / len(found))
            shared[subject].append(stem)
            if len(found) < COMMON:
                telling.add(subject)
    alike = [
        Likeness(subject, score, tuple(shared[subject]))
        for subject, score in scores.items()
        if subject != without and (not telling or subject in telling)
    ]
    best = max((one.score for one in alike), default=0.0)
    return sorted(
        (one for one in alike if one.score * FAINT >= best), key=lambda one: (-one.score, -one.subject_id)
    )
