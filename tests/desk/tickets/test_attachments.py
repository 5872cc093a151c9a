"""Attachments are served so that nothing in them runs (Spec T15)."""

from __future__ import annotations

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

from .conftest import HTMX, text_of

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
