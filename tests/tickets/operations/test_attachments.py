"""Files: size, name, type, and what nobody claimed (Spec T14, T15)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from hypothesis import given
from hypothesis import strategies as st

from cadran.accounts.rights import Right
from cadran.core.business_rules import set_business_rule
from cadran.core.drafts import drop_draft, keep_draft
from cadran.core.errors import InvalidInput, NotAllowed
from cadran.core.files import safe_name, sniff
from cadran.tickets.business_rules import ATTACHMENT_MAX_MEGABYTES
from cadran.tickets.models import Attachment
from cadran.tickets.operations import add_attachment, clear_forgotten_attachments
from tests.factories.desk import Desk, colleague, paris

AT = paris("2026-03-02 10:00")
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    yield


def attach(desk: Desk, content: bytes, name: str = "a.bin", **given: Any) -> Attachment:
    given = {"ticket": None, "is_external": False, "by": desk.user, "at": AT} | given
    return add_attachment(name=name, content=ContentFile(content), **given)


def test_kept_under_a_name_nobody_chose(desk: Desk, tmp_path: Path) -> None:
    """Name shown, content unchanged and hashed, stored under its secret (Spec T15)."""
    ticket = desk.open(AT)
    content = SimpleUploadedFile("x", PNG, content_type="text/html")
    kept = add_attachment(
        ticket=ticket, name="../../etc/réseau.png", content=content, is_external=True, by=desk.user, at=AT
    )
    assert (kept.name, kept.content_type, kept.size) == ("réseau.png", "image/png", len(PNG))
    assert kept.sha256 == hashlib.sha256(PNG).hexdigest()
    stored = tmp_path / "attachments" / "2026" / "03" / kept.secret
    assert stored.read_bytes() == PNG


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF0000WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7", "application/pdf"),
        (b"PK\x03\x04 docx", "application/zip"),
        (b"<script>alert(1)</script>", "text/plain"),
        (b"<svg onload='x()'/>", "text/plain"),
        (b"MZ\x00\x90", "application/octet-stream"),
        (b"\xe9t\xe9 en", "application/octet-stream"),
        (b"", "application/octet-stream"),
        (("a" + "é" * 3000).encode()[:4096], "text/plain"),  # the last letter is cut in two
    ],
)
def test_the_type_is_the_contents(content: bytes, content_type: str) -> None:
    """Never what the sender claims, and nothing a browser would run (Spec T15)."""
    assert sniff(content) == content_type


@given(st.text(max_size=300))
def test_names_are_safe(name: str) -> None:
    """No folders, no control characters, never empty, never too long (Spec T15)."""
    safe = safe_name(name)
    assert 0 < len(safe) <= 200
    assert not set(safe) & set("/\\\x00\n\r\u202e")
    assert safe not in (".", "..")


def test_names_stay_readable() -> None:
    """Quotes and brackets stay, a quote also as browsers send it; only what is unsafe goes (Spec T15)."""
    assert safe_name("C:\\docs\\été & <b>rapport %22x%22 [1].txt") == 'été & <b>rapport "x" [1].txt'
    assert safe_name("a\x00b%0Ac.txt") == "a_b_c.txt"


def test_long_names_keep_their_ending() -> None:
    """The ending tells what it is (Spec T15)."""
    assert safe_name("x" * 300 + ".pdf").endswith("x.pdf")
    assert len(safe_name("x" * 300 + ".pdf")) == 200


def test_too_large_is_refused_with_the_limit(desk: Desk, tmp_path: Path) -> None:
    """A configurable size; nothing stays behind (Spec T15)."""
    set_business_rule(definition=ATTACHMENT_MAX_MEGABYTES, value=1, by=None, at=AT)
    attach(desk, b"0" * 1024 * 1024)
    with pytest.raises(InvalidInput) as refused:
        attach(desk, b"0" * (1024 * 1024 + 1), name="big.log")
    assert "1 MB" in refused.value.message
    assert Attachment.objects.count() == len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_only_images_stand_in_texts(desk: Desk) -> None:
    """Pasted images are images (Spec T14)."""
    with pytest.raises(InvalidInput):
        attach(desk, b"%PDF-1.7", is_inline=True)


def test_what_is_not_saved_is_its_uploaders(desk: Desk) -> None:
    """Pasted into an open form: nobody else sees it (Spec T15)."""
    mine = attach(desk, PNG)
    other = colleague(desk, Right.SEE_TICKETS)
    assert list(Attachment.objects.visible_to(desk.user)) == [mine]
    assert not Attachment.objects.visible_to(other)
    on_ticket = attach(desk, PNG, ticket=desk.open(AT))
    assert list(Attachment.objects.visible_to(other)) == [on_ticket]


def test_no_right(desk: Desk) -> None:
    """Who may neither open, edit, work nor note adds no file (Spec R2)."""
    with pytest.raises(NotAllowed):
        attach(desk, PNG, by=colleague(desk, Right.SEE_TICKETS))


def test_forgotten_files_are_cleared(desk: Desk, tmp_path: Path) -> None:
    """Pasted two days ago into forms never saved; files on tickets stay (Spec T14)."""
    old, fresh = attach(desk, PNG), attach(desk, PNG, at=AT + timedelta(days=2))
    kept = attach(desk, PNG, ticket=desk.open(AT))
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert clear_forgotten_attachments(before=AT + timedelta(days=1), by=None, at=AT) == 1
        assert clear_forgotten_attachments(before=AT + timedelta(days=1), by=None, at=AT) == 0
    assert set(Attachment.objects.all()) == {fresh, kept}
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {fresh.secret, kept.secret}
    assert old.secret not in {fresh.secret, kept.secret}


def test_files_of_a_kept_draft_stay(desk: Desk) -> None:
    """Named by a draft of whoever added them, they outlast it; somebody else's draft keeps nothing (Spec T6)."""
    pasted, beside = attach(desk, PNG), attach(desk, b"log", name="a.log")
    form = f"title=x&external_report=%3Cimg+src%3D%22%2Fattachments%2F{pasted.secret}%2Fa.png%22%3E&files={beside.pk}"
    other = colleague(desk, Right.OPEN_TICKETS)

    def clear() -> int:
        return clear_forgotten_attachments(before=AT + timedelta(days=1), by=None, at=AT)

    keep_draft(key="new", data={"form": form}, by=desk.user, at=AT)
    assert clear() == 0
    drop_draft(key="new", by=desk.user)
    keep_draft(key="new", data={"form": form}, by=other, at=AT)
    assert clear() == 2
