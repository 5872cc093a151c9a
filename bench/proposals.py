"""How long it takes to propose what is like a ticket that is being typed:
`.venv/bin/python bench/proposals.py [ERRORS] [TICKETS]`.

Makes a database of its own with the given number of known errors (10,000 unless told) and resolved tickets (100,000),
their words drawn from a vocabulary in which a few words are everywhere and most are rare, as in texts. Asks for the
proposals of twenty texts as the form does, with and without a product. The peer in the same run is the bare query: the
index entries of the first word of the same texts, no more than are looked at, and nothing made of them. `DATABASE_URL`
chooses PostgreSQL; otherwise SQLite.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
FOLDER = tempfile.TemporaryDirectory(prefix="cadran-bench-")
os.environ["CADRAN_DATA"] = FOLDER.name
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
VOCABULARY, WORDS, PRODUCTS, BATCH = 20_000, 12, 50, 5_000
CHANCE = Random(20260101)  # noqa: S311  the same on every machine


def _word() -> str:
    """A word by its rank: the first ones come again and again, the last ones hardly ever."""
    return f"mot{int(VOCABULARY ** CHANCE.random())}"


def _entries(kind: str, first: int, count: int, scopes: list[int]) -> Iterator[Any]:
    from cadran.core.models import IndexedStem

    for row in range(first, first + count):
        scope = scopes[row % len(scopes)]
        for place, stem in enumerate(dict.fromkeys(_word() for _ in range(WORDS))):
            weight = 3 if place < 5 else 1
            yield IndexedStem(subject_kind=kind, subject_id=row, stem=stem, weight=weight, scope=scope)


def _fill(errors: int, tickets: int) -> Any:
    """One of each by an operation, the others as copies of its row, with words of their own."""
    from tests.factories.desk import a_desk, paris
    from tests.factories.trade import a_product

    from cadran.catalogue.known_errors import KnownErrorDetails, save_known_error
    from cadran.catalogue.models import KnownError
    from cadran.core.models import IndexedStem
    from cadran.tickets.models import Ticket

    desk = a_desk()
    products = [desk.product, *(a_product(f"p{n}") for n in range(1, PRODUCTS))]
    keys = [one.pk for one in products]
    at = paris("2026-03-02 10:00")
    details = KnownErrorDetails(title="mot", product=desk.product)
    error = save_known_error(known_error=None, details=details, by=None, at=at)
    ticket = desk.resolve(desk.open(paris("2026-03-02 09:00")), at)
    IndexedStem.objects.all().delete()
    plans: tuple[tuple[Any, Any, str, int], ...] = (
        (KnownError, error, "code", errors),
        (Ticket, ticket, "number", tickets),
    )
    for model, row, name, count in plans:
        first = row.pk
        columns = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
        _store(model, _copies(model, columns, name, count, keys))
        kind = "known_error" if model is KnownError else "ticket"
        _store(IndexedStem, _entries(kind, first, count, keys))
    return desk


def _copies(model: Any, columns: dict[str, Any], name: str, count: int, scopes: list[int]) -> Iterator[Any]:
    for key in range(columns["id"] + 1, columns["id"] + count):
        own = {"id": key, name: f"X{key}", "title": f"mot {key}", "product_id": scopes[key % len(scopes)]}
        yield model(**{**columns, **own})


def _store(model: Any, rows: Iterator[Any]) -> None:
    while batch := list(islice(rows, BATCH)):
        model.objects.bulk_create(batch)


def _timed(act: Callable[[str], object], texts: list[str]) -> tuple[float, float]:
    """Median and worst of the texts, in milliseconds; of each the best of three, since the machine has more to do."""
    took = [min(_once(act, text) for _ in range(3)) for text in texts]
    return statistics.median(took), max(took)


def _once(act: Callable[[str], object], text: str) -> float:
    began = time.perf_counter()
    act(text)
    return (time.perf_counter() - began) * 1000


def measure(desk: Any) -> None:
    """Print what proposing costs for texts of three to thirty words, and how often the bare query fits into it."""
    from cadran.core.likeness import COMMON
    from cadran.core.models import IndexedStem
    from cadran.core.stemming import stems_of
    from cadran.desk.known_errors.proposals import proposals

    texts = [" ".join(_word() for _ in range(length)) for length in (3, 6, 10, 16, 30) for _ in range(4)]

    def propose(product: Any) -> Callable[[str], object]:
        return lambda text: proposals(text=text, product=product, version=None, chosen=None, user=desk.user)

    def bare(text: str) -> object:
        rows = IndexedStem.objects.filter(subject_kind="ticket", stem=stems_of(text)[0])
        return list(rows.order_by("-subject_id").values_list("subject_id", "weight")[:COMMON])

    contenders = {
        "the bare query, once": bare,
        "proposals": propose(None),
        "proposals for a product": propose(desk.product),
    }
    propose(None)(texts[0])
    print("| contender | median, ms | worst, ms | to the bare query |\n| --- | ---: | ---: | ---: |")
    peer = 0.0
    for name, act in contenders.items():
        median, worst = _timed(act, texts)
        peer = peer or median
        print(f"| {name} | {median:.1f} | {worst:.1f} | {median / peer:.1f} |")


def main() -> None:
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    given = [int(one) for one in sys.argv[1:3]]
    errors, tickets = [*given, *(10_000, 100_000)[len(given) :]]
    setup_test_environment()
    made = setup_databases(verbosity=0, interactive=False)
    try:
        desk = _fill(errors, tickets)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(f"\n{errors:,} known errors and {tickets:,} tickets on {connection.vendor}\n")
        measure(desk)
    finally:
        teardown_databases(made, verbosity=0)
        FOLDER.cleanup()


if __name__ == "__main__":
    main()
