"""The published cases, each exactly; and files that are not as they should be."""

import copy
import json
from pathlib import Path

import pytest

from slaclock import Schedule, VectorFileError
from slaclock.vectors import VectorFile, read_vectors

PATH = Path(__file__).parent / "vectors" / "sla_vectors.json"
DATA = json.loads(PATH.read_text(encoding="utf-8"))
FILE = read_vectors(PATH)


def test_the_file_is_whole():
    """All 120 cases are there, each with its own id."""
    assert len({case["id"] for case in FILE.cases}) == 120
    assert not FILE.broken_schedules


@pytest.mark.parametrize("case", FILE.cases, ids=[case["id"] for case in FILE.cases])
def test_case(case):
    """Every case of sla_vectors.json, to the second."""
    outcome = FILE.check_case(case)
    assert not outcome.error
    assert outcome.differences == ()


@pytest.mark.parametrize("name", DATA["schedules"])
def test_schedules_survive_their_json(name):
    """A schedule written as JSON is the schedule that was read."""
    written = {key: value for key, value in DATA["schedules"][name].items() if value}
    schedule = Schedule.from_json(written)
    assert schedule.to_json() == written
    assert Schedule.from_json(schedule.to_json()) == schedule
    assert hash(Schedule.from_json(written)) == hash(schedule)


def changed(**changes):
    """The first case of the file, alone and altered."""
    case = copy.deepcopy(DATA["vectors"][0])
    case.update(changes)
    return {**DATA, "vectors": [{key: value for key, value in case.items() if value is not ...}]}


def test_a_wrong_answer_is_shown_with_both_values():
    """A failing case names the key, what the file expects and what was computed."""
    wrong = {"due": "2026-03-02T12:00:01Z", "suspended_seconds": 0}
    (outcome,) = VectorFile(changed(expected=wrong)).check()
    (difference,) = outcome.differences
    assert (difference.key, difference.expected, difference.actual) == (
        "due",
        "2026-03-02T12:00:01Z",
        "2026-03-02T12:00:00Z",
    )


def test_an_expected_instant_may_be_in_any_offset():
    """Due dates are compared as instants."""
    same = {"due": "2026-03-02T13:00:00+01:00", "suspended_seconds": 0}
    (outcome,) = VectorFile(changed(expected=same)).check()
    assert outcome.passed


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"kind": "count"}, "kind"),
        ({"start": "2026-03-02T02:00:00"}, "time zone"),
        ({"start": "tomorrow"}, "instant"),
        ({"start": ...}, "no start"),
        ({"guarantee": {"amount": -1, "unit": "hour"}}, "-1"),
        ({"guarantee": {"amount": 1, "unit": "week"}}, "week"),
        ({"guarantee": {"amount": 1.5, "unit": "hour"}}, "1.5"),
        ({"guarantee": 4}, "guarantee"),
        ({"guarantee": {"amount": 1, "unit": ["hour"]}}, "unit"),
        ({"schedule": "nowhere"}, "nowhere"),
        ({"schedule": ["paris-office"]}, "not in the file"),
        ({"suspensions": [["2026-03-02T10:00:00Z"]]}, "suspension"),
        ({"suspensions": [["2026-03-02T10:00:00Z", "2026-03-02T09:00:00Z"]]}, "before it begins"),
        ({"suspensions": {}}, "suspensions"),
        ({"expected": {"due": None}}, "expected"),
        ({"expected": 3}, "expected"),
        ({"kind": "met"}, "met_at"),
        ({"warning_minutes": "soon"}, "warning"),
        ({"pause": []}, "pause"),
    ],
)
def test_a_malformed_case_fails_with_a_sentence(changes, word):
    """A case that cannot be read fails by itself and says why; the others are still checked."""
    data = changed(**changes)
    data["vectors"].append(DATA["vectors"][1])
    bad, good = VectorFile(data).check()
    assert word in bad.error
    assert not bad.passed
    assert good.passed


def test_a_case_that_is_no_object_fails():
    """Neither a number nor a list is a case."""
    assert [o.passed for o in VectorFile({**DATA, "vectors": [3, []]}).check()] == [False, False]


def test_a_broken_schedule_fails_once_and_with_its_cases():
    """A schedule that cannot be read is a failure of its own, and of each case that uses it."""
    data = changed(schedule="bad")
    data["schedules"] = {"bad": {"time_zone": "Europe/Atlantis"}}
    first, second = VectorFile(data).check()
    assert "Europe/Atlantis" in first.error
    assert "bad" in second.error


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "not JSON"),
        ("{", "line 1"),
        ("[]", "format"),
        ('{"format": "sla-vectors/2"}', "sla-vectors/1"),
        ('{"format": "sla-vectors/1"}', "schedules"),
        ('{"format": "sla-vectors/1", "schedules": {}}', "vectors"),
        ("[" * 100_000, "JSON"),
    ],
)
def test_a_malformed_file_is_refused_with_a_sentence(tmp_path, text, word):
    """A file that is no vector file says what is wrong with it."""
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(VectorFileError, match=word):
        read_vectors(path)


def test_a_missing_or_binary_file_is_refused(tmp_path):
    """No such file, a folder, bytes that are no text."""
    with pytest.raises(VectorFileError, match="cannot be opened"):
        read_vectors(tmp_path / "none.json")
    with pytest.raises(VectorFileError, match="cannot be opened"):
        read_vectors(tmp_path)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(VectorFileError, match="UTF-8"):
        read_vectors(tmp_path / "binary")
