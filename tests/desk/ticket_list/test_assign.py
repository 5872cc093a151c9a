"""Assigning several tickets at once from the list (Spec S3, T11, T17)."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from cadran.accounts.rights import Right
from cadran.core.models import JournalEntry
from cadran.tickets.models import Ticket
from cadran.tickets.operations import assign_ticket, cancel_ticket
from tests.desk.work import TEN, signed_in
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import person

ADDRESS = "/tickets/assign/"


def two(desk: Desk) -> list[Ticket]:
    return [desk.open(paris("2026-03-02 09:00")) for _one in range(2)]


def ticked(browser: Client, *tickets: Ticket) -> list[str]:
    """What the boxes of the tickets send, as the list draws them now."""
    page = browser.get("/tickets/", {"view": "all"}).content.decode()
    marks = re.findall(r'name="ticket" value="([^"]+)"', page)
    return [mark for ticket in tickets for mark in marks if mark.startswith(f"{ticket.pk}:")]


def hidden(answer: Any) -> list[str]:
    """What the dialog would send again."""
    return re.findall(r'<input type="hidden" name="ticket" value="([^"]+)"', answer.content.decode())


def test_several_are_assigned_at_once(browser: Client, desk: Desk) -> None:
    """Spec S3: each selected ticket is assigned; the answer says how many and draws the list anew."""
    marks = ticked(browser, *two(desk))
    dialog = browser.get(ADDRESS, {"ticket": marks})
    assert "Assign 2 tickets" in dialog.content.decode()
    assert sorted(hidden(dialog)) == sorted(marks)
    nothing = browser.post(ADDRESS, {"ticket": marks})
    assert nothing.status_code == 422
    assert "Choose a team, an assignee, or both." in nothing.content.decode()
    done = browser.post(ADDRESS, {"ticket": marks, "assignee": desk.agent.pk})
    assert "tickets-changed" in done["HX-Trigger"]
    assert "2 tickets assigned." in done["HX-Trigger"]
    assert set(Ticket.objects.values_list("assignee", flat=True)) == {desk.agent.pk}


def test_what_changes_nothing_is_said_so(browser: Client, desk: Desk) -> None:
    """Spec S3: only tickets that changed hands count as assigned; no row of the journal for the others."""
    one, other = two(desk)
    sent = {"ticket": ticked(browser, one), "assignee": desk.agent.pk}
    assert "1 ticket assigned." in browser.post(ADDRESS, sent)["HX-Trigger"]
    sent["ticket"] = ticked(browser, one, other)
    assert "1 ticket assigned. 1 was so already." in browser.post(ADDRESS, sent)["HX-Trigger"]
    rows = JournalEntry.objects.count()
    sent["ticket"] = ticked(browser, one, other)
    told = browser.post(ADDRESS, sent)["HX-Trigger"]
    assert "Nothing changed: 2 tickets were assigned so already." in told and "info" in told
    sent["ticket"] = ticked(browser, one)
    assert "Nothing changed: 1 ticket was assigned so already." in browser.post(ADDRESS, sent)["HX-Trigger"]
    assert JournalEntry.objects.count() == rows


def test_one_refusal_keeps_the_others_and_is_said(browser: Client, desk: Desk) -> None:
    """Spec S3: what was refused is named with its reason and can't be sent again; the others are assigned."""
    fine, gone = two(desk)
    cancel_ticket(ticket=gone, closed_at=TEN, status=None, state=None, reason="Twice", by=desk.user, at=TEN)
    answer = browser.post(ADDRESS, {"ticket": ticked(browser, fine, gone), "assignee": desk.agent.pk})
    text = answer.content.decode()
    assert "1 ticket assigned" in text
    assert gone.number in text
    assert hidden(answer) == []
    fine.refresh_from_db()
    assert fine.assignee == desk.agent


def test_what_somebody_else_assigned_meanwhile_is_refused_once(browser: Client, desk: Desk) -> None:
    """Spec T17: it is named with who has it now, and goes through when it is sent again; the others go at once."""
    free, taken = two(desk)
    marks = ticked(browser, free, taken)
    other = colleague(desk, Right.EDIT_TICKETS, Right.INTERVENE, email="quick@example.com")
    desk.team.members.add(other.agent)
    assign_ticket(ticket=taken, team=desk.team, assignee=other.agent, by=desk.user, at=TEN)
    rows = JournalEntry.objects.of("ticket", taken.pk).count()
    sent = {"ticket": marks, "assignee": desk.agent.pk}
    answer = browser.post(ADDRESS, sent)
    text = answer.content.decode()
    assert "1 ticket assigned; these were refused:" in text
    assert f"{taken.number}: {desk.user} changed this meanwhile" in text
    assert f"{desk.team} · {other.agent}" in text
    assert "tickets-changed" in answer["HX-Trigger"]
    free.refresh_from_db()
    taken.refresh_from_db()
    assert (free.assignee, taken.assignee) == (desk.agent, other.agent)
    assert JournalEntry.objects.of("ticket", taken.pk).count() == rows
    assert hidden(answer) == [f"{taken.pk}:{desk.team.pk}:{other.agent.pk}"]
    done = browser.post(ADDRESS, {**sent, "ticket": hidden(answer)})
    assert "1 ticket assigned." in done["HX-Trigger"]
    taken.refresh_from_db()
    assert taken.assignee == desk.agent


def test_sent_twice_it_changes_nothing_more(browser: Client, desk: Desk) -> None:
    """House: a double submit is harmless; the ticket is as was wanted, so nobody is asked (Spec T17)."""
    (mark,) = ticked(browser, ticket := two(desk)[0])
    for said in ("1 ticket assigned.", "Nothing changed: 1 ticket was assigned so already."):
        done = browser.post(ADDRESS, {"ticket": [mark], "assignee": desk.agent.pk})
        assert said in done["HX-Trigger"]
    assert JournalEntry.objects.of("ticket", ticket.pk).filter(kind="ticket.assigned").count() == 1


def test_a_mark_that_says_nothing_assigns_nothing(browser: Client, desk: Desk) -> None:
    """Spec T17: without what the person saw there is nothing to compare; texts that aren't marks are left out."""
    ticket = two(desk)[0]
    for mark in (str(ticket.pk), f"{ticket.pk}:", f"{ticket.pk}:x:", "9" * 30, f"99999:{desk.team.pk}:", ""):
        browser.post(ADDRESS, {"ticket": [mark], "assignee": desk.agent.pk})
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_who_may_not_distribute_is_refused_each(desk: Desk) -> None:
    """Spec R2, T11: by the operation, with its sentence; nothing moves."""
    ticket = desk.open(paris("2026-03-02 09:00"))
    few = signed_in(person(Right.SEE_CUSTOMERS, email="few@example.com"))
    assert few.post(ADDRESS).status_code == 403
    reader = signed_in(colleague(desk, Right.SEE_TICKETS, email="reader@example.com"))
    answer = reader.post(ADDRESS, {"ticket": ticked(reader, ticket), "assignee": desk.agent.pk})
    assert "Only who leads the team" in answer.content.decode()
    ticket.refresh_from_db()
    assert ticket.assignee is None
