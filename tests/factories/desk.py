"""A small support desk to test tickets in: one customer under contract, one team, the supplied reference data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cadran.accounts.models import User
from cadran.accounts.operations import ensure_supplied_profiles
from cadran.accounts.rights import Right
from cadran.catalogue.models import Asset, Nature, Product, Severity
from cadran.contracts.models import Commitment, Contract, Schedule, Service
from cadran.contracts.operations import save_schedule, set_commitment_choices
from cadran.parties.models import Agent, Contact, Customer, Site, Team
from cadran.tickets.models import Intervention, InterventionType, Status, SuspensionReason, Ticket
from cadran.tickets.operations import (
    Finish,
    InterventionDetails,
    TicketFields,
    add_intervention,
    finish_intervention,
    open_ticket,
    supply_reference_data,
)

from .copies import built_once
from .trade import (
    MONDAY,
    OFFICE,
    a_commitment,
    a_contact,
    a_contract,
    a_customer,
    a_product,
    a_schedule,
    a_service,
    an_asset,
    person,
    schedule_details,
)

PARIS = ZoneInfo("Europe/Paris")
#: Every right an agent may have.
ALL = tuple(right for right in Right if right is not Right.PORTAL_MESSAGES)


def paris(text: str) -> datetime:
    """``2026-03-02 09:00`` on a clock in Paris, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


@dataclass
class Desk:
    """Everything a ticket is made of; ``open`` opens one."""

    customer: Customer
    site: Site
    requester: Contact
    product: Product
    asset: Asset
    schedule: Schedule
    commitment: Commitment
    contract: Contract
    service: Service
    agent: Agent
    user: User
    team: Team
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def nature(self) -> Nature:
        return Nature.objects.get(code="incident")

    def severity(self, code: str = "major") -> Severity:
        found: Severity = Severity.objects.get(code=code)
        return found

    def type(self, code: str = "remote-work") -> InterventionType:
        found: InterventionType = InterventionType.objects.get(code=code)
        return found

    def status(self, code: str) -> Status:
        found: Status = Status.objects.get(code=code)
        return found

    def reason(self, code: str = "waiting-for-customer") -> SuspensionReason:
        found: SuspensionReason = SuspensionReason.objects.get(code=code)
        return found

    def fields(self, received_at: datetime, **typed: Any) -> TicketFields:
        """A covered incident of severity major."""
        made = TicketFields(
            customer=self.customer,
            title="Printer is mute",
            nature=self.nature,
            severity=self.severity(),
            received_at=received_at,
            site=self.site,
            requester=self.requester,
            contract=self.contract,
            service=self.service,
            asset=self.asset,
        )
        return replace(made, **typed)

    def open(
        self, received_at: datetime = MONDAY, at: datetime | None = None, by: User | None = None, **typed: Any
    ) -> Ticket:
        """A ticket received and, unless ``at`` says otherwise, entered at that instant."""
        fields = self.fields(received_at, **typed)
        return open_ticket(fields=fields, team=self.team, by=by or self.user, at=at or received_at)

    def work(self, ticket: Ticket, at: datetime, kind: str = "remote-work") -> Intervention:
        """An intervention started at that instant."""
        details = InterventionDetails(type=self.type(kind))
        return add_intervention(ticket=ticket, details=details, by=self.user, at=at, start=True)

    def finish(
        self, intervention: Intervention, ended_at: datetime, *, at: datetime | None = None, **ticked: Any
    ) -> Intervention:
        """Finish an intervention; ``intervened`` as its type says unless ticked otherwise."""
        ticked.setdefault("intervened", intervention.counts_as_response)
        ticked.setdefault("started_at", intervention.started_at or ended_at)
        finish = Finish(ended_at=ended_at, **ticked)
        return finish_intervention(intervention=intervention, finish=finish, by=self.user, at=at or ended_at)

    def resolve(self, ticket: Ticket, ended_at: datetime, **ticked: Any) -> Ticket:
        """Resolve a ticket by an intervention of five minutes, or less where the ticket is younger."""
        began = max(ended_at - timedelta(minutes=5), ticket.received_at)
        work = add_intervention(
            ticket=ticket, details=InterventionDetails(type=self.type()), by=self.user, at=ended_at
        )
        self.finish(work, ended_at, started_at=began, resolved=True, **ticked)
        return work.ticket

    def reschedule(self, weekly: Mapping[int, list[list[int]]], at: datetime, **typed: Any) -> Schedule:
        """Change the openings of the desk's schedule."""
        details = schedule_details(self.schedule.code, weekly=weekly, **typed)
        self.schedule = save_schedule(schedule=self.schedule, details=details, by=None, at=at)
        return self.schedule


def agent_of(user: User, first_name: str = "Karim", last_name: str = "Benali") -> Agent:
    """The agent behind a user."""
    return Agent.objects.create(user=user, first_name=first_name, last_name=last_name)


def mention(agent: Agent) -> str:
    """An agent's name in a note, marked as the editor marks it."""
    return f'<span data-mention="{agent.pk}">@{agent}</span>'


def colleague(desk: Desk, *rights: Right, email: str = "nadia@example.com", member: bool = True) -> User:
    """Another agent with exactly ``rights``, a member of the desk's team unless told otherwise."""
    user = person(*rights, email=email)
    agent = agent_of(user, "Nadia", email.split("@")[0].capitalize())
    if member:
        desk.team.members.add(agent)
    return user


def a_desk(*, weekly: Mapping[int, list[list[int]]] | None = None, **promise: Any) -> Desk:
    """A customer whose contract promises a response in 4 h and a resolution in 8 h, Monday to Friday 9 to 18."""
    return _build(weekly, **promise) if weekly or promise else built_once(_build)


def _build(weekly: Mapping[int, list[list[int]]] | None = None, **promise: Any) -> Desk:
    ensure_supplied_profiles(by=None, at=MONDAY)
    supply_reference_data(by=None, at=MONDAY)
    customer = a_customer()
    product = a_product()
    asset = an_asset(customer, product, name="ERP, head office")
    schedule = a_schedule(weekly=weekly or OFFICE)
    commitment = a_commitment(schedule=schedule, **promise)
    contract = a_contract(customer)
    service = a_service(contract, assets=[asset])
    set_commitment_choices(holder=service, choices=[(None, commitment)], by=None, at=MONDAY)
    user = person(*ALL, email="karim@example.com")
    agent = agent_of(user)
    team = Team.objects.create(code="support", name_fr="Support", name_en="Support", manager=agent)
    team.members.add(agent)
    return Desk(
        customer=customer,
        site=customer.sites.get(),
        requester=a_contact(customer),
        product=product,
        asset=asset,
        schedule=schedule,
        commitment=commitment,
        contract=contract,
        service=service,
        agent=agent,
        user=user,
        team=team,
    )
