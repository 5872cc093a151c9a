"""How much a message may carry: what mail servers take (Spec T16)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cadran.core.errors import InvalidInput

#: What mail servers commonly take.
MAX_MEGABYTES = 25
_MEGABYTE = 1024 * 1024


def refuse_too_large(total: int) -> None:
    """Raise ``InvalidInput`` for files of more than ``MAX_MEGABYTES``; ``total`` in bytes, asked before any is read."""
    if total > MAX_MEGABYTES * _MEGABYTE:
        raise InvalidInput(
            _("The files are larger than %(limit)s MB together. Leave one out, or share it another way."),
            field="attachments",
            params={"limit": MAX_MEGABYTES},
        )
