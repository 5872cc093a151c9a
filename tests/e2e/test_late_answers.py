"""Answers that come when what asked for them has been drawn anew meanwhile, in a browser (Spec T17)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from cadran.accounts.operations import set_preferences
from cadran.tickets.models import Ticket
from tests.e2e.people import signed_in
from tests.e2e.waiting import Held
from tests.factories.desk import Desk, a_desk, paris

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEN = paris("2026-03-02 10:00")
#: Opens a dialog of the ticket.
DIALOG = "(act) => htmx.ajax('GET', location.pathname + act, {target: '#dialog', swap: 'innerHTML'})"
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


def is_unexpected(line: ConsoleMessage) -> bool:
    """Whether the browser reports an error, but for what the server refused or doesn't find."""
    return line.type == "error" and not re.search(r" 4(04|22) ", line.text)


@pytest.fixture
def page(desk: Desk, ticket: Ticket, live_server: Any, chromium: Browser) -> Iterator[Page]:
    """The ticket's page; what the browser reports as an unexpected error fails the test."""
    errors: list[str] = []
    shown = signed_in(chromium, live_server.url, desk.user, errors)
    shown.on("console", lambda line: errors.append(line.text) if is_unexpected(line) else None)
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


@pytest.mark.parametrize("act", ["assign/", "cancel/"])
def test_a_late_answer_leaves_the_dialog_that_came_after_its_own(page: Page, act: str) -> None:
    """Spec T17, R7: done or refused, it is said; the next dialog neither closes nor loses what is typed in it."""
    page.evaluate(DIALOG, act)
    expect(page.locator("#dialog")).to_have_attribute("open", "")
    held = Held(page, f"**/{act}", at_most=1)
    page.locator("#dialog [type=submit]").click()
    held.wait()
    page.keyboard.press("Escape")
    expect(page.locator("#dialog > *")).to_have_count(0)
    page.evaluate(DIALOG, "cancel/")
    reason = page.locator("#dialog [name=reason]")
    reason.fill("Opened twice")
    held.let_go()
    expect(page.locator("#toasts [data-toast]")).to_be_visible()
    page.wait_for_timeout(200)
    expect(page.locator("#dialog")).to_have_attribute("open", "")
    expect(reason).to_have_value("Opened twice")
    expect(reason).to_be_focused()


def test_what_is_gone_is_told_to_whom_opens_it(page: Page) -> None:
    """Spec R7: a row that was removed meanwhile has no dialog; a sentence says so."""
    page.evaluate(DIALOG, "interventions/9/finish/")
    expect(page.locator("#toasts")).to_contain_text("That is no longer there")
    expect(page.locator("#dialog")).not_to_have_attribute("open", "")


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
