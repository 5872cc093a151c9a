"""The explanation of a due date: what anybody could check by hand (Spec C14)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cadran.accounts.rights import Right
from cadran.tickets.models import Ticket
from cadran.tickets.operations import cancel_ticket, reopen_ticket, resume_ticket, suspend_ticket
from tests.desk.tickets.conftest import text_of
from tests.desk.work import TEN, signed_in
from tests.factories.desk import Desk, colleague, paris


def explained(browser: Client, ticket: Ticket, guarantee: str = "resolution") -> Any:
    return browser.get(f"/tickets/{ticket.number}/clock/{guarantee}/")


def pause(desk: Desk, ticket: Ticket) -> None:
    """Suspended from 09:15 to 09:45."""
    for act, at in (("suspend", paris("2026-03-02 09:15")), ("resume", paris("2026-03-02 09:45"))):
        if act == "suspend":
            suspend_ticket(ticket=ticket, began_at=at, reason=desk.reason(), status=None, by=desk.user, at=at)
        else:
            resume_ticket(ticket=ticket, ended_at=at, status=None, by=desk.user, at=at)


def test_the_ledger_adds_up_to_the_due_date(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec C14: 15 minutes, a pause of 30, then 7 h 45: due at 17:30."""
    pause(desk, ticket)
    answer = explained(browser, ticket)
    words = text_of(answer)
    assert "Monday 2 March 2026, 17:30" in words
    assert "8 h 00 − 0 h 30 = 7 h 30" in words
    rows = answer.context["rows"]
    assert sum(row.counted for row in rows[:-1] if row.counted) == rows[-1].counted == 8 * 3600
    assert sum(row.lost for row in rows[:-1] if row.lost) == rows[-1].lost == 1800
    assert "Suspended: Waiting for customer, until Mon 2 Mar 09:45" in words
    assert "times in Paris (Europe/Paris)" in words
    assert "equal to the stored due date" in words


def test_what_moved_it_and_by_whom(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec C14: who changed what when."""
    pause(desk, ticket)
    words = text_of(explained(browser, ticket))
    for part in ("Due Mon 2 Mar 17:00 Ticket received by Someone", "No due date Suspended by Someone",
                 "Due Mon 2 Mar 17:30 Resumed by Someone, + 0 h 30"):  # fmt: skip
        assert part in words


def test_what_was_typed_afterwards_stands_where_it_was_recorded(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec C14: a resumption recorded an hour later moved the due date then; from when it holds is said."""
    began, late = paris("2026-03-02 09:15"), paris("2026-03-02 10:45")
    suspend_ticket(ticket=ticket, began_at=began, reason=desk.reason(), status=None, by=desk.user, at=began)
    resume_ticket(ticket=ticket, ended_at=paris("2026-03-02 09:45"), status=None, by=desk.user, at=late)
    words = text_of(explained(browser, ticket))
    assert "Mon 2 Mar 10:45 Due Mon 2 Mar 17:30 Resumed by Someone, + 0 h 30, as of Mon 2 Mar 09:45" in words
    feed = text_of(browser.get(f"/tickets/{ticket.number}/"))
    assert "0 h 30 of working time" in feed or "30 min of working time" in feed
    assert "17:00" in feed and "17:30" in feed and "Resolution due" in feed


def test_the_rules_are_named_with_their_versions(browser: Client, ticket: Ticket) -> None:
    """Spec C14: commitment, version, schedule, threshold."""
    words = text_of(explained(browser, ticket, "response"))
    for part in (
        "4 h of working time",
        "Gold, version 1",
        "Office, version 1",
        "Mon–Fri 09:00–18:00",
        "Reception",
    ):
        assert part in words


def test_a_holiday_is_skipped_and_named(browser: Client, desk: Desk) -> None:
    """Spec C8, C14: Easter Monday stands in the ledger."""
    from tests.factories.trade import a_calendar

    desk.reschedule({day: [[540, 1080]] for day in range(1, 6)}, TEN, calendar=a_calendar())
    ticket = desk.open(paris("2026-04-03 16:00"), at=paris("2026-04-03 16:00"))
    answer = explained(browser, ticket)
    skipped = [row.what for row in answer.context["rows"] if row.kind == "skip"]
    assert len(skipped) == 1
    assert "no opening" in skipped[0]


def test_to_the_second_where_an_instant_needs_it(browser: Client, desk: Desk) -> None:
    """Spec C14: the figures shown add up as they read."""
    ticket = desk.open(paris("2026-03-02 09:00:30"))
    assert "7:59:30" not in text_of(explained(browser, ticket))
    assert "17:00:30" in text_of(explained(browser, ticket))


def test_a_suspended_clock_has_no_due_date(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec C11: it says so, and how much was used."""
    at = paris("2026-03-02 09:30")
    suspend_ticket(ticket=ticket, began_at=at, reason=desk.reason(), status=None, by=desk.user, at=at)
    words = text_of(explained(browser, ticket))
    assert "No due date while the ticket is suspended" in words
    assert "Still suspended: no due date for now" in words
    assert "no due date for now, and none is stored" in words
    assert "equal to the stored due date" not in words


def test_a_ticket_without_a_guarantee(browser: Client, desk: Desk) -> None:
    """An empty explanation says so."""
    ticket = desk.open(contract=None, service=None)
    assert "No guarantee applies" in text_of(explained(browser, ticket))


def test_a_cancelled_ticket(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T26: a void clock."""
    cancel_ticket(ticket=ticket, closed_at=TEN, status=None, state=None, reason="Twice", by=desk.user, at=TEN)
    assert "the clock no longer counts" in text_of(explained(browser, ticket))


def test_a_long_wait_is_drawn_with_a_gap(browser: Client, desk: Desk) -> None:
    """The strip stays readable: the first and the last days, and a gap that says so."""
    ticket = desk.open(paris("2026-02-02 09:00"))
    suspend_ticket(ticket=ticket, began_at=paris("2026-02-02 10:00"), reason=desk.reason(), status=None,
                   by=desk.user, at=paris("2026-02-02 10:00"))  # fmt: skip
    resume_ticket(ticket=ticket, ended_at=TEN, status=None, by=desk.user, at=TEN)
    strip = explained(browser, ticket).context["strip"]
    assert len([box for box in strip.boxes if box.part == "day"]) == 7
    assert "…" in [label.text for label in strip.labels]


def test_the_page_speaks_french(desk: Desk, ticket: Ticket) -> None:
    """Spec F5."""
    words = text_of(explained(signed_in(desk.user, "fr"), ticket))
    assert "heures de Paris (Europe/Paris)" in words
    assert "Ledger" not in words
    assert "Rules used" not in words


@pytest.mark.parametrize("guarantee", ["response", "resolution"])
def test_who_may_not_see_tickets_gets_403(desk: Desk, ticket: Ticket, guarantee: str) -> None:
    """Spec R2."""
    browser = signed_in(colleague(desk, Right.SEE_CUSTOMERS))
    assert explained(browser, ticket, guarantee).status_code == 403


def test_another_guarantee_is_404(browser: Client, ticket: Ticket) -> None:
    """Only two clocks exist."""
    assert explained(browser, ticket, "penalty").status_code == 404


def test_marks_close_together_stand_apart(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec C14: what was received minutes ago, with now beside it, can be read."""
    now = timezone.now()
    fresh = desk.open(now - timedelta(minutes=7))
    strip = explained(browser, fresh).context["strip"]
    spans = []
    for label in strip.labels:
        if label.part in ("strong", "now-t", "flag-t") and label.y in (58, 58.5, 104):
            width = 6.4 * len(label.text)
            left = label.x - {"start": 0.0, "middle": width / 2, "end": width}[label.anchor]
            spans.append((int(label.y), left, left + width))
    assert len(spans) > 1
    for index, (y, left, right) in enumerate(spans):
        for other, first, last in spans[:index]:
            assert y != other or right <= first or last <= left, strip.labels


def test_a_reopening_is_called_one(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec C14, T27: what counted ended with the resolution and went on with the reopening."""
    done = desk.resolve(ticket, paris("2026-03-02 09:30"))
    reopen_ticket(
        ticket=done,
        reason="Again",
        status=None,
        state=None,
        copy=None,
        by=desk.user,
        at=paris("2026-03-02 09:45"),
    )
    words = text_of(explained(browser, ticket))
    assert "until the resolution" in words
    assert "from the reopening" in words
    assert "until the suspension" not in words
    page = text_of(browser.get(f"/tickets/{ticket.number}/"))
    assert "reopened" in page
    assert "reopened the ticket: Again." in page
