"""The desk's components: what they draw, that a strict policy lets them, and that clocks tick as the server counts."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.utils import timezone, translation

import cadran.desk
from cadran.accounts.models import Profile, User
from cadran.accounts.operations import create_user, ensure_supplied_profiles
from cadran.accounts.rights import Right
from cadran.desk.components import samples, words
from cadran.desk.components.clocks import ClockFace
from cadran.desk.frame import menu
from tests.conftest import CHROMIUM

DESK = Path(cadran.desk.__file__).parent
NOW = datetime(2026, 11, 12, 9, 28, tzinfo=UTC)  # 10:28 in Paris, as on the reference pages
OPEN_FOR_TWO_HOURS = (int(NOW.timestamp()), int(NOW.timestamp()) + 7200)
PARIS = ZoneInfo("Europe/Paris")
INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)|\son[a-z]+=|\sstyle=|javascript:", re.IGNORECASE)


@pytest.fixture
def in_paris() -> Iterator[None]:
    with timezone.override(PARIS):
        yield


@pytest.fixture
def agent(db: None) -> User:
    ensure_supplied_profiles(by=None, at=NOW)
    return create_user(
        email="agent@example.org",
        name="Élodie Marchand",
        profiles=[Profile.objects.get(code="support-agent")],
        by=None,
        at=NOW,
        language="en",
    )


def page(language: str, agent: User) -> str:
    agent.language = language
    agent.save(update_fields=["language"])
    client = Client()
    client.force_login(agent)
    response = client.get("/components/")
    assert response.status_code == 200
    return response.content.decode()


# --- words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (15240, "4 h 14"),
        (15299, "4 h 14"),
        (60, "0 h 01"),
        (59, "59 s"),
        (0, "0 h 00"),
        (-59, "− 59 s"),
        (-4320, "− 1 h 12"),
        (360000, "100 h 00"),
    ],
)
def test_duration_rounds_towards_zero(seconds: int, text: str) -> None:
    """Spec C12: nothing is announced before it is true; the last minute counts seconds."""
    assert words.duration_text(seconds).replace("\u00a0", " ") == text


def test_days_are_never_computed_from_seconds() -> None:
    """Vectors, rule 5: a guarantee in days shows days as long as a whole one is left, else hours."""
    face = ClockFace(kind="resolution", colour="green", now=NOW, left=9 * 3600, days_left=2)
    last = ClockFace(kind="resolution", colour="orange", now=NOW, left=3600, days_left=0)
    with translation.override("fr"):
        assert face.figure == "2\u00a0j"
    assert last.figure == "1\u00a0h\u00a000"


@pytest.mark.parametrize(
    ("away", "english", "french"),
    [
        (timedelta(hours=5, minutes=14), "today 15:42", "auj. 15:42"),
        (timedelta(days=-3, hours=7, minutes=8), "Mon 17:36", "lun. 17:36"),
        (timedelta(days=-30), "13 Oct 2026 11:28", "13 oct. 2026 11:28"),
    ],
)
def test_instants_read_as_people_say_them(in_paris: None, away: timedelta, english: str, french: str) -> None:
    """Spec F5: instants are written in the reader's zone and language; 30 days ago was summer time."""
    with translation.override("en"):
        assert words.when_text(NOW + away, NOW) == english
    with translation.override("fr"):
        assert words.when_text(NOW + away, NOW) == french


def test_instants_follow_the_readers_zone() -> None:
    """Spec F5: the day itself depends on the reader's zone."""
    late = datetime(2026, 11, 12, 23, 30, tzinfo=UTC)
    with translation.override("en"):
        with timezone.override(PARIS):
            assert words.when_text(late, NOW) == "Fri 00:30"
        with timezone.override(ZoneInfo("America/New_York")):
            assert words.when_text(late, NOW) == "today 18:30"


# --- faces ------------------------------------------------------------------------------------------------


def test_face_of_the_reference_ticket(in_paris: None) -> None:
    """Spec C12: text and shape beside the colour; 3 h 46 of 8 h used, orange from 6 h on."""
    face = ClockFace(
        kind="resolution",
        colour="green",
        now=NOW,
        left=15240,
        total=28800,
        due_at=NOW + timedelta(hours=5, minutes=14),
        openings=(OPEN_FOR_TWO_HOURS,),
    )
    with translation.override("fr"):
        texts = (face.name, face.left_text.replace("\u00a0", " "), face.due_text)
    assert texts == ("Résolution (GTR)", "Reste 4 h 14", "échéance auj. 15:42")
    assert (face.used, face.threshold) == (47.1, 75.0)
    assert face.countdown is not None
    assert face.countdown["open"] == (OPEN_FOR_TWO_HOURS,)


@pytest.mark.parametrize(
    ("figures", "page", "row"),
    [
        ({"colour": "red", "left": 0}, "Due now", ("Due now", "")),
        ({"colour": "red", "left": -1}, "Late by 1 s", ("− 1 s", "")),
        ({"colour": "met", "taken": 0}, "Met in < 1 min", ("Met", "< 1 min")),
        ({"colour": "met", "taken": 24}, "Met in < 1 min", ("Met", "< 1 min")),
        ({"colour": "met", "taken": 15240}, "Met in 4 h 14", ("Met", "4 h 14")),
        ({"colour": "missed", "left": -24}, "Missed by < 1 min", ("Missed", "+ < 1 min")),
    ],
)
def test_page_and_list_write_a_duration_alike(
    figures: dict[str, Any], page: str, row: tuple[str, str]
) -> None:
    """Spec C12: red from 00:00 on, though nothing is late yet; what took no minute is written so everywhere."""
    face = ClockFace(kind="response", now=NOW, total=28800, **figures)
    with translation.override("en"):
        texts = (face.left_text, face.line_text, face.line_more)
    assert [text.replace("\u00a0", " ") for text in texts] == [page, *row]
    assert face.is_zero is (figures["colour"] == "red")


@pytest.mark.parametrize("colour", ["met", "missed", "still", "none"])
def test_stopped_clocks_do_not_tick(colour: Any) -> None:
    """Spec C12: a clock that is settled, suspended or absent stands still."""
    face = ClockFace(kind="response", colour=colour, now=NOW, left=60, openings=(OPEN_FOR_TWO_HOURS,))
    assert face.countdown is None
    assert not face.is_zero


# --- the page ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_component_draws_itself(agent: User, language: str) -> None:
    """House rules: no inline script, style or handler; the page speaks the reader's language."""
    html = page(language, agent)
    assert f'<html lang="{language}"' in html
    assert ("Couverte" in html) == (language == "fr")
    assert INLINE.search(html) is None
    for state in ("green", "orange", "red", "met", "missed", "still", "none"):
        assert f'data-clock="{state}"' in html
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))


def test_components_page_is_for_staff(db: None, agent: User) -> None:
    """Spec R2: strangers are led to the sign-in page, a customer of the portal is refused."""
    assert Client().get("/components/").status_code == 302
    agent.profiles.set([Profile.objects.get(code="portal-customer")])
    client = Client()
    client.force_login(agent)
    assert client.get("/components/").status_code == 403


def test_refused_dialog_comes_back_with_what_was_typed(agent: User) -> None:
    """House rules: a refused form answers 422 with the typed values and an error that leads to its field."""
    client = Client()
    client.force_login(agent)
    typed = {"start": "2026-11-12T10:28", "reason": "customer", "details": ""}
    response = client.post("/components/dialog/", typed, headers={"HX-Request": "true"})
    html = response.content.decode()
    assert response.status_code == 422
    assert 'value="2026-11-12T10:28"' in html
    assert 'href="#id_details"' in html
    accepted = client.post("/components/dialog/", typed | {"details": "x"}, headers={"HX-Request": "true"})
    assert set(json.loads(accepted.headers["HX-Trigger"])) == {"toast", "dialog-close"}


def test_every_icon_named_is_in_the_sprite() -> None:
    """A missing symbol draws nothing and says nothing."""
    sprite = (DESK / "static/cadran/icons.svg").read_text()
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    named = {
        name
        for path in DESK.glob("*/templates/**/*.html")
        for name in re.findall(r'{% icon "([a-z0-9-]+)"|\bicon="([a-z0-9-]+)"', path.read_text())
        for name in name
        if name
    }
    assert named - known == set()


def test_vendored_files_are_the_recorded_ones() -> None:
    """What we ship of others is recorded with version, licence and hash."""
    recorded = tomllib.loads((DESK / "vendor.toml").read_text())["package"]
    files = {entry["path"]: entry["sha256"] for package in recorded for entry in package.get("file", [])}
    shipped = {
        str(path.relative_to(DESK)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (DESK / "static/vendor").rglob("*")
        if path.is_file()
    }
    assert shipped == files


@pytest.mark.parametrize("name", ["403.html", "404.html", "500.html", "403_csrf.html"])
def test_error_pages_need_no_context(name: str) -> None:
    """The page of an error must not fail itself: Django draws 500 without a request."""
    assert "<h1>" in get_template(name).render({})


def test_menu_shows_only_what_one_may_open(agent: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spec R2: no entry for a page one has no right to, nor for one that no area offers."""
    places = (
        menu.Place("seen", "ticket", "Seen", "desk:components", (Right.SEE_TICKETS,), "a"),
        menu.Place("refused", "ticket", "Refused", "desk:components", (Right.EDIT_AGENTS,), "b"),
        menu.Place("absent", "ticket", "Absent", "desk:nowhere", (), "c"),
    )
    monkeypatch.setattr(menu, "PLACES", places)
    entries = menu.entries_for(agent, "/components/")
    assert [(entry.place.key, entry.is_here, entry.on_phone) for entry in entries] == [("seen", True, True)]


def test_frame_of_a_stranger(db: None) -> None:
    """A page drawn for nobody shows no menu and asks nothing of a person."""
    from cadran.desk.frame.context import frame

    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert frame(request)["frame"]["entries"] == []


def test_choices_are_kept_and_strange_ones_refused(agent: User) -> None:
    """Spec F5: theme and language belong to the person; an open redirect is not followed."""
    client = Client()
    client.force_login(agent)
    assert client.post("/choices/", {"theme": "dark"}).status_code == 204
    answer = client.post("/choices/", {"language": "fr", "next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/"
    assert client.post("/choices/", {"theme": "plaid"}).status_code == 400
    agent.refresh_from_db()
    assert (agent.theme, agent.language) == ("dark", "fr")


# --- the countdown, in the browser ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def blank() -> Iterator[Any]:
    """A blank page of Chromium with the countdown's script."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        tab = browser.new_page()
        tab.set_content("<!doctype html><title>blank</title>")
        tab.add_script_tag(path=str(DESK / "static/cadran/js/countdown.js"))
        yield tab
        browser.close()


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> int:
    return int(datetime(2026, month, day, hour, minute, tzinfo=PARIS).timestamp())


#: 4 h 14 left on Thursday at 10:28; open 9:00-12:30 and 13:30-18:00, due at 15:42; then Friday.
CLOCK = {
    "now": at(12, 10, 28),
    "left": 15240,
    "open": [
        [at(12, 9), at(12, 12, 30)],
        [at(12, 13, 30), at(12, 18)],
        [at(13, 9), at(13, 12, 30)],
    ],
    "warn": 7200,
    "total": 28800,
    "frozen": False,
}
#: Open 22:00-06:00 on the night when clocks go back: nine hours of real time.
LONG_NIGHT = {
    "now": at(24, 22, month=10),
    "left": 8 * 3600,
    "open": [[at(24, 22, month=10), at(25, 6, month=10)]],
    "warn": 3600,
    "frozen": False,
}


@pytest.mark.browser
@pytest.mark.parametrize(
    ("clock", "when", "left", "colour", "text"),
    [
        pytest.param(CLOCK, at(12, 10, 28), 15240, "green", "4 h 14", id="at once"),
        pytest.param(CLOCK, at(12, 12, 30), 7920, "green", "2 h 12", id="closing"),
        pytest.param(CLOCK, at(12, 13), 7920, "green", "2 h 12", id="closed at noon"),
        pytest.param(CLOCK, at(12, 13, 42) - 1, 7201, "green", "2 h 00", id="a second before"),
        pytest.param(CLOCK, at(12, 13, 42), 7200, "orange", "2 h 00", id="threshold"),
        pytest.param(CLOCK, at(12, 15, 42) - 1, 1, "orange", "1 s", id="last second"),
        pytest.param(CLOCK, at(12, 15, 42), 0, "red", "0 h 00", id="zero"),
        pytest.param(CLOCK, at(12, 16, 54), -4320, "red", "− 1 h 12", id="late"),
        pytest.param(CLOCK, at(13, 8), -8280, "red", "− 2 h 18", id="late, over the night"),
        pytest.param(CLOCK, at(13, 9, 30), -10080, "red", "− 2 h 48", id="late, next day"),
        pytest.param(CLOCK | {"frozen": True}, at(13, 9), 15240, "green", "4 h 14", id="frozen"),
        pytest.param(CLOCK | {"open": []}, at(13, 9), 15240, "green", "4 h 14", id="never open"),
        pytest.param(
            LONG_NIGHT, at(25, 5, month=10), 0, "red", "0 h 00", id="clocks go back: eight hours by five"
        ),
        pytest.param(LONG_NIGHT, at(25, 7, month=10), -3600, "red", "− 1 h 00", id="and nine by six"),
    ],
)
def test_countdown_counts_open_time(
    blank: Any, clock: dict[str, Any], when: int, left: int, colour: str, text: str
) -> None:
    """Spec C12: the countdown counts open time, to the second, as the server does."""
    script = """([clock, when]) => {
        const { secondsLeft, colourOf, format } = window.cadran.countdown;
        const left = secondsLeft(clock, when);
        return [left, colourOf(left, clock.warn), format(left)];
    }"""
    found = blank.evaluate(script, [clock, when])
    assert found == [left, colour, found[2]]
    assert found[2].replace("\u00a0", " ") == text
    assert found[2] == words.duration_text(left)


@pytest.mark.browser
def test_countdown_stops_when_nothing_lies_ahead(blank: Any) -> None:
    """Spec C12: after the last interval nothing moves and nothing is asked."""
    script = "([clock, when]) => window.cadran.countdown.isOver(clock, when)"
    assert blank.evaluate(script, [CLOCK, at(13, 12, 29)]) is False
    assert blank.evaluate(script, [CLOCK, at(13, 12, 30)]) is True


@pytest.mark.browser
def test_countdown_turns_red_in_the_page(blank: Any) -> None:
    """Spec C12: at 00:00 colour, shape and words change together, without a request; closed time adds nothing."""
    now = datetime.now(UTC).replace(microsecond=0)
    face = ClockFace(
        kind="resolution",
        colour="orange",
        now=now,
        left=2,
        total=28800,
        due_at=now,
        openings=((int(now.timestamp()), int(now.timestamp()) + 2),),
    )
    with translation.override("en"):
        gauge = get_template("desk/components/_gauge.html").render({"face": face})
    blank.evaluate(
        """(html) => {
            document.body.innerHTML = html;
            window.asked = 0;
            window.fetch = () => { window.asked += 1; };
            window.cadran.countdown.start(document.body);
        }""",
        gauge,
    )
    blank.wait_for_selector("[data-clock=red].is-zero", timeout=8000)
    assert blank.locator("[data-countdown-text]").text_content() == "Due now"
    assert blank.locator("[data-countdown-due]").text_content().startswith("was due")
    assert blank.locator(".cd-dial-sign").count() == 1
    assert blank.evaluate("window.asked") == 0


def test_samples_cover_every_state() -> None:
    """The components page shows each state of a clock."""
    assert {face.colour for face in samples.faces(NOW)} == {
        "green", "orange", "red", "met", "missed", "still", "none"
    }  # fmt: skip


def test_browsers_find_the_icon_where_they_look_by_themselves(client: Client) -> None:
    """No 404 on answers that name no icon of their own."""
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/static/cadran/icon.svg")
