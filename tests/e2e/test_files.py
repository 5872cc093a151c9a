"""Pasted, dropped and hostile files, and a signature drawn on a telephone, in a real browser (Spec T14, T15)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from cadran.accounts.operations import set_preferences
from cadran.core.models import BusinessRule
from cadran.tickets.models import Attachment, Note, ServiceReport, Ticket
from cadran.tickets.operations import add_attachment, edit_intervention
from tests.e2e.people import signed_in
from tests.factories.desk import Desk, a_desk
from tests.factories.trade import MONDAY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
#: What a word processor puts on the clipboard, shortened.
OFFICE = f"""<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word"><head><meta name=Generator content="Microsoft Word 15">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style>p.MsoNormal {{margin:0cm; font-family:"Calibri"; mso-style-parent:""}}</style></head><body lang=FR>
<!--StartFragment--><p class=MsoNormal style='mso-margin-top-alt:auto'><b><span
style='color:red;mso-fareast-language:FR'>Constat</span></b><o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>·<span>
&nbsp;&nbsp;</span></span><![endif]>Premier point<o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span
style='mso-list:Ignore'>·<span>&nbsp;</span></span>Second</p>
<p class=MsoNormal><v:shape id="_x0000_i1025" style='width:120pt'><v:imagedata src="file:///C:/Temp/clip_image001.png"/>
</v:shape><img width=160 src="file:///C:/Temp/clip_image002.png" alt="Capture du message"></p>
<p class=MsoNormal>Voici <img src="data:image/png;base64,{PIXEL}" alt="Voyant"> rouge
<img src="data:image/svg+xml;base64,PHN2Zy8+"></p><!--EndFragment--></body></html>"""
#: Says in the title, by an alert and by a request whether a script ran.
SCRIPT = "document.title='ran';alert(1);fetch('/ran/');"
HOSTILE = {
    "a.svg": f'<svg xmlns="http://www.w3.org/2000/svg" onload="{SCRIPT}"><script>{SCRIPT}</script></svg>',
    "b.html": f"<!doctype html><script>{SCRIPT}</script><img src=x onerror=\"{SCRIPT}\">",
    "c.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><script>{SCRIPT}</script></html>',
    "d.pdf": f"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS({SCRIPT})>>>>endobj\n<script>{SCRIPT}</script>",
    "e.gif": f"GIF89a/*\x01\x01*/=1;{SCRIPT}//<script>{SCRIPT}</script>",
    "f.js": SCRIPT,
}  # fmt: skip


@pytest.fixture
def desk(transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Desk:
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)
    settings.MEDIA_ROOT = tmp_path
    made = a_desk()
    set_preferences(user=made.user, language="en", by=made.user, at=MONDAY)
    return made


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    return desk.open(MONDAY)


@pytest.fixture
def page(desk: Desk, live_server: Any, chromium: Browser) -> Iterator[Page]:
    """A telephone’s browser in which the desk’s agent is signed in; a script error or a message box fails the test."""
    errors: list[str] = []
    shown = signed_in(
        chromium,
        live_server.url,
        desk.user,
        errors,
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        has_touch=True,
    )
    shown.on("dialog", lambda dialog: (errors.append(dialog.type), dialog.accept()))
    yield shown
    assert not errors


def paste(page: Page, editor: str, html: str = "", png: str = "") -> None:
    page.locator(editor).first.evaluate(
        """(target, [html, png]) => {
            const data = new DataTransfer();
            if (html) { data.setData("text/html", html); data.setData("text/plain", "plain"); }
            if (png) {
                const bytes = Uint8Array.from(atob(png), (one) => one.charCodeAt(0));
                data.items.add(new File([bytes], "image.png", { type: "image/png" }));
            }
            target.focus();
            const pasted = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
            target.dispatchEvent(pasted);
        }""",
        [html, png],
    )


def test_pasted_from_a_word_processor_and_from_a_screenshot(page: Page, ticket: Ticket) -> None:
    """Words, list and pictures arrive; what can’t be had leaves a word and a message (Spec T14)."""
    page.goto(f"/tickets/{ticket.number}/")
    editor = ".cd-composer .ProseMirror"
    page.wait_for_selector(editor)
    paste(page, editor, OFFICE, PIXEL)
    page.wait_for_selector(f"{editor} img[src^='/attachments/']")
    toast = page.locator("#toasts [data-toast]").last.inner_text()
    assert "could not be taken along: 2" in toast
    html = page.locator(editor).inner_html()
    assert "[Capture du message]" in html and "<strong>" in html
    assert page.locator(f"{editor} li").all_inner_texts() == ["Premier point", "Second"]
    assert not [
        one for one in ("mso", "file:", "data:", "v:shape", "Normal", "style=", "·") if one in html
    ], html
    page.locator(editor).press("Control+End")
    paste(page, editor, png=PIXEL)
    expect(page.locator(f"{editor} img[src^='/attachments/']")).to_have_count(2)
    page.locator(".cd-composer button[type=submit]").click()
    page.wait_for_selector(".cd-feed-scroll .cd-said-body img, .cd-said-body img")
    body = Note.objects.get().body
    assert "<li>" in body and body.count('src="/attachments/') == 2 and "<img>" not in body
    assert Attachment.objects.filter(ticket=ticket, is_inline=True).count() == 2


def test_pasted_cells_stay_cells_and_a_text_without_pictures_says_so(page: Page, ticket: Ticket) -> None:
    """A spreadsheet’s picture of its cells is nobody’s wish; a picture never goes without a word (Spec T14, R7)."""
    page.goto(f"/tickets/{ticket.number}/")
    editor = ".cd-composer .ProseMirror"
    page.wait_for_selector(editor)
    paste(page, editor, "<table><tr><td>One</td><td>Two</td></tr></table>", PIXEL)
    assert page.locator(f"{editor} td").all_inner_texts() == ["One", "Two"]
    expect(page.locator(f"{editor} img[src]")).to_have_count(0)
    drop = """(target) => {
        const data = new DataTransfer();
        data.items.add(new File(["%PDF-"], "manual.pdf", { type: "application/pdf" }));
        const { left, top } = target.getBoundingClientRect();
        const place = { clientX: left + 9, clientY: top + 9 };
        const dropped = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true, ...place });
        return !target.dispatchEvent(dropped);
    }"""
    assert page.locator(editor).evaluate(drop), (
        "the browser would have opened the file in place of the ticket"
    )
    page.wait_for_selector("text=Attach other files to the ticket.")
    page.locator(editor).press("Control+a")
    page.locator(editor).press("Delete")
    page.goto("/known-errors/new/")
    page.wait_for_selector(".ProseMirror")
    paste(page, ".ProseMirror", png=PIXEL)
    page.wait_for_selector("text=This text takes neither pictures nor files")
    assert not Attachment.objects.exists()


def test_a_file_too_large_never_leaves_and_what_was_typed_stays(page: Page, ticket: Ticket) -> None:
    """The others go, the sentence names the one that doesn’t, the note is still there (Spec T15, R7)."""
    BusinessRule.objects.create(code="ATTACHMENT_MAX_MEGABYTES", value=1)
    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(request.method) if "/attachments/" in request.url else None
    )
    page.goto(f"/tickets/{ticket.number}/")
    editor = page.locator(".cd-composer .ProseMirror")
    editor.fill("Half a note")
    big = {"name": "big.log", "mimeType": "text/plain", "buffer": b"x" * (1024 * 1024 + 1)}
    small = {"name": "small.log", "mimeType": "text/plain", "buffer": b"x" * 700_000}
    page.set_input_files("#t-attach-files", [big])
    page.wait_for_selector("text=big.log is larger than 1 MB")
    assert sent == []
    page.set_input_files("#t-attach-files", [small, big, {**small, "name": "later.log"}])
    page.wait_for_selector("text=these were left out: later.log")
    page.wait_for_selector(".cd-file:has-text('small.log')", state="attached")
    assert [one.name for one in Attachment.objects.all()] == ["small.log"]
    assert editor.inner_text().strip() == "Half a note"


def test_nothing_in_a_file_runs_in_the_desks_origin(page: Page, desk: Desk, ticket: Ticket) -> None:
    """Opened at its address, in a frame or as a script of the page: no alert, no request, no title (Spec T15)."""
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    for name, content in HOSTILE.items():
        kept = add_attachment(
            ticket=ticket,
            name=name,
            content=ContentFile(content.encode("latin-1")),
            is_external=True,
            by=desk.user,
            at=MONDAY,
        )
        for how in (FOLLOWED, BUILT_IN):
            _give_a_chance(page, ticket, f"/attachments/{kept.secret}/{kept.name}", how)
    assert not [url for url in asked if url.endswith("/ran/")]


#: A link to the file, followed; and the file as a frame, a script and an object of the page.
FOLLOWED = """(url) => {
    const link = Object.assign(document.createElement("a"), { href: url });
    document.body.append(link);
    link.click();
}"""
BUILT_IN = """(url) => ["iframe", "script", "embed"].forEach((tag) => {
    const part = document.createElement(tag);
    part.src = url;
    document.body.append(part);
})"""


def _give_a_chance(page: Page, ticket: Ticket, url: str, how: str) -> None:
    """Let the browser do with the file at ``url`` whatever it would, in a tab of its own."""
    tab = page.context.new_page()
    ran: list[str] = []
    tab.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.accept()))
    tab.goto(f"/tickets/{ticket.number}/")
    with tab.expect_response(f"**{url}"):
        tab.evaluate(how, url)
    tab.wait_for_timeout(250)
    assert tab.title() != "ran", url
    assert not ran, url
    tab.close()


def test_a_customer_signs_on_the_telephone(page: Page, desk: Desk, ticket: Ticket) -> None:
    """Drawn, taken back, turned, refused for a dot, kept: the strokes that were drawn are those that are signed."""
    visit = desk.work(ticket, MONDAY, "on-site-visit")
    changes = {"external_report": "<p>Roller changed</p>"}
    edit_intervention(intervention=visit, changes=changes, base={}, by=desk.user, at=MONDAY)
    page.goto(f"/tickets/{ticket.number}/interventions/{visit.number}/")
    page.get_by_role("link", name="Service report").click()
    pad = page.locator("canvas")
    pad.scroll_into_view_if_needed()
    _draw(page, [(0.5, 0.5)])
    page.get_by_label("Place").fill("Lyon")
    page.get_by_role("button", name="Keep the signed report").click()
    page.wait_for_selector("text=A dot or a short line is no signature")
    assert page.get_by_label("Place").input_value() == "Lyon"
    pad.scroll_into_view_if_needed()
    page.get_by_role("button", name="Clear").click()
    assert page.locator("[name=signature]").input_value() == ""
    _draw(page, [(0.1, 0.5), (0.3, 0.1), (0.5, 0.9), (0.8, 0.4)])
    _draw(page, [(0.9, 0.9), (0.95, 0.95)])
    page.get_by_role("button", name="Take back the last stroke").click()
    strokes = json.loads(page.locator("[name=signature]").input_value())
    assert len(strokes) == 1 and strokes[0][0] == [100, 200] and strokes[0][-1] == [800, 160]
    before = page.evaluate("document.querySelector('canvas').toDataURL().length")
    page.set_viewport_size({"width": 844, "height": 390})
    page.wait_for_timeout(200)
    assert json.loads(page.locator("[name=signature]").input_value()) == strokes
    assert before > 1000 and page.evaluate("document.querySelector('canvas').toDataURL().length") > 1000
    page.get_by_role("button", name="Keep the signed report").click()
    page.wait_for_selector("text=is attached")
    assert ServiceReport.objects.get().place == "Lyon"


def _draw(page: Page, points: list[tuple[float, float]]) -> None:
    """A stroke on the pad, through points given in parts of its size."""
    box = page.locator("canvas").bounding_box()
    assert box is not None
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place)
    page.mouse.up()
