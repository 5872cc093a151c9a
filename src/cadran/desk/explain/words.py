"""An explanation in words: the answer, the ledger's lines, the rules used and what moved the due date (Spec C14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from cadran.contracts.models import Level
from cadran.core.instants import written
from cadran.core.models import JournalEntry
from cadran.desk.components.strips import LedgerRow
from cadran.desk.components.words import duration_text
from cadran.tickets.choices import ClockState, SuspensionKind
from cadran.tickets.models import Ticket
from cadran.tickets.queries import Explanation, Ledger, Line, recomputation_text

from .drawing import day_words


def locale() -> str:
    """The active language for dates."""
    return (get_language() or "en").split("-")[0]


def long_instant(instant: datetime, zone: ZoneInfo) -> str:
    """« Thursday 12 November 2026, 15:42 » in the schedule’s zone."""
    local = instant.astimezone(zone)
    text = written(local, "EEEE d MMMM y, HH:mm")
    return text[:1].upper() + text[1:]


def short_instant(instant: datetime, zone: ZoneInfo) -> str:
    """« Thu 12 Nov 15:42 » in the schedule's zone."""
    return written(instant.astimezone(zone), "EEE d MMM HH:mm")


def start_words(started_from: str) -> str:
    """From which instant the guarantee runs, as a word of the strip."""
    return {
        "entry": pgettext("clock starts", "entered"),
        "response": pgettext("clock starts", "response"),
        "reopening": pgettext("clock starts", "reopened"),
    }.get(started_from, pgettext("clock starts", "received"))


def start_rule(started_from: str) -> str:
    """From which instant the guarantee runs, as a rule."""
    return {
        "entry": _("Entry of the ticket"),
        "response": _("Response"),
        "reopening": _("Reopening of the ticket"),
        "reception": _("Reception of the ticket"),
    }.get(started_from, "")


def _start_sentence(started_from: str) -> str:
    return {
        "entry": _("Entered: the clock starts"),
        "response": _("Response given: the clock starts"),
        "reopening": _("Reopened: the clock starts anew"),
    }.get(started_from, _("Received: the clock starts"))


class LedgerWords:
    """Writes the lines of a ledger, in the schedule's zone."""

    def __init__(self, explanation: Explanation, ledger: Ledger) -> None:
        self.explanation, self.ledger = explanation, ledger
        self.zone = ZoneInfo(ledger.time_zone)
        self.told: set[int] = set()
        instants = [at for line in ledger.lines for at in (line.begin, line.end) if at is not None]
        #: To the second, where an instant isn't a whole minute: a table that adds up must show what it adds.
        self.to_the_second = any(at.second for at in instants)

    def clock(self, local: datetime) -> str:
        """The time of day, as exact as the ledger needs it."""
        return f"{local:%H:%M:%S}" if self.to_the_second else f"{local:%H:%M}"

    def rows(self) -> list[LedgerRow]:
        """The lines, ready to show, and their sum."""
        return [self._row(line) for line in self.ledger.lines]

    def _row(self, line: Line) -> LedgerRow:
        what = getattr(self, f"_{line.code}")(line)
        kinds = {
            "start": "edge", "suspended": "lost", "closed_date": "skip", "due": "sum", "still_suspended": "sum",
            "never_open": "sum",
        }  # fmt: skip
        ends = line.code in ("due", "still_suspended", "never_open")
        instant = line.code in ("start", *(("due",) if ends else ()))
        return LedgerRow(
            day=day_words(line.date),
            what=what,
            start="" if line.code in ("closed_date", "never_open") else self.clock(line.local_begin),
            end="" if instant or line.code == "closed_date" else self._end(line),
            kind=kinds.get(line.code, ""),  # type: ignore[arg-type]
            lost=self.ledger.lost_seconds if ends else line.lost_seconds or None,
            counted=self.ledger.counted_seconds if ends else line.counted_seconds or None,
            used=line.used_seconds,
        )

    def _end(self, line: Line) -> str:
        if line.local_end is None:
            return ""
        at_midnight = line.local_end.date() > line.date and f"{line.local_end:%H:%M}" == "00:00"
        return "24:00" if at_midnight else self.clock(line.local_end)

    def _start(self, _line: Line) -> str:
        return _start_sentence(self.explanation.started_from)

    def _opening(self, line: Line) -> str:
        hours = self._hours(line)
        words = _("Exceptional opening %(hours)s") if line.exceptional else _("Opening %(hours)s")
        text = words % {"hours": hours}
        if line.day is not None and line.day > 0:
            text = _("%(opening)s, working day %(number)s") % {"opening": text, "number": line.day}
        after = {
            "suspension": _("until the resolution")
            if self._is_reopening(line.end, "began_at")
            else _("until the suspension"),
            "used_up": _("until the guarantee is used up"),
        }.get(line.ends_with or "")
        before = None
        if line.begins_with == "resumption":
            reopened = self._is_reopening(line.begin, "ended_at")
            before = _("from the reopening") if reopened else _("from the resumption")
        return ", ".join(part for part in (text, before, after) if part)

    def _is_reopening(self, at: datetime | None, edge: str) -> bool:
        """Whether the pause with that edge at ``at`` lay between a resolution and a reopening."""
        return any(
            row.kind == SuspensionKind.REOPENED and getattr(row, edge) == at
            for row in self.explanation.suspensions.values()
        )

    @staticmethod
    def _hours(line: Line) -> str:
        begin, end = line.opening or (line.local_begin, line.local_end or line.local_begin)
        closing = "24:00" if end.date() > begin.date() and f"{end:%H:%M}" == "00:00" else f"{end:%H:%M}"
        return f"{begin:%H:%M}–{closing}"

    def _suspended(self, line: Line) -> str:
        rows = [self.explanation.suspensions.get(one.reference) for one in line.suspensions]
        row = next((row for row in rows if row is not None), None)
        if row is None or row.pk in self.told:
            return _("Suspended")
        self.told.add(row.pk)
        if row.kind == SuspensionKind.REOPENED:
            words = str(SuspensionKind.REOPENED.label)
        else:
            words = _("Suspended: %(reason)s") % {"reason": row.reason} if row.reason else _("Suspended")
        if row.ended_at is None:
            return words
        until = short_instant(row.ended_at, self.zone)
        return _("%(suspended)s, until %(when)s") % {"suspended": words, "when": until}

    def _given_back(self, line: Line) -> str:
        return _(
            "Given back: lost on the action schedule, less what passed on the reception schedule meanwhile"
        )

    def _closed_date(self, line: Line) -> str:
        return _("%(name)s: no opening") % {"name": line.name} if line.name else _("Closed: no opening")

    def _due(self, _line: Line) -> str:
        return pgettext("ledger", "Due")

    def _still_suspended(self, _line: Line) -> str:
        return _("Still suspended: no due date for now")

    def _never_open(self, _line: Line) -> str:
        return _("The schedule never opens long enough: no due date")


@dataclass(frozen=True)
class Move:
    """One act that set or moved the due date."""

    at: datetime
    due: str
    what: str


def moves_of(explanation: Explanation, zone: ZoneInfo) -> list[Move]:
    """What set the due date and what moved it since, in the order in which it was recorded, with who did it.

    An act typed afterwards moved the due date when it was recorded; from when it holds is said beside it.
    """
    moves: list[Move] = []
    last = ""
    for entry in sorted(explanation.history, key=lambda row: (row.recorded_at, row.pk)):
        due = _due_after(entry, explanation.guarantee)
        if due is None or due == last:
            continue
        last = due
        instant = parse_datetime(due) if due else None
        text = _("Due %(when)s") % {"when": short_instant(instant, zone)} if instant else _("No due date")
        what = _cause(entry)
        if abs((entry.recorded_at - entry.at).total_seconds()) >= 60:
            what = _("%(what)s, as of %(when)s") % {"what": what, "when": short_instant(entry.at, zone)}
        moves.append(Move(entry.recorded_at, text, what))
    return moves


def _due_after(entry: JournalEntry, guarantee: str) -> str | None:
    if entry.kind == "ticket.opened":
        return entry.data.get(f"{guarantee}_due_at") or ""
    change = (entry.data.get("clocks") or {}).get(guarantee)
    return None if change is None else change.get("after") or ""


def _cause(entry: JournalEntry) -> str:
    causes = {
        "ticket.opened": _("Ticket received"),
        "ticket.suspended": _("Suspended"),
        "ticket.resumed": _("Resumed"),
        "ticket.reopened": _("Reopened"),
    }
    recomputed = entry.kind == "ticket.clock_recomputed"
    cause = _recomputed(entry.data) if recomputed else causes.get(entry.kind, _("Changed"))
    lost = entry.data.get("lost_seconds")
    more = f", +\N{NO-BREAK SPACE}{duration_text(lost)}" if lost else ""
    if entry.author_name:
        return _("%(what)s by %(who)s") % {"what": cause, "who": entry.author_name} + more
    return cause + more


def _recomputed(data: dict[str, Any]) -> str:
    if data.get("cause"):
        text = recomputation_text(data)
        return text[:1].upper() + text[1:]
    return {
        "edited": _("Ticket edited"),
        "schedule": _("The schedule changed"),
    }.get(data.get("reason", ""), _("Computed anew"))


def answer_of(explanation: Explanation, ticket: Ticket, zone: ZoneInfo) -> dict[str, str]:
    """The answer in one sentence: a name over it, the due date or why there is none, and what follows from it."""
    view, response = explanation.view, explanation.guarantee == "response"
    name = _("Response due") if response else _("Resolution due")
    state = ClockState(view.state)
    if view.due_at is not None:
        return {"name": name, "text": long_instant(view.due_at, zone)}
    sentences = {
        ClockState.NONE: _("No guarantee applies"),
        ClockState.WAITING: _("The clock starts with the response"),
        ClockState.SUSPENDED: _("No due date while the ticket is suspended"),
        ClockState.NEVER_OPEN: _("The schedule never opens long enough"),
        ClockState.VOID: _("The ticket was cancelled: the clock no longer counts"),
    }
    return {"name": name, "text": sentences.get(state, _("No due date"))}


def commitment_why(explanation: Explanation, ticket: Ticket) -> str:
    """« From the service Application support, severity Major »."""
    if not ticket.commitment_level:
        return ""
    holder = next(
        (row.holder_label for row in explanation.chosen.considered if row.level == ticket.commitment_level),
        "",
    )
    level = str(Level(ticket.commitment_level).label)
    named = f"{level} {holder}".strip()
    return _("From the %(holder)s, severity %(severity)s") % {"holder": named, "severity": ticket.severity}


@dataclass(frozen=True)
class LevelConsidered:
    """One level of the choice of the commitment, in words."""

    label: str
    found: str
    more: str


def considered_of(explanation: Explanation) -> list[LevelConsidered]:
    """How the commitment is chosen: each level, what was found there and whether it counted (Spec C9)."""
    rows = []
    for one in explanation.chosen.considered:
        label = str(Level(one.level).label)
        if not one.applies:
            more = _("Doesn’t count without a contract or out of scope")
        elif one.level == explanation.chosen.level:
            more = _("Applies")
        elif not one.reached:
            more = _("Not reached")
        else:
            more = one.holder_label
        rows.append(
            LevelConsidered(label[:1].upper() + label[1:], one.found or pgettext("commitment", "none"), more)
        )
    return rows


def guarantee_words(explanation: Explanation) -> str:
    """« 8 h of working time », « 2 working days »."""
    version, kind = explanation.commitment_version, explanation.guarantee
    if version is None or getattr(version, f"{kind}_amount") is None:
        return ""
    if getattr(version, f"{kind}_unit") == "day":
        amount = getattr(version, f"{kind}_amount")
        return ngettext("%(count)s working day", "%(count)s working days", amount) % {"count": amount}
    return _("%(time)s of working time") % {"time": explanation.guarantee_text}


def agreement_of(explanation: Explanation, time: str) -> str:
    """Whether what the facts give is what is stored, as recomputed at ``time``."""
    if not explanation.agrees:
        return _(
            "Recomputed from the stored facts, the due date differs from the stored one. Tell your administrator."
        )
    if not explanation.is_due:
        return _("Recomputed from the stored facts at %(time)s: no due date for now, and none is stored.") % {
            "time": time
        }
    return _("Recomputed from the stored facts at %(time)s: equal to the stored due date.") % {"time": time}


def weekly_words(layout: dict[str, Any]) -> list[str]:
    """« Mon–Fri 09:00–12:30, 13:30–18:00 »: the week of a schedule, equal days together."""
    from babel.dates import get_day_names

    names = get_day_names("abbreviated", locale=locale())
    groups: list[tuple[list[int], list[str]]] = []
    for day in range(1, 8):
        hours = list(layout.get("weekly", {}).get(str(day), []))
        if hours and groups and groups[-1][1] == hours and groups[-1][0][-1] == day - 1:
            groups[-1][0].append(day)
        elif hours:
            groups.append(([day], hours))
    return [
        (names[days[0] - 1] if len(days) == 1 else f"{names[days[0] - 1]}–{names[days[-1] - 1]}")
        + " "
        + ", ".join(one.replace("-", "–") for one in hours)
        for days, hours in groups
    ]
