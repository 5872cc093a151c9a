"""The images in the notes of customers and contacts (Spec T7): kept at once, claimed when the note is saved."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput
from cadran.core.files import safe_name, sniff
from cadran.core.instants import whole_second
from cadran.core.permissions import refuse_unless

from ..models import Contact, Customer, NoteImage
from ..rules import may_edit_customers

#: How large an image of a note may be, in megabytes: a photograph, no archive.
MAX_MEGABYTES = 10
_MEGABYTE = 1024 * 1024


def add_note_image(*, name: str, content: File[Any], by: User | None, at: datetime) -> NoteImage:
    """Keep an image pasted or dropped into a note; it belongs to nobody until the note is saved.

    Raises ``InvalidInput`` for one that is too large or no image by its first bytes; ``NotAllowed``.
    """
    refuse_unless(may_edit_customers(by), Right.EDIT_CUSTOMERS)
    if (content.size or 0) > MAX_MEGABYTES * _MEGABYTE:
        raise InvalidInput(
            _("%(name)s is larger than %(limit)s MB. Make it smaller, or share it another way."),
            field="content",
            params={"name": safe_name(name), "limit": MAX_MEGABYTES},
        )
    content.seek(0)
    kind = sniff(content.read(4096))
    content.seek(0)
    if not kind.startswith("image/"):
        raise InvalidInput(
            _("Only images (PNG, JPEG, GIF, WebP) can stand in a note. Keep other files on a ticket."),
            field="content",
        )
    image = NoteImage(
        name=safe_name(name),
        content_type=kind,
        size=content.size or 0,
        secret=secrets.token_urlsafe(32),
        uploaded_by=by,
        uploaded_at=whole_second(at),
    )
    image.file.save(image.secret, content, save=False)
    try:
        with transaction.atomic():
            image.save()
    except BaseException:
        image.file.delete(save=False)
        raise
    return image


def clear_forgotten_note_images(*, before: datetime, by: User | None, at: datetime) -> int:
    """Remove the images added before ``before`` that no saved note shows; returns how many.

    One short transaction each; an image that was claimed meanwhile stays, and so does one copied into another note.
    """
    removed, storage = 0, NoteImage._meta.get_field("file").storage
    forgotten = NoteImage.objects.filter(customer=None, contact=None, uploaded_at__lt=before)
    for image in forgotten.only("pk", "file", "secret"):
        with transaction.atomic():
            if _is_shown(image):
                continue
            if not NoteImage.objects.filter(pk=image.pk, customer=None, contact=None).delete()[0]:
                continue
            transaction.on_commit(partial(storage.delete, image.file.name))
        removed += 1
    return removed


def _is_shown(image: NoteImage) -> bool:
    """Whether a note shows the image that was copied there from another one."""
    holders: tuple[type[Customer | Contact], ...] = (Customer, Contact)
    return any(holder.objects.filter(note__contains=image.secret).exists() for holder in holders)
