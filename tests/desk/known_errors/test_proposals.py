"""What is proposed while a ticket is typed, and beside one (Spec S5)."""

from __future__ import annotations

import json
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cadran.accounts.rights import Right
from cadran.catalogue.models import KnownError
from cadran.core.models import IndexedStem
from cadran.tickets.models import Ticket
from cadran.tickets.operations import edit_ticket, index_resolved_tickets
from tests.desk.work import TEN, signed_in
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import a_product

from .test_known_errors import an_error

HX = {"HX-Request": "true"}


@pytest.fixture
def error(desk: Desk) -> KnownError:
    return an_error(
        desk,
        "Écran figé à la réception",
        workaround="<p>Fermer la session</p>",
        solution="<p>Passer en 8.4</p>",
    )


def asked(browser: Client, **typed: Any) -> str:
    answer = browser.post("/tickets/new/alike/", typed, headers=HX)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_what_is_typed_finds_a_known_error_to_read_out(browser: Client, error: KnownError) -> None:
    """With workaround, solution, the words in common, and what the form is filled with."""
    html = asked(browser, title="Ecran figée", external_description="<p>à la réception</p>")
    for words in (error.code, "Fermer la session", "Passer en 8.4", "in common: Ecran, figée, réception"):
        assert words in html
    filling = json.loads(html.split('data-take="')[1].split('" aria-label')[0])
    assert filling["known_error"]["value"] == str(error.pk)
    assert filling["product"]["value"] == str(error.product_id)


def test_nothing_alike_leaves_no_trace(browser: Client, error: KnownError) -> None:
    assert asked(browser, title="").strip() == ""
    assert asked(browser, title="imprimante").strip() == ""
    assert asked(browser, title="écran", product="²", version="x", known_error="9" * 30) != ""


def test_one_key_takes_over_the_most_alike_and_no_second_one(
    browser: Client, desk: Desk, error: KnownError
) -> None:
    """Alt+T beside the first alone; once an error is chosen, no slip of the hand gives another (Spec S5)."""
    an_error(desk, "Écran figé au démarrage")
    html = asked(browser, title="Écran figé")
    assert html.count("data-take=") == 2 and html.count('data-key="alt+t"') == 1
    html = asked(browser, title="Écran figé", known_error=str(error.pk))
    assert html.count("data-take=") == 1 and "data-key=" not in html


def test_one_that_is_taken_over_stays_on_top(browser: Client, desk: Desk, error: KnownError) -> None:
    other = an_error(desk, "Écran noir")
    html = asked(browser, title="écran noir", known_error=error.pk)
    assert html.index(error.code) < html.index(other.code) and "chosen" in html
    assert html.count("data-take") == 1


def test_the_asset_names_the_product(browser: Client, desk: Desk, error: KnownError) -> None:
    an_error(desk, "Écran du CRM", product=a_product("crm"))
    assert "Écran du CRM" in asked(browser, title="écran")
    assert "Écran du CRM" not in asked(browser, title="écran", asset=desk.asset.pk)


def test_resolved_tickets_tell_how(browser: Client, desk: Desk) -> None:
    """With what was reported last; the person who sees no tickets finds none (Spec R2)."""
    ticket = desk.open(paris("2026-03-02 09:00"), title="Écran figé")
    desk.resolve(ticket, paris("2026-03-02 09:30"), external_report="<p>Spouleur redémarré</p>")
    index_resolved_tickets(by=None, at=TEN)
    html = asked(browser, title="écran figé")
    assert ticket.number in html and "Spouleur redémarré" in html
    blind = signed_in(colleague(desk, Right.OPEN_TICKETS))
    assert asked(blind, title="écran figé").strip() == ""


def test_beside_a_ticket_one_click_gives_it_the_error(browser: Client, desk: Desk, error: KnownError) -> None:
    """Unless somebody gave it another one meanwhile (Spec T17)."""
    ticket = desk.open(paris("2026-03-02 09:00"), title="Écran figé")
    address = f"/tickets/{ticket.number}/known-error/"
    panel = unescape(browser.get(f"/tickets/{ticket.number}/alike/").content.decode())
    assert error.code in panel and address in panel
    assert browser.post(address, {"known_error": error.pk, "seen": ""}, headers=HX).status_code == 200
    assert Ticket.objects.get(pk=ticket.pk).known_error == error
    other = an_error(desk, "Écran noir")
    late = browser.post(address, {"known_error": other.pk, "seen": ""}, headers=HX)
    assert late.status_code == 200 and "error" in late["HX-Trigger"]
    assert Ticket.objects.get(pk=ticket.pk).known_error == error
    edit_ticket(ticket=ticket, changes={"known_error": None}, base={"known_error": error}, by=None, at=TEN)
    for wrong in ("", "x", "999999"):
        assert browser.post(address, {"known_error": wrong}, headers=HX).status_code == 404


def test_the_panel_costs_the_same_for_many_rows(browser: Client, desk: Desk) -> None:
    """One known error or three, one ticket or three."""
    counts = []
    for number in (1, 2, 3):
        an_error(desk, f"Écran {number}")
        ticket = desk.open(paris("2026-03-02 09:00"), title=f"Écran {number}")
        desk.resolve(ticket, paris("2026-03-02 09:30"), external_report="<p>Fait</p>")
        index_resolved_tickets(by=None, at=TEN)
        with CaptureQueriesContext(connection) as caught:
            asked(browser, title="écran")
        counts.append(len(caught))
    assert len(set(counts)) == 1
    assert IndexedStem.objects.filter(subject_kind="ticket").exists()
