"""The explanation as PDF says what the page says (Spec C14)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation
from pypdf import PdfReader

from cadran.contracts.operations import save_commitment
from cadran.desk.components.words import grid_text
from cadran.desk.explain.facts import facts_of
from cadran.tickets.models import Ticket
from cadran.tickets.operations import resume_ticket, suspend_ticket
from tests.factories.desk import Desk, paris
from tests.factories.trade import MONDAY, ROUND_THE_CLOCK, a_schedule, commitment_details


def pages_of(content: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def fetched(browser: Client, ticket: Ticket, language: str, guarantee: str = "resolution") -> Any:
    return browser.get(f"/tickets/{ticket.number}/clock/{guarantee}.pdf", {"in": language})


def bare(text: str) -> str:
    """Without spaces: where a line of the PDF breaks is no difference."""
    return "".join(text.split())


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pdf_holds_every_line_of_the_page(
    browser: Client, desk: Desk, ticket: Ticket, language: str
) -> None:
    """Spec C14: answer, zone, each line of the ledger with its figures, rules and moves, in both languages."""
    for began, ended in (("09:15", "09:45"), ("11:00", "13:00")):
        began_at, ended_at = paris(f"2026-03-02 {began}"), paris(f"2026-03-02 {ended}")
        suspend_ticket(
            ticket=ticket, began_at=began_at, reason=desk.reason(), status=None, by=desk.user, at=began_at
        )
        resume_ticket(ticket=ticket, ended_at=ended_at, status=None, by=desk.user, at=ended_at)
    answer = fetched(browser, ticket, language)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    text = bare(" ".join(pages_of(answer.content)))
    ticket.refresh_from_db()
    with translation.override(language):
        facts = facts_of(ticket, "resolution", desk.user, timezone.now())
        assert facts["explanation"].ledger.due == ticket.resolution_due_at
        for part in facts["answer"].values():
            assert bare(part) in text
        for row in facts["rows"]:
            figures = [grid_text(n) for n in (row.lost, row.counted, row.used) if n is not None]
            assert bare("".join([row.day, row.start, row.end, row.what, *figures])) in text
        for when, move in facts["moves"]:
            assert bare(when) in text and bare(move.due) in text and bare(move.what) in text
        assert bare(facts["zone"]) in text
        assert bare(facts["rules"]["week"][0]) in text
    assert "differ" not in text
    sums = facts["rows"][-1]
    assert sum(row.counted for row in facts["rows"][:-1] if row.counted) == sums.counted
    assert sum(row.lost for row in facts["rows"][:-1] if row.lost) == sums.lost == 9000


def test_the_schedule_of_lost_time_shows_its_week(browser: Client, desk: Desk) -> None:
    """Spec C14: where time is lost on another schedule than it counts on, both weeks are there to check by."""
    around = a_schedule("around", weekly=ROUND_THE_CLOCK)
    details = commitment_details(desk.commitment.code, desk.schedule, action_schedule=around)
    save_commitment(commitment=desk.commitment, details=details, by=None, at=MONDAY)
    text = " ".join(pages_of(fetched(browser, desk.open(), "en", "response").content))
    assert "Around, version 1 Mon–Sun 00:00–24:00" in text


def test_without_a_guarantee_no_rule_is_announced(browser: Client, desk: Desk) -> None:
    """A heading stands over something, or not at all."""
    other = desk.open(contract=None, service=None)
    text = " ".join(pages_of(fetched(browser, other, "en").content))
    assert "No guarantee applies" in text and "Rules used" not in text


def test_a_long_ledger_repeats_its_heading(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec C14: a ledger of many pauses goes over several pages, each with the columns' names."""
    for n in range(40):
        began, ended = paris(f"2026-03-02 09:{n + 10}:00"), paris(f"2026-03-02 09:{n + 10}:30")
        suspend_ticket(
            ticket=ticket, began_at=began, reason=desk.reason(), status=None, by=desk.user, at=began
        )
        resume_ticket(ticket=ticket, ended_at=ended, status=None, by=desk.user, at=ended)
    pages = pages_of(fetched(browser, ticket, "en").content)
    within = [page for page in pages if "Counted Used of" in page]
    assert len(within) >= 2
    assert f"page 1 of {len(pages)}" in pages[0]


def test_a_clock_that_counts_nothing_has_a_pdf_too(browser: Client, desk: Desk) -> None:
    """Spec C14: without a guarantee, the document says so."""
    ticket = desk.open(paris("2026-03-02 10:00"), service=None, contract=None)
    for guarantee in ("response", "resolution"):
        assert "DEM-" in pages_of(fetched(browser, ticket, "en", guarantee).content)[0]
    assert fetched(browser, ticket, "en", "nothing").status_code == 404
