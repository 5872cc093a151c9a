"""Call-taking rules on the customer's page, and images in notes (Spec T7, T13)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from cadran.accounts.rights import Right
from cadran.parties.models import CallTakingRule, Customer, NoteImage
from tests.factories.trade import MONDAY, a_customer, person

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


@pytest.fixture(autouse=True)
def present(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)
    settings.MEDIA_ROOT = tmp_path
    yield


def client_of(*rights: Right, email: str = "eva@example.com", language: str = "en") -> Client:
    browser = Client(headers={"accept-language": language})
    browser.force_login(person(*rights, email=email))
    return browser


@pytest.fixture
def editor() -> Client:
    return client_of(Right.SEE_CUSTOMERS, Right.EDIT_CUSTOMERS)


def typed(**values: str) -> dict[str, str]:
    names = ("unpaid_since", "unpaid_cents", "warn_unpaid", "block_unpaid", "warn_always", "block_always")
    return {**dict.fromkeys(names, ""), "seen": "0", **values}


def test_rules_are_typed_in_one_dialog_and_stand_on_the_page(editor: Client) -> None:
    """Spec T13: what is unpaid, since when and how much, as the reader writes it."""
    customer = a_customer()
    address = f"/customers/{customer.number}/call-taking/"
    sent = typed(
        unpaid_since="2026-01-12", unpaid_cents="4,180.00", block_unpaid="Ask the accounts department"
    )
    assert editor.post(address, sent, headers=HX).status_code == 200
    assert Customer.objects.get().unpaid_cents == 418000
    page = editor.get(f"/customers/{customer.number}/").content.decode()
    assert "Ask the accounts department" in page and "€4,180.00" in page and "No new ticket" in page
    drawn = editor.get(address, headers=HX).context["form"]
    assert drawn["unpaid_since"].value() == date(2026, 1, 12)
    assert drawn["block_unpaid"].value() == "Ask the accounts department"


def test_a_refusal_comes_back_with_everything_typed(editor: Client) -> None:
    """Spec R7: beside its field; nothing is saved."""
    customer = a_customer()
    sent = typed(unpaid_cents="12", warn_always="Speak up")
    answer = editor.post(f"/customers/{customer.number}/call-taking/", sent, headers=HX)
    assert answer.status_code == 422 and b"since when" in answer.content and b"Speak up" in answer.content
    assert not CallTakingRule.objects.exists()


def test_two_who_change_one_rule_read_which_one_it_is(editor: Client) -> None:
    """Spec T17: a refusal while unpaid and one for always have the same label under two headings."""
    customer = a_customer()
    address = f"/customers/{customer.number}/call-taking/"
    drawn = editor.get(address, headers=HX).content.decode()
    seen = {name: unescape(value) for name, value in re.findall(r'name="(seen[^"]*)" value="([^"]*)"', drawn)}
    editor.post(address, typed(**seen, block_always="First"), headers=HX)
    answer = editor.post(address, typed(**seen, block_always="Second"), headers=HX)
    assert answer.status_code == 422
    assert "Always · Refuse new tickets with" in answer.content.decode()


def test_the_second_to_save_is_told(editor: Client) -> None:
    """Spec T17: the version that was seen goes along."""
    customer = a_customer()
    address = f"/customers/{customer.number}/call-taking/"
    editor.post(address, typed(warn_always="First"), headers=HX)
    answer = editor.post(address, typed(warn_always="Second"), headers=HX)
    assert answer.status_code == 422 and b"Somebody else" in answer.content
    assert CallTakingRule.objects.get().message == "First"


def test_readers_see_rules_and_change_none() -> None:
    """Spec R2."""
    reader, customer = client_of(Right.SEE_CUSTOMERS, email="otto@example.com"), a_customer()
    assert b"call-taking/" not in reader.get(f"/customers/{customer.number}/").content
    assert reader.post(f"/customers/{customer.number}/call-taking/", typed()).status_code == 403


def test_an_image_pasted_into_a_note_is_kept_and_shown_safely(editor: Client) -> None:
    """Spec T7, T15: to who may see customers, never run, under its own name alone."""
    answer = editor.post("/notes/images/upload/", {"file": ContentFile(PNG, name="door.png")})
    address = answer.json()["url"]
    shown = editor.get(address)
    assert shown["Content-Type"] == "image/png" and "sandbox" in shown["Content-Security-Policy"]
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert editor.get(address.replace("door.png", "other.png")).status_code == 404
    reader = client_of(Right.SEE_CUSTOMERS, email="otto@example.com")
    assert reader.get(address).status_code == 404  # nobody else's as long as the note isn't saved
    sent = {"name": "Neuf", "kind": "prospect", "language": "fr", "note": f'<p>Door</p><img src="{address}">'}
    saved = editor.post("/customers/new/?for=id_customer", sent, headers=HX)
    assert "picked" in saved["HX-Trigger"]
    assert address in Customer.objects.get().note and NoteImage.objects.get().customer is not None
    assert reader.get(address).status_code == 200
    stranger = client_of(Right.SEE_TICKETS, email="nemo@example.com")
    assert stranger.get(address).status_code == 403


@pytest.mark.parametrize("content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"hello"])
def test_no_other_file_gets_into_a_note(editor: Client, content: bytes) -> None:
    """Told in a sentence; nothing is kept."""
    answer = editor.post("/notes/images/upload/", {"file": ContentFile(content, name="door.png")})
    assert answer.status_code == 422 and "PNG" in answer.json()["error"]
    assert editor.post("/notes/images/upload/").status_code == 422
    assert not NoteImage.objects.exists()
