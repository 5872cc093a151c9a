"""The typed refusals of tickets beside those of the core and of the transitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cadran.core.errors import CadranError, InvalidInput, InvalidInputs, NotAllowed, Stale

from .transitions import TransitionRefused

__all__ = [
    "Conflict",
    "EditConflict",
    "InvalidInput",
    "InvalidInputs",
    "NotAllowed",
    "Stale",
    "TransitionRefused",
    "stale",
]


@dataclass(frozen=True)
class Conflict:
    """One field that somebody else changed since the editor saw it (Spec T17).

    ``base`` is what the editor saw, ``theirs`` what is stored now, ``mine`` what the editor typed; ``by_name`` and
    ``at`` say who stored theirs and when, where the timeline tells.
    """

    field: str
    base: Any
    theirs: Any
    mine: Any
    by_name: str
    at: datetime | None


class EditConflict(CadranError):
    """Somebody else changed the same fields; nothing was saved (Spec T17)."""

    code = "edit_conflict"

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        self.conflicts = list(conflicts)
        names = sorted({conflict.by_name for conflict in conflicts if conflict.by_name})
        super().__init__(
            _(
                "%(who)s changed the same fields meanwhile. Choose for each which text or value stays, then save again."
            ),
            params={"who": ", ".join(names) or _("Somebody else")},
        )


def stale(number: str) -> Stale:
    """The refusal of an act on a ticket that somebody else acted on first."""
    return Stale(
        _("%(number)s has changed meanwhile. Look at it as it is now, then act again."),
        params={"number": number},
    )
