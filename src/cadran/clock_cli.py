"""`cadran clock`: check vector files, and explain a due date, from the command line (Spec F3). Starts no Django.

English only: it is a tool for those who run or develop Cadran.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from slaclock import (
    DEFAULT_WARNING_MINUTES,
    ClockError,
    Guarantee,
    Ledger,
    Line,
    Note,
    Schedule,
    Suspension,
    explain,
    parse_opening,
    read_week,
)
from slaclock.vectors import FORMAT, Outcome, parse_instant, read_json, read_vectors

_GUARANTEE = re.compile(r"\s*(\d{1,9})\s*(m|min|minutes?|h|hours?|d|days?)\s*", re.ASCII)
_UNITS = {"m": "minute", "h": "hour", "d": "day"}


class _Refused(Exception):
    """An argument that cannot be used; the message is a full sentence."""


def add_clock_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add `clock check` and `clock explain` to a command's subparsers; each sets `command(options) -> int`."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "clock", help="compute and explain due dates, check vector files"
    )
    acts = parser.add_subparsers(metavar="ACT", required=True)
    text = "check vector files of the format sla-vectors/1; exit code 0 only if no case failed"
    new = acts.add_parser("check", help=text, description=text)
    new.add_argument("files", metavar="FILE", nargs="+")
    new.set_defaults(command=check)

    text = "compute one due date and print its ledger"
    new = acts.add_parser("explain", help=text, description=text)
    source = new.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--schedule", metavar="FILE[:NAME]", help="a JSON file with one schedule, or several by name"
    )
    source.add_argument(
        "--weekly", metavar="WEEK", help='such as "mon-fri 09:00-12:30,13:30-18:00; sat 09:00-12:00"'
    )
    new.add_argument("--zone", metavar="ZONE", help="time zone of --weekly, such as Europe/Paris")
    new.add_argument(
        "--closed",
        metavar="DATE[=NAME]",
        action="append",
        default=[],
        help="a date without weekly hours; repeatable",
    )
    new.add_argument(
        "--opening",
        metavar="DATE=HOURS",
        action="append",
        default=[],
        help="an exceptional opening, such as 2026-11-14=09:00-12:00; repeatable",
    )
    new.add_argument(
        "--action-schedule",
        metavar="FILE[:NAME]",
        help="where suspensions are measured, when not on the schedule",
    )
    new.add_argument("--start", metavar="INSTANT", required=True, help="such as 2026-11-09T17:12+01:00")
    new.add_argument("--guarantee", metavar="AMOUNT", required=True, help="such as 90m, 8h or 2d")
    new.add_argument(
        "--suspension",
        metavar="BEGIN/END",
        action="append",
        default=[],
        help="two instants; leave END out while it lasts; repeatable",
    )
    new.add_argument("--now", metavar="INSTANT", help="when the counter is looked at")
    new.add_argument("--met", metavar="INSTANT", help="when the milestone was met")
    new.add_argument("--warning", metavar="MINUTES", type=int, default=DEFAULT_WARNING_MINUTES)
    new.set_defaults(command=explain_due_date)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run `clock ...` alone and return its exit code."""
    parser = argparse.ArgumentParser(prog="cadran")
    add_clock_parser(parser.add_subparsers(metavar="COMMAND", required=True))
    options = parser.parse_args(argv)
    code: int = options.command(options)
    return code


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))


# -- check ----------------------------------------------------------------------------------------------------------


def check(options: argparse.Namespace) -> int:
    """Print each failing case with expected and actual values, then `N passed, M failed` alone on the last line."""
    passed = failed = 0
    for name in options.files:
        try:
            outcomes = list(read_vectors(name).check())
        except ClockError as error:
            sentence = str(error)
            _say(f"{name}: {sentence}" if name not in sentence else sentence)
            failed += 1
            continue
        for outcome in outcomes:
            if outcome.passed:
                passed += 1
            else:
                failed += 1
                _say(*_failure(name, outcome))
    _say(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _failure(file: str, outcome: Outcome) -> list[str]:
    note = f" ({outcome.note})" if outcome.note else ""
    lines = [f"FAILED {outcome.id} in {file}{note}"]
    if outcome.error:
        lines.append(f"    {outcome.error}")
    lines += [
        f"    {difference.key}: expected {_value(difference.expected)}, actual {_value(difference.actual)}"
        for difference in outcome.differences
    ]
    return lines


def _value(value: object) -> str:
    return json.dumps(value) if value is None or isinstance(value, bool) else str(value)


# -- explain --------------------------------------------------------------------------------------------------------


def explain_due_date(options: argparse.Namespace) -> int:
    """Print the ledger of one due date; exit code 2 with a sentence when an argument cannot be used."""
    try:
        schedule, notes = _schedule(options)
        ledger = explain(
            schedule=schedule,
            action_schedule=_from_file(options.action_schedule) if options.action_schedule else None,
            start=parse_instant(options.start),
            guarantee=_guarantee(options.guarantee),
            suspensions=[_suspension(text) for text in options.suspension],
            now=parse_instant(options.now) if options.now else None,
            met_at=parse_instant(options.met) if options.met else None,
            warning_minutes=options.warning,
        )
    except (ClockError, _Refused) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    _say(*dict.fromkeys(map(_note_text, notes)), *_summary(ledger), "", *_table(ledger), "", *_totals(ledger))
    return 0


def _schedule(options: argparse.Namespace) -> tuple[Schedule, tuple[Note, ...]]:
    if options.schedule:
        if options.zone or options.closed or options.opening:
            raise _Refused(
                "--zone, --closed and --opening belong to --weekly; a schedule file holds them itself."
            )
        return _from_file(options.schedule), ()
    if not options.zone:
        raise _Refused("Give the time zone of --weekly, for instance --zone Europe/Paris.")
    weekly, notes = read_week(options.weekly)
    closed = dict(_dated(text) for text in options.closed)
    exceptional: dict[date, list[tuple[int, int]]] = {}
    for text in options.opening:
        day, hours = _dated(text)
        exceptional.setdefault(day, []).extend(parse_opening(part.strip()) for part in hours.split(","))
    return Schedule(options.zone, weekly, closed, exceptional), notes


def _from_file(place: str) -> Schedule:
    """The schedule of FILE or FILE:NAME: a schedule alone, schedules by name, or a vector file."""
    path, name = place, ""
    if not Path(place).exists() and ":" in place:
        path, name = place.rsplit(":", 1)
    data = read_json(path)
    if isinstance(data, Mapping) and "time_zone" in data and not name:
        return Schedule.from_json(data)
    if isinstance(data, Mapping) and data.get("format") == FORMAT:
        data = data.get("schedules")
    if not isinstance(data, Mapping):
        raise _Refused(f"{path} holds no schedule: it should be an object with time_zone and weekly.")
    if not name and len(data) == 1:
        name = next(iter(data))
    if name not in data:
        known = ", ".join(map(str, data)) or "none"
        raise _Refused(f"Say which schedule of {path} with {path}:NAME. It holds: {known}.")
    return Schedule.from_json(data[name])


def _dated(text: str) -> tuple[date, str]:
    day, _, rest = text.partition("=")
    try:
        return datetime.strptime(day, "%Y-%m-%d").date(), rest  # noqa: DTZ007
    except ValueError:
        raise _Refused(f"{day!r} is not a date; write it as 2026-11-11.") from None


def _guarantee(text: str) -> Guarantee:
    match = _GUARANTEE.fullmatch(text)
    if match is None:
        raise _Refused(f"{text!r} is not a guarantee; write 90m, 8h or 2d.")
    unit = _UNITS[match[2][0]]
    return Guarantee(int(match[1]), unit)  # type: ignore[arg-type]


def _suspension(text: str) -> Suspension:
    begin, slash, end = text.partition("/")
    if not slash:
        raise _Refused(f"{text!r} is not a suspension; write BEGIN/END, or BEGIN/ while it lasts.")
    return Suspension(parse_instant(begin), parse_instant(end) if end else None)


def _note_text(note: Note) -> str:
    if note.code == "split_at_midnight":
        return f"{note.typed} crosses midnight: read as two openings, the second one on the next day."
    return f"{note.typed} is read as ending at 24:00."


def _summary(ledger: Ledger) -> list[str]:
    clock = ledger.clock
    lines = [_headline(ledger)]
    if clock.warns_at is not None:
        lines.append(f"Orange from {_long(clock.warns_at.astimezone(ledger.local_start.tzinfo))}")
    if clock.remaining_seconds is not None and ledger.guarantee_seconds is not None:
        left, used = clock.remaining_seconds, ledger.guarantee_seconds - clock.remaining_seconds
        state = f"{_duration(left)} left" if left >= 0 else f"{_duration(-left)} late"
        suspended = ", suspended" if clock.is_suspended else ""
        lines.append(f"Now: {state} ({clock.colour}{suspended}), {_duration(used)} used")
    if clock.in_time is not None:
        lines.append("Met in time" if clock.in_time else "Met late")
    return [*lines, f"Times are in {ledger.time_zone}."]


def _headline(ledger: Ledger) -> str:
    if ledger.due is not None and ledger.local_due is not None:
        return f"Due {_long(ledger.local_due)} ({ledger.due.isoformat().replace('+00:00', 'Z')})"
    if ledger.no_due_because == "suspended":
        return "No due date for now: suspended"
    reason = {
        "no_opening": "the schedule never opens",
        "not_enough": "the schedule does not open for long enough",
        "beyond_horizon": "the schedule opens too little: no due date within 400 years",
    }
    return f"No due date: {reason[ledger.clock.never_open_reason or 'no_opening']}"


def _table(ledger: Ledger) -> list[str]:
    rows = [("Day", "From", "To", "What", "Lost", "Counted", "Used")]
    for line in ledger.lines:
        begin = "" if line.code == "closed_date" else _time(line.local_begin)
        rows.append(
            (
                f"{line.date:%a} {line.date.day:2} {line.date:%b %Y}",
                begin,
                "" if line.local_end is None else _end(line),
                _what(line),
                _duration(line.lost_seconds) if line.code == "suspended" else "",
                _duration(line.counted_seconds) if line.counted_seconds else "",
                _duration(line.used_seconds),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(7)]
    return [
        "  ".join(
            cell.ljust(width) if column < 4 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _what(line: Line) -> str:
    if line.code == "opening" and line.opening is not None:
        return _opening_text(line, *line.opening)
    return {
        "start": "The clock starts",
        "suspended": "Suspended" + _labels(line),
        "given_back": "Time lost, less what passed on this schedule meanwhile",
        "closed_date": f"Closed: {line.name}" if line.name else "Closed",
        "due": "Due",
        "still_suspended": "Still suspended" + _labels(line),
        "never_open": "Not enough openings",
    }[line.code]


def _opening_text(line: Line, begin: datetime, end: datetime) -> str:
    text = f"Opening {_time(begin)}-{_time(end) if end.date() == line.date else '24:00'}"
    text += {"start": ", from the start", "resumption": ", from the resumption"}.get(
        line.begins_with or "", ""
    )
    text += {"suspension": ", until the suspension", "used_up": ", until the guarantee is used up"}.get(
        line.ends_with or "", ""
    )
    return text + ("" if line.day is None else f" (day {line.day})")


def _labels(line: Line) -> str:
    labels = [suspension.label for suspension in line.suspensions if suspension.label]
    return f" ({', '.join(labels)})" if labels else ""


def _totals(ledger: Ledger) -> list[str]:
    if ledger.guarantee_seconds is None:
        return []
    promised = (
        f"{ledger.guarantee.amount} {ledger.guarantee.unit}{'' if ledger.guarantee.amount == 1 else 's'}"
    )
    totals = f"Guarantee {promised} = {_duration(ledger.guarantee_seconds)} of working time; counted "
    totals += f"{_duration(ledger.counted_seconds)}, lost to suspensions {_duration(ledger.lost_seconds)}."
    moved = [
        f"Suspension from {_long(move.begin.astimezone(ledger.local_start.tzinfo))}: {_duration(move.lost_seconds)} "
        + ("lost, due date taken away." if move.due_after is None else "lost, due ")
        + (
            ""
            if move.due_after is None
            else f"{_long(move.due_after.astimezone(ledger.local_start.tzinfo))}."
        )
        for move in ledger.moves
    ]
    return [totals, *moved]


def _long(instant: datetime) -> str:
    return f"{instant:%a} {instant.day} {instant:%b %Y} {_time(instant)}"


def _time(instant: datetime) -> str:
    return f"{instant:%H:%M:%S}" if instant.second else f"{instant:%H:%M}"


def _end(line: Line) -> str:
    end = line.local_end
    assert end is not None
    return _time(end) if end.date() == line.date or end.time().isoformat() != "00:00:00" else "24:00"


def _duration(seconds: int) -> str:
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    minutes, rest = divmod(seconds, 60)
    return f"{sign}{minutes // 60}:{minutes % 60:02}" + (f":{rest:02}" if rest else "")


if __name__ == "__main__":
    sys.exit(main())
