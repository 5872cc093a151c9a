"""The only way to write to the outbox: prepare a message with its files (Spec T16)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.core.errors import InvalidInput
from cadran.core.files import safe_name
from cadran.core.instants import whole_second
from cadran.core.richtext import sanitise

from .limits import refuse_too_large
from .models import MessageKind, OutgoingFile, OutgoingMessage
from .recipients import CONTROL, Recipient, checked

MAX_RECIPIENTS = 50
#: No image is served under it: a mail can't show what only staff may fetch.
_NO_IMAGES = "none:"


@dataclass(frozen=True)
class FileToSend:
    """A file that goes with a message."""

    name: str
    content_type: str
    content: bytes


def prepare_message(
    *,
    subject_kind: str,
    subject_id: int,
    kind: MessageKind,
    recipients: Sequence[Recipient],
    title: str,
    body: str,
    language: str,
    files: Sequence[FileToSend],
    tell: Callable[[OutgoingMessage], object],
    by: User | None,
    at: datetime,
) -> OutgoingMessage:
    """Keep a message with its files, exactly as its recipients are to get it; ``body`` is rich text without images.

    The operation that knows what the message is about calls it inside its own transaction: it has checked the rights,
    and ``tell`` writes its journal row. No file stays behind when anything fails. Raises ``InvalidInput`` for no or
    too many recipients, a wrong address or number, a missing subject, or more than ``MAX_MEGABYTES`` of files.
    """
    message = OutgoingMessage(
        kind=kind,
        subject_kind=subject_kind,
        subject_id=subject_id,
        recipients=[{"name": one.name, "address": one.address} for one in _all_checked(recipients, kind)],
        title=_checked_title(title),
        body=sanitise(body, images=_NO_IMAGES),
        language=language,
        prepared_by=by,
        prepared_at=whole_second(at),
    )
    refuse_too_large(sum(len(file.content) for file in files))
    kept: list[OutgoingFile] = []
    try:
        with transaction.atomic():
            message.save()
            for file in files:
                kept.append(_written(message, file))
                kept[-1].save()
            tell(message)
    except BaseException:
        for row in kept:
            row.file.delete(save=False)
        raise
    return message


def _all_checked(recipients: Sequence[Recipient], kind: MessageKind) -> list[Recipient]:
    """The recipients, each address once. Raises ``InvalidInput``."""
    found = {(one := checked(each, kind)).address.casefold(): one for each in reversed(recipients)}
    if not found:
        raise InvalidInput(_("Choose or type at least one recipient."), field="addresses")
    if len(found) > MAX_RECIPIENTS:
        raise InvalidInput(
            _("A message goes to at most %(limit)s recipients. Prepare several."),
            field="addresses",
            params={"limit": MAX_RECIPIENTS},
        )
    return list(reversed(found.values()))


def _checked_title(title: str) -> str:
    one_line = " ".join(CONTROL.sub(" ", title).split())
    if not one_line:
        raise InvalidInput(_("Type a subject."), field="title")
    if len(one_line) > 200:
        raise InvalidInput(_("A subject has at most 200 characters. Shorten it."), field="title")
    return one_line


def _written(message: OutgoingMessage, file: FileToSend) -> OutgoingFile:
    row = OutgoingFile(
        message=message,
        name=safe_name(file.name),
        content_type=file.content_type,
        size=len(file.content),
        secret=secrets.token_urlsafe(32),
    )
    row.file.save(row.secret, ContentFile(file.content), save=False)
    return row
