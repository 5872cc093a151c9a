"""Three months of calls, played through the operations that the desk calls (docs/adr/0003)."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from django.core.files.base import ContentFile

from cadran.catalogue.models import Asset
from cadran.parties.models import Agent, Contact
from cadran.tickets.choices import Channel, Closing, Phase
from cadran.tickets.context import Finish, InterventionDetails, OpeningDetails, TicketFields
from cadran.tickets.models import Intervention, Ticket
from cadran.tickets.operations import (
    add_attachment,
    add_intervention,
    add_note,
    assign_ticket,
    cancel_ticket,
    close_ticket,
    finish_intervention,
    open_ticket,
    reopen_ticket,
    resume_ticket,
    start_intervention,
    suspend_ticket,
)

from .own_fields import ticks_of, values_for
from .scenarios import ENGLISH, FRENCH, Scenario
from .working_hours import later, random_working_instant
from .world import World

TICKETS = 600
DAYS = 92
#: Calls of the last days take their time, so that the desk has something of everything to show.
RECENT = timedelta(days=12)
_CHANNELS = [Channel.TELEPHONE] * 6 + [Channel.MAIL] * 3 + [Channel.ON_SITE]


def _paragraph(text: str) -> str:
    return f"<p>{text}</p>" if text else ""


@dataclass
class Call:
    """One call before it is made: when, by whom, about what."""

    received_at: datetime
    scenario: Scenario
    asset: Asset
    requester: Contact
    level: int
    is_recent: bool
    chance: Random


def _calls(world: World, now: datetime, chance: Random) -> list[Call]:
    """The calls of the last :data:`DAYS` days, oldest first; the last ones came in today."""
    assets_by_key: dict[tuple[str, str], list[Asset]] = {}
    for asset in world.assets:
        assets_by_key.setdefault((asset.customer.language, asset.product.type.code), []).append(asset)
    calls = []
    for index in range(TICKETS):
        if index < TICKETS - 24:
            received = random_working_instant(chance, now - timedelta(days=DAYS), now - timedelta(hours=6))
        else:
            received = random_working_instant(chance, now - timedelta(days=2), now - timedelta(minutes=20))
        language = "en" if chance.random() < 0.1 else "fr"
        scenario, asset = _subject(world, assets_by_key, language, received, chance)
        requester = chance.choice(world.contacts[asset.customer_id])
        level = chance.choices((3, 2, 1), weights=scenario.severities)[0]
        recent = now - received < RECENT
        calls.append(Call(received, scenario, asset, requester, level, recent, Random(chance.random())))
    return sorted(calls, key=lambda call: call.received_at)


def _subject(
    world: World,
    assets_by_key: dict[tuple[str, str], list[Asset]],
    language: str,
    received_at: datetime,
    chance: Random,
) -> tuple[Scenario, Asset]:
    """What a call is about: nearly always something under contract, as customers know what they pay for."""
    for _attempt in range(4):
        scenario = chance.choice(ENGLISH if language == "en" else FRENCH)
        while not (fitting := assets_by_key.get((language, scenario.product_type))):
            scenario = chance.choice(ENGLISH if language == "en" else FRENCH)
        asset = chance.choice(fitting)
        if world.contract_of(asset, received_at.date())[1] is not None or chance.random() < 0.12:
            break
    return scenario, asset


def play(world: World, now: datetime, chance: Random, progress: Callable[[float], None]) -> int:
    """Play every call up to ``now``, act by act in the order of time. Returns the number of acts.

    ``progress`` gets how far it has come, from 0 to 1.
    """
    order = count()
    agenda: list[tuple[datetime, int, Iterator[datetime]]] = []
    for call in _calls(world, now, chance):
        life = _life(world, call)
        heapq.heappush(agenda, (next(life), next(order), life))
    acts, first = 0, agenda[0][0]
    while agenda:
        instant, _place, life = heapq.heappop(agenda)
        if instant > now:
            continue
        acts += 1
        progress((instant - first) / (now - first))
        following = next(life, None)
        if following is not None:
            heapq.heappush(agenda, (max(following, instant + timedelta(seconds=1)), next(order), life))
    return acts


def _life(world: World, call: Call) -> Iterator[datetime]:
    """One ticket's life: yields the instant of its next act, then performs it when resumed."""
    chance = call.chance
    entered_at = call.received_at + timedelta(minutes=chance.randint(2, 9), seconds=chance.randint(0, 59))
    if chance.random() < 0.2:
        entered_at = later(call.received_at, chance.randint(20, 150))
    yield entered_at
    ticket = _open(world, call, entered_at)
    adviser = ticket.pilot or world.advisers[0]
    if chance.random() < 0.1:
        ended_at = entered_at + timedelta(minutes=chance.randint(4, 14))
        yield ended_at
        _solve_on_the_telephone(ticket, call, adviser, ended_at)
        yield from _closing(world, ticket, call, ended_at)
        return
    if chance.random() < 0.03:
        cancelled_at = later(entered_at, chance.randint(30, 300))
        yield cancelled_at
        reason = (
            "Doublon d’un appel précédent." if call.scenario.language == "fr" else "Same as an earlier call."
        )
        cancel_ticket(
            ticket=ticket,
            closed_at=cancelled_at,
            status=None,
            state=None,
            reason=reason,
            by=adviser.user,
            at=cancelled_at,
        )
        return
    started_at = later(entered_at, _response_delay(call))
    assignee = chance.choice(world.members[ticket.team_id])
    if chance.random() < 0.4:
        assigned_at = later(entered_at, chance.randint(3, 12))
        started_at = max(started_at, later(assigned_at, 2))
        yield assigned_at
        manager = world.managers[ticket.team_id]
        assign_ticket(ticket=ticket, team=ticket.team, assignee=assignee, by=manager.user, at=assigned_at)
    yield started_at
    intervention = add_intervention(
        ticket=ticket,
        details=InterventionDetails(type=world.types["remote"], team=ticket.team, assignee=assignee),
        by=assignee.user,
        at=started_at,
        start=True,
    )
    yield from _work(world, ticket, intervention, call, assignee, started_at)


def _response_delay(call: Call) -> int:
    """Working minutes until somebody takes it in hand: mostly quick, sometimes too late."""
    usual = {3: 25, 2: 60, 1: 130}
    minutes = int(call.chance.expovariate(1 / usual[call.level]))
    if call.is_recent and call.chance.random() < 0.3:
        minutes = call.chance.randint(300, 3000)
    return max(3, min(minutes, 3000))


def _open(world: World, call: Call, at: datetime) -> Ticket:
    chance, scenario, asset = call.chance, call.scenario, call.asset
    adviser = chance.choice(world.advisers)
    contract, service = world.contract_of(asset, call.received_at.date())
    severity = world.severities[call.level]
    description = _paragraph(scenario.description)
    fields = TicketFields(
        customer=asset.customer,
        site=asset.site,
        requester=call.requester,
        pilot=adviser,
        contract=contract,
        service=service,
        asset=asset,
        product=asset.product,
        version=asset.version,
        environment=asset.environment,
        title=scenario.title,
        nature=world.natures[scenario.nature],
        severity=severity,
        priority=world.priorities[severity.level],
        received_at=call.received_at,
        external_description=description,
        channel=chance.choice(_CHANNELS),
        customer_reference=f"IT-{at:%Y}-{chance.randint(100, 999)}" if chance.random() < 0.2 else "",
        is_shared=chance.random() < 0.95,
    )
    team = (service.default_team if service else None) or world.team_of(asset.customer)
    ticket = open_ticket(
        fields=fields,
        team=team,
        by=adviser.user,
        at=at,
        form_opened_at=max(call.received_at, at - timedelta(minutes=chance.randint(2, 6))),
        details=OpeningDetails(custom_values=values_for(world.own, asset, fields.nature)),
    )
    if chance.random() < 0.06:
        _attach_log(ticket, scenario, adviser, at)
    return ticket


def _attach_log(ticket: Ticket, scenario: Scenario, adviser: Agent, at: datetime) -> None:
    lines = [f"{at - timedelta(minutes=5 - n):%Y-%m-%d %H:%M:%S} ERROR {scenario.title}" for n in range(5)]
    add_attachment(
        ticket=ticket,
        name="journal.txt" if scenario.language == "fr" else "log.txt",
        content=ContentFile("\n".join(lines).encode()),
        is_external=True,
        by=adviser.user,
        at=at,
    )


def _intake(ticket: Ticket) -> Intervention:
    return ticket.interventions.get(type__is_intake=True)


def _solve_on_the_telephone(ticket: Ticket, call: Call, adviser: Agent, at: datetime) -> None:
    intake = _intake(ticket)
    finish_intervention(
        intervention=intake,
        finish=Finish(
            started_at=intake.started_at or at,
            ended_at=at,
            intervened=True,
            resolved=True,
            external_report=_paragraph(call.scenario.solution),
        ),
        by=adviser.user,
        at=at,
    )


def _work(
    world: World,
    ticket: Ticket,
    intervention: Intervention,
    call: Call,
    assignee: Agent,
    started_at: datetime,
) -> Iterator[datetime]:
    """From the first intervention to the closing."""
    chance, scenario = call.chance, call.scenario
    instant = started_at
    if scenario.note and chance.random() < 0.55:
        instant = later(instant, chance.randint(4, 25))
        yield instant
        add_note(
            ticket=ticket,
            body=_paragraph(scenario.note + _told(world, ticket, chance)),
            by=assignee.user,
            at=instant,
        )
    if chance.random() < (0.5 if call.is_recent else 0.28):
        instant = later(instant, chance.randint(5, 60))
        yield instant
        yield from (pause := _Pause(world, ticket, call, assignee, instant)).play()
        instant = pause.resumed_at
    if chance.random() < (0.5 if call.is_recent else 0.2):
        ended_at = later(instant, chance.randint(10, 50))
        yield ended_at
        follow_up = chance.choice((world.types["on_site"], world.types["check"], world.types["development"]))
        _hand_over(world, ticket, intervention, call, assignee, ended_at, follow_up)
        instant = later(ended_at, chance.randint(30, 2400 if call.is_recent else 700))
        yield instant
        planned = ticket.interventions.filter(started_at=None).latest("number")
        worker = planned.assignee or assignee
        start_intervention(intervention=planned, started_at=instant, by=worker.user, at=instant)
        intervention, assignee = planned, worker
    ended_at = later(instant, chance.randint(12, 900 if call.is_recent else 140))
    yield ended_at
    _resolve(intervention, call, assignee, ended_at)
    yield from _closing(world, ticket, call, ended_at)


def _told(world: World, ticket: Ticket, chance: Random) -> str:
    """Now and then a note turns to the team's manager, who follows the ticket from then on (Spec T17, T30)."""
    manager = world.managers[ticket.team_id]
    return f' <span data-mention="{manager.pk}">@{manager}</span>' if chance.random() < 0.3 else ""


def _hand_over(
    world: World,
    ticket: Ticket,
    intervention: Intervention,
    call: Call,
    assignee: Agent,
    at: datetime,
    follow_up: Any,
) -> None:
    team = world.field_team if follow_up == world.types["on_site"] else ticket.team
    worker = call.chance.choice(world.members[team.pk])
    planned = later(at, call.chance.randint(60, 600))
    intervention.refresh_from_db()
    finish_intervention(
        intervention=intervention,
        finish=Finish(
            started_at=intervention.started_at or at,
            ended_at=at,
            intervened=True,
            external_report=_paragraph(call.scenario.diagnosis),
            next=InterventionDetails(
                type=follow_up,
                team=team,
                assignee=worker,
                planned_start_at=planned,
                planned_end_at=planned + timedelta(hours=1),
                planned_effort=60,
            ),
        ),
        by=assignee.user,
        at=at,
    )


def _resolve(intervention: Intervention, call: Call, assignee: Agent, at: datetime) -> None:
    intervention.refresh_from_db()
    finish_intervention(
        intervention=intervention,
        finish=Finish(
            started_at=intervention.started_at or at,
            ended_at=at,
            intervened=True,
            resolved=True,
            external_report=_paragraph(call.scenario.solution),
            internal_report=_paragraph(call.scenario.diagnosis),
            checked=ticks_of(intervention),
        ),
        by=assignee.user,
        at=at,
    )


class _Pause:
    """A suspension of a ticket and its end, some working hours or days later."""

    def __init__(self, world: World, ticket: Ticket, call: Call, assignee: Agent, at: datetime) -> None:
        self.world, self.ticket, self.call, self.assignee, self.at = world, ticket, call, assignee, at
        self.resumed_at = later(at, call.chance.randint(60, 4000 if call.is_recent else 1800))

    def play(self) -> Iterator[datetime]:
        reason = self.call.chance.choice(self.world.reasons)
        french = self.call.scenario.language == "fr"
        self.ticket.refresh_from_db()
        suspend_ticket(
            ticket=self.ticket,
            began_at=self.at,
            reason=reason,
            status=None,
            details="Nous attendons de votre part un accès et une personne sur place."
            if french
            else "We are waiting for access and somebody on site.",
            by=self.assignee.user,
            at=self.at,
        )
        yield self.resumed_at
        self.ticket.refresh_from_db()
        resume_ticket(
            ticket=self.ticket,
            ended_at=self.resumed_at,
            status=None,
            by=self.assignee.user,
            at=self.resumed_at,
        )


def _closing(world: World, ticket: Ticket, call: Call, resolved_at: datetime) -> Iterator[datetime]:
    """Reopened now and then; closed by the customer, then internally; some stay resolved for a while."""
    chance = call.chance
    manager = world.managers[world.team_of(call.asset.customer).pk]
    if chance.random() < 0.04:
        reopened_at = later(resolved_at, chance.randint(60, 900))
        yield reopened_at
        ticket.refresh_from_db()
        french = call.scenario.language == "fr"
        reopen_ticket(
            ticket=ticket,
            reason="Le client signale que cela recommence."
            if french
            else "The customer says it happens again.",
            status=None,
            state=None,
            copy=None,
            by=manager.user,
            at=reopened_at,
        )
        again = later(reopened_at, chance.randint(10, 200))
        yield again
        worker = chance.choice(world.members[ticket.team_id])
        ticket.refresh_from_db()
        intervention = add_intervention(
            ticket=ticket,
            details=InterventionDetails(type=world.types["remote"], team=ticket.team, assignee=worker),
            by=worker.user,
            at=again,
            start=True,
        )
        resolved_at = later(again, chance.randint(15, 120))
        yield resolved_at
        _resolve(intervention, call, worker, resolved_at)
    closed_at = later(resolved_at, chance.randint(500, 4200))
    yield closed_at
    ticket.refresh_from_db()
    directly = chance.random() < 0.65
    _close(ticket, Closing.INTERNALLY if directly else Closing.BY_CUSTOMER, manager, closed_at)
    if not directly:
        closed_at = later(closed_at, chance.randint(100, 3000))
        yield closed_at
        ticket.refresh_from_db()
        if ticket.phase == Phase.CLOSED_BY_CUSTOMER:
            _close(ticket, Closing.INTERNALLY, manager, closed_at)


def _close(ticket: Ticket, closing: Closing, manager: Agent, at: datetime) -> None:
    close_ticket(
        ticket=ticket, closing=closing, closed_at=at, status=None, state=None, by=manager.user, at=at
    )
