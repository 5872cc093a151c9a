"""How fast a list of tickets is exported and narrowed by custom fields:
`.venv/bin/python bench/export.py [TICKETS] [exports|searches]`.

Makes a database of its own with the given number of tickets (100,000 unless told), each with four custom values, two
tags and a follower, and writes them as CSV and as XLSX. The peer in the same run is the bare writer: the same cells, as
they came out, handed to `csv` and to XlsxWriter. Then asks for the list narrowed by one custom field of each kind and
prints how the database goes about it. `DATABASE_URL` chooses PostgreSQL; otherwise SQLite.
"""

from __future__ import annotations

import csv
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC
from pathlib import Path
from typing import Any

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
FOLDER = tempfile.TemporaryDirectory(prefix="cadran-bench-")
#: How many rows the bare writers get; they hold them all at once.
BARE = 20_000
os.environ["CADRAN_DATA"] = FOLDER.name
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


def _fill(count: int) -> Any:
    """One ticket by an operation, the others as copies of its row."""
    from tests.factories.desk import a_desk, paris
    from tests.factories.trade import a_row

    from cadran.parties.models import Agent
    from cadran.tickets.choices import FieldKind
    from cadran.tickets.models import CustomChoice, CustomField, CustomValue, Tag, Ticket

    desk = a_desk()
    at = paris("2024-01-01 09:00")
    first = desk.open(at)
    text, number, day, choice = (a_row(CustomField, kind.value, kind=kind) for kind in FieldKind)
    choices = [a_row(CustomChoice, f"choice-{n}", field=choice) for n in range(20)]
    tags = [a_row(Tag, f"tag-{n}") for n in range(10)]
    _copy_ticket(first, count)
    offset = first.pk - 1
    agent = Agent.objects.all()[0]
    plans = {
        CustomValue: [
            {"field_id": text.pk, "text": "'INV-' || (100000 + n)", "text_key": "'inv-' || (100000 + n)"},
            {"field_id": number.pk, "text": "''", "text_key": "''", "number": "(n % 5000) / 4.0"},
            {"field_id": day.pk, "text": "''", "text_key": "''", "date": _DAY[connection.vendor]},
            {"field_id": choice.pk, "text": "''", "text_key": "''", "choice_id": f"{choices[0].pk} + n % 20"},
        ],
        Ticket.tags.through: [
            {"tag_id": f"{tags[0].pk} + n % 5"},
            {"tag_id": f"{tags[5].pk} + n % 5"},
        ],
        Ticket.followers.through: [{"agent_id": agent.pk}],
    }
    for model, rows in plans.items():
        for row in rows:
            _insert(model, {"ticket_id": f"{offset} + n", **row}, 1, count)
    return desk


def _copy_ticket(first: Any, count: int) -> None:
    """All other tickets as copies of the first one's row, ten minutes apart."""
    columns = {
        field.column: f"t.{field.column}" for field in first._meta.concrete_fields if field.column != "id"
    }
    columns |= {
        "id": f"{first.pk - 1} + n",
        "number": "'DEM-' || n",
        "title": "'Printer ' || n || ' is mute'",
        "received_at": _LATER[connection.vendor],
    }
    _insert(type(first), columns, 2, count, source=f", {first._meta.db_table} t WHERE t.id = {first.pk}")


#: The n-th day and the n-th reception, as each database counts.
_DAY = {
    "sqlite": "date('2024-01-01', '+' || (n % 900) || ' days')",
    "postgresql": "date '2024-01-01' + n % 900",
}
_LATER = {
    "sqlite": "datetime(t.received_at, '+' || (n * 10) || ' minutes')",
    "postgresql": "t.received_at + n * interval '10 minutes'",
}


def _insert(model: Any, values: dict[str, Any], first: int, last: int, source: str = "") -> None:
    """One row for each number from ``first`` to ``last``; ``values`` are expressions of ``n``."""
    numbers = f"WITH RECURSIVE s(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM s WHERE n < {last})"  # noqa: S608
    names, terms = ", ".join(f'"{name}"' for name in values), ", ".join(map(str, values.values()))
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({names}) {numbers} SELECT {terms} FROM s{source}'  # noqa: S608
        )


def _timed(act: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    answer = act()
    return time.perf_counter() - begun, answer


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _drain(lines: Iterable[str]) -> int:
    return sum(len(line.encode()) for line in lines)


def _exports(count: int) -> None:
    import xlsxwriter

    from cadran.core.spreadsheets import csv_lines, write_xlsx
    from cadran.tickets.models import Ticket
    from cadran.tickets.queries.export import ticket_table

    tickets = Ticket.objects.order_by("-received_at", "-id")
    small = tickets[:2_000]
    _drain(csv_lines(ticket_table(small), zone=UTC, with_commas=False))
    before = _megabytes()
    seconds, size = _timed(lambda: _drain(csv_lines(ticket_table(tickets), zone=UTC, with_commas=False)))
    print(f"| CSV | {count / seconds:,.0f} | {seconds:.1f} | {size / 1e6:.0f} | {_megabytes() - before} |")
    file = Path(FOLDER.name) / "out.xlsx"
    before = _megabytes()
    with file.open("wb") as out:
        seconds, _none = _timed(lambda: write_xlsx(out, ticket_table(tickets), zone=UTC, sheet="Tickets"))
    size = file.stat().st_size
    print(f"| XLSX | {count / seconds:,.0f} | {seconds:.1f} | {size / 1e6:.0f} | {_megabytes() - before} |")
    cells = [[str(one or "") for one in row] for row in ticket_table(tickets[:BARE]).rows]

    def bare_csv() -> None:
        with (Path(FOLDER.name) / "bare.csv").open("w", newline="") as out:
            csv.writer(out).writerows(cells)

    def bare_xlsx() -> None:
        book = xlsxwriter.Workbook(str(file), {"constant_memory": True})
        sheet = book.add_worksheet()
        for number, row in enumerate(cells):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text)
        book.close()

    for name, act in (("bare csv writer", bare_csv), ("bare XlsxWriter", bare_xlsx)):
        seconds, _none = _timed(act)
        print(f"| {name} | {len(cells) / seconds:,.0f} | {seconds:.1f} | | |")


def _searches(desk: Any) -> None:
    from django.http import QueryDict
    from django.utils import timezone

    from cadran.desk.ticket_list.screen import Screen

    plans = []
    for query in (
        "view=all",
        "view=all&cf.text=inv-1421",
        "view=all&cf.number.from=10&cf.number.until=20",
        "view=all&cf.date.from=2026-05-01&cf.date.until=2026-05-08",
        "view=all&cf.choice=choice-3",
        "view=all&cf.text=inv&cf.choice=choice-3",
    ):
        times = []
        for _turn in range(5):
            screen = Screen(desk.user, QueryDict(query), timezone.now())
            seconds, _rows = _timed(lambda screen=screen: (list(screen.page), screen.count))
            times.append(seconds)
        print(f"| `{query}` | {sorted(times)[2] * 1000:.0f} | {screen.count:,} |")
        plans.append((query, screen.in_order[:25].explain()))
    for query, plan in plans[1:]:
        print(f"\n{query}\n{plan}")


def main() -> None:
    import django

    django.setup()
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    part = sys.argv[2] if len(sys.argv) > 2 else ""
    setup_test_environment()
    made = setup_databases(verbosity=0, interactive=False)
    try:
        desk = _fill(count)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(f"\n{count:,} tickets on {connection.vendor}\n")
        if part != "searches":
            print("| writer | rows a second | s | MB | more memory, MB |\n|---|---:|---:|---:|---:|")
            _exports(count)
        if part != "exports":
            print("\n| list | ms | found |\n|---|---:|---:|")
            _searches(desk)
    finally:
        teardown_databases(made, verbosity=0)
        FOLDER.cleanup()


if __name__ == "__main__":
    main()
