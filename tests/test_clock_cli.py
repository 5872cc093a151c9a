"""`cadran clock`: vector files and one due date, from the command line (Spec F3)."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest

from cadran.cli import build_parser
from cadran.clock_cli import main

VECTORS = Path(__file__).parent / "slaclock" / "vectors" / "sla_vectors.json"
EXAMPLE = [
    "--weekly=mon-fri 09:00-12:30,13:30-18:00",
    "--zone=Europe/Paris",
    "--start=2026-11-09T17:12+01:00",
    "--guarantee=8h",
    "--suspension=2026-11-10T11:00+01:00/2026-11-12T09:30+01:00",
    "--closed=2026-11-11=Armistice 1918",
    "--now=2026-11-12T10:28+01:00",
]


@pytest.fixture
def wrong(tmp_path):
    """A vector file with one wrong answer, one case that cannot be read, and one right answer."""
    data = json.loads(VECTORS.read_text())
    bad, unreadable, good = copy.deepcopy(data["vectors"][:3])
    bad["expected"] = {"due": None, "no_due_because": "suspended", "suspended_seconds": 60}
    unreadable["start"] = "noon"
    data["vectors"] = [bad, unreadable, good]
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(data))
    return path


def run(capsys, *arguments):
    code = main(["clock", *map(str, arguments)])
    return code, capsys.readouterr()


def test_the_command_checks_the_vectors_without_django():
    """Run as users run it: 120 cases pass, the last line counts them alone, exit code 0, no settings loaded."""
    script = "import sys, cadran.cli as c; sys.exit(c.main(sys.argv[1:]) or 'django' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script, "clock", "check", str(VECTORS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "120 passed, 0 failed\n", "")


def test_failing_cases_are_printed_with_both_values(capsys, wrong):
    """clock.md: each failing case with expected and actual values, then the counts; exit code not 0."""
    code, printed = run(capsys, "check", VECTORS, wrong)
    lines = printed.out.splitlines()
    assert code == 1
    assert lines[0].startswith(f"FAILED s-001 in {wrong}")
    assert "    due: expected null, actual 2026-03-02T12:00:00Z" in lines
    assert "    no_due_because: expected suspended, actual null" in lines
    assert "    suspended_seconds: expected 60, actual 0" in lines
    assert any("noon" in line for line in lines)
    assert lines[-1] == "121 passed, 2 failed"


@pytest.mark.parametrize("content", [None, "", "{}", "[1]", '{"format": "sla-vectors/1"}', "\0"])
def test_files_that_cannot_be_checked_count_as_failed(capsys, tmp_path, content):
    """Missing or malformed: a sentence naming the file, and the counts all the same."""
    path = tmp_path / "some.json"
    if content is not None:
        path.write_text(content)
    code, printed = run(capsys, "check", path, VECTORS)
    lines = printed.out.splitlines()
    assert code == 1
    assert len(lines) == 2
    assert str(path) in lines[0]
    assert lines[0].endswith(".")
    assert lines[1] == "120 passed, 1 failed"


def test_a_file_without_cases_fails_nothing(capsys, tmp_path):
    """Nothing to check is no failure."""
    path = tmp_path / "none.json"
    path.write_text('{"format": "sla-vectors/1", "schedules": {}, "vectors": []}')
    assert run(capsys, "check", path)[1].out == "0 passed, 0 failed\n"


def test_the_ledger_is_printed_to_be_checked_by_hand(capsys):
    """Spec C14 on the example of the clock page."""
    code, printed = run(capsys, "explain", *EXAMPLE)
    assert code == 0
    lines = printed.out.splitlines()
    assert lines[0] == "Due Thu 12 Nov 2026 15:42 (2026-11-12T14:42:00Z)"
    assert lines[1] == "Orange from Thu 12 Nov 2026 13:42"
    assert lines[2] == "Now: 4:14 left (green), 3:46 used"
    assert lines[3] == "Times are in Europe/Paris."
    assert any("Closed: Armistice 1918" in line for line in lines)
    assert any(line.split()[:5] == ["Tue", "10", "Nov", "2026", "11:00"] and "1:30" in line for line in lines)
    assert "counted 8:00, lost to suspensions 6:30." in lines[-2]
    assert lines[-1].endswith("6:30 lost, due Thu 12 Nov 2026 15:42.")


def test_schedules_come_from_a_file(capsys, tmp_path):
    """FILE:NAME, a file with one schedule alone, and two schedules."""
    case = ["--start=2026-03-03T16:00+01:00", "--guarantee=4h"]
    pause = "--suspension=2026-03-03T17:00+01:00/2026-03-03T19:00+01:00"
    name = f"--schedule={VECTORS}:paris-office"
    code, printed = run(capsys, "explain", name, f"--action-schedule={VECTORS}:paris-long-day", pause, *case)
    assert (code, printed.out.splitlines()[0]) == (0, "Due Wed 4 Mar 2026 13:00 (2026-03-04T12:00:00Z)")
    alone = tmp_path / "alone.json"
    alone.write_text(json.dumps(json.loads(VECTORS.read_text())["schedules"]["paris-office"]))
    code, printed = run(capsys, "explain", f"--schedule={alone}", *case)
    assert (code, printed.out.splitlines()[0]) == (0, "Due Wed 4 Mar 2026 11:00 (2026-03-04T10:00:00Z)")


def test_other_ends_are_said(capsys):
    """Still suspended, never open, met, and hours read differently from how they were typed."""
    start = ["--zone=Europe/Paris", "--start=2026-03-03T16:00+01:00", "--guarantee=2d"]
    nights = "--weekly=mon-sun 22:00-06:00"
    lasting = run(capsys, "explain", nights, *start, "--suspension=2026-03-03T23:00+01:00/")[1].out
    assert lasting.count("crosses midnight") == 1
    assert "No due date for now: suspended" in lasting
    never = run(capsys, "explain", "--weekly=", *start)[1].out
    assert "No due date: the schedule never opens" in never
    met = run(
        capsys, "explain", nights, *start, "--met=2026-03-04T23:00+01:00", "--opening=2026-03-04=12:00-13:00"
    )
    assert "Met in time" in met[1].out


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ("--guarantee=eight", "eight"),
        ("--start=2026-11-09T17:12", "time zone"),
        ("--start=monday", "monday"),
        ("--suspension=2026-11-10T11:00+01:00", "BEGIN/END"),
        ("--suspension=2026-11-10T11:00+01:00/2026-11-09T11:00+01:00", "before it begins"),
        ("--zone=Europe/Atlantis", "Europe/Atlantis"),
        ("--zone=", "time zone"),
        ("--weekly=mon 9", "9"),
        ("--closed=11/11", "11/11"),
        ("--opening=2026-11-14=morning", "morning"),
        ("--warning=-1", "-1"),
        ("--action-schedule=nowhere.json", "nowhere.json"),
        (f"--action-schedule={VECTORS}", "paris-office"),
        (f"--action-schedule={VECTORS}:none", "paris-office"),
    ],
)
def test_arguments_that_cannot_be_used_are_refused(capsys, change, word):
    """A sentence on standard error, nothing on standard output, exit code 2."""
    code, printed = run(capsys, "explain", *EXAMPLE, change)
    assert (code, printed.out) == (2, "")
    assert word in printed.err


def test_the_command_line_offers_it():
    """`cadran clock` is part of the `cadran` command."""
    options = build_parser().parse_args(["clock", "check", "a.json"])
    assert options.files == ["a.json"]
