"""Two at once: exactly one wins, the other gets a sentence, nothing is half-saved (house: operations)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cadran.core.errors import Stale
from cadran.core.models import JournalEntry
from cadran.tickets.choices import Phase
from cadran.tickets.models import Intervention, Suspension, Ticket
from cadran.tickets.operations import edit_ticket, start_intervention, suspend_ticket, take_ticket
from cadran.tickets.transitions import TransitionRefused
from tests.factories.desk import Desk, a_desk, colleague, paris
from tests.factories.parallel import at_once, refusals

AT = paris("2026-03-02 10:00")
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    return a_desk()


def test_fifty_openings_get_fifty_numbers(desk: Desk) -> None:
    """Unique and sequential, none left out (Spec T5)."""
    fields = desk.fields(AT)
    from cadran.tickets.operations import open_ticket

    def opening() -> Ticket:
        return open_ticket(fields=fields, team=desk.team, by=desk.user, at=AT)

    tickets = [ticket for _round in range(5) for ticket in at_once(*[opening] * 10)]
    assert sorted(int(ticket.number.removeprefix("DEM-")) for ticket in tickets) == list(range(1, 51))
    assert Intervention.objects.count() == 50


def test_suspended_by_two(desk: Desk) -> None:
    """One suspension; the other is told (Spec T23)."""
    ticket = desk.open(AT)

    def suspend() -> Any:
        seen = Ticket.objects.get(pk=ticket.pk)
        return suspend_ticket(
            ticket=seen, began_at=AT, reason=desk.reason(), status=None, by=desk.user, at=AT + HOUR
        )

    refused = refusals(at_once(*[suspend] * 4))
    assert len(refused) == 3
    assert all(isinstance(one, Stale | TransitionRefused) and one.message for one in refused)
    assert Suspension.objects.count() == 1
    assert JournalEntry.objects.filter(kind="ticket.suspended").count() == 1


def test_taken_by_two(desk: Desk) -> None:
    """The first has it (Spec T11)."""
    from cadran.accounts.rights import Right

    ticket = desk.open(AT)
    other = colleague(desk, Right.INTERVENE)

    def take(by: Any) -> Any:
        # As the page does: the ticket is loaded for the act, so the second may see the first's name on it.
        return take_ticket(ticket=Ticket.objects.get(pk=ticket.pk), by=by, at=AT)

    results = at_once(lambda: take(desk.user), lambda: take(other))
    (taken,) = [result for result in results if isinstance(result, Ticket)]
    assert Ticket.objects.get().assignee == taken.assignee
    (refused,) = refusals(results)
    assert isinstance(refused, Stale)
    assert JournalEntry.objects.filter(kind="ticket.taken").count() == 1


def test_resolved_by_two_interventions(desk: Desk) -> None:
    """Two interventions can't both resolve; the ticket is resolved once (Spec T2, T19)."""
    ticket = desk.open(AT)
    work = [desk.work(ticket, AT + HOUR) for _one in range(2)]
    seen = [Intervention.objects.select_related("ticket").get(pk=one.pk) for one in work]
    results = at_once(*(lambda one=one: desk.finish(one, AT + 2 * HOUR, resolved=True) for one in seen))
    assert len(refusals(results)) == 1
    ticket.refresh_from_db()
    assert ticket.phase == Phase.RESOLVED
    assert Intervention.objects.filter(resolved_ticket=True).count() == 1
    assert JournalEntry.objects.filter(kind="ticket.resolved").count() == 1


def test_started_by_two(desk: Desk) -> None:
    """An intervention is started once (Spec T18)."""
    from cadran.tickets.operations import InterventionDetails, add_intervention

    ticket = desk.open(AT)
    planned = add_intervention(
        ticket=ticket, details=InterventionDetails(type=desk.type()), by=desk.user, at=AT
    )
    seen = [Intervention.objects.select_related("ticket").get(pk=planned.pk) for _one in range(2)]
    results = at_once(
        *(
            lambda one=one: start_intervention(intervention=one, started_at=None, by=desk.user, at=AT + HOUR)
            for one in seen
        )
    )
    assert len(refusals(results)) == 1
    assert JournalEntry.objects.filter(kind="ticket.intervention_started").count() == 1


def test_edited_by_two(desk: Desk) -> None:
    """The same field conflicts; different fields both stand (Spec T17)."""
    ticket = desk.open(AT)

    def edit(**changes: Any) -> Any:
        base = {"title": "Printer is mute", "customer_reference": "", "environment": ""}
        seen = Ticket.objects.get(pk=ticket.pk)
        return edit_ticket(ticket=seen, changes=changes, base=base, by=desk.user, at=AT)

    results = at_once(
        lambda: edit(title="One"),
        lambda: edit(title="Two"),
        lambda: edit(customer_reference="PO 7"),
        lambda: edit(environment="test"),
    )
    assert [refused.code for refused in refusals(results)] == ["edit_conflict"]
    ticket.refresh_from_db()
    assert ticket.title in ("One", "Two")
    assert (ticket.customer_reference, ticket.environment) == ("PO 7", "test")


def test_tagged_by_four(desk: Desk) -> None:
    """What several people add at the same time all stands, and one new word makes one tag (Spec T17, T30)."""
    from cadran.tickets.models import Tag
    from cadran.tickets.operations import tag_ticket

    ticket = desk.open(AT)

    def add(*words: str) -> Any:
        seen = Ticket.objects.get(pk=ticket.pk)
        return tag_ticket(ticket=seen, words=words, by=desk.user, at=AT)

    other = desk.open(AT)
    results = at_once(
        lambda: add("quai", "réseau"),
        lambda: add("Quai"),
        lambda: add("VPN"),
        lambda: tag_ticket(ticket=Ticket.objects.get(pk=other.pk), words=["RESEAU"], by=desk.user, at=AT),
    )
    assert not refusals(results)
    assert Tag.objects.count() == 3
    assert ticket.tags.count() == 3
    assert other.tags.count() == 1
