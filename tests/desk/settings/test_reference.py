"""The one mechanism of reference data (Spec T1, T18)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cadran.accounts.rights import Right
from cadran.catalogue.models import Nature, Severity
from cadran.core.models import JournalEntry
from cadran.parties.models import Team
from cadran.tickets.choices import Phase
from cadran.tickets.models import InterventionType, Status
from tests.factories.desk import Desk
from tests.factories.trade import a_row, person

from .conftest import client_of, filled, said


def defaults() -> dict[str, str]:
    """The default status of each phase; fails when a phase has not exactly one."""
    found = list(Status.objects.filter(is_default=True).values_list("phase", "code"))
    assert len(found) == len(dict(found)) == len(Phase)
    return dict(found)


def test_a_row_is_created_edited_and_journalled(client: Client) -> None:
    """Spec T1: names in both languages; the code is made from the name and stays."""
    answer = client.post("/settings/natures/new/", {"name_fr": "Étude", "name_en": "Study"}, follow=True)
    assert "“Study” is saved." in said(answer)
    row = Nature.objects.get(code="study")
    page = client.get(f"/settings/natures/{row.pk}/")
    client.post(f"/settings/natures/{row.pk}/", filled(page) | {"name_en": "Survey", "code": "other"})
    row.refresh_from_db()
    assert (row.name_en, row.code) == ("Survey", "study")
    assert [entry.kind for entry in JournalEntry.objects.of("nature", row.pk)] == [
        "nature.created",
        "nature.changed",
    ]


def test_a_refused_form_keeps_what_was_typed_and_saves_nothing(client: Client) -> None:
    """Spec R7: a sentence beside the field, typed values kept, nothing half-saved."""
    typed = {"name_fr": "Autre incident", "name_en": "Another", "code": "incident"}
    answer = client.post("/settings/natures/new/", typed)
    assert answer.status_code == 422
    assert "is taken already. Type another one." in said(answer)
    assert "Autre incident" in said(answer)
    assert not Nature.objects.filter(name_en="Another").exists()


def test_each_phase_keeps_exactly_one_default(client: Client) -> None:
    """Spec T1: making another status the default takes it from the former one; none is left without."""
    diagnosis, created = Status.objects.get(code="diagnosis"), Status.objects.get(code="created")
    page = client.get(f"/settings/statuses/{diagnosis.pk}/")
    client.post(f"/settings/statuses/{diagnosis.pk}/", filled(page) | {"is_default": "on"})
    assert defaults()[Phase.IN_PROGRESS] == "diagnosis"

    unticked = filled(client.get(f"/settings/statuses/{created.pk}/"))
    del unticked["is_default"]
    answer = client.post(f"/settings/statuses/{created.pk}/", unticked)
    assert "stays the default until another one is made it" in said(answer)

    moved = filled(client.get(f"/settings/statuses/{created.pk}/")) | {"phase": Phase.RESOLVED}
    answer = client.post(f"/settings/statuses/{created.pk}/", moved)
    assert "Make another one its default first." in said(answer)

    client.post(f"/settings/statuses/{created.pk}/retire/")
    assert defaults()[Phase.CREATED] == "created"
    assert not Status.objects.get(pk=created.pk).is_retired


def test_a_status_in_use_stays_in_its_phase(client: Client, desk: Desk) -> None:
    """Spec T1: its tickets would stand in a phase of which they have no status."""
    ticket = desk.open()
    other = Status.objects.get(code="to-qualify")
    page = filled(client.get(f"/settings/statuses/{other.pk}/"))
    client.post(f"/settings/statuses/{other.pk}/", page | {"is_default": "on"})
    used = ticket.status
    page = filled(client.get(f"/settings/statuses/{used.pk}/"))
    answer = client.post(f"/settings/statuses/{used.pk}/", page | {"phase": Phase.IN_PROGRESS})
    assert "Create another status, and retire this one." in said(answer)
    used.refresh_from_db()
    assert used.phase == Phase.CREATED


def test_used_rows_are_retired_unused_ones_deleted(client: Client, desk: Desk) -> None:
    """Spec T1: the refusal says where the row is used and offers to retire it."""
    desk.open()
    used = desk.nature
    answer = client.post(f"/settings/natures/{used.pk}/delete/")
    assert answer.status_code == 409
    assert "1 ticket" in said(answer)
    assert f"/settings/natures/{used.pk}/retire/" in said(answer)
    client.post(f"/settings/natures/{used.pk}/retire/")
    assert Nature.objects.get(pk=used.pk).is_retired
    client.post(f"/settings/natures/{used.pk}/restore/")
    assert not Nature.objects.get(pk=used.pk).is_retired
    unused = a_row(Nature, "unused")
    client.post(f"/settings/natures/{unused.pk}/delete/")
    assert not Nature.objects.filter(pk=unused.pk).exists()


def test_two_editors_at_once(client: Client) -> None:
    """Spec T17: the second to save is asked, and overwrites nothing."""
    row = Nature.objects.get(code="question")
    page = filled(client.get(f"/settings/natures/{row.pk}/"))
    client.post(f"/settings/natures/{row.pk}/", page | {"name_en": "First"})
    answer = client.post(f"/settings/natures/{row.pk}/", page | {"name_en": "Second"})
    assert answer.status_code == 422
    assert "changed the same fields meanwhile" in said(answer)
    assert 'value="Second"' in said(answer)
    row.refresh_from_db()
    assert row.name_en == "First"


def test_order_moves_by_one_place_inside_a_group(client: Client) -> None:
    """Spec T1: ordered; statuses inside their phase, the first stays first."""
    before = list(Status.objects.filter(phase=Phase.IN_PROGRESS).values_list("code", flat=True))
    second = Status.objects.get(code=before[1])
    answer = client.post("/settings/statuses/order/", {"up": second.pk})
    assert 'id="reference"' in said(answer) and "<html" not in said(answer)
    after = list(Status.objects.filter(phase=Phase.IN_PROGRESS).values_list("code", flat=True))
    assert after == [before[1], before[0], *before[2:]]
    client.post("/settings/statuses/order/", {"up": second.pk})
    assert list(Status.objects.filter(phase=Phase.IN_PROGRESS).values_list("code", flat=True)) == after
    client.post("/settings/statuses/order/", {"down": second.pk})
    assert list(Status.objects.filter(phase=Phase.IN_PROGRESS).values_list("code", flat=True)) == before


def test_a_type_keeps_all_that_it_proposes(client: Client, desk: Desk) -> None:
    """Spec T18: team, assignee, status, state, next type, response, initial report, availability."""
    kind, next_type = desk.type("call"), desk.type("remote-work")
    page = filled(client.get(f"/settings/intervention-types/{kind.pk}/"))
    typed = {
        "team": desk.team.pk,
        "assignee": desk.agent.pk,
        "status": desk.status("diagnosis").pk,
        "next_type": next_type.pk,
        "initial_report": "<p>Called <b>back</b><script>x</script></p>",
        "natures": [desk.nature.pk],
        "teams": [desk.team.pk],
    }
    answer = client.post(f"/settings/intervention-types/{kind.pk}/", page | typed)
    assert answer.status_code == 302, said(answer)
    kind = InterventionType.objects.get(pk=kind.pk)
    assert (kind.team, kind.assignee, kind.next_type) == (desk.team, desk.agent, next_type)
    assert "<script" not in kind.initial_report and "Called" in kind.initial_report
    assert list(kind.natures.all()) == [desk.nature] and list(kind.teams.all()) == [desk.team]


def test_a_team_needs_its_right_and_its_dates(client: Client, desk: Desk) -> None:
    """Spec T11: a manager may name a stand-in, with dates; teams are edited with the right over agents."""
    page = filled(client.get(f"/settings/teams/{desk.team.pk}/"))
    answer = client.post(f"/settings/teams/{desk.team.pk}/", page | {"stand_in_from": "2026-03-02"})
    assert "Choose who stands in on these dates, or empty them." in said(answer)
    answer = client.post(f"/settings/teams/{desk.team.pk}/", page | {"public_name": "Hotline"})
    assert Team.objects.get(pk=desk.team.pk).public_name == "Hotline"
    other = client_of(person(Right.EDIT_REFERENCE_DATA, email="other@example.com"))
    assert other.get("/settings/teams/").status_code == 403
    assert other.post(f"/settings/teams/{desk.team.pk}/retire/").status_code == 403


@pytest.mark.parametrize("slug", ["statuses", "natures", "intervention-types", "teams", "severities"])
def test_a_list_asks_the_same_queries_for_one_row_and_for_three(client: Client, slug: str) -> None:
    """House: no query per row, where rows are used included."""
    model = {"statuses": Status, "natures": Nature, "intervention-types": InterventionType, "teams": Team}
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(f"/settings/{slug}/")
    for code in ("one", "two", "three"):
        a_row(model.get(slug, Severity), code, **({"phase": Phase.CREATED} if slug == "statuses" else {}))
    with CaptureQueriesContext(connection) as many:
        client.get(f"/settings/{slug}/")
    assert len(many) == len(few)


def test_the_index_shows_what_one_may_use(client: Client, desk: Desk) -> None:
    """Spec R2: only the pages of one's rights, one's own preferences always."""
    page = said(client_of(person(Right.EDIT_SCHEDULES, email="planner@example.com")).get("/settings/"))
    assert "/settings/schedules/" in page and "/settings/me/" in page
    assert "/settings/statuses/" not in page and "/settings/agents/" not in page
    french = said(client_of(person(Right.EDIT_SCHEDULES, email="fr@example.com"), "fr").get("/settings/"))
    assert "Calendriers" in french and "Holiday" not in french


def test_nothing_chosen_is_a_dash(client: Client, desk: Desk) -> None:
    """design: ui: an empty choice reads as one."""
    for path in ("/settings/commitments/new/", "/settings/suspension-reasons/new/", "/settings/teams/new/"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "---------" not in answer.content.decode()
