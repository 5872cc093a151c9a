"""Files on tickets: kept under names that nobody chose, with the type their content shows (Spec T14, T15)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.business_rules import value_of
from cadran.core.errors import InvalidInput
from cadran.core.instants import whole_second
from cadran.core.models import Draft

from .. import rules
from ..business_rules import ATTACHMENT_MAX_MEGABYTES
from ..files import safe_name, sniff
from ..models import Attachment, Intervention, Ticket
from ._shared import tell

_MEGABYTE = 1024 * 1024


def add_attachment(
    *,
    ticket: Ticket | None,
    intervention: Intervention | None = None,
    name: str,
    content: File[Any],
    is_external: bool,
    is_inline: bool = False,
    by: User | None,
    at: datetime,
) -> Attachment:
    """Keep a file on a ticket, or for the moment on none: pasted into a form that is not saved yet.

    Raises ``InvalidInput`` for a file that is too large or, inline, no image; ``NotAllowed``.
    """
    if by is not None and not any(
        by.has_right(right)
        for right in (Right.OPEN_TICKETS, Right.EDIT_TICKETS, Right.INTERVENE, Right.WRITE_NOTES)
    ):
        rules.require(by, Right.EDIT_TICKETS)
    at = whole_second(at)
    if intervention is not None:
        ticket = intervention.ticket
    limit = value_of(ATTACHMENT_MAX_MEGABYTES)
    if (content.size or 0) > limit * _MEGABYTE:
        raise InvalidInput(
            _("%(name)s is larger than %(limit)s MB. Make it smaller, or share it another way."),
            field="content",
            params={"name": safe_name(name), "limit": limit},
        )
    content_type, digest = _read(content)
    if is_inline and not content_type.startswith("image/"):
        raise InvalidInput(
            _("Only images (PNG, JPEG, GIF, WebP) can stand in a text. Attach the file instead."),
            field="content",
        )
    attachment = Attachment(
        ticket=ticket,
        intervention=intervention,
        name=safe_name(name),
        content_type=content_type,
        size=content.size or 0,
        sha256=digest,
        is_external=is_external,
        is_inline=is_inline,
        secret=secrets.token_urlsafe(32),
        uploaded_by=by,
        uploaded_at=at,
    )
    _save(attachment, content)
    return attachment


def _read(content: File[Any]) -> tuple[str, str]:
    """The sniffed type and the SHA-256 of a file."""
    digest, head = hashlib.sha256(), b""
    content.seek(0)
    for chunk in content.chunks():
        data = chunk.encode() if isinstance(chunk, str) else chunk
        if len(head) < 4096:
            head += data[: 4096 - len(head)]
        digest.update(data)
    content.seek(0)
    return sniff(head), digest.hexdigest()


def _save(attachment: Attachment, content: File[Any]) -> None:
    """Write the file, then its row; no file stays behind when the row can't be written."""
    attachment.file.save(attachment.secret, content, save=False)
    try:
        with transaction.atomic():
            attachment.save()
            if attachment.ticket is not None:
                tell(attachment.ticket, "attached", by=attachment.uploaded_by, at=attachment.uploaded_at,
                     internal=not attachment.is_external, name=attachment.name, size=attachment.size,
                     is_external=attachment.is_external)  # fmt: skip
    except BaseException:
        attachment.file.delete(save=False)
        raise


def clear_forgotten_attachments(*, before: datetime, by: User | None, at: datetime) -> int:
    """Remove the files that were added before ``before`` to forms never saved; returns how many.

    Spares those that a kept draft of their uploader still names (Spec T6). One short transaction each; a file that
    was claimed meanwhile stays.
    """
    removed, storage = 0, Attachment._meta.get_field("file").storage
    forgotten = Attachment.objects.filter(ticket=None, uploaded_at__lt=before)
    for attachment in forgotten.only("pk", "file", "secret", "uploaded_by"):
        with transaction.atomic():
            if _is_in_a_draft(attachment):
                continue
            if not Attachment.objects.filter(pk=attachment.pk, ticket=None).delete()[0]:
                continue
            transaction.on_commit(partial(storage.delete, attachment.file.name))
        removed += 1
    return removed


def _is_in_a_draft(attachment: Attachment) -> bool:
    """Whether a draft of its uploader shows the file in a text, by its secret, or names it among its ``files``."""
    for data in Draft.objects.filter(user=attachment.uploaded_by_id).values_list("data", flat=True):
        for kept in data.values():
            if attachment.secret in str(kept) or str(attachment.pk) in parse_qs(str(kept)).get("files", ()):
                return True
    return False
