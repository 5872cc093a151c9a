"""What somebody else stored meanwhile beside what one typed, to be chosen from by ``_conflicts.html`` (Spec T17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Choice:
    """One field that somebody else changed meanwhile, in words. ``is_long``: texts that are shown in full."""

    field: str
    label: Any
    base: str
    theirs: str
    mine: str
    by_name: str
    at: datetime | None
    is_long: bool = False
