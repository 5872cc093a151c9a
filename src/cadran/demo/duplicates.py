"""A customer who called twice, and a call about two matters: mergers and a split to look at (Spec T29)."""

from __future__ import annotations

from datetime import datetime, timedelta

from cadran.parties.models import Agent
from cadran.tickets.choices import Channel, Phase
from cadran.tickets.context import InterventionDetails, TicketFields
from cadran.tickets.models import Ticket
from cadran.tickets.operations import (
    Part,
    add_intervention,
    add_note,
    merge_ticket,
    open_ticket,
    split_ticket,
    undo_merger,
)

from .world import World

_MINUTE = timedelta(minutes=1)


def call_twice(world: World, now: datetime) -> None:
    """Merge the second call of a customer, merge and undo another one, and split a scanner off a printer's ticket."""
    at_work = Ticket.objects.filter(
        phase=Phase.IN_PROGRESS, customer__language="fr", entered_at__lt=now - timedelta(hours=4)
    )
    first, second, third = at_work.select_related("customer", "asset").order_by("-received_at", "-id")[:3]
    again = _second_call(world, first, now - 95 * _MINUTE)
    merge_ticket(
        ticket=again,
        into=first,
        reason="Même panne, signalée une seconde fois par un collègue du demandeur.",
        by=world.managers[first.team_id].user,
        at=now - 80 * _MINUTE,
    )
    other = _second_call(world, second, now - 70 * _MINUTE)
    manager = world.managers[second.team_id]
    merge_ticket(
        ticket=other, into=second, reason="Sans doute la même panne.", by=manager.user, at=now - 65 * _MINUTE
    )
    add_note(
        ticket=second,
        body="<p>Le second appel concerne un autre poste.</p>",
        by=manager.user,
        at=now - 50 * _MINUTE,
    )
    undo_merger(ticket=other, by=manager.user, at=now - 45 * _MINUTE)
    _split(world, third, now - 40 * _MINUTE)


def _second_call(world: World, ticket: Ticket, at: datetime) -> Ticket:
    """The same fault, told by telephone to somebody who did not know; they note it and plan a call back."""
    adviser = world.advisers[0]
    copied = {
        name: getattr(ticket, name)
        for name in (
            "customer",
            "site",
            "requester",
            "contract",
            "service",
            "asset",
            "product",
            "nature",
            "severity",
        )
    }
    fields = TicketFields(title=ticket.title, received_at=at, channel=Channel.TELEPHONE, **copied)
    again = open_ticket(fields=fields, team=ticket.team, by=adviser.user, at=at + 3 * _MINUTE)
    add_note(
        ticket=again,
        body="<p>Le demandeur n’était pas au courant d’un premier appel.</p>",
        by=adviser.user,
        at=at + 5 * _MINUTE,
    )
    _plan_a_call_back(world, again, adviser, at + 6 * _MINUTE)
    return again


def _plan_a_call_back(world: World, ticket: Ticket, adviser: Agent, at: datetime) -> None:
    details = InterventionDetails(
        type=world.types["remote"],
        label="Rappeler le demandeur",
        team=ticket.team,
        assignee=adviser,
        planned_effort=15,
    )
    add_intervention(ticket=ticket, details=details, by=adviser.user, at=at)


def _split(world: World, ticket: Ticket, at: datetime) -> None:
    adviser, manager = world.advisers[0], world.managers[ticket.team_id]
    note = add_note(
        ticket=ticket,
        body="<p>Pendant l’appel : le numériseur du même bureau ne répond plus non plus.</p>",
        by=adviser.user,
        at=at,
    )
    part = Part(
        title="Le numériseur ne répond plus",
        nature=ticket.nature,
        severity=world.severities[1],
        received_at=ticket.received_at,
        notes=[note],
    )
    split_ticket(ticket=ticket, part=part, by=manager.user, at=at + 4 * _MINUTE)
