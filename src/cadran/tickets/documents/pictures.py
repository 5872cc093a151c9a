"""The pictures that a document about a ticket may show (Spec T14)."""

from __future__ import annotations

from cadran.core.files import secrets_in
from cadran.core.pdf import MAX_PICTURE_BYTES, Pictures

from ..choices import Audience
from ..models import Attachment, Ticket


def pictures_of(ticket: Ticket, audience: Audience) -> Pictures:
    """Those of the ticket's own attachments; for the customer the external ones alone.

    A duplicate keeps its descriptions, and their pictures moved to the ticket that is kept (Spec T29).
    """
    holders = [ticket]
    while holders[-1].merged_into is not None:
        holders.append(holders[-1].merged_into)
    rows = Attachment.objects.filter(ticket__in=holders, size__lte=MAX_PICTURE_BYTES)
    if audience == Audience.CUSTOMER:
        rows = rows.filter(is_external=True)

    def read(address: str) -> bytes | None:
        secret = next(iter(secrets_in(f'src="{address}"')), "")
        found = rows.filter(secret=secret).first()
        if found is None:
            return None
        try:
            with found.file.open("rb") as content:
                return bytes(content.read())
        except OSError:
            return None  # the file is gone from the disk: its name stands in its place

    return Pictures(read=read)
