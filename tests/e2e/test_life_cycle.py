"""A ticket from being taken to being reopened, by mouse and keyboard, in a browser (Spec T2, T23, T26, T27)."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from cadran.accounts.operations import set_preferences
from cadran.core.models import Draft
from cadran.tickets.models import ChecklistItem, Ticket
from cadran.tickets.operations import add_note
from cadran.tickets.queries import clock_view
from tests.e2e.people import signed_in
from tests.e2e.waiting import Held, settle, until
from tests.factories.desk import Desk, a_desk, paris
from tests.factories.trade import a_row

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
def page(desk: Desk, live_server: Any, chromium: Browser) -> Iterator[Page]:
    """A browser in which the desk's agent is signed in; a script error fails the test."""
    errors: list[str] = []
    shown = signed_in(chromium, live_server.url, desk.user, errors)
    shown.on("console", lambda line: errors.append(line.text) if "Content Security" in line.text else None)
    yield shown
    assert not errors


def status(page: Page, words: str) -> None:
    """Wait for the status, the phase or since when; the tooltip below them names every milestone."""
    shown = page.locator("#t-head .cd-thead-status > :not(.cd-milestones)").filter(has_text=words)
    expect(shown.first).to_be_visible()
    settle(page)


def dialog(page: Page, title: str) -> None:
    expect(page.locator("#dialog-title")).to_contain_text(title)


def test_from_taking_to_reopening(page: Page, desk: Desk, ticket: Ticket) -> None:
    """Every act in its turn; the page follows without being loaded again, and the timeline tells it all."""
    page.goto(f"/tickets/{ticket.number}/")
    settle(page)
    page.evaluate("window.sameLoad = true")

    page.keyboard.press("t")
    expect(page.locator("#t-work .cd-who-s")).to_have_text("KB")
    settle(page)

    page.keyboard.press("i")
    dialog(page, "Add an intervention")
    page.select_option("#id_type", label="Remote work")
    settle(page)
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
    settle(page)
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
    settle(page)
    counted = []
    for _moment in range(3):
        for _look in range(20):  # a busy machine draws a second late; a wrong count never agrees
            before, shown, after = left(), shown_seconds(page), left()
            if after - 1 <= shown <= before + 1:
                break
            page.wait_for_timeout(100)
        assert after - 1 <= shown <= before + 1
        counted.append(shown)
        page.wait_for_timeout(2500)
    assert counted[0] - counted[-1] >= 4


def test_what_a_colleague_does_arrives_while_one_types(page: Page, desk: Desk, ticket: Ticket) -> None:
    """Spec F7, T17: the note being typed stays as it is, and is kept as a draft."""
    page.goto(f"/tickets/{ticket.number}/")
    settle(page)
    page.click("#t-composer .ProseMirror")
    page.keyboard.type("Half a thought")
    add_note(ticket=ticket, body="<p>From next door</p>", by=desk.user, at=timezone.now())
    expect(page.locator("#t-feed")).to_contain_text("From next door", timeout=9000)
    expect(page.locator("#t-composer .ProseMirror")).to_have_text("Half a thought")
    with page.expect_response(lambda answer: "the rest" in (answer.request.post_data or "")):
        page.keyboard.type(", and the rest")
    expect(page.locator("#t-composer")).to_contain_text("Draft kept")
    page.reload()
    expect(page.locator("#t-composer .ProseMirror")).to_have_text("Half a thought, and the rest")


def test_who_leaves_at_once_finds_the_last_letters_again(page: Page, ticket: Ticket) -> None:
    """Spec F7: a draft is kept a moment after the last key, and before the page goes."""
    page.goto(f"/tickets/{ticket.number}/")
    settle(page)
    page.click("#t-composer .ProseMirror")
    page.keyboard.type("Half a thought")
    page.goto("/contracts/")
    until(page, Draft.objects.exists, "the draft wasn't kept")
    page.goto(f"/tickets/{ticket.number}/")
    expect(page.locator("#t-composer .ProseMirror")).to_have_text("Half a thought")


def test_a_draft_under_way_does_not_come_back_behind_its_note(page: Page, ticket: Ticket) -> None:
    """Spec F7: what was said is no draft, however late the draft arrives."""
    page.goto(f"/tickets/{ticket.number}/")
    settle(page)
    drafts = Held(page, "**/notes/draft/")
    page.click("#t-composer .ProseMirror")
    page.keyboard.type("The whole thought")
    drafts.wait()
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(300)
    drafts.let_go()
    expect(page.locator("#t-feed")).to_contain_text("The whole thought")
    settle(page)
    assert not Draft.objects.exists()


def test_a_refusal_keeps_the_dialog_and_a_second_escape_is_asked_about(page: Page, ticket: Ticket) -> None:
    """Spec R7: typed words stay, by refusal and by a slip of the hand."""
    page.goto(f"/tickets/{ticket.number}/")
    settle(page)
    page.keyboard.press("s")
    page.fill("#id_details", "Typed words")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#dialog [data-errors]")).to_be_visible()
    expect(page.locator("#id_details")).to_have_value("Typed words")
    page.wait_for_timeout(200)
    page.keyboard.press("Escape")
    expect(page.locator("#dialog [data-unsaved-stay]")).to_be_visible()


def test_a_refused_finish_leads_to_what_is_open_and_forgets_what_is_mended(
    page: Page, desk: Desk, ticket: Ticket
) -> None:
    """Spec R7, T30: the first mandatory item that is open takes the focus; ticking it takes the refusal away."""
    for code, is_required in (("arrive", False), ("backup", True)):
        a_row(ChecklistItem, code, name_en=code, type=desk.type("on-site-visit"), is_required=is_required)
    visit = desk.work(ticket, paris("2026-03-02 09:30"), "on-site-visit")
    page.goto(f"/tickets/{ticket.number}/")
    settle(page)
    page.keyboard.press("f")
    dialog(page, "Finish")
    page.wait_for_selector("#dialog .ProseMirror-focused")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#id_checked_error")
    backup = f"#id_checked_{visit.checks.get(name_en='backup').pk}"
    expect(page.locator(backup)).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("#dialog [data-errors], #id_checked_error")).to_have_count(0)
    # Two acts at once leave one notice, where it covers no button of the ticket's head.
    page.evaluate("cadran.toast('One'); cadran.toast('Two')")
    expect(page.locator("#toasts [data-toast]")).to_have_count(1)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#dialog .cd-dialog")).to_have_count(0)
    box, act = (
        page.locator("#toasts").bounding_box(),
        page.locator("#t-head .cd-thead-top .btn").last.bounding_box(),
    )
    assert box is not None
    assert act is not None
    assert box["x"] + box["width"] <= act["x"] or box["y"] + box["height"] <= act["y"]


def test_a_dialog_begins_at_what_must_still_be_answered(page: Page, ticket: Ticket) -> None:
    """Spec F6: what is filled in already is passed over, so that the first key is part of the answer."""
    page.goto(f"/tickets/{ticket.number}/")
    settle(page)
    page.keyboard.press("s")
    page.wait_for_selector("#dialog[open] #id_reason:focus")


def test_a_chosen_tag_leaves_no_list_that_enter_would_take_from(page: Page, ticket: Ticket) -> None:
    """Spec T30: a few letters, Enter, and the next one; a second Enter makes no tag of the letters."""
    page.goto(f"/tickets/{ticket.number}/")
    settle(page)
    page.keyboard.press("h")
    page.wait_for_selector("#dialog[open] [aria-label=Tags]:focus")
    page.keyboard.type("quiet")
    page.wait_for_selector("#dialog .ts-dropdown .active:has-text('quiet')")
    page.keyboard.press("Enter")
    chosen = page.locator("#dialog .ts-wrapper .item")
    expect(chosen).to_have_count(1)
    expect(page.locator("#dialog .ts-dropdown")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(chosen).to_have_count(1)


@pytest.mark.parametrize("height", [900, 480])
def test_a_list_in_a_dialog_is_not_cut_off(page: Page, desk: Desk, ticket: Ticket, height: int) -> None:
    """Spec F6: it lies over the dialog's foot and edge, above its field where little room is left below."""
    page.set_viewport_size({"width": 1440, "height": height})
    page.goto(f"/tickets/{ticket.number}/")
    settle(page)
    page.keyboard.press("i")
    page.wait_for_selector("#dialog[open] #id_type:focus")
    page.locator("#dialog [aria-label=Assignee][role=combobox]").focus()
    page.keyboard.press("Backspace")
    page.keyboard.type(desk.agent.first_name[:3])
    page.wait_for_function(
        """() => {
          const one = document.querySelector("#dialog .ts-dropdown .active");
          const box = one && one.getBoundingClientRect();
          return Boolean(box) && one.contains(document.elementFromPoint(box.left + 5, box.bottom - 3));
        }"""
    )
