"""The demo company: all of it there, lived through operations, nothing in the future (docs/adr/0003)."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.db.models import Count

from cadran.catalogue.models import Asset
from cadran.contracts.models import Contract, Schedule
from cadran.contracts.queries import contract_coverage
from cadran.core.models import JournalEntry
from cadran.parties.models import Agent, Customer, Team
from cadran.tickets.choices import Phase
from cadran.tickets.models import Intervention, Merger, Suspension, Ticket
from cadran.tickets.queries import explain_ticket

NOW = datetime(2026, 11, 12, 9, 28, tzinfo=UTC)


def play(monkeypatch: pytest.MonkeyPatch, tickets: int) -> int:
    """Load the company with fewer calls; the number of acts."""
    monkeypatch.setattr(import_module("cadran.demo.calls"), "TICKETS", tickets)
    acts: int = import_module("cadran.demo").load(at=NOW)
    return acts


@pytest.mark.django_db
def test_the_company_is_whole_and_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spec F1: customers, agents, contracts and assets as promised; tickets in every phase; due dates that hold."""
    acts = play(monkeypatch, 120)
    assert (Customer.objects.count(), Agent.objects.count(), Team.objects.count()) == (40, 25, 5)
    assert (Contract.objects.count(), Asset.objects.count()) == (30, 150)
    assert all(customer.sites.filter(is_main=True).count() == 1 for customer in Customer.objects.all())
    assert Schedule.objects.values("time_zone").distinct().count() == 2
    coverage = {contract_coverage(contract, NOW.date()).reason_code for contract in Contract.objects.all()}
    assert len(coverage) >= 4, "running ones, and several reasons why others don't cover"
    tickets = Ticket.objects.count()
    assert tickets >= 120, "a call is a ticket; some acts open others"
    assert {row.undone_at is None for row in Merger.objects.all()} == {True, False}
    phases = set(Ticket.objects.values_list("phase", flat=True))
    assert phases >= set(Phase.values) - {Phase.CLOSED_BY_CUSTOMER}
    assert set(Ticket.objects.values_list("coverage", flat=True)) == {
        "covered",
        "out_of_scope",
        "pay_per_incident",
    }
    assert Suspension.objects.exists() and Intervention.objects.filter(resolved_ticket=True).exists()
    assert not Ticket.objects.filter(received_at__lt=NOW - timedelta(days=93)).exists()
    assert not JournalEntry.objects.filter(recorded_at__gt=NOW).exists()
    assert acts >= 120 * 3
    for ticket in Ticket.objects.exclude(resolution_due_at=None).order_by("pk")[:40]:
        assert explain_ticket(ticket, "resolution", NOW).agrees, ticket
    told = JournalEntry.objects.filter(subject_kind="ticket", kind="ticket.opened").values("subject_id")
    assert told.annotate(n=Count("pk")).count() == tickets
