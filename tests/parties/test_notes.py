"""Rich-text notes on customers and contacts, with their images (Spec T7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import TestCase

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput, NotAllowed
from cadran.parties.models import Contact, Customer, NoteImage
from cadran.parties.operations import (
    ContactDetails,
    CustomerDetails,
    add_note_image,
    clear_forgotten_note_images,
    save_contact,
    save_customer,
)
from tests.factories.trade import MONDAY, a_customer, person

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
LONG_AFTER = MONDAY + timedelta(days=9)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.MEDIA_ROOT = tmp_path
    yield tmp_path


@pytest.fixture
def agent() -> User:
    return person(Right.SEE_CUSTOMERS, Right.EDIT_CUSTOMERS)


def paste(by: User | None, content: bytes = PNG, name: str = "door.png") -> NoteImage:
    return add_note_image(name=name, content=ContentFile(content, name=name), by=by, at=MONDAY)


def shown(image: NoteImage) -> str:
    return f'<p>Ring here:</p><img src="/notes/images/{image.secret}/{image.name}" alt="door">'


def clear() -> int:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return clear_forgotten_note_images(before=LONG_AFTER, by=None, at=LONG_AFTER)


def test_a_note_is_sanitised_and_keeps_its_own_images_alone(agent: User) -> None:
    """Spec T7, T14: text, links and our images; no script, no image from elsewhere, none of a ticket."""
    image = paste(agent)
    note = (
        shown(image)
        + '<p><a href="https://example.com">map</a><script>alert(1)</script></p>'
        + '<img src="https://spy.example/x.png"><img src="/attachments/abc/x.png">'
    )
    customer = save_customer(
        customer=None, details=CustomerDetails(name="Nouveau", note=note), by=agent, at=MONDAY
    )
    assert (
        f'src="/notes/images/{image.secret}/door.png"' in customer.note
        and "https://example.com" in customer.note
    )
    assert (
        "script" not in customer.note and "spy" not in customer.note and "/attachments/" not in customer.note
    )
    image.refresh_from_db()
    assert image.customer == customer


def test_a_contact_keeps_images_too_and_lets_go_of_those_taken_out(agent: User) -> None:
    """What a later version of the note no longer shows is cleared; what it shows stays."""
    customer, kept, dropped = a_customer(), paste(agent), paste(agent, name="old.png")
    details = ContactDetails(last_name="Roche", note=shown(kept) + shown(dropped))
    contact = save_contact(customer=customer, contact=None, details=details, by=agent, at=MONDAY)
    assert set(contact.note_images.all()) == {kept, dropped}
    details = ContactDetails(last_name="Roche", note=shown(kept))
    save_contact(customer=customer, contact=contact, details=details, by=agent, at=MONDAY)
    assert list(contact.note_images.all()) == [kept]
    assert clear() == 1 and list(NoteImage.objects.all()) == [kept]


def test_a_forgotten_image_goes_with_its_file(agent: User, media: Path) -> None:
    """Pasted into a dialog that was never saved: gone after a while, not before; one copied elsewhere stays."""
    image, copied = paste(agent), paste(agent)
    a_customer("Copieur", note=shown(copied))
    assert NoteImage.objects.get(pk=copied.pk).customer is None  # not pasted by whoever saved that note
    assert clear_forgotten_note_images(before=MONDAY, by=None, at=LONG_AFTER) == 0
    assert clear() == 1
    assert list(NoteImage.objects.all()) == [copied]
    assert not Path(media / image.file.name).exists() and Path(media / copied.file.name).exists()


def test_nobody_claims_what_somebody_else_pasted(agent: User) -> None:
    """A guessed address gives nobody the image of another person's open form."""
    image, other = paste(agent), person(Right.SEE_CUSTOMERS, Right.EDIT_CUSTOMERS, email="other@example.com")
    save_customer(customer=None, details=CustomerDetails(name="Vol", note=shown(image)), by=other, at=MONDAY)
    image.refresh_from_db()
    assert image.customer is None


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script></html>",
        b"%PDF-1.7",
    ],
)
def test_only_images_stand_in_a_note(agent: User, content: bytes) -> None:
    """The first bytes tell, not the name."""
    with pytest.raises(InvalidInput):
        paste(agent, content)
    assert not NoteImage.objects.exists()


def test_an_image_has_a_limit(agent: User) -> None:
    """A photograph fits, an archive does not; the sentence says how much does."""
    with pytest.raises(InvalidInput) as refused:
        paste(agent, PNG + b"\x00" * (10 * 1024 * 1024))
    assert "10" in refused.value.message and not NoteImage.objects.exists()


def test_only_who_edits_customers_pastes_into_a_note() -> None:
    """Spec R2."""
    with pytest.raises(NotAllowed):
        paste(person(Right.SEE_CUSTOMERS))
    assert not Customer.objects.exists() and not Contact.objects.exists()
