"""A telephone agent opens a ticket by the keyboard alone, in a real browser (Spec T6, T11, F6)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from cadran.accounts.operations import set_preferences
from cadran.core.models import Draft
from cadran.tickets.models import Tag, Ticket
from cadran.tickets.operations import TemplateDetails, save_template
from tests.e2e.people import signed_in
from tests.e2e.waiting import Held, answered, settle, until
from tests.factories.desk import Desk, a_desk
from tests.factories.trade import MONDAY, a_contact, a_contract, a_customer, a_row, a_service

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
#: Where the new-ticket form asks what follows from what is chosen.
DEDUCED = "**/tickets/new/deduced/"


@pytest.fixture
def desk(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk on a Monday at ten, with two contacts so that the requester has to be picked."""
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)
    made = a_desk()
    a_contact(made.customer, "Vidal")
    set_preferences(user=made.user, language="en", by=made.user, at=MONDAY)
    return made


@pytest.fixture
def page(desk: Desk, live_server: Any, chromium: Browser) -> Iterator[Page]:
    """A browser in which the desk's agent is signed in; a script error fails the test."""
    errors: list[str] = []
    shown = signed_in(chromium, live_server.url, desk.user, errors)
    shown.on("dialog", lambda dialog: (errors.append(dialog.type), dialog.accept()))
    yield shown
    assert not errors


def begin(page: Page) -> None:
    """An empty form, with the cursor where a call begins."""
    with answered(page, DEDUCED):
        page.goto("/tickets/new/")
    page.wait_for_selector("[aria-label=Customer]:focus")


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
    settle(page)
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


def test_enter_waits_for_the_answer_to_all_that_was_typed(page: Page, desk: Desk) -> None:
    """Spec T6, F6: typed faster than the server answers, an answer to the first letter alone doesn't undo the Enter."""
    begin(page)
    held = Held(page, "**/pick/customer/?*")
    page.keyboard.press("a")
    held.wait()
    page.keyboard.type("ci")
    page.keyboard.press("Enter")
    held.let_go()
    held.wait()
    held.let_go()
    page.wait_for_selector(f"#id_customer + .ts-wrapper .item:has-text('{desk.customer.name}')")
    page.wait_for_selector("[aria-label=Requester]:focus")


def test_enter_is_kept_for_who_goes_on_with_tab_and_takes_nothing_later(page: Page, desk: Desk) -> None:
    """Spec T6, F6: what was typed is taken though the cursor has left; an Enter that found nothing is over."""
    begin(page)
    held = Held(page, "**/pick/customer/?*")
    page.keyboard.type("aci")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    held.wait()
    held.let_go()
    item = page.locator("#id_customer + .ts-wrapper .item")
    expect(item).to_contain_text(desk.customer.name)
    page.locator("[data-picker-clear=id_customer]").click()
    page.keyboard.type("nobody")
    page.keyboard.press("Enter")
    page.locator("#id_title").click()
    held.wait()
    held.let_go()
    page.unroute("**/pick/customer/?*")
    page.locator("#id_customer + .ts-wrapper").click()
    expect(page.locator("#id_customer-ts-dropdown .option").first).to_be_visible()
    page.wait_for_timeout(200)
    expect(item).to_have_count(0)


def test_a_line_chosen_by_an_arrow_is_taken_before_the_answer(page: Page, desk: Desk) -> None:
    """Spec F6: who has gone to a line of the list means that one, whatever the last letter will bring."""
    a_contract(a_customer("Aciers du Nord"))
    begin(page)
    page.keyboard.type("aci")
    lines = page.locator("#id_customer-ts-dropdown .option")
    expect(lines).to_have_count(2)
    second = lines.nth(1).inner_text()
    held = Held(page, "**/pick/customer/?*")
    page.keyboard.type("e")
    held.wait()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#id_customer + .ts-wrapper .item")).to_have_text(second.splitlines()[0])
    held.let_go()


def test_who_is_faster_than_the_server_loses_no_consequence(page: Page, desk: Desk) -> None:
    """Spec T6: the requester is picked before the customer is answered; contract and asset still follow."""
    begin(page)
    held = Held(page, DEDUCED)
    page.keyboard.type("aci")
    page.keyboard.press("Enter")
    page.wait_for_selector("[aria-label=Requester]:focus")
    held.wait()
    page.keyboard.type("vid")
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_requester + .ts-wrapper .item:has-text('Vidal')")
    held.routes.pop(0)
    held.wait()
    held.let_go()
    page.wait_for_selector(".cd-verdict[data-verdict=covered]")
    expect(page.locator("#id_asset + .ts-wrapper .item")).to_contain_text(desk.asset.name)
    expect(page.locator("#id_requester + .ts-wrapper .item")).to_contain_text("Vidal")


def test_letters_stay_when_their_field_is_deduced(page: Page, desk: Desk) -> None:
    """Spec T6: who is typing in a field goes on in the same word when the server fills it in."""
    begin(page)
    held = Held(page, DEDUCED)
    page.locator("[aria-label=Customer][role=combobox]").fill("Acier")
    page.locator(".ts-dropdown .option", has_text=desk.customer.name).click()
    held.wait()
    asset = page.locator("[aria-label=Asset][role=combobox]")
    asset.focus()
    page.keyboard.type("pri")
    held.let_go()
    expect(page.locator("#id_asset + .ts-wrapper .item")).to_contain_text(desk.asset.name)
    page.keyboard.type("nt")
    expect(asset).to_have_value("print")


def test_what_is_left_at_once_is_kept_and_what_is_dropped_is_not(page: Page, desk: Desk) -> None:
    """Spec T6: the last letters are kept while a large file is under way; who begins anew has thrown them away."""
    leaving = page.context.new_page()
    leaving.on("dialog", lambda question: question.accept())
    begin(leaving)
    uploads = Held(leaving, "**/tickets/new/files/")
    large = {"name": "log.txt", "mimeType": "text/plain", "buffer": b"x" * 200_000}
    leaving.locator("#new-file").set_input_files(large)
    uploads.wait()
    leaving.locator("#id_title").fill("Mute printer")
    leaving.goto("/tickets/")
    until(leaving, Draft.objects.exists, "the draft wasn't kept")
    with answered(page, DEDUCED):
        page.goto("/tickets/new/")
    expect(page.locator("[data-draft-resume]")).to_be_visible()
    expect(page.locator("#id_title")).to_have_value("Mute printer")
    drafts = Held(page, "**/tickets/new/draft/")
    page.locator("#id_title").fill("Of no use")
    drafts.wait()
    page.locator("[form=drop-draft]").click()
    drafts.let_go()
    expect(page.locator("#id_title")).to_have_value("")
    page.wait_for_timeout(200)
    assert not Draft.objects.exists()


def test_the_cursor_goes_to_the_service_while_several_are_possible(page: Page, desk: Desk) -> None:
    """Spec T6, F6: what still needs an answer comes before the title, known before or after the requester is picked."""
    a_service(desk.contract, label="Night line")
    keyboard = Keyboard(page)
    page.goto("/tickets/new/")
    page.wait_for_selector("[aria-label=Customer]:focus")
    keyboard.press("a", "c", "i", "Enter")
    page.wait_for_selector("[aria-label=Requester]:focus")
    keyboard.press("v", "i", "d")
    page.wait_for_selector(".cd-verdict")
    keyboard.press("Enter")
    page.wait_for_selector("[aria-label=Service]:focus")
    keyboard.press("n", "i", "g", "Enter")
    page.wait_for_selector("#id_title:focus")
    assert page.locator("#id_service").input_value() == str(desk.contract.services.get(label="Night line").pk)


def test_a_template_is_chosen_by_the_keyboard(page: Page, desk: Desk) -> None:
    """Spec T16, F6: its fields and tags stand in the form, in which nothing else was touched."""
    tag = a_row(Tag, "tapes", name_en="Tapes")
    details = TemplateDetails(name="Backup", title="Check the backup", tags=[tag])
    save_template(template=None, details=details, by=None, at=MONDAY)
    page.goto("/tickets/new/")
    page.wait_for_selector("[aria-label=Customer]:focus")
    page.keyboard.press("Alt+m")
    page.keyboard.type("bac")
    page.locator("#id_template-ts-dropdown .option.active", has_text="Backup").wait_for()
    page.keyboard.press("Enter")
    page.locator("#id_tags ~ .ts-wrapper .item", has_text="Tapes").wait_for()
    assert page.locator("#id_title").input_value() == "Check the backup"


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
    # An error has had its say once the field is changed, in the summary too.
    page.keyboard.type("M")
    page.wait_for_selector("[data-errors]", state="detached")
    assert page.locator("#id_title_error").count() == 0
    assert page.locator(".ts-wrapper .item", has_text=desk.customer.name).count() >= 1
    assert "It says nothing" in page.locator(".cd-rich .ProseMirror").first.inner_text()
    assert not Ticket.objects.exists()
    page.goto("about:blank")
    page.goto("/tickets/new/")
    page.wait_for_selector("text=What you typed before is here again")
    # What is typed now is not of that call: the question comes first.
    page.wait_for_selector("[data-draft-resume]:focus")
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_title:focus")
    assert "It says nothing" in page.locator(".cd-rich .ProseMirror").first.inner_text()


def test_who_is_not_there_yet_is_made_without_leaving_the_keyboard(page: Page, desk: Desk) -> None:
    """Spec T7: Enter where nothing was found opens the dialog with the letters typed; nothing else is lost."""
    page.goto("/tickets/new/")
    page.wait_for_selector("[aria-label=Customer]:focus")
    page.keyboard.press("Alt+d")
    page.wait_for_selector(".cd-rich .ProseMirror-focused")
    page.keyboard.type("It says nothing")
    page.locator("[aria-label=Customer][role=combobox]").focus()
    # Faster than the answer; what is found for the first letters alone is not waited for.
    page.keyboard.type("Newcomer")
    page.keyboard.press("Enter")
    page.wait_for_selector("#new_name:focus")
    assert page.locator("#new_name").input_value() == "Newcomer"
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[aria-label=Requester]:focus")
    page.wait_for_selector(".ts-wrapper .item:has-text('Newcomer')")
    assert "It says nothing" in page.locator("#id_external_description").input_value()


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


def test_what_a_customer_wrote_stays_shared_and_the_user_brings_the_customer(page: Page, desk: Desk) -> None:
    """Spec T6: the box of a mail can't be unticked and says why; the person affected is enough to begin with."""
    page.goto("/tickets/new/")
    page.wait_for_selector("[aria-label=Customer]:focus")
    page.locator("[aria-label=User][role=combobox]").focus()
    page.keyboard.type("vid")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#id_customer + .ts-wrapper .item:has-text('{desk.customer.name}')")
    page.wait_for_selector(".cd-verdict[data-verdict=covered]")
    page.locator("#id_is_shared").uncheck()
    page.select_option("#id_channel", "mail")
    page.wait_for_selector("#id_is_shared:checked")
    page.locator("#id_is_shared").click(force=True)
    assert page.locator("#id_is_shared").is_checked()
    page.wait_for_selector("#shared-always", state="visible")
    page.select_option("#id_channel", "telephone")
    page.wait_for_selector("#shared-always", state="hidden")
    page.locator("#id_is_shared").uncheck()


def test_a_clicked_picker_offers_what_fits_the_choices_made_since(page: Page, desk: Desk) -> None:
    """Spec T6: a list seen before is asked for anew when the choices it depends on have changed."""
    other = a_customer("Without anything")
    begin(page)
    asset = page.locator("#id_asset + .ts-wrapper")

    def pick(customer: str) -> None:
        page.locator("[aria-label=Customer][role=combobox]").fill(customer[:6])
        with answered(page, DEDUCED):
            page.locator(".ts-dropdown .option", has_text=customer).click()

    page.locator("#picker-filter").click()
    page.wait_for_selector("#picker-filter[aria-pressed=false]")
    pick(other.name)
    asset.click()
    page.wait_for_selector(".ts-dropdown .no-results:has-text('nothing to choose from')")
    pick(desk.customer.name)
    expect(asset).to_contain_text(desk.asset.name)
    page.locator("[data-picker-clear=id_asset]").click()
    asset.click()
    page.wait_for_selector(f".ts-dropdown .option:has-text('{desk.asset.name}')")


def test_a_list_being_chosen_from_stays_open_when_its_field_is_deduced(page: Page, desk: Desk) -> None:
    """Spec T6: what the server fills in neither shuts the list under the agent's hand nor takes the cursor away."""
    begin(page)
    held = Held(page, DEDUCED)
    page.locator("[aria-label=Customer][role=combobox]").fill("Acier")
    page.locator(".ts-dropdown .option", has_text=desk.customer.name).click()
    asset = page.locator("#id_asset + .ts-wrapper")
    offered = page.locator("#id_asset-ts-dropdown .option", has_text=desk.asset.name)
    held.wait()
    asset.click()
    expect(offered).to_be_visible()
    expect(asset.locator(".item")).to_have_count(0)
    held.let_go()
    expect(asset.locator(".item")).to_contain_text(desk.asset.name)
    expect(offered).to_be_visible()
    expect(page.locator("[aria-label=Asset][role=combobox]")).to_be_focused()


def test_a_click_offers_the_tags_and_one_on_a_chosen_tag_does_not(page: Page, desk: Desk) -> None:
    """Spec T30: whoever doesn't know the words sees them; a chosen one can be taken hold of."""
    a_row(Tag, "tapes", name_en="Tapes")
    page.goto("/tickets/new/")
    page.wait_for_selector("[aria-label=Customer]:focus")
    control = page.locator("#id_tags ~ .ts-wrapper .ts-control")
    control.click()
    page.locator("#id_tags-ts-dropdown .option", has_text="Tapes").click()
    page.keyboard.press("Escape")
    control.locator(".item").click(position={"x": 4, "y": 4})
    page.wait_for_timeout(200)
    assert not page.locator("#id_tags-ts-dropdown").is_visible()


def test_who_does_not_fit_is_one_key_away_and_the_cursor_stays(page: Page, desk: Desk) -> None:
    """Spec T6: the last line brings a customer without contract; where no field follows, the cursor is not lost."""
    a_customer("Prospect Martin")
    page.goto("/tickets/new/")
    page.wait_for_selector("[aria-label=Customer]:focus")
    page.keyboard.type("prospect")
    # Faster than the answer: nobody fits, so that nobody is taken yet.
    page.keyboard.press("Enter")
    page.wait_for_selector(".ts-dropdown .active:has-text('1 more that doesn’t fit')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".ts-dropdown .active:has-text('no running contract')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".ts-wrapper .item:has-text('Prospect Martin')")
    page.wait_for_selector("[aria-label=Requester]:focus")
    page.locator("#id_title").fill("Nothing is left to fill in")
    page.locator("[aria-label=Pilot][role=combobox]").focus()
    page.keyboard.press("Backspace")
    page.keyboard.type(desk.agent.first_name[:4])
    page.wait_for_selector("#id_pilot + .dropdown-active .active")
    page.keyboard.press("Enter")
    page.wait_for_selector("[aria-label=Pilot]:focus")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#dialog[open] h2")


def test_what_is_typed_is_seen_above_the_foot(page: Page, desk: Desk) -> None:
    """Spec T6: Alt+D brings the description into sight, with room for some lines, wherever the page stood."""
    page.goto("/tickets/new/")
    page.wait_for_selector("[aria-label=Customer]:focus")
    page.keyboard.press("Alt+d")
    page.wait_for_selector(".cd-rich .ProseMirror-focused")
    page.keyboard.type("It says nothing")
    text = page.locator(".ProseMirror-focused p").bounding_box()
    foot = page.locator("#new-ticket .cd-form-foot").bounding_box()
    assert text and foot
    assert text["y"] + 3 * text["height"] < foot["y"]


def test_a_page_that_is_one_form_begins_in_its_first_field(page: Page, desk: Desk) -> None:
    """Spec F6: one types at once, in a picker as well."""
    for address in ("/known-errors/new/", "/contracts/new/"):
        page.goto(address)
        page.wait_for_selector("form.cd-rec-form .cd-form-sect:first-of-type :focus")
