"""How long documents take: `.venv/bin/python bench/documents.py`.

Makes a data folder of its own with the demo company and draws the longest ticket and explanation as PDF, in this
process. Prints a table for RESULTS.md: median and 95th percentile, bytes, and the ratio to the compiler alone on the
very same sources in the same run, turn by turn: what is ours is the rest.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from typing import Any


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _milliseconds(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return (time.perf_counter() - begin) * 1000


def compare(name: str, draw: Callable[[], bytes], rounds: int) -> None:
    """One line: the whole way of a document, and the compiler alone on what it was given last."""
    from cadran.core import pdf

    given: list[Any] = []
    compiled = pdf._typst

    def noting(*arguments: Any) -> bytes:
        given[:] = arguments
        return compiled(*arguments)

    pdf._typst = noting
    size = len(draw())
    pdf._typst = compiled
    whole, alone = [], []
    with tempfile.TemporaryDirectory() as empty:
        for _turn in range(rounds):
            whole.append(_milliseconds(draw))
            alone.append(_milliseconds(lambda: compiled(given[0], empty, given[2])))
    middle, least = statistics.median(whole), statistics.median(alone)
    print(
        f"| {name} | {middle:.1f} | {_percentile(whole, 0.95):.1f} | {least:.1f} | {size:,} | {middle / least:.2f} |"
    )


def run(rounds: int) -> None:
    """Load, draw, print."""
    with tempfile.TemporaryDirectory(prefix="cadran-bench-") as folder:
        os.environ |= {"CADRAN_DATA": folder, "DJANGO_SETTINGS_MODULE": "cadran.settings"}
        subprocess.run([sys.executable, "-m", "cadran", "demo"], check=True, stdout=subprocess.DEVNULL)
        import django

        django.setup()
        from django.db.models import Count
        from django.utils import timezone, translation

        from cadran.accounts.models import User
        from cadran.desk.explain.document import explanation_pdf
        from cadran.desk.explain.facts import facts_of
        from cadran.tickets.choices import Audience
        from cadran.tickets.documents import DOCUMENT_ROWS, ticket_pdf
        from cadran.tickets.models import Ticket

        rows = Ticket.objects.annotate(
            work=Count("interventions", distinct=True), pauses=Count("suspensions")
        )
        now, reader = timezone.now().replace(microsecond=0), User.objects.earliest("pk")
        busiest = rows.select_related(*DOCUMENT_ROWS).order_by("-work", "pk").first()
        longest = (
            rows.exclude(resolution_clock="none").order_by("-pauses", "-suspended_seconds", "pk").first()
        )
        translation.activate("fr")
        print(
            f"{date.today():%Y-%m-%d}, {os.cpu_count()} cores, CPython {sys.version.split()[0]}, {rounds} rounds\n"
        )
        print("| document | p50 ms | p95 ms | typst alone, p50 ms | bytes | × typst alone |")
        print("|---|---:|---:|---:|---:|---:|")
        for audience in Audience:
            compare(
                f"ticket, {audience.value}", lambda who=audience: ticket_pdf(busiest, who, at=now), rounds
            )
        facts = facts_of(longest, "resolution", reader, now)
        compare("explanation", lambda: explanation_pdf(facts), rounds)
        compare(
            "explanation, facts included",
            lambda: explanation_pdf(facts_of(longest, "resolution", reader, now)),
            rounds,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60, help="documents of each kind that count")
    run(parser.parse_args().rounds)
