"""A telephone agent opens a ticket by the keyboard alone, in a real browser (Spec T6, T11, F6)."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, sync_playwright

from cadran.accounts.operations import set_preferences
from cadran.tickets.models import Ticket
from tests.conftest import CHROMIUM
from tests.factories.desk import Desk, a_desk
from tests.factories.trade import MONDAY, a_contact, a_customer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture
def desk(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk on a Monday at ten, with two contacts so that the requester has to be picked."""
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)
    made = a_desk()
    a_contact(made.customer, "Vidal")
    set_preferences(user=made.user, language="en", by=made.user, at=MONDAY)
    return made


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
        shown.on("dialog", lambda dialog: (errors.append(dialog.type), dialog.accept()))
        yield shown
        browser.close()
    assert not errors


class Keyboard:
    """Counts the keys pressed beyond the texts."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += len(key.split("+"))

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)


@pytest.mark.parametrize("confirm", ["Enter", "Control+Enter"])
def test_a_simple_call_takes_at_most_fifteen_keys_beyond_the_texts(
    page: Page, desk: Desk, confirm: str
) -> None:
    """Spec T6, F6: three letters and Enter pick, the focus goes on by itself, Enter confirms the team.

    So does Ctrl+Enter, which sends every form.
    """
    type(desk.service).objects.filter(pk=desk.service.pk).update(default_team=desk.team)
    keyboard = Keyboard(page)
    page.goto("/tickets/?view=all")
    page.wait_for_load_state("networkidle")
    keyboard.press("n")
    page.wait_for_selector("[aria-label=Customer]:focus")
    # Typed faster than the server answers.
    keyboard.press("a", "c", "i", "Enter")
    page.wait_for_selector("[aria-label=Requester]:focus")
    page.wait_for_selector(".cd-verdict[data-verdict=covered]")
    keyboard.press("v", "i", "d", "Enter")
    page.wait_for_selector("#id_title:focus")
    keyboard.type("The printer on the first floor stays mute")
    keyboard.press("Control+Enter")
    page.wait_for_selector("#open-ticket:focus")
    if confirm != "Enter":
        page.locator("#dialog [role=combobox], #dialog .ts-control input").first.focus()
    keyboard.press(confirm)
    page.wait_for_url("**/tickets/DEM-*/")
    ticket = Ticket.objects.get()
    assert keyboard.pressed <= 15
    assert (ticket.requester.last_name, ticket.asset, ticket.team) == ("Vidal", desk.asset, desk.team)
    assert ticket.coverage == "covered"


def test_a_refusal_keeps_what_was_typed_and_the_draft_survives(page: Page, desk: Desk) -> None:
    """Spec R7, T6: the first bad field takes the focus, pickers and rich text keep theirs, a closed page its draft."""
    page.goto("/tickets/new/")
    page.wait_for_selector("[aria-label=Customer]:focus")
    page.keyboard.type("aci")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cd-verdict[data-verdict=covered]")
    editor = page.locator(".cd-rich .ProseMirror").first
    editor.click()
    page.keyboard.type("It says nothing")
    page.wait_for_selector("[data-draft-note]:has-text('Draft kept')")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#id_title:focus")
    assert page.locator("#id_title_error").is_visible()
    assert page.locator(".ts-wrapper .item", has_text=desk.customer.name).count() >= 1
    assert "It says nothing" in page.locator(".cd-rich .ProseMirror").first.inner_text()
    assert not Ticket.objects.exists()
    page.goto("about:blank")
    page.goto("/tickets/new/")
    page.wait_for_selector("text=What you typed before is here again")
    assert "It says nothing" in page.locator(".cd-rich .ProseMirror").first.inner_text()


def test_a_pasted_image_stays_in_the_note_that_ctrl_enter_sends(page: Page, desk: Desk) -> None:
    """Spec T15: an image pasted into a text is part of it, whatever key comes next; the text goes on behind it."""
    number = desk.open().number
    page.goto(f"/tickets/{number}/")
    editor = page.locator("#t-composer .ProseMirror")
    editor.click()
    page.keyboard.type("Before")
    editor.evaluate(
        """async (box) => {
          const canvas = document.createElement("canvas");
          canvas.width = canvas.height = 8;
          const drawn = await new Promise((done) => canvas.toBlob(done, "image/png"));
          const clipboardData = new DataTransfer();
          clipboardData.items.add(new File([drawn], "image.png", { type: "image/png" }));
          box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }"""
    )
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".cd-feed .cd-said-body img")
    said = page.locator(".cd-feed .cd-said", has=page.locator("img"))
    assert "Before" in said.inner_text()
    assert editor.locator("img").count() == 0


def test_a_clicked_picker_offers_what_fits_the_choices_made_since(page: Page, desk: Desk) -> None:
    """Spec T6: a list seen before is asked for anew when the choices it depends on have changed."""
    other = a_customer("Without anything")
    page.goto("/tickets/new/")
    asset = page.locator("#id_asset + .ts-wrapper")

    def pick(customer: str) -> None:
        page.locator("[aria-label=Customer][role=combobox]").fill(customer[:6])
        page.locator(".ts-dropdown .option", has_text=customer).click()
        page.wait_for_load_state("networkidle")

    page.locator("#picker-filter").click()
    page.wait_for_selector("#picker-filter[aria-pressed=false]")
    pick(other.name)
    asset.click()
    page.wait_for_selector(".ts-dropdown .no-results:has-text('nothing to choose from')")
    pick(desk.customer.name)
    page.locator("[data-picker-clear=id_asset]").click() if desk.asset.name in asset.inner_text() else None
    asset.click()
    page.wait_for_selector(f".ts-dropdown .option:has-text('{desk.asset.name}')")
