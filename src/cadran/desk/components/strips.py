"""Plain values that the ledger, the time strip and the week take."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerRow:
    """One line of a due date's ledger. Texts are ready to show; durations are seconds of working time."""

    day: str
    what: str
    start: str = ""
    end: str = ""
    kind: Literal["", "edge", "lost", "skip", "sum"] = ""
    lost: int | None = None
    counted: int | None = None
    used: int | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a strip, in its own units (1240 wide, 200 high from 16)."""

    part: Literal["day", "open", "count", "ahead", "lost", "holiday", "flag"]
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """An upright line: the reception or due date (`line`), now, or a tick."""

    part: Literal["line", "now", "tick"]
    x: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Label:
    """Words on a strip."""

    part: Literal["strong", "mute", "in", "now-t", "flag-t"]
    x: float
    y: float
    text: str
    anchor: Literal["start", "middle", "end"] = "middle"


@dataclass(frozen=True, kw_only=True)
class TimeStrip:
    """The days of a clock as boxes, lines and words; `text` says in words what the drawing shows."""

    title: str
    text: str
    schedule: str = ""
    counted: str = ""
    lost: str = ""
    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class WeekDay:
    """One day of a week strip; `text` is what was worked, or why not."""

    name: str
    number: int
    text: str = ""
    is_off: bool = False
    is_today: bool = False
