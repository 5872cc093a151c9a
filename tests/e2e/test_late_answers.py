"""Answers that come when what asked for them has been drawn anew meanwhile, in a browser (Spec T17)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from cadran.accounts.operations import set_preferences
from cadran.tickets.models import Ticket
from tests.e2e.waiting import Held
from tests.factories.desk import Desk, a_desk, paris

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEN = paris("2026-03-02 10:00")
#: Asks what others did on the ticket meanwhile, as the page does by itself every few seconds; all of it is drawn anew.
LOOK = "() => htmx.ajax('GET', location.pathname + 'live/?seen=', {source: '#t-live', swap: 'none'})"


@pytest.fixture
def desk(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(timezone, "now", lambda: TEN)
    made = a_desk()
    set_preferences(user=made.user, language="en", by=made.user, at=TEN)
    return made


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    return desk.open(paris("2026-03-02 09:00"))


@pytest.fixture
def page(desk: Desk, ticket: Ticket, live_server: Any, chromium: Browser) -> Iterator[Page]:
    """The ticket's page; whatever the browser reports as an error fails the test."""
    client = Client()
    client.force_login(desk.user)
    errors: list[str] = []
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=live_server.url)
    session = client.cookies["cadran_session"].value
    context.add_cookies([{"name": "cadran_session", "value": session, "url": live_server.url}])
    shown = context.new_page()
    shown.on("pageerror", lambda error: errors.append(str(error)))
    shown.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    shown.goto(f"/tickets/{ticket.number}/")
    yield shown
    assert not errors


def test_an_act_is_shown_and_said_though_its_button_was_drawn_anew(page: Page) -> None:
    """Spec T17, R7: what others did came first; neither the message nor the parts of the page are lost."""
    held = Held(page, "**/follow/")
    page.locator("#follow").click()
    held.wait()
    with page.expect_response("**/live/**"):
        page.evaluate(LOOK)
    held.let_go()
    expect(page.locator("#toasts")).to_contain_text("You follow it.")
    expect(page.locator("#follow")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#t-work")).to_have_count(1)


def test_a_look_that_was_overtaken_by_an_act_changes_nothing(page: Page) -> None:
    """Spec T17: its answer is older than what the act has drawn; the next look asks anew."""
    held = Held(page, "**/live/**")
    page.evaluate(LOOK.replace("htmx.ajax", "void htmx.ajax"))
    held.wait()
    page.locator("#follow").click()
    expect(page.locator("#follow")).to_have_attribute("aria-pressed", "true")
    held.let_go()
    page.wait_for_timeout(200)
    expect(page.locator("#t-live")).to_have_count(1)
    expect(page.locator("#follow")).to_have_attribute("aria-pressed", "true")


def test_a_part_of_a_dialog_that_was_closed_goes_nowhere(page: Page, desk: Desk, ticket: Ticket) -> None:
    """House: it neither opens the dialog again nor is looked for on the page."""
    desk.work(ticket, paris("2026-03-02 09:30"))
    page.reload()
    held = Held(page, "**/finish/?refresh=outcome*")
    page.locator("[hx-get*='/finish/']").first.click()
    page.locator(".cd-acts input").last.check()
    held.wait()
    page.locator("#dialog [data-dialog-close]").first.click()
    page.locator("[data-unsaved-leave]").click()
    held.let_go()
    page.wait_for_timeout(200)
    expect(page.locator("#dialog > *")).to_have_count(0)
