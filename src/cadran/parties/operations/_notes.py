"""What saving a note does with its images (Spec T7)."""

from __future__ import annotations

from cadran.accounts.models import User
from cadran.core.files import secrets_in
from cadran.core.richtext import NOTE_IMAGES

from ..models import Contact, Customer, NoteImage


def claim_note_images(holder: Customer | Contact, *, by: User | None) -> None:
    """Give the holder the images that its note shows, and let go of those that it no longer does.

    What is let go is cleared like an image that was never saved.
    """
    field = "customer" if isinstance(holder, Customer) else "contact"
    shown = secrets_in(holder.note, images=NOTE_IMAGES)
    new = NoteImage.objects.filter(customer=None, contact=None, uploaded_by=by, secret__in=shown)
    new.update(**{field: holder})
    NoteImage.objects.filter(**{field: holder}).exclude(secret__in=shown).update(**{field: None})
