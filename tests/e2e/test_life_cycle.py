"""A ticket from being taken to being reopened, by mouse and keyboard, in a browser (Spec T2, T23, T26, T27)."""

import os
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect, sync_playwright

from cadran.accounts.operations import set_preferences
from cadran.tickets.models import Ticket
from cadran.tickets.operations import add_note
from cadran.tickets.queries import clock_view
from tests.conftest import CHROMIUM
from tests.e2e.test_opening import OPTIONS
from tests.factories.desk import Desk, a_desk, paris

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
#: A working Monday, three seconds before the hour.
BEGIN = paris("2026-03-02 09:59:57")


@pytest.fixture
def desk(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk on a Monday at ten, where time passes as it does here."""
    started = time.monotonic()
    monkeypatch.setattr(timezone, "now", lambda: BEGIN + timedelta(seconds=time.monotonic() - started))
    made = a_desk()
    set_preferences(user=made.user, language="en", by=made.user, at=BEGIN)
    return made


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    return desk.open(paris("2026-03-02 09:00"))


@pytest.fixture
def page(desk: Desk, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A browser in which the desk's agent is signed in; a script error fails the test."""
    # Playwright runs an event loop in this thread, in which Django would refuse the database.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    client = Client()
    client.force_login(desk.user)
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=OPTIONS)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=live_server.url)
        session = client.cookies["cadran_session"].value
        context.add_cookies([{"name": "cadran_session", "value": session, "url": live_server.url}])
        shown = context.new_page()
        shown.on("pageerror", lambda error: errors.append(str(error)))
        shown.on(
            "console", lambda line: errors.append(line.text) if "Content Security" in line.text else None
        )
        yield shown
        browser.close()
    assert not errors


def status(page: Page, words: str) -> None:
    """Wait for the status, the phase or since when; the tooltip below them names every milestone."""
    shown = page.locator("#t-head .cd-thead-status > :not(.cd-milestones)").filter(has_text=words)
    expect(shown.first).to_be_visible()
    page.wait_for_timeout(100)  # what was just drawn answers a moment later; no hand is that quick


def dialog(page: Page, title: str) -> None:
    expect(page.locator("#dialog-title")).to_contain_text(title)


def test_from_taking_to_reopening(page: Page, desk: Desk, ticket: Ticket) -> None:
    """Every act in its turn; the page follows without being loaded again, and the timeline tells it all."""
    page.goto(f"/tickets/{ticket.number}/")
    page.wait_for_load_state("networkidle")
    page.evaluate("window.sameLoad = true")

    page.keyboard.press("t")
    expect(page.locator("#t-work .cd-who-s")).to_have_text("KB")
    page.wait_for_timeout(100)

    page.keyboard.press("i")
    dialog(page, "Add an intervention")
    page.select_option("#id_type", label="Remote work")
    page.wait_for_load_state("networkidle")
    page.check("#id_start")
    page.keyboard.press("Control+Enter")
    status(page, "In progress")
    expect(page.locator("#act-finish-top")).to_be_visible()

    page.keyboard.press("s")
    dialog(page, "Suspend")
    page.select_option("#id_reason", label="Waiting for customer")
    page.fill("#id_details", "Access to the server")
    page.keyboard.press("Control+Enter")
    status(page, "SUSPENDED")

    page.click("#act-resume-top")
    dialog(page, "Resume")
    page.click("#dialog .btn-primary")
    status(page, "resumed today")

    page.keyboard.press("f")
    dialog(page, "Finish")
    page.check("#id_resolved")
    expect(page.locator("#finish-send")).to_contain_text("Finish and resolve")
    page.click("#dialog .ProseMirror >> nth=0")
    page.keyboard.type("Service started anew.")
    page.click("#finish-send")
    status(page, "Resolved")

    page.keyboard.press("c")
    dialog(page, "Close")
    page.check("#id_closing_1")
    page.wait_for_load_state("networkidle")
    page.click("#dialog .btn-primary")
    status(page, "Closed internally")

    page.keyboard.press("o")
    dialog(page, "Reopen")
    page.fill("#id_reason", "It is mute again")
    page.keyboard.press("Control+Enter")
    status(page, "In progress")

    feed = page.locator("#t-feed").inner_text()
    told = ["took the ticket", "started", "suspended the ticket", "resumed the ticket", "Service started anew",
            "resolved the ticket", "closed the ticket", "reopened the ticket"]  # fmt: skip
    assert [line for line in told if line not in feed] == []
    assert page.evaluate("window.sameLoad") is True

    page.goto(f"/tickets/{ticket.number}/clock/resolution/")
    expect(page.locator("main")).to_contain_text("equal to the stored due date")


def shown_seconds(page: Page) -> int:
    """The seconds left that the page counts in the last minute of the resolution clock; negative once late."""
    text = page.locator("#t-head .cd-gauge >> nth=1").locator("[data-countdown-text]").inner_text()
    found = re.search(r"(Late by )?(\d+)\ss", text)
    assert found, text
    return -int(found[2]) if found[1] else int(found[2])


def test_the_countdown_agrees_with_the_server(page: Page, desk: Desk) -> None:
    """Spec C12: it ticks in the page, and says after some seconds what the server says, to the second."""
    # Eight working hours from then end on Monday at 10:00:50, 53 seconds ahead.
    ticket = desk.open(paris("2026-02-27 11:00:50"))
    assert ticket.resolution_due_at == paris("2026-03-02 10:00:50")

    def left() -> int:
        seconds = clock_view(ticket, timezone.now()).resolution.left_seconds
        assert seconds is not None
        return seconds

    page.goto(f"/tickets/{ticket.number}/")
    page.reload()  # what is loaded once is warm
    page.wait_for_load_state("networkidle")
    counted = []
    for _moment in range(3):
        before, shown, after = left(), shown_seconds(page), left()
        assert after - 1 <= shown <= before + 1
        counted.append(shown)
        page.wait_for_timeout(2500)
    assert counted[0] - counted[-1] >= 4


def test_what_a_colleague_does_arrives_while_one_types(page: Page, desk: Desk, ticket: Ticket) -> None:
    """Spec F7, T17: the note being typed stays as it is, and is kept as a draft."""
    page.goto(f"/tickets/{ticket.number}/")
    page.wait_for_load_state("networkidle")
    page.click("#t-composer .ProseMirror")
    page.keyboard.type("Half a thought")
    add_note(ticket=ticket, body="<p>From next door</p>", by=desk.user, at=timezone.now())
    expect(page.locator("#t-feed")).to_contain_text("From next door", timeout=9000)
    expect(page.locator("#t-composer .ProseMirror")).to_have_text("Half a thought")
    with page.expect_response("**/notes/draft/"):
        page.keyboard.type(", and the rest")
    expect(page.locator("#t-composer")).to_contain_text("Draft kept")
    page.reload()
    expect(page.locator("#t-composer .ProseMirror")).to_have_text("Half a thought, and the rest")


def test_a_refusal_keeps_the_dialog_and_a_second_escape_is_asked_about(page: Page, ticket: Ticket) -> None:
    """Spec R7: typed words stay, by refusal and by a slip of the hand."""
    page.goto(f"/tickets/{ticket.number}/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("s")
    page.fill("#id_details", "Typed words")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#dialog [data-errors]")).to_be_visible()
    expect(page.locator("#id_details")).to_have_value("Typed words")
    page.wait_for_timeout(200)
    page.keyboard.press("Escape")
    expect(page.locator("#dialog [data-unsaved-stay]")).to_be_visible()
