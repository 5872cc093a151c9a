"""Linked tickets on the ticket's page: linking, taking away, and children that follow (Spec T10)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from cadran.accounts.rights import Right
from cadran.jobs.models import Job
from cadran.tickets.choices import LinkRole
from cadran.tickets.models import Ticket, TicketLink
from cadran.tickets.operations import close_ticket, link_tickets, merge_ticket, suspend_ticket
from tests.desk.work import TEN, signed_in
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import a_customer
from tests.tickets.operations.test_cascades import run_jobs

from .conftest import EMPTY_REQUESTS, get, post, text_of

NINE = paris("2026-03-02 09:00")
HALF_PAST = paris("2026-03-02 09:30")


def child_of(desk: Desk, parent: Ticket, **typed: Any) -> Ticket:
    child = desk.open(NINE, **typed)
    link_tickets(ticket=parent, other=child, role=LinkRole.CHILD, by=desk.user, at=NINE)
    return child


def test_the_panel_lists_open_tickets_of_eight_days(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T10: filters for closed ones, all dates, the same asset, words, and other customers."""
    near = desk.open(paris("2026-02-23 09:00"), at=NINE, title="Near", asset=None, product=None)
    desk.open(paris("2026-02-20 09:00"), at=NINE, title="Old")
    desk.resolve(desk.open(NINE, title="Solved"), HALF_PAST, closed_internally=True)
    elsewhere = {"site": None, "requester": None, "contract": None, "service": None, "asset": None}
    theirs = desk.open(NINE, title="Theirs", customer=a_customer("Elsewhere"), **elsewhere)

    def listed(query: str) -> set[str]:
        words = text_of(get(browser, ticket, f"links/?{query}"))
        return {name for name in ("Near", "Old", "Solved", "Theirs", "Printer") if name in words}

    assert listed("") == {"Near"}
    assert listed("ct_page=1&ct_closed=on") == {"Near", "Solved"}
    assert listed("ct_page=1&ct_all_dates=on") == {"Near", "Old"}
    assert listed("ct_page=1&ct_all_dates=on&ct_same_asset=on") == {"Old"}
    assert listed(f"ct_page=1&ct_words={near.number}") == {"Near"}
    assert listed(f"ct_page=1&ct_words={theirs.number.lower()}") == {"Theirs"}
    assert listed("ct_page=1&ct_words=theirs") == set()
    assert listed("ct_page=1&ct_words=nEAR") == {"Near"}
    assert listed("ct_page=1&ct_everywhere=on") == {"Near", "Theirs"}
    assert listed("ct_page=x&ct_words=nothing") == set()


def test_the_number_of_a_duplicate_leads_to_the_ticket_that_is_kept(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec T10, T29: the panel says so and offers that one, also after a second merger, and never the ticket itself."""
    kept, last = desk.open(NINE, title="Kept"), desk.open(NINE, title="Last")
    twice, own = desk.open(NINE, title="Twice"), desk.open(NINE, title="Own")
    for duplicate, into in ((twice, kept), (kept, last), (own, ticket)):
        merge_ticket(ticket=duplicate, into=into, reason="Same", by=desk.user, at=HALF_PAST)
    for typed in (twice.number, twice.number.lower()):
        answer = get(browser, ticket, f"links/?ct_page=1&ct_words={typed}")
        told = text_of(answer)
        assert f"{twice.number} was merged into {last.number}: link that one." in told
        assert f"Link {last.number} as parent" in answer.content.decode() and "No ticket fits" not in told
    told = text_of(get(browser, ticket, f"links/?ct_page=1&ct_words={own.number}"))
    assert f"{own.number} was merged into {ticket.number}: there is nothing more to link." in told
    assert "No ticket fits" not in told


def test_linking_and_taking_away_in_the_panel(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T10: the panel stays open and says what each is; the page behind it follows."""
    other = desk.open(NINE, title="The cause")
    answer = post(browser, ticket, "links/", other=other.number, role="parent", ct_page="1")
    assert TicketLink.objects.get().parent == other
    assert "Take the link with DEM-2 away" in answer.content.decode()
    assert 'id="t-work" aria-label="Work" hx-swap-oob="true"' in answer.content.decode()
    refused = post(browser, other, "links/", other=ticket.number, role="parent", ct_page="1")
    assert "stands below it: DEM-2 → DEM-1" in json.loads(refused["HX-Trigger"])["toast"]["text"]
    post(browser, ticket, "links/unlink/", other=other.number)
    assert not TicketLink.objects.exists()
    twice = post(browser, ticket, "links/unlink/", other=other.number)
    assert json.loads(twice["HX-Trigger"])["toast"]["level"] == "error"


def test_the_cursor_stays_on_the_line_that_was_linked(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec F6, T10: as a child too, whose button gives way to the one that takes the link away."""
    desk.open(NINE, title="Another")
    other = desk.open(NINE, title="Hit by it")
    page = post(browser, ticket, "links/", other=other.number, role="child", ct_page="1").content.decode()
    (line,) = re.findall(r"<button[^>]*autofocus[^>]*>", page)
    assert f"Take the link with {other.number} away" in line


def test_what_is_sent_wrongly_is_not_found(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec R3."""
    other = desk.open(NINE)
    assert post(browser, ticket, "links/", other="DEM-99", role="parent").status_code == 404
    assert post(browser, ticket, "links/", other=other.number, role="uncle").status_code == 404
    assert get(browser, ticket, "children/adoption/").status_code == 404
    assert not TicketLink.objects.exists()


def test_the_page_names_parents_and_children(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T10: number, title, status and clock of each; the count when there are many."""
    elsewhere = {"site": None, "requester": None, "contract": None, "service": None, "asset": None}
    cause = desk.open(NINE, title="The cause", customer=a_customer("Elsewhere"), **elsewhere)
    link_tickets(ticket=ticket, other=cause, role=LinkRole.PARENT, by=desk.user, at=NINE)
    for number in range(8):
        child_of(desk, ticket, title=f"Child {number}")
    words = text_of(browser.get(f"/tickets/{ticket.number}/"))
    assert "Linked tickets 9" in words
    assert "8 children, 8 not resolved" in words
    assert "The cause DEM-2 · Elsewhere · " in words
    assert sum(f"Child {number} DEM-" in words for number in range(8)) == 6
    assert "All 8 children" in words
    listed = text_of(browser.get("/tickets/?parent=DEM-1"))
    assert all(f"Child {number}" in listed for number in range(8))


def test_the_page_costs_the_same_with_two_hundred_children(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """House: three queries for parents and children, however many; one more for what is under way."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            browser.get(f"/tickets/{ticket.number}/")
        return len(counted)

    cost()
    child_of(desk, ticket)
    one = cost()
    for _more in range(9):
        child_of(desk, ticket)
    assert cost() == one


def finish(browser: Client, ticket: Ticket, **ticked: Any) -> Any:
    typed = {"started_at": "2026-03-02T09:00", "ended_at": "2026-03-02T09:40", **EMPTY_REQUESTS, **ticked}
    return post(browser, ticket, "interventions/1/finish/", **typed)


def test_resolving_a_parent_asks_for_its_children(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T10: once resolved, the question follows; one unticked stays as it is."""
    first, second = child_of(desk, ticket), child_of(desk, ticket, title="Another matter")
    done = finish(browser, ticket, resolved="on", external_report="<p>Restarted.</p>")
    opened = json.loads(done["HX-Trigger"])
    assert opened["open-dialog"] == {"url": "/tickets/DEM-1/children/resolution/"}
    dialog = get(browser, ticket, "children/resolution/")
    assert "Resolve the children of DEM-1 too?" in text_of(dialog)
    assert dialog.content.decode().count("data-select checked") == 2
    assert "Restarted." in dialog.content.decode()
    none = post(browser, ticket, "children/resolution/", external_report="")
    assert none.status_code == 422
    assert "Choose at least one child" in text_of(none)
    answer = post(
        browser, ticket, "children/resolution/", children=[first.pk], external_report="<p>Ours.</p>"
    )
    assert "The children will follow in a moment." in text_of(answer)
    job = Job.objects.get(task="cadran.tickets.tasks.cascade")
    assert (job.args, job.kwargs["external_report"]) == (
        [ticket.pk, "resolution", [first.pk]],
        "<p>Ours.</p>",
    )
    assert second.pk not in job.args[2]


def test_another_customer_is_not_handed_the_parents_report(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec T10, T14: a report that names the parent's customer is proposed to its own children alone."""
    elsewhere = {"site": None, "requester": None, "contract": None, "service": None, "asset": None}
    child_of(desk, ticket)
    child_of(desk, ticket, customer=a_customer("Elsewhere"), **elsewhere)
    finish(browser, ticket, resolved="on", external_report="<p>Acier’s door was open.</p>")
    dialog = get(browser, ticket, "children/resolution/")
    assert "Acier’s door" not in dialog.content.decode()
    assert "Some children belong to other customers" in text_of(dialog)


def test_the_outcome_names_who_followed_and_offers_the_others_anew(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec T10: each child with what became of it, one address away; those left can be tried again."""
    desk.resolve(ticket, HALF_PAST)
    first, second = child_of(desk, ticket), child_of(desk, ticket)
    post(browser, ticket, "children/resolution/", children=[first.pk, second.pk])
    later = paris("2026-03-02 09:45")
    suspend_ticket(ticket=second, began_at=later, reason=desk.reason(), status=None, by=desk.user, at=TEN)
    run_jobs(TEN)
    page = browser.get(f"/tickets/{ticket.number}/").content.decode()
    assert '<a href="/tickets/DEM-2/">DEM-2</a>' in page.split("1 child followed")[1].split("</details>")[0]
    assert "1 child was left as it was" in page
    assert '<a href="/tickets/DEM-3/">DEM-3</a>' in page
    assert "Try those left again" in page


def test_only_a_parent_is_asked_about_children(browser: Client, ticket: Ticket) -> None:
    """Spec T10."""
    done = finish(browser, ticket, resolved="on")
    assert "open-dialog" not in json.loads(done["HX-Trigger"])
    assert (
        "No child of the ticket can follow it now."
        in get(browser, ticket, "children/resolution/")["HX-Trigger"]
    )


def test_closing_a_parent_asks_once_for_children_of_every_phase(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec T10: one dialog says what happens to each, those still at work included, and who is left and why."""
    desk.resolve(ticket, HALF_PAST)
    ready, busy, over, running = (child_of(desk, ticket) for _one in range(4))
    desk.resolve(ready, HALF_PAST)
    desk.finish(desk.work(busy, NINE), HALF_PAST)
    desk.work(running, NINE)
    desk.resolve(over, HALF_PAST, closed_internally=True)
    answer = post(browser, ticket, "close/", closing="internally", closed_at="2026-03-02T09:50")
    assert json.loads(answer["HX-Trigger"])["open-dialog"]["url"] == "/tickets/DEM-1/children/closing/"
    dialog = get(browser, ticket, "children/closing/")
    assert dialog.content.decode().count("data-select checked") == 2
    words = text_of(dialog)
    assert "Resolved · closed as of today 09:50" in words
    assert "In progress · resolved as of today 09:30, closed as of today 09:50" in words
    left = words.split("Left as they are")[1]
    assert "DEM-4 Printer is mute DEM-4 is closed already." in left
    assert "DEM-5 Printer is mute Work on DEM-5 is still running: Remote work (2)." in left
    assert "External report" in words
    post(browser, ticket, "children/closing/", children=[ready.pk, busy.pk], external_report="<p>Ours.</p>")
    job = Job.objects.get(task="cadran.tickets.tasks.cascade")
    assert (*job.args[:2], set(job.args[2])) == (ticket.pk, "closing", {ready.pk, busy.pk})
    assert job.kwargs["external_report"] == "<p>Ours.</p>"


def test_where_all_are_resolved_closing_asks_for_no_report(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec T10: nobody would read it."""
    desk.resolve(ticket, HALF_PAST, closed_internally=True)
    desk.resolve(child_of(desk, ticket), HALF_PAST)
    assert "External report" not in text_of(get(browser, ticket, "children/closing/"))


def test_from_an_interventions_page_the_question_stands_on_the_tickets(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec T10: finishing there leads to the ticket, which asks."""
    child_of(desk, ticket)
    typed = {"started_at": "2026-03-02T09:00", "ended_at": "2026-03-02T09:40", "resolved": "on"}
    answer = browser.post(
        "/tickets/DEM-1/interventions/1/finish/",
        {**typed, **EMPTY_REQUESTS},
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/tickets/DEM-1/interventions/1/"},
    )
    assert answer["HX-Redirect"] == "/tickets/DEM-1/?children=resolution"
    page = browser.get(answer["HX-Redirect"]).content.decode()
    assert '<div hidden hx-get="/tickets/DEM-1/children/resolution/" hx-trigger="load"' in page
    assert "/children/closing/" not in browser.get("/tickets/DEM-1/?children=closing").content.decode()


@pytest.mark.parametrize(
    ("rights", "offered"),
    [
        ((Right.SEE_TICKETS,), set()),
        ((Right.SEE_TICKETS, Right.INTERVENE), {"children-resolution"}),
        ((Right.SEE_TICKETS, Right.CLOSE_TICKETS), {"children-closing"}),
        (
            (Right.SEE_TICKETS, Right.INTERVENE, Right.CLOSE_TICKETS),
            {"children-closing", "children-resolution"},
        ),
        ((Right.SEE_TICKETS, Right.EDIT_TICKETS), {"links-add"}),
    ],
)
def test_only_what_one_may_do_is_offered(
    desk: Desk, ticket: Ticket, rights: tuple[Right, ...], offered: set[str]
) -> None:
    """Spec R2."""
    desk.resolve(ticket, HALF_PAST)
    desk.resolve(child_of(desk, ticket), HALF_PAST)
    child_of(desk, ticket)
    close_ticket(
        ticket=ticket, closing="internally", closed_at=TEN, status=None, state=None, by=desk.user, at=TEN
    )
    page = signed_in(colleague(desk, *rights)).get(f"/tickets/{ticket.number}/").content.decode()
    names = ("children-resolution", "children-closing", "links-add")
    assert {name for name in names if f'id="{name}"' in page} == offered


def test_in_french(desk: Desk, ticket: Ticket) -> None:
    """Spec F5."""
    desk.resolve(ticket, HALF_PAST)
    child_of(desk, ticket)
    french = signed_in(desk.user, "fr")
    words = text_of(french.get(f"/tickets/{ticket.number}/"))
    assert "1 fille, 1 non résolue" in words
    assert "Résoudre aussi les filles" in words
    dialog = text_of(get(french, ticket, "children/resolution/"))
    assert "Résoudre aussi les filles de DEM-1" in dialog
    assert "children" not in dialog
