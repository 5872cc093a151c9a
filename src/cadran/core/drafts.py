"""Drafts: what was typed survives a closed browser (Spec T6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .models import Draft


def keep_draft(*, key: str, data: dict[str, Any], by: Any, at: datetime) -> Draft:
    """Keep ``data`` as the person's draft under ``key``, replacing the former one."""
    draft, _created = Draft.objects.update_or_create(user=by, key=key, defaults={"data": data, "kept_at": at})
    return draft


def drop_draft(*, key: str, by: Any) -> None:
    """Forget the person's draft under ``key``; nothing happens when there is none."""
    Draft.objects.filter(user=by, key=key).delete()


def find_draft(*, key: str, by: Any) -> Draft | None:
    """The person's draft under ``key``, if one is kept."""
    return Draft.objects.filter(user=by, key=key).first()
