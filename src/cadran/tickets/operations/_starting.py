"""What a new ticket takes along from a template or from the ticket it duplicates (Spec T16)."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.core.files.base import File

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.files import secrets_in

from .. import rules
from ..context import RICH_TEXTS, InterventionDetails, OpeningDetails
from ..models import Attachment, Ticket
from ..queries.templates import choices_to_mend, parts_to_mend
from ._shared import names, tell
from ._work import add


def require_start(details: OpeningDetails, by: User | None) -> None:
    """Raise ``NotAllowed`` for who may not see the ticket or the template that a new one starts from."""
    if details.copied_from is not None or details.template is not None:
        rules.require(by, Right.SEE_TICKETS)


def take_along(ticket: Ticket, details: OpeningDetails, *, by: User | None, at: datetime) -> None:
    """First intervention and images of a ticket that was just saved, and where it comes from.

    Raises ``InvalidInput`` for an intervention type that is retired.
    """
    if details.copied_from is not None:
        _tell_duplicate(ticket, details.copied_from, by=by, at=at)
    if details.template is not None:
        left_out = [
            {
                "field": one.field,
                "value": names(one.value),
                "why": one.why,
                "instead": names(one.instead),
                "custom": names(one.custom),
            }
            for one in (
                *parts_to_mend(details.template),
                *choices_to_mend(details.template, ticket.nature),
            )
        ]
        kind = "from_template_partly" if left_out else "from_template"
        tell(ticket, kind, by=by, at=at, template=details.template.name, left_out=left_out)
    if details.first_type is not None:
        add(ticket, InterventionDetails(type=details.first_type), by=by, at=at)


def _tell_duplicate(ticket: Ticket, source: Ticket, *, by: User | None, at: datetime) -> None:
    tell(ticket, "copied", by=by, at=at, other=source.number)
    tell(source, "duplicated", by=by, at=at, other=ticket.number)
    _copy_images(ticket, source, by=by, at=at)


def _copy_images(ticket: Ticket, source: Ticket, *, by: User | None, at: datetime) -> None:
    """Give the ticket its own copies of the images that its descriptions show of ``source``.

    A file belongs to one ticket: who may see the duplicate need not see the original, nor the other way round.
    """
    copied: dict[str, str] = {}
    for name in RICH_TEXTS:
        text = getattr(ticket, name)
        for secret in dict.fromkeys(secrets_in(text)):
            if secret not in copied:
                original = Attachment.objects.filter(ticket=source, secret=secret).first()
                if original is None:
                    continue
                is_external = secret in secrets_in(ticket.external_description)
                copied[secret] = _copy(original, ticket, is_external=is_external, by=by, at=at).secret
            text = text.replace(f"/attachments/{secret}", f"/attachments/{copied[secret]}")
        setattr(ticket, name, text)
    if copied:
        ticket.save(update_fields=list(RICH_TEXTS))


def _copy(
    original: Attachment, ticket: Ticket, *, is_external: bool, by: User | None, at: datetime
) -> Attachment:
    copy = Attachment(
        ticket=ticket,
        name=original.name,
        content_type=original.content_type,
        size=original.size,
        sha256=original.sha256,
        is_external=is_external,
        is_inline=True,
        secret=secrets.token_urlsafe(32),
        uploaded_by=by,
        uploaded_at=at,
    )
    with original.file.open("rb") as content:
        copy.file.save(copy.secret, File(content), save=False)
    try:
        copy.save()
    except BaseException:
        copy.file.delete(save=False)
        raise
    return copy
