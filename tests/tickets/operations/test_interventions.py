"""Adding, starting and editing interventions (Spec T12, T18, T22)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput, NotAllowed, Stale
from cadran.core.models import JournalEntry
from cadran.parties.models import Team
from cadran.tickets.choices import Phase
from cadran.tickets.models import Intervention, InterventionType
from cadran.tickets.operations import (
    EditConflict,
    InterventionDetails,
    ResourceRequestDetails,
    TransitionRefused,
    add_intervention,
    edit_intervention,
    open_ticket,
    start_intervention,
    suspend_ticket,
)
from cadran.tickets.queries import available_types
from tests.factories.desk import Desk, colleague, paris

AT = paris("2026-03-02 10:00")
HOUR = timedelta(hours=1)


def test_a_planned_intervention_leaves_the_phase(desk: Desk) -> None:
    """Created until one is started; planned instants lie anywhere (Spec T2, T22)."""
    ticket = desk.open(AT)
    details = InterventionDetails(
        type=desk.type("on-site-visit"),
        label="Swap the drum",
        planned_start_at=AT + timedelta(days=3),
        planned_end_at=AT + timedelta(days=3, hours=1),
        planned_effort=60,
        resource_requests=[
            ResourceRequestDetails(profile="Electrician", needed_on=date(2026, 3, 5), duration=30)
        ],
    )
    work = add_intervention(ticket=ticket, details=details, by=desk.user, at=AT)
    assert (work.number, work.is_started, ticket.phase) == (2, False, Phase.CREATED)
    assert work.resource_requests.get().profile == "Electrician"
    assert (work.team, work.assignee) == (desk.team, None)


def test_the_type_proposes(desk: Desk) -> None:
    """Team, assignee, initial report, status and whether it counts as response come from the type (Spec T18)."""
    kind = desk.type("remote-diagnosis")
    kind.assignee, kind.initial_report = desk.agent, "<p>Checked:</p>"
    kind.save()
    ticket = desk.open(AT)
    work = add_intervention(
        ticket=ticket, details=InterventionDetails(type=kind), by=desk.user, at=AT + HOUR, start=True
    )
    assert (work.assignee, work.external_report) == (desk.agent, "<p>Checked:</p>")
    assert (ticket.status.code, ticket.responded_at) == ("diagnosis", AT + HOUR)


def test_starting_ends_the_intake_by_itself(desk: Desk) -> None:
    """From the opening of the form to saving (Spec T12)."""
    opened = AT - timedelta(minutes=9)
    ticket = open_ticket(fields=desk.fields(AT), team=desk.team, by=desk.user, at=AT, form_opened_at=opened)
    desk.work(ticket, AT + HOUR)
    intake = ticket.interventions.get(type__is_intake=True)
    assert (intake.started_at, intake.ended_at) == (opened, AT)
    assert ticket.phase == Phase.IN_PROGRESS


def test_a_type_that_does_not_count_gives_no_response(desk: Desk) -> None:
    """Test and control is no response (Spec T18)."""
    ticket = desk.open(AT)
    desk.work(ticket, AT + HOUR, kind="control")
    assert (ticket.responded_at, ticket.phase) == (None, Phase.IN_PROGRESS)


def test_actual_instants_lie_in_the_past(desk: Desk) -> None:
    """A start in the future is refused, and a response before the reception (Spec T19, T22)."""
    ticket = desk.open(AT)
    work = add_intervention(ticket=ticket, details=InterventionDetails(type=desk.type()), by=desk.user, at=AT)
    for started_at in (AT + timedelta(seconds=1), AT - timedelta(seconds=1)):
        with pytest.raises(InvalidInput) as refused:
            start_intervention(intervention=work, started_at=started_at, by=desk.user, at=AT)
        assert refused.value.field == "started_at"
    ticket.refresh_from_db()
    work.refresh_from_db()
    assert (work.started_at, ticket.phase, ticket.responded_at) == (None, Phase.CREATED, None)


def test_a_suspended_ticket_asks_to_resume_first(desk: Desk) -> None:
    """Starting an intervention on a suspended ticket asks to resume first (Spec T23)."""
    ticket = desk.open(AT)
    suspend_ticket(ticket=ticket, began_at=AT, reason=desk.reason(), status=None, by=desk.user, at=AT)
    with pytest.raises(TransitionRefused) as refused:
        desk.work(ticket, AT + HOUR)
    assert "Resume" in refused.value.message
    assert ticket.interventions.count() == 1


def test_started_twice(desk: Desk) -> None:
    """The second to start it gets a sentence (house: compare-and-set)."""
    ticket = desk.open(AT)
    work = desk.work(ticket, AT)
    with pytest.raises(Stale) as refused:
        start_intervention(intervention=work, started_at=AT, by=desk.user, at=AT + HOUR)
    assert "started already" in refused.value.message


def test_intake_and_wrong_plans_are_refused(desk: Desk) -> None:
    """There is one intake; a plan ends after it starts (Spec T12, T18)."""
    ticket = desk.open(AT)
    with pytest.raises(InvalidInput):
        add_intervention(
            ticket=ticket, details=InterventionDetails(type=desk.type("intake")), by=desk.user, at=AT
        )
    with pytest.raises(InvalidInput):
        details = InterventionDetails(type=desk.type(), planned_start_at=AT, planned_end_at=AT - HOUR)
        add_intervention(ticket=ticket, details=details, by=desk.user, at=AT)
    assert Intervention.objects.count() == 1


def test_edits_are_told_and_conflicts_refused(desk: Desk) -> None:
    """Two people editing the same intervention (Spec T17, T4)."""
    ticket = desk.open(AT)
    work = desk.work(ticket, AT)
    mine = Intervention.objects.get(pk=work.pk)
    edit_intervention(
        intervention=work, changes={"label": "Drum", "planned_effort": 30}, base={}, by=desk.user, at=AT
    )
    row = JournalEntry.objects.get(kind="ticket.intervention_edited")
    assert row.data["changes"][0] == {"field": "label", "before": "", "after": "Drum"}
    with pytest.raises(EditConflict):
        edit_intervention(
            intervention=mine, changes={"label": "Belt"}, base={"label": ""}, by=desk.user, at=AT
        )
    mine.refresh_from_db()
    assert mine.label == "Drum"
    with pytest.raises(InvalidInput):
        edit_intervention(intervention=mine, changes={"started_at": AT}, base={}, by=desk.user, at=AT)


def test_types_by_nature_product_type_and_team(desk: Desk) -> None:
    """Whether a type is available depends on nature, product type and team (Spec T18)."""
    ticket = desk.open(AT)
    kinds = InterventionType.objects.filter(is_intake=False)
    assert set(available_types(ticket, desk.team)) == set(kinds)
    development = desk.type("development")
    development.natures.set([type(desk.nature).objects.get(code="change")])
    assert development not in available_types(ticket, desk.team)
    development.natures.set([desk.nature])
    development.product_types.set([desk.product.type])
    development.teams.set([desk.team])
    assert development in available_types(ticket, desk.team)
    assert development not in available_types(ticket, None)


def test_no_right(desk: Desk) -> None:
    """Intervening is a right of its own (Spec R2)."""
    ticket = desk.open(AT)
    user = colleague(desk, Right.EDIT_TICKETS)
    with pytest.raises(NotAllowed):
        add_intervention(ticket=ticket, details=InterventionDetails(type=desk.type()), by=user, at=AT)


def test_edits_are_checked_as_new_ones_are(desk: Desk) -> None:
    """A type or team no longer in use, or somebody who has left, is refused; what stands already stays (Spec T18)."""
    ticket = desk.open(AT)
    work = desk.work(ticket, AT)
    kind, team = (
        desk.type("control"),
        Team.objects.create(code="old", name_fr="Vieux", name_en="Old", is_retired=True),
    )
    kind.is_retired = True
    kind.save()
    gone = colleague(desk, Right.INTERVENE).agent
    gone.is_active = False
    gone.save()
    for name, value in (("type", kind), ("team", team), ("assignee", gone)):
        with pytest.raises(InvalidInput) as refused:
            edit_intervention(intervention=work, changes={name: value}, base={}, by=desk.user, at=AT)
        assert refused.value.field == name
    Intervention.objects.filter(pk=work.pk).update(type=kind, assignee=gone)
    stale = Intervention.objects.select_related("ticket").get(pk=work.pk)
    changes = {"type": kind, "assignee": gone, "label": "Drum"}
    edit_intervention(intervention=stale, changes=changes, base={}, by=desk.user, at=AT)
    assert stale.label == "Drum"


def test_another_type_counts_as_response_as_it_says(desk: Desk) -> None:
    """As long as it is not started; then the finish dialog says it (Spec T18, T19)."""
    ticket = desk.open(AT)
    planned = add_intervention(
        ticket=ticket, details=InterventionDetails(type=desk.type("control")), by=desk.user, at=AT
    )
    edit_intervention(intervention=planned, changes={"type": desk.type()}, base={}, by=desk.user, at=AT)
    start_intervention(intervention=planned, started_at=AT + HOUR, by=desk.user, at=AT + HOUR)
    assert planned.ticket.responded_at == AT + HOUR
    edit_intervention(
        intervention=planned, changes={"type": desk.type("control")}, base={}, by=desk.user, at=AT + HOUR
    )
    assert planned.counts_as_response
