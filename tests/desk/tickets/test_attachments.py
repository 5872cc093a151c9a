"""Attachments are served so that nothing in them runs (Spec T15)."""

from __future__ import annotations

import re
from email.message import Message
from email.utils import collapse_rfc2231_value
from html import unescape
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from cadran.accounts.rights import Right
from cadran.core.models import BusinessRule
from cadran.tickets.models import Attachment, Ticket
from cadran.tickets.operations import add_attachment
from tests.desk.work import TEN, signed_in
from tests.factories.desk import Desk, colleague

from .conftest import HTMX, get, post, text_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


def kept(desk: Desk, ticket: Ticket | None, name: str, content: bytes, **more: Any) -> str:
    row = add_attachment(
        ticket=ticket,
        name=name,
        content=ContentFile(content),
        is_external=False,
        by=desk.user,
        at=TEN,
        **more,
    )
    return f"/attachments/{row.secret}/{row.name}"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("evil.svg", SVG),
        ("evil.html", HTML),
        ("evil.png", SVG),
        ("evil.png", HTML),
        ("evil.pdf", HTML),
        ("x", b""),
    ],
)
def test_what_a_browser_would_run_is_only_handed_over(
    browser: Client, desk: Desk, ticket: Ticket, files: Any, name: str, content: bytes
) -> None:
    """Spec T15: SVG and HTML, under whatever name, are downloads of harmless types."""
    answer = browser.get(kept(desk, ticket, name, content))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"].split(";")[0] in ("text/plain", "application/octet-stream")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("plan.png", PNG, "PNG"),
        ("plan", PNG, "PNG"),
        ("letter.docx", b"PK\x03\x04", "DOCX"),
        ("trace.log", b"text", "LOG"),
        ("evil.svg", SVG, "SVG"),
        ("evil.png", HTML, "Text"),
        ("evil.pdf", b"\x00", "File"),
        ("README", b"text", "Text"),
        ("name.of something", b"text", "Text"),
    ],
)
def test_the_page_names_the_kind_of_each_file(
    browser: Client, desk: Desk, ticket: Ticket, files: Any, name: str, content: bytes, word: str
) -> None:
    """Spec T15: name and type; an ending that claims what the content is not is not repeated as one."""
    kept(desk, ticket, name, content)
    assert f"{name} {word} · {len(content)}" in text_of(browser.get(f"/tickets/{ticket.number}/"))


def test_an_image_is_shown_in_a_sandbox(browser: Client, desk: Desk, ticket: Ticket, files: Any) -> None:
    """Spec T15."""
    answer = browser.get(kept(desk, ticket, "shot.png", PNG))
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert answer["Content-Disposition"].startswith("inline")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_who_may_not_see_the_ticket_may_not_see_its_files(desk: Desk, ticket: Ticket, files: Any) -> None:
    """Spec R3."""
    address = kept(desk, ticket, "shot.png", PNG)
    assert signed_in(colleague(desk, Right.SEE_CUSTOMERS)).get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_a_pasted_image_is_its_own_until_saved(
    browser: Client, desk: Desk, ticket: Ticket, files: Any
) -> None:
    """Spec T14: an upload without a ticket is seen by who made it alone."""
    address = kept(desk, None, "paste.png", PNG, is_inline=True)
    assert browser.get(address).status_code == 200
    assert signed_in(colleague(desk, Right.SEE_TICKETS)).get(address).status_code == 404


def test_a_wrong_name_or_secret_is_404(browser: Client, desk: Desk, ticket: Ticket, files: Any) -> None:
    """The address names exactly one file."""
    address = kept(desk, ticket, "shot.png", PNG)
    assert browser.get(address.replace("shot", "other")).status_code == 404
    assert browser.get("/attachments/nothing/shot.png").status_code == 404


def test_pasting_an_image_answers_its_address(browser: Client, ticket: Ticket, files: Any) -> None:
    """Spec T14: the address that the editor puts into the text."""
    answer = browser.post("/attachments/upload/", {"file": ContentFile(PNG, name="image.png")})
    assert answer.status_code == 200
    url = answer.json()["url"]
    assert url.startswith("/attachments/")
    assert browser.get(url)["Content-Type"] == "image/png"
    body = f'<p>See</p><img src="{url}">'
    browser.post(f"/tickets/{ticket.number}/notes/", {"body": body}, headers=HTMX)
    assert Attachment.objects.get().ticket == ticket


@pytest.mark.parametrize("content", [SVG, HTML, b"MZ..."])
def test_pasting_anything_else_is_refused(browser: Client, desk: Desk, files: Any, content: bytes) -> None:
    """Spec T14, R7."""
    answer = browser.post("/attachments/upload/", {"file": ContentFile(content, name="image.png")})
    assert answer.status_code == 422
    assert "images" in answer.json()["error"]
    assert not Attachment.objects.exists()


def test_a_file_too_large_is_refused_with_a_sentence(browser: Client, ticket: Ticket, files: Any) -> None:
    """Spec T15, R7."""
    BusinessRule.objects.create(code="ATTACHMENT_MAX_MEGABYTES", value=1)
    big = ContentFile(b"x" * (1024 * 1024 + 1), name="big.log")
    answer = browser.post(f"/tickets/{ticket.number}/attachments/", {"files": big}, headers=HTMX)
    assert "big.log is larger than 1 MB" in answer["HX-Trigger"]
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(("seen", "is_external"), [("external", True), ("internal", False), ("", False)])
def test_a_file_is_external_only_when_said(
    browser: Client, ticket: Ticket, files: Any, seen: str, is_external: bool
) -> None:
    """Spec T15: internal unless the agent says that the customer sees it."""
    sent = {"files": ContentFile(b"log", name="a.log"), "seen": seen}
    answer = browser.post(f"/tickets/{ticket.number}/attachments/", sent, headers=HTMX)
    assert Attachment.objects.get().is_external is is_external
    assert "a.log" in text_of(answer)


def test_several_files_are_counted(browser: Client, ticket: Ticket, files: Any) -> None:
    """Spec T15: one answer for all that were sent together."""
    sent = {"files": [ContentFile(b"a", name="a.log"), ContentFile(b"b", name="b.log")]}
    answer = browser.post(f"/tickets/{ticket.number}/attachments/", sent, headers=HTMX)
    assert "2 files attached." in answer["HX-Trigger"]


def test_a_note_to_split_off_is_told_by_its_words(
    browser: Client, desk: Desk, ticket: Ticket, files: Any
) -> None:
    """Spec T29: as they are read; one of pictures only says so."""
    address = kept(desk, None, "paste.png", PNG, is_inline=True)
    for body in ("<p>Ask R&amp;D</p>", f'<p><img src="{address}" alt=""></p>'):
        post(browser, ticket, "notes/", body=body)
    told = text_of(get(browser, ticket, "split/"))
    assert "Ask R&D" in told
    assert "Picture" in told


def test_of_several_files_it_says_which_were_taken(browser: Client, ticket: Ticket, files: Any) -> None:
    """Spec T15: one that is refused keeps none of the others from being kept."""
    BusinessRule.objects.create(code="ATTACHMENT_MAX_MEGABYTES", value=1)
    big = ContentFile(b"x" * (1024 * 1024 + 1), name="big.log")
    sent = {"files": [ContentFile(b"a", name="a.log"), big, ContentFile(b"b", name="b.log")]}
    answer = browser.post(f"/tickets/{ticket.number}/attachments/", sent, headers=HTMX)
    assert "big.log is larger than 1 MB" in answer["HX-Trigger"]
    assert "Attached: a.log, b.log." in answer["HX-Trigger"]
    assert [row.name for row in Attachment.objects.order_by("pk")] == ["a.log", "b.log"]


@pytest.mark.parametrize(
    "name",
    [
        "compte rendu.docx", "mail.msg", "IMG_0042.heic", 'a"; filename="b.exe', "a\r\nX-Evil: 1.txt",
        "x" * 400 + ".pdf", "\u202egpj.exe", "日本語 😀.txt", "..", "a%0d%0ab.txt", "<b>.html",
    ],
)  # fmt: skip
def test_any_name_is_downloaded_as_it_is_and_breaks_nothing(
    browser: Client, desk: Desk, ticket: Ticket, files: Any, name: str
) -> None:
    """Spec T15: the page lists it, its link opens it, the header holds no line end and names no other file."""
    row = add_attachment(
        ticket=ticket, name=name, content=ContentFile(b"\x00x"), is_external=False, by=desk.user, at=TEN
    )
    assert "\u202e" not in row.name and "\n" not in row.name and len(row.name) <= 200
    assert row.name.rsplit(".", 1)[-1] == name.strip(".").rsplit(".", 1)[-1] or name in ("..", "a%0d%0ab.txt")
    page = browser.get(f"/tickets/{ticket.number}/").content.decode()
    link = re.search(r'href="(/attachments/[^"]+)"', page)
    assert link is not None
    answer = browser.get(unescape(link[1]))
    assert answer.status_code == 200
    told = Message()
    told["Content-Disposition"] = answer["Content-Disposition"]
    assert told.get_content_disposition() == "attachment"
    assert collapse_rfc2231_value(told.get_param("filename", header="Content-Disposition")) == row.name
