"""The face of a clock: what a gauge or a clock in a line shows, from plain values.

The rules are elsewhere (`slaclock`, the clock of the ticket); here figures become words, shapes and the data with which
`countdown.js` ticks in the page. Spec C12.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Literal

from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from cadran.desk.components.words import days_text, duration_text, settled_text, when_text

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Kind = Literal["response", "resolution"]
Colour = Literal["green", "orange", "red", "met", "missed", "still", "none"]

_COLOUR_WORDS: Mapping[str, StrPromise] = {
    "green": pgettext_lazy("clock", "on time,"),
    "orange": pgettext_lazy("clock", "soon due,"),
    "red": pgettext_lazy("clock", "late,"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockFace:
    """One clock as the page shows it. All durations are whole seconds of working time, all instants aware.

    - `colour`: green, orange, red while it runs; met or missed once settled; still while suspended;
      none without guarantee.
    - `left`: what is left, negative once late; frozen while suspended; what was left when it was met or missed.
    - `total`: the guarantee, or what it came to for a guarantee in days; without it the dial stays empty.
    - `taken`: the time used, when met. `guarantee`: the guarantee in words (`guarantee_text`).
    - `days_left`: for a guarantee in days, whole working days left; shown instead of hours as long as it is 1 or more.
    - `openings`: the open intervals from `now` on, (start, end) in UTC seconds; with them the clock ticks in the page.
    """

    kind: Kind
    colour: Colour
    now: datetime
    left: int | None = None
    total: int | None = None
    warning: int = 7200
    due_at: datetime | None = None
    met_at: datetime | None = None
    taken: int | None = None
    guarantee: str = ""
    days_left: int | None = None
    openings: Sequence[Sequence[int]] = ()
    href: str = ""

    @property
    def name(self) -> str:
        """The guarantee's name."""
        return pgettext("clock", "Response") if self.kind == "response" else pgettext("clock", "Resolution")

    @property
    def used(self) -> float:
        """Share of the guarantee used, 0 to 100, one decimal."""
        if self.colour in ("red", "missed"):
            return 100.0
        if not self.total:
            return 0.0
        used = (
            self.taken if self.colour == "met" and self.taken is not None else self.total - (self.left or 0)
        )
        return round(min(100.0, max(0.0, 100 * used / self.total)), 1)

    @property
    def threshold(self) -> float | None:
        """Where orange begins, as a share of the guarantee; None when there is nothing to mark."""
        if not self.total or self.warning >= self.total:
            return None
        return round(100 * (self.total - self.warning) / self.total, 1)

    @property
    def is_zero(self) -> bool:
        """True from 00:00 on, until met or suspended: the sign blinks."""
        return self.colour == "red"

    @property
    def figure(self) -> str:
        """What is left, alone: ``4 h 14``, ``− 1 h 12``, ``2 d``."""
        if self.days_left is not None and self.days_left >= 1 and self.colour in ("green", "orange", "still"):
            return days_text(self.days_left)
        return duration_text(self.left or 0)

    @property
    def left_text(self) -> str:
        """The gauge's bold line."""
        match self.colour:
            case "green" | "orange":
                return _("%(time)s left") % {"time": self.figure}
            case "red" if not self.left:
                return _due_now()
            case "red":
                return _("Late by %(time)s") % {"time": duration_text(abs(self.left or 0))}
            case "met":
                return _("Met in %(time)s") % {"time": settled_text(self.taken or 0)}
            case "missed":
                return _("Missed by %(time)s") % {"time": settled_text(abs(self.left or 0))}
            case "still":
                return _("SUSPENDED")
            case _:
                return _("No guarantee")

    @property
    def due_text(self) -> str:
        """The gauge's small line: the due date, or what the settled guarantee was."""
        match self.colour:
            case "green" | "orange":
                return self._due(_("due %(when)s"))
            case "red":
                return self._due(_("was due %(when)s"))
            case "met" | "missed":
                return self._settled_text()
            case "still":
                return _("%(time)s left when resumed") % {"time": self.figure}
            case _:
                return ""

    @property
    def line_text(self) -> str:
        """The words of a clock in a line."""
        match self.colour:
            case "met":
                return pgettext("clock", "Met")
            case "missed":
                return pgettext("clock", "Missed")
            case "none":
                return _("No guarantee")
            case "red" if not self.left:
                return _due_now()
            case _:
                return self.figure

    @property
    def line_more(self) -> str:
        """The small words after them."""
        match self.colour:
            case "met":
                return settled_text(self.taken or 0)
            case "missed":
                return f"+\N{NO-BREAK SPACE}{settled_text(abs(self.left or 0))}"
            case "still":
                return _("if resumed")
            case _:
                return ""

    @property
    def spoken(self) -> str:
        """The colour in words, for those who don't see it."""
        return str(_COLOUR_WORDS.get(self.colour, ""))

    @property
    def countdown(self) -> dict[str, object] | None:
        """What `countdown.js` needs; None for a clock that doesn't run. Instants are UTC seconds."""
        if self.colour not in ("green", "orange", "red") or self.left is None or not self.openings:
            return None
        days = self.days_left is not None and self.days_left >= 1
        due = {"when": when_text(self.due_at, self.now)} if self.due_at else None
        return {
            "now": int(self.now.timestamp()),
            "left": self.left,
            "open": self.openings,
            "warn": self.warning,
            "total": self.total,
            "frozen": False,
            # A guarantee in days shows days, which don't tick.
            "figure": self.figure if days else "",
            "words": {
                **_ticking_words(get_language() or "en"),
                "due": _("due %(when)s") % due if due else "",
                "was": _("was due %(when)s") % due if due else "",
            },
        }

    def _due(self, pattern: str) -> str:
        return pattern % {"when": when_text(self.due_at, self.now)} if self.due_at else ""

    def _settled_text(self) -> str:
        when = when_text(self.met_at, self.now) if self.met_at else ""
        of = _("of %(guarantee)s") % {"guarantee": self.guarantee} if self.guarantee else ""
        return " · ".join(part for part in (of, when) if part)


def nearest(response: ClockFace, resolution: ClockFace) -> ClockFace:
    """The running clock that is due first; the resolution clock when none runs (Spec S1)."""
    running = [face for face in (response, resolution) if face.colour in ("green", "orange", "red")]
    return min(running, key=lambda face: (face.due_at is None, face.due_at), default=resolution)


def _due_now() -> str:
    """At 00:00 nothing is late yet, and nothing is left: it may stand so until the schedule opens again (Spec C12)."""
    return pgettext("clock", "Due now")


@cache
def _ticking_words(language: str) -> Mapping[str, str]:
    """The words of every clock that ticks, in the active ``language``; looked up once, for a list shows dozens."""
    return {
        "left": _("%(time)s left") % {"time": "{}"},
        "late": _("Late by %(time)s") % {"time": "{}"},
        "zero": _due_now(),
        **{colour: str(word) for colour, word in _COLOUR_WORDS.items()},
    }
