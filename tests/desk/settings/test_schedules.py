"""Schedules, calendars and commitments (Spec C8, C9, C13)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cadran.contracts.details import CalendarDetails
from cadran.contracts.models import Commitment, HolidayCalendar, Schedule
from cadran.contracts.operations import save_calendar
from cadran.core.text import fold
from cadran.desk.settings.forms.calendars import countries
from cadran.jobs.models import Job
from cadran.tickets.tasks import recompute_for_schedule
from tests.factories.desk import Desk
from tests.factories.trade import MONDAY, OFFICE, a_calendar, a_commitment, a_schedule

from .conftest import filled, said

NO_EXCEPTION = {"exceptions-TOTAL_FORMS": "0", "exceptions-INITIAL_FORMS": "0"}


def schedule_form(**typed: Any) -> dict[str, Any]:
    week = {f"weekly_{day}": "9-12:30, 13:30-18" for day in range(1, 6)}
    return {
        "name_fr": "Atelier",
        "name_en": "Workshop",
        "time_zone": "Europe/Paris",
        **NO_EXCEPTION,
        **week,
        **typed,
    }


def exception(**typed: str) -> dict[str, str]:
    row = {"date": "2026-12-24", "kind": "closed", "hours": "", "name_fr": "", "name_en": ""} | typed
    return {"exceptions-TOTAL_FORMS": "1", "exceptions-INITIAL_FORMS": "0"} | {
        f"exceptions-0-{name}": value for name, value in row.items()
    }


def test_typed_hours_are_kept_as_intervals_with_notes(client: Client) -> None:
    """Spec C8: several openings a day; 22:00-06:00 is stored as two, 23:59 is read as 24:00, and both are said."""
    typed = schedule_form(weekly_5="22:00-06:00", weekly_7="8h-23:59")
    notes = said(client.post("/settings/schedules/preview/", typed))
    assert "runs past midnight" in notes and "is read as 24:00" in notes
    assert not Schedule.objects.filter(code="workshop").exists()
    answer = client.post("/settings/schedules/new/", typed, follow=True)
    assert "The schedule Workshop is saved." in said(answer)
    stored = Schedule.objects.get(code="workshop").weekly
    assert stored["1"] == [[540, 750], [810, 1080]]
    assert (stored["5"], stored["6"], stored["7"]) == ([[1320, 1440]], [[0, 360]], [[480, 1440]])


def test_hours_that_cannot_be_read_are_said_beside_their_day(client: Client) -> None:
    """Spec R7: the sentence quotes what was typed, the rest of the form stays, nothing is saved."""
    answer = client.post("/settings/schedules/new/", schedule_form(weekly_2="morning", weekly_3="9-25"))
    assert answer.status_code == 422
    page = said(answer)
    assert "“morning” is not an opening." in page and "“9-25” holds a time that doesn’t exist." in page
    assert 'value="morning"' in page and 'value="Atelier"' in page
    assert "can be shown once all hours and dates can be read" in page
    assert not Schedule.objects.filter(name_en="Workshop").exists()


def test_dates_that_differ_show_in_the_four_weeks(client: Client) -> None:
    """Spec C8: closures and openings of the schedule alone, with their names, before anything is saved."""
    typed = schedule_form() | exception(kind="besides", hours="", name_en="Fair")
    answer = client.post("/settings/schedules/new/", typed)
    assert "Type the hours of this date, such as 09:00-12:00." in said(answer)
    typed = schedule_form() | exception(
        kind="instead", hours="9-12", name_fr="Veille de Noël", name_en="Christmas Eve"
    )
    client.post("/settings/schedules/new/", typed)
    row = Schedule.objects.get(code="workshop").exceptions.get()
    assert (row.is_closed, row.intervals, row.name) == (True, [[540, 720]], "Christmas Eve")
    page = client.get("/settings/schedules/workshop/")
    assert len(page.context["weeks"]) == 28
    assert 'value="09:00-12:00"' in said(page)


def test_a_schedule_that_never_opens_cannot_carry_a_commitment(client: Client, desk: Desk) -> None:
    """Spec C8: emptied while a commitment counts on it, it is refused with that commitment's name."""
    code = desk.schedule.code
    empty = {f"weekly_{day}": "" for day in range(1, 8)}
    page = filled(client.get(f"/settings/schedules/{code}/"))
    answer = client.post(f"/settings/schedules/{code}/", page | NO_EXCEPTION | empty)
    assert answer.status_code == 422 and "would never open, but the commitment “Gold” counts on it" in said(
        answer
    )
    never = a_schedule("never", weekly={})
    typed = {"name_fr": "Vide", "response_amount": 4, "response_unit": "hour", "response_start": "reception"}
    typed |= {"resolution_unit": "hour", "resolution_start": "reception", "warning_minutes": 120}
    answer = client.post("/settings/commitments/new/", typed | {"reception_schedule": never.pk})
    assert answer.status_code == 422 and "never opens, so that nothing would ever be due" in said(answer)


def test_changed_hours_say_how_many_open_tickets_are_recomputed(client: Client, desk: Desk) -> None:
    """Spec C13: the work is queued in the same transaction, and its progress shown; a new name moves nothing."""
    desk.open()
    code = desk.schedule.code
    page = filled(client.get(f"/settings/schedules/{code}/")) | NO_EXCEPTION
    answer = client.post(f"/settings/schedules/{code}/", page | {"name_en": "Renamed"}, follow=True)
    assert "recomputed" not in said(answer).split('id="toasts"')[1]
    page = filled(client.get(f"/settings/schedules/{code}/")) | NO_EXCEPTION
    answer = client.post(f"/settings/schedules/{code}/", page | {"weekly_1": "8-20"}, follow=True)
    assert "1 open ticket is being recomputed" in said(answer)
    assert "Open tickets are waiting to be recomputed." in said(answer)
    job = Job.objects.get(task=recompute_for_schedule.module_path)
    Job.objects.filter(pk=job.pk).update(status="RUNNING", progress_done=1, progress_total=4)
    fragment = said(client.get(f"/settings/schedules/{code}/progress/"))
    assert "1 of 4" in fragment and 'hx-trigger="every 2s"' in fragment


def test_schedules_are_retired_and_put_back(client: Client, desk: Desk) -> None:
    """Spec T1: what is used is never deleted; retired, it is no longer offered to commitments."""
    row = desk.schedule
    assert client.post(f"/settings/schedules/{row.pk}/delete/").status_code == 409
    spare = a_schedule("spare")
    client.post(f"/settings/schedules/{spare.pk}/retire/")
    assert "Spare</option>" not in said(client.get("/settings/commitments/new/"))
    client.post(f"/settings/schedules/{spare.pk}/restore/")
    assert "Spare</option>" in said(client.get("/settings/commitments/new/"))


def test_a_holiday_says_what_it_moves(client: Client, desk: Desk) -> None:
    """Spec C13: the schedules and how many open tickets are recomputed; then the row that is new."""
    details = CalendarDetails(code="own", name_fr="Les nôtres", name_en="Ours")
    calendar = save_calendar(calendar=None, details=details, by=None, at=MONDAY)
    desk.reschedule(OFFICE, MONDAY, calendar=calendar)
    desk.open()
    typed = {"date": "2027-03-03", "name_fr": "Fête", "name_en": "Feast"}
    answer = client.post("/settings/calendars/own/dates/", typed)
    assert answer["Location"].endswith(f"/settings/calendars/own/#holiday-{calendar.holidays.get().pk}")
    words = said(client.get(answer["Location"]))
    assert f"Schedules moved: {desk.schedule.name}; 1 open ticket is being recomputed." in words
    assert "Open tickets are waiting to be recomputed." in words


def test_a_holiday_may_be_added_or_worked_all_the_same(client: Client) -> None:
    """Spec C8: generated dates are never removed, one's own are."""
    a_calendar()
    typed = {"date": "2026-12-26", "name_fr": "Pont", "name_en": "Bridge"}
    client.post("/settings/calendars/fr/dates/", typed)
    own = HolidayCalendar.objects.get(code="fr").holidays.get(date="2026-12-26")
    answer = client.post("/settings/calendars/fr/dates/", typed)
    assert answer.status_code == 422 and "is in this calendar already" in said(answer)
    christmas = HolidayCalendar.objects.get(code="fr").holidays.get(date="2026-12-25")
    client.post(f"/settings/calendars/fr/dates/{christmas.pk}/", {"worked": "1"})
    christmas.refresh_from_db()
    assert christmas.is_worked
    answer = client.post(f"/settings/calendars/fr/dates/{christmas.pk}/", {"remove": "1"}, follow=True)
    assert "Mark it “worked all the same” instead." in said(answer)
    client.post(f"/settings/calendars/fr/dates/{own.pk}/", {"remove": "1"})
    assert not HolidayCalendar.objects.get(code="fr").holidays.filter(date="2026-12-26").exists()


def test_the_regions_are_those_of_the_country(client: Client) -> None:
    """Spec C8: holidays by country and region; the field follows the country that is chosen."""
    assert 'value="BY"' in said(client.get("/settings/calendars/regions/?country=DE"))
    assert 'value="BY"' not in said(client.get("/settings/calendars/regions/?country=FR"))


@pytest.mark.parametrize(("language", "germany"), [("en", "Germany"), ("fr", "Allemagne")])
def test_each_country_stands_once_in_the_readers_language(language: str, germany: str) -> None:
    """Spec C8: by name, no code beside it, in the order of the alphabet."""
    with translation.override(language):
        names = [str(name) for _code, name in countries()[1:]]
    assert germany in names
    assert len(names) == len(set(names))
    assert names == sorted(names, key=fold)
    assert not [name for name in names if name.isupper()]


def test_a_new_promise_holds_for_new_tickets_until_they_are_moved(client: Client, desk: Desk) -> None:
    """Spec C13: open tickets keep their version; the button moves them and recomputes, twice moves none."""
    ticket = desk.open()
    before = ticket.resolution_due_at
    page = filled(client.get("/settings/commitments/gold/"))
    answer = client.post("/settings/commitments/gold/", page | {"resolution_amount": 2}, follow=True)
    assert "1 open ticket stays on its version" in said(answer)
    ticket.refresh_from_db()
    assert ticket.resolution_due_at == before
    answer = client.post("/settings/commitments/gold/move/", follow=True)
    assert "1 open ticket moved to the current version." in said(answer)
    ticket.refresh_from_db()
    assert ticket.resolution_due_at != before
    assert ticket.commitment_version == Commitment.objects.get(code="gold").current_version
    assert "0 open tickets moved" in said(client.post("/settings/commitments/gold/move/", follow=True))


def test_a_commitment_promises_something(client: Client, desk: Desk) -> None:
    """Spec C9: a response, a resolution or both; typed values stay."""
    page = filled(client.get("/settings/commitments/gold/"))
    answer = client.post(
        "/settings/commitments/gold/", page | {"response_amount": "", "resolution_amount": ""}
    )
    assert answer.status_code == 422 and "Type at least one of the two." in said(answer)


def test_reception_wider_than_action_is_warned_of(client: Client, desk: Desk) -> None:
    """Design, clock: a response could fall due while suspended; the warning names the hours."""
    wide = a_schedule("always", weekly={day: [[0, 1440]] for day in range(1, 8)})
    page = filled(client.get("/settings/commitments/gold/"))
    typed = page | {"reception_schedule": wide.pk, "action_schedule": desk.schedule.pk}
    answer = client.post("/settings/commitments/gold/", typed, follow=True)
    assert "A suspension loses no time" in said(answer)


def test_the_lists_ask_no_query_per_row(client: Client, desk: Desk) -> None:
    """House: one row or three, the same queries."""
    addresses = ("/settings/schedules/", "/settings/commitments/", "/settings/calendars/")
    counts = []
    for code in ("a", "b", "c"):
        a_commitment(code, a_schedule(f"schedule-{code}", calendar=a_calendar(f"calendar-{code}")))
        with CaptureQueriesContext(connection) as asked:
            for address in addresses:
                assert client.get(address).status_code == 200
        counts.append(len(asked))
    assert len(set(counts)) == 1
