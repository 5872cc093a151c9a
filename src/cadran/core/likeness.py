"""Rows alike: an index of stems, written by the operations that save texts, and asked while somebody types (Spec S5).

The score of a row is the sum over the stems it shares with the question of ``weight × ln(1 + COMMON / df)``, where
``df`` is how many rows have the stem: rare words say more than common ones. From ``COMMON`` rows on only the newest are
looked at, so that a question costs the same however many rows there are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import log

from django.db import connection, transaction

from .models import IndexedStem
from .stemming import stems_of, words_with

#: A stem of so many rows or more is common; only its newest rows are looked at.
COMMON = 400
#: A row so many times less alike than the best one is left out.
FAINT = 4
#: So many stems of a question are looked up, its first ones.
ASKED = 16
#: So many stems of a row are kept.
KEPT = 120
#: A word is rare that so many rows have at most, or one row in so many.
_RARE, _ONE_IN = 3, 8
#: A code holds letters and figures, as ORA-00942 does.
_CODE = re.compile(r"(?=.*[a-z])(?=.*[0-9]).{5,}")


@dataclass(frozen=True)
class Shared:
    """A stem that a row shares with the question: what it weighs there, and how many rows have it, up to COMMON."""

    stem: str
    weight: int
    rows: int


@dataclass(frozen=True)
class Likeness:
    """A row that has ``shared`` in common with the question; a higher ``score`` is more alike."""

    subject_id: int
    score: float
    shared: tuple[Shared, ...]

    @property
    def stems(self) -> tuple[str, ...]:
        """What both have, in the order of the question."""
        return tuple(one.stem for one in self.shared)


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


def asked_stems(text: str) -> list[str]:
    """The stems of a question that are looked up."""
    return stems_of(text)[:ASKED]


def surely_alike(
    found: Iterable[Likeness], text: str, *, known: int, naming: int, heading: int
) -> list[Likeness]:
    """Those of ``found`` that are about the same matter as ``text`` where nothing else, such as a product, says so.

    ``known`` is how many rows there are; words that name the matter weigh ``naming`` at least, those of its heading
    ``heading``. Two rare words that name it are in common, one of its heading; or a code such as ``ORA-00942``; or
    every word of the question names it.
    """
    asked, most = set(asked_stems(text)), max(_RARE, known // _ONE_IN)

    def is_sure(one: Likeness) -> bool:
        told = {shared.stem: shared for shared in one.shared if shared.weight >= naming}
        rare = {stem: shared.weight for stem, shared in told.items() if shared.rows <= most}
        # Each word that is found takes a stem at least: the text is read only where there can be two.
        if len(rare) >= 2 and max(rare.values()) >= heading and len(words_with(text, rare)) >= 2:
            return True
        return any(_CODE.fullmatch(stem) for stem in rare) or told.keys() == asked

    return [one for one in found if is_sure(one)]


def rows_alike(
    *, subject_kind: str, text: str, scope: int | None = None, without: int | None = None
) -> list[Likeness]:
    """The rows that share words with ``text``, the most alike first; with ``scope`` only those of that scope.

    A row that shares nothing but common words is left out, unless the question has no other, and so is a faint one.
    """
    scores: dict[int, float] = defaultdict(float)
    shared: dict[int, list[Shared]] = defaultdict(list)
    telling: set[int] = set()
    rows = IndexedStem.objects.filter(subject_kind=subject_kind)
    if scope is not None:
        rows = rows.filter(scope=scope)
    for stem in asked_stems(text):
        found = list(
            rows.filter(stem=stem).order_by("-subject_id").values_list("subject_id", "weight")[:COMMON]
        )
        for subject, weight in found:
            scores[subject] += weight * log(1 + COMMON / len(found))
            shared[subject].append(Shared(stem, weight, len(found)))
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
