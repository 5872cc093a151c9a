"""Reading and checking files of the format ``sla-vectors/1``: the only module that opens a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any, Final

from slaclock.deadline import DEFAULT_WARNING_MINUTES, Clock, checked_warning, compute
from slaclock.errors import ClockError, VectorFileError
from slaclock.guarantee import Guarantee
from slaclock.instants import to_seconds
from slaclock.schedule import Schedule
from slaclock.suspension import Suspension

FORMAT: Final = "sla-vectors/1"
_KIND_KEYS: Final = {"due": set[str](), "countdown": {"now"}, "met": {"met_at"}}
_CASE_KEYS: Final = frozenset(
    {
        "id",
        "tags",
        "note",
        "kind",
        "schedule",
        "action_schedule",
        "start",
        "guarantee",
        "suspensions",
        "now",
        "warning_minutes",
        "met_at",
        "expected",
    }
)
_EXPECTED: Final = {
    "due": {"due", "suspended_seconds"},
    "countdown": {"due", "suspended_seconds", "remaining_seconds", "colour"},
    "met": {"due", "suspended_seconds", "in_time"},
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One key of an answer that is not as expected; values as they stand in the file."""

    key: str
    expected: object
    actual: object


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one case. ``error`` is a sentence when the case could not be read at all."""

    id: str
    note: str
    differences: tuple[Difference, ...] = ()
    error: str = ""

    @property
    def passed(self) -> bool:
        """Whether every expected key has its value."""
        return not self.differences and not self.error


class VectorFile:
    """A read file: its title, its schedules by name, its cases as they stand in it."""

    def __init__(self, data: object) -> None:
        """Raises VectorFileError (``bad_file``)."""
        if not isinstance(data, Mapping) or data.get("format") != FORMAT:
            raise _bad(f'it is not a vector file: its "format" is not "{FORMAT}"')
        schedules, cases = data.get("schedules"), data.get("vectors")
        if not isinstance(schedules, Mapping):
            raise _bad('"schedules" is missing or is not an object of named schedules')
        if not isinstance(cases, list):
            raise _bad('"vectors" is missing or is not a list')
        self.title = str(data.get("title", ""))
        self.schedules: dict[str, Schedule] = {}
        self.broken_schedules: dict[str, str] = {}
        """Name of each schedule that cannot be read -> why."""
        for name, value in schedules.items():
            try:
                self.schedules[name] = Schedule.from_json(value)
            except ClockError as error:
                self.broken_schedules[name] = str(error)
        self.cases: list[Any] = cases

    def check(self) -> Iterator[Outcome]:
        """The outcome of each broken schedule, then of each case, in the order of the file."""
        for name, why in self.broken_schedules.items():
            yield Outcome(name, "", error=f"The schedule {name} cannot be read. {why}")
        for number, case in enumerate(self.cases, 1):
            yield self.check_case(case, number)

    def check_case(self, case: Any, number: int = 1) -> Outcome:
        """Compute one case and compare it with what it expects."""
        if not isinstance(case, Mapping):
            return Outcome(f"#{number}", "", error="The case is not an object.")
        name, note = str(case.get("id", f"#{number}")), str(case.get("note", ""))
        try:
            expected = _expected(case)
            actual = answer(self.clock(case), case["kind"])
        except ClockError as error:
            return Outcome(name, note, error=str(error))
        differences = tuple(
            Difference(key, expected.get(key, None), actual.get(key, None))
            for key in {**expected, **actual}
            if not _same(key, expected.get(key), actual.get(key))
        )
        return Outcome(name, note, differences)

    def clock(self, case: Mapping[str, Any]) -> Clock:
        """The clock of a case. Raises ClockError."""
        guarantee = case["guarantee"]
        if not isinstance(guarantee, Mapping) or set(guarantee) != {"amount", "unit"}:
            raise _bad('its "guarantee" is not an object with amount and unit')
        suspensions = case.get("suspensions", [])
        if not isinstance(suspensions, list):
            raise _bad('its "suspensions" are not a list')
        action = case.get("action_schedule")
        return compute(
            schedule=self._schedule(case["schedule"]),
            action_schedule=None if action is None else self._schedule(action),
            start=parse_instant(case["start"]),
            guarantee=Guarantee(guarantee["amount"], guarantee["unit"]),
            suspensions=[_suspension(pair) for pair in suspensions],
            now=parse_instant(case["now"]) if "now" in case else None,
            met_at=parse_instant(case["met_at"]) if "met_at" in case else None,
            warning_minutes=checked_warning(case.get("warning_minutes", DEFAULT_WARNING_MINUTES)),
        )

    def _schedule(self, name: object) -> Schedule:
        if isinstance(name, str) and name in self.schedules:
            return self.schedules[name]
        known = isinstance(name, str) and name in self.broken_schedules
        raise _bad(f"its schedule {name!r} {'cannot be read' if known else 'is not in the file'}")


def read_vectors(path: str | PathLike[str]) -> VectorFile:
    """Read a file. Raises VectorFileError (``unreadable``, ``bad_file``)."""
    return VectorFile(read_json(path))


def read_json(path: str | PathLike[str]) -> object:
    """The JSON value in a file. Raises VectorFileError (``unreadable``, ``bad_file``)."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise VectorFileError("unreadable", f"{path} cannot be opened: {reason}.", path=str(path)) from None
    except UnicodeDecodeError:
        raise VectorFileError("bad_file", f"{path} is not a text in UTF-8.", path=str(path)) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise VectorFileError(
            "bad_file", f"{path} is not JSON: {error.msg} ({where}).", path=str(path)
        ) from None
    except (RecursionError, ValueError):
        raise VectorFileError("bad_file", f"{path} is not JSON that can be read.", path=str(path)) from None


def parse_instant(text: object) -> datetime:
    """An aware datetime from ISO 8601 with an offset or ``Z``. Raises InstantError, VectorFileError (``bad_file``)."""
    try:
        instant = datetime.fromisoformat(text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise _bad(f"{text!r} is not an instant; write it as 2026-11-09T17:12:00+01:00") from None
    to_seconds(instant)
    return instant


def format_instant(instant: datetime) -> str:
    """``YYYY-MM-DDTHH:MM:SSZ`` of a UTC instant."""
    return instant.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def answer(clock: Clock, kind: str) -> dict[str, object]:
    """The ``expected`` object that a clock answers a case of that kind with."""
    due = None if clock.due is None else format_instant(clock.due)
    found: dict[str, object] = {"due": due}
    if due is None:
        found["no_due_because"] = clock.no_due_because
    found["suspended_seconds"] = clock.suspended_seconds
    if kind == "countdown":
        found |= {"remaining_seconds": clock.remaining_seconds, "colour": clock.colour}
    elif kind == "met":
        found["in_time"] = clock.in_time
    return found


def _bad(what: str) -> VectorFileError:
    return VectorFileError("bad_file", f"This cannot be checked: {what}.")


def _suspension(pair: object) -> Suspension:
    if not isinstance(pair, list) or len(pair) != 2:
        raise _bad(f"{pair!r} is not a suspension; write [begin, end], the end null while it lasts")
    return Suspension(parse_instant(pair[0]), None if pair[1] is None else parse_instant(pair[1]))


def _expected(case: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a case expects, after checking that all its keys are there and known."""
    kind = case.get("kind")
    if not isinstance(kind, str) or kind not in _KIND_KEYS:
        raise _bad(f"its kind is {kind!r}, not due, countdown or met")
    missing = ({"schedule", "start", "guarantee", "expected"} | _KIND_KEYS[kind]) - set(case)
    if missing:
        raise _bad(f"it has no {', '.join(sorted(missing))}")
    unknown = set(case) - _CASE_KEYS
    if unknown:
        raise _bad(f"it has an unknown key {', '.join(sorted(map(str, unknown)))}")
    expected = case["expected"]
    if not isinstance(expected, Mapping):
        raise _bad('its "expected" is not an object')
    wanted = _EXPECTED[kind] | ({"no_due_because"} if expected.get("due") is None else set())
    if set(expected) != wanted:
        wrong = ", ".join(sorted(map(str, set(expected) ^ wanted)))
        raise _bad(f'its "expected" should have exactly {", ".join(sorted(wanted))}; see {wrong}')
    if expected["due"] is not None:
        parse_instant(expected["due"])
    return expected


def _same(key: str, expected: object, actual: object) -> bool:
    if key == "due" and isinstance(expected, str) and isinstance(actual, str):
        return parse_instant(expected) == parse_instant(actual)
    return type(expected) is type(actual) and expected == actual
