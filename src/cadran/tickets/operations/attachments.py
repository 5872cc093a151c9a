"""Files on tickets: kept under names that nobody chose, with the type their content shows (Spec T14, T15)."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput, Stale
from cadran.core.instants import whole_second
from cadran.core.models import Draft

from .. import rules
from ..models import Attachment, Intervention, Ticket
from ._files import attachment_of, file_kept
from ._shared import locked, tell


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

    Raises ``InvalidInput`` for a file that is too large or, inline, no image, ``Stale`` for an intervention that has
    moved to another ticket, ``NotAllowed``.
    """
    if by is not None and not any(
        by.has_right(right)
        for right in (Right.OPEN_TICKETS, Right.EDIT_TICKETS, Right.INTERVENE, Right.WRITE_NOTES)
    ):
        rules.require(by, Right.EDIT_TICKETS)
    at = whole_second(at)
    if intervention is not None:
        ticket = intervention.ticket
    attachment = attachment_of(name, content, ticket=ticket, intervention=intervention, by=by, at=at)
    attachment.is_external, attachment.is_inline = is_external, is_inline
    if is_inline and not attachment.content_type.startswith("image/"):
        raise InvalidInput(
            _("Only images (PNG, JPEG, GIF, WebP) can stand in a text. Attach the file instead."),
            field="content",
        )
    with file_kept(attachment, content):
        if attachment.ticket is not None:
            locked(attachment.ticket)
            _check_still_there(intervention)
        attachment.save()
        if attachment.ticket is not None:
            tell(attachment.ticket, "attached", by=by, at=at, internal=not is_external, name=attachment.name,
                 size=attachment.size, is_external=is_external)  # fmt: skip
    return attachment


def _check_still_there(intervention: Intervention | None) -> None:
    """Raise ``Stale`` for an intervention that was split off, or given back, since it was shown."""
    if (
        intervention is None
        or Intervention.objects.filter(pk=intervention.pk, ticket=intervention.ticket_id).exists()
    ):
        return
    raise Stale(
        _(
            "The intervention %(number)s has moved to another ticket meanwhile. Look at %(ticket)s as it is now, then "
            "attach the file again."
        ),
        params={"number": intervention.number, "ticket": intervention.ticket.number},
    )


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
            # Locked first: deleting asks for the rows, then removes them by their keys, whatever they are by then.
            if not Attachment.objects.select_for_update().filter(pk=attachment.pk, ticket=None):
                continue
            attachment.delete()
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
