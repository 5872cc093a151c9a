"""What keeping any file on a ticket shares: its row by its content, and the file itself (Spec T15)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.core.business_rules import value_of
from cadran.core.errors import InvalidInput
from cadran.core.files import safe_name, sniff

from ..business_rules import ATTACHMENT_MAX_MEGABYTES
from ..models import Attachment, Intervention, Ticket

_MEGABYTE = 1024 * 1024


def attachment_of(
    name: str,
    content: File[Any],
    *,
    ticket: Ticket | None,
    intervention: Intervention | None,
    by: User | None,
    at: datetime,
) -> Attachment:
    """A row for a file, not saved yet. Raises ``InvalidInput`` for one that is too large."""
    limit = value_of(ATTACHMENT_MAX_MEGABYTES)
    if (content.size or 0) > limit * _MEGABYTE:
        raise InvalidInput(
            _("%(name)s is larger than %(limit)s MB. Make it smaller, or share it another way."),
            field="content",
            params={"name": safe_name(name), "limit": limit},
        )
    content_type, digest = _read(content)
    return Attachment(
        ticket=ticket,
        intervention=intervention,
        name=safe_name(name),
        content_type=content_type,
        size=content.size or 0,
        sha256=digest,
        secret=secrets.token_urlsafe(32),
        uploaded_by=by,
        uploaded_at=at,
    )


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


@contextmanager
def file_kept(attachment: Attachment, content: File[Any]) -> Iterator[None]:
    """Write the file, then what belongs to it in one transaction; no file stays behind when that can't be written."""
    attachment.file.save(attachment.secret, content, save=False)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        attachment.file.delete(save=False)
        raise
