"""Writes on statuses: each phase always keeps exactly one default (Spec T1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.core.errors import InvalidInput
from cadran.core.reference import is_used, save_reference_row, take_turn_of

from ..choices import Phase
from ..models import Status


def save_status(
    *,
    status: Status | None,
    values: Mapping[str, Any],
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> Status:
    """Create or change a status. The first status of a phase becomes its default.

    A status that is used, or the default of its phase, stays in its phase. Raises ``NotAllowed``, ``Stale``,
    ``InvalidInput`` or ``InvalidInputs``.
    """
    typed = dict(values)
    with transaction.atomic():
        take_turn_of(Status)
        phase = typed.get("phase", status.phase if status else "")
        if status is not None and phase != status.phase:
            _refuse_to_leave(status)
        if not Status.objects.filter(phase=phase, is_default=True).exists():
            typed["is_default"] = True
        return save_reference_row(model=Status, row=status, values=typed, by=by, at=at, seen=seen)


def _refuse_to_leave(status: Status) -> None:
    params = {"name": status.name, "phase": Phase(status.phase).label}
    if status.is_default:
        raise InvalidInput(
            _("“%(name)s” is the default of the phase “%(phase)s”. Make another one its default first."),
            field="phase",
            params=params,
        )
    if is_used(status):
        raise InvalidInput(
            _("“%(name)s” is in use in the phase “%(phase)s”. Create another status, and retire this one."),
            field="phase",
            params=params,
        )
