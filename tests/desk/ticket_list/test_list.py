"""The ticket list: views, criteria, order, groups, the search box, assigning several (Spec S1, S3, T2, T11)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cadran.accounts.rights import Right
from cadran.tickets.models import Ticket
from cadran.tickets.operations import assign_ticket, cancel_ticket, suspend_ticket
from tests.desk.work import TEN, signed_in
from tests.factories.desk import Desk, paris
from tests.factories.trade import a_customer, person

#: Session, person, rights, agent, six views, two selects, count, page, groups.
QUERIES = 20
FRAGMENT = {"HX-Request": "true", "HX-Target": "list"}


def numbers(browser: Client, **sent: Any) -> list[str]:
    """The numbers in the order of the list."""
    page = browser.get("/tickets/", sent, headers=FRAGMENT).content.decode()
    return re.findall(r'<a class="cd-ink-2" href="/tickets/([^/]+)/"', page)


def suspended(desk: Desk, ticket: Ticket, at: str) -> Ticket:
    suspend_ticket(
        ticket=ticket, began_at=paris(at), reason=desk.reason(), status=None, by=desk.user, at=paris(at)
    )
    return ticket


def test_clocks_order_dated_then_suspended_then_settled_then_none(browser: Client, desk: Desk) -> None:
    """Spec S1: by resolution: running by due date, suspended by the time left, then settled, clock-less last."""
    none = desk.open(paris("2026-03-02 09:00"), contract=None, service=None, asset=None)
    late = desk.open(paris("2026-02-26 09:00"))
    soon = desk.open(paris("2026-02-27 12:00"))
    calm = desk.open(paris("2026-03-02 09:30"))
    more_left = suspended(desk, desk.open(paris("2026-02-27 16:00")), "2026-02-27 17:00")
    less_left = suspended(desk, desk.open(paris("2026-02-27 10:00")), "2026-02-27 17:00")
    settled = desk.resolve(desk.open(paris("2026-03-02 09:00")), paris("2026-03-02 09:40"))
    expected = [one.number for one in (late, soon, calm, less_left, more_left, settled, none)]
    assert numbers(browser, view="all", sort="resolution", group="none") == expected
    turned = [one.number for one in (calm, soon, late, more_left, less_left, settled, none)]
    assert numbers(browser, view="all", sort="-resolution", group="none") == turned


def test_groups_by_clock_say_how_many(browser: Client, desk: Desk) -> None:
    """Spec S3: grouped by the colour of the nearest unmet clock, with counts."""
    late = desk.open(paris("2026-02-26 09:00"))
    calm = [desk.open(paris("2026-03-02 09:30")) for _one in range(2)]
    page = browser.get("/tickets/", {"view": "all", "group": "clock"}).content.decode()
    groups = re.findall(r'<tr class="cd-group"><td colspan="8">(.+?) <span class="cd-count">(\d+)', page)
    assert groups == [("Late", "1"), ("On time", "2")]
    assert numbers(browser, view="all", clock="red") == [late.number]
    assert set(numbers(browser, view="all", clock="green", clock_of="response")) == {
        one.number for one in calm
    }
    assert numbers(browser, view="all", clock="none") == []


def test_views_hold_what_they_say(browser: Client, desk: Desk) -> None:
    """Spec S1, T11: of my teams, mine, to distribute, due today, suspended, out of scope, all."""
    waiting = desk.open(paris("2026-03-02 09:30"))
    mine = desk.open(paris("2026-02-27 12:00"))
    assign_ticket(ticket=mine, team=desk.team, assignee=desk.agent, by=desk.user, at=TEN)
    paused = suspended(desk, desk.open(paris("2026-02-27 16:00")), "2026-02-27 17:00")
    outside = desk.open(paris("2026-03-02 09:31"), service=None)
    gone = desk.open(paris("2026-03-02 09:32"))
    cancel_ticket(
        ticket=gone, closed_at=TEN, status=None, state=None, reason="Twice the same", by=desk.user, at=TEN
    )
    views = {
        "team": {waiting, mine, paused, outside},
        "mine": {mine},
        "distribute": {waiting, paused, outside},
        "today": {waiting, mine},
        "waiting": {paused},
        "scope": {outside},
        "all": {waiting, mine, paused, outside, gone},
    }
    for view, tickets in views.items():
        assert set(numbers(browser, view=view)) == {one.number for one in tickets}, view
    assert numbers(browser, view="all", cancelled="yes") == [gone.number]
    page = browser.get("/tickets/", {"view": "mine"}).content.decode()
    assert re.search(r"Mine\s*<span class=\"cd-num\">1<", page)


def test_a_forgotten_ticket_is_found(browser: Client, desk: Desk) -> None:
    """Spec T2: in progress with nothing open on it."""
    forgotten = desk.open(paris("2026-02-27 12:00"))
    desk.finish(desk.work(forgotten, paris("2026-02-27 13:00")), paris("2026-02-27 14:00"))
    worked_on = desk.open(paris("2026-02-27 12:00"))
    desk.work(worked_on, paris("2026-02-27 13:00"))
    assert numbers(browser, view="all", idle="yes") == [forgotten.number]
    assert numbers(browser, view="all", idle="no") == [worked_on.number]


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({"q": "ECRAN"}, True),
        ({"q": "noir ecran"}, True),
        ({"q": "rouge"}, False),
        ({"phase": "open"}, True),
        ({"phase": "created"}, True),
        ({"phase": "closed"}, False),
        ({"coverage": "covered"}, True),
        ({"pay_per_incident": "yes"}, False),
        ({"out_of_scope": "no"}, True),
        ({"assigned": "no"}, True),
        ({"assigned": "yes"}, False),
        ({"received": "1"}, True),
        ({"received_from": "2026-03-03"}, False),
        ({"received_until": "2026-03-02"}, True),
        ({"received_from": "2026-03-02", "received_until": "2026-03-01"}, False),
    ],
)
def test_criteria(browser: Client, desk: Desk, criteria: dict[str, str], found: bool) -> None:
    """Spec S1: each criterion keeps what it says; midnight is the reader's."""
    ticket = desk.open(paris("2026-03-02 00:00"), at=TEN, title="Écran noir")
    assert numbers(browser, view="all", **criteria) == ([ticket.number] if found else [])


def test_wrong_criteria_are_said_and_narrow_nothing(browser: Client, desk: Desk) -> None:
    """Spec R7: a criterion that can't be used is said; the others hold."""
    ticket = desk.open(paris("2026-03-02 09:00"))
    answer = browser.get(
        "/tickets/", {"view": "all", "received_from": "soon", "page": "99", "sort": "x", "team": "0"}
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    assert ticket.number in text
    assert "Received from" in text
    assert "invalid-feedback" in text


def test_pages_are_stable_and_keep_the_address(browser: Client, desk: Desk) -> None:
    """Spec S3: equal keys keep one order over all pages; the address keeps the whole query without empty parts."""
    for _one in range(27):
        desk.open(paris("2026-03-02 09:00"))
    sent = {"view": "all", "sort": "customer", "group": "none", "q": "", "team": str(desk.team.pk)}
    first, second = (numbers(browser, page=page, **sent) for page in ("1", "2"))
    assert len(first) == 25
    assert len(second) == 2
    assert len({*first, *second}) == 27
    answer = browser.get("/tickets/", sent, headers=FRAGMENT)
    assert answer["HX-Push-Url"] == f"/tickets/?view=all&sort=customer&group=none&team={desk.team.pk}"
    assert "HX-Request" in answer["Vary"]


def test_the_search_box_leads_to_a_number_or_looks_for_words(browser: Client, desk: Desk) -> None:
    """Spec S4: an exact number opens the ticket, whatever its case; other words list what holds them."""
    ticket = desk.open(paris("2026-03-02 09:00"))
    assert browser.get("/tickets/", {"q": ticket.number.lower()})["Location"] == f"/tickets/{ticket.number}/"
    assert ticket.number in browser.get("/tickets/", {"q": "printer"}).content.decode()


def test_an_empty_view_says_what_to_do(browser: Client, desk: Desk) -> None:
    """An empty list says so, in the view and under criteria that fit nothing."""
    assert "No ticket here" in browser.get("/tickets/").content.decode()
    assert "Take one away" in browser.get("/tickets/", {"q": "nothing like it"}).content.decode()


def test_without_the_right_there_is_no_list(desk: Desk) -> None:
    """Spec R2: the list needs the right to see tickets."""
    few = signed_in(person(Right.SEE_CUSTOMERS, email="few@example.com"))
    assert few.get("/tickets/").status_code == 403


def test_the_list_speaks_french(desk: Desk) -> None:
    """Spec F5: views, columns and groups in the reader's language."""
    desk.open(paris("2026-02-26 09:00"))
    query = {"view": "all", "group": "clock", "sort": "resolution", "clock": "red"}
    page = signed_in(desk.user, "fr").get("/tickets/", query).content.decode()
    for words in ("Demandes", "À distribuer", "En retard", "Bientôt à échéance", "Gravité"):
        assert words in page, words
    assert ", tri\u00a0: résolution (GTR)" in page


def test_as_many_queries_for_three_rows_as_for_one(
    browser: Client, desk: Desk, django_assert_num_queries: Any
) -> None:
    """House: a list page asks as often for three rows as for one, whatever their customers, teams and clocks."""
    desk.open(paris("2026-03-02 09:00"))
    browser.get("/tickets/", {"view": "all", "group": "clock"})
    with django_assert_num_queries(QUERIES):
        browser.get("/tickets/", {"view": "all", "group": "clock"})
    other = a_customer("Other")
    desk.open(
        TEN - timedelta(days=20),
        customer=other,
        site=None,
        requester=None,
        contract=None,
        service=None,
        asset=None,
    )
    suspended(desk, desk.open(paris("2026-02-27 16:00")), "2026-02-27 17:00")
    with django_assert_num_queries(QUERIES):
        page = browser.get("/tickets/", {"view": "all", "group": "clock"})
    assert page.content.count(b"data-select>") + page.content.count(b"data-select ") == 3


def test_days_out_of_reach_are_said_and_narrow_nothing(browser: Client, desk: Desk) -> None:
    """Spec R7: a mistyped year is an error beside its field, not one of the server."""
    desk.open(paris("2026-03-02 09:00"))
    for name in ("received_from", "received_until"):
        for day in ("0001-01-01", "0226-03-02", "9999-12-31"):
            page = browser.get("/tickets/", {"view": "all", name: day})
            assert "Type a date between the years 2000 and 2100." in page.text, (name, day)
            assert "DEM-1" in page.text
    assert "DEM-1" in browser.get("/tickets/", {"view": "all", "received_until": "2100-12-31"}).text


def test_digits_alone_lead_to_the_ticket_and_names_find_it(browser: Client, desk: Desk) -> None:
    """Spec S1: a number without its prefix opens the ticket; customer and requester are among the words."""
    number = desk.open().number
    answer = browser.get("/tickets/", {"q": number.removeprefix("DEM-")})
    assert answer["Location"] == f"/tickets/{number}/"
    for words in (desk.customer.name.upper(), desk.requester.last_name):
        assert number in browser.get("/tickets/", {"q": words}).content.decode()
    assert number not in browser.get("/tickets/", {"q": f"{desk.customer.name} nowhere"}).content.decode()
