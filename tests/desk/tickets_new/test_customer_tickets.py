"""The panel *tickets of this customer* beside the new-ticket form (Spec T10)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from cadran.core.models import Draft
from cadran.tickets.models import Ticket, TicketLink
from tests.desk.work import TEN
from tests.factories.desk import Desk, paris
from tests.factories.trade import a_customer

from .test_opening import HTMX, mark_of, typed

NINE = paris("2026-03-02 09:00")
PANEL = "/tickets/new/customer-tickets/"


def numbers(answer: Any) -> list[str]:
    """The tickets that the panel lists, in their order."""
    return re.findall(r"<small>(DEM-\d+)", answer.content.decode())


def chosen(answer: Any) -> list[str]:
    return re.findall(r'<option value="(\w+:\d+)" selected>', answer.content.decode())


def test_a_customer_chosen_brings_its_open_tickets(browser: Client, desk: Desk) -> None:
    """Spec T10: open ones of the last 8 days, newest first; more with the criteria."""
    desk.open(paris("2026-02-20 09:00"), at=NINE)
    desk.open(NINE)
    desk.open(TEN)
    answer = browser.post("/tickets/new/deduced/", typed(desk, changed="customer"), headers=HTMX)
    assert numbers(answer) == ["DEM-3", "DEM-2"]
    sent = {"customer": desk.customer.pk, "asset": desk.asset.pk}
    assert numbers(browser.post(PANEL, sent | {"ct_all_dates": "on"})) == ["DEM-3", "DEM-2", "DEM-1"]
    assert numbers(browser.post(PANEL, sent | {"ct_words": "dem-2"})) == ["DEM-2"]
    assert numbers(browser.post(PANEL, {})) == []


def test_what_is_chosen_stays_on_top_whatever_is_listed(browser: Client, desk: Desk) -> None:
    """Spec T10: other criteria, another page or another customer lose nothing that was chosen."""
    one, two = desk.open(NINE), desk.open(TEN)
    sent = typed(desk, links=[f"child:{one.pk}", "", f"parent:{two.pk}", "uncle:1", "child:x"])
    for answer in (
        browser.post(PANEL, sent | {"ct_words": "nothing fits"}),
        browser.post("/tickets/new/deduced/", sent | {"customer": a_customer("Elsewhere").pk}, headers=HTMX),
        browser.post(PANEL, sent | {"ct_page": "9"}),
    ):
        assert chosen(answer) == [f"child:{one.pk}", f"parent:{two.pk}"]
        assert numbers(answer) == [one.number, two.number]


def test_a_draft_keeps_the_links(browser: Client, desk: Desk) -> None:
    """Spec T6, T10."""
    one = desk.open(NINE)
    browser.post("/tickets/new/draft/", typed(desk, mark_of(browser), links=[f"child:{one.pk}"]))
    assert QueryDict(Draft.objects.get().data["form"]).getlist("links") == [f"child:{one.pk}"]
    assert chosen(browser.get("/tickets/new/")) == [f"child:{one.pk}"]


def test_the_ticket_is_linked_as_it_is_saved(browser: Client, desk: Desk) -> None:
    """Spec T10: the parent of several; and a circle is refused with everything that was typed."""
    one, two = desk.open(NINE), desk.open(TEN)
    links = [f"child:{one.pk}", f"child:{two.pk}", ""]
    browser.post("/tickets/new/", typed(desk, mark_of(browser), team=desk.team.pk, links=links))
    made = Ticket.objects.get(number="DEM-3")
    assert set(TicketLink.objects.values_list("parent", "child")) == {(made.pk, one.pk), (made.pk, two.pk)}
    circle = [f"parent:{one.pk}", f"child:{made.pk}"]
    sent = typed(desk, mark_of(browser), team=desk.team.pk, links=circle, title="Kept words")
    refused = browser.post("/tickets/new/", sent, headers=HTMX)
    assert refused.status_code == 422
    assert "stands below it" in refused.content.decode()
    assert "Kept words" in refused.content.decode()
    assert Ticket.objects.count() == 3


@pytest.mark.parametrize("rows", [1, 3])
def test_the_panel_costs_the_same_however_many(
    browser: Client, desk: Desk, django_assert_num_queries: Any, rows: int
) -> None:
    """House: one literal query count."""
    for _one in range(rows):
        desk.open(NINE)
    linked = desk.open(NINE)
    browser.post(PANEL, {"customer": desk.customer.pk})
    with django_assert_num_queries(12):
        browser.post(PANEL, {"customer": desk.customer.pk, "links": [f"child:{linked.pk}"]})
