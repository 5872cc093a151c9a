"""What *my day* shows of one agent (Spec D1), in a number of queries that does not depend on its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db.models import Case, F, OrderBy, Q, QuerySet, Value, When
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.functional import cached_property

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.text import plain
from cadran.desk.components.clocks import ClockFace, nearest
from cadran.desk.tickets.faces import face_of
from cadran.parties.models import Agent, Team
from cadran.tickets.choices import ClockState, Phase
from cadran.tickets.models import Intervention, Note, Ticket
from cadran.tickets.queries import clock_view, teams_led_by, tickets_of_agent, to_distribute
from cadran.tickets.queries.mentions import open_mentions

#: Rows of each part; the rest stands in the ticket list.
ROWS = 8
MENTIONS = 6
#: How far back mentions are shown.
MENTION_DAYS = 14


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket with the clock that turns first."""

    ticket: Ticket
    face: ClockFace


@dataclass(frozen=True, slots=True)
class Slot:
    """An intervention in the agenda: *done*, *running*, *late* (planned earlier, not started) or *planned*."""

    intervention: Intervention
    state: str
    starts_at: datetime | None
    seconds: int | None
    opens_now: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """A note that names the agent; ``words`` are its first ones."""

    note: Note
    words: str


@dataclass
class Day:
    """The day of ``user`` at ``now``; parts are worked out when the page asks for them."""

    user: User
    now: datetime

    @property
    def agent(self) -> Agent | None:
        """The person on the provider's side; somebody without one has no work of their own."""
        return getattr(self.user, "agent", None)

    @cached_property
    def teams(self) -> list[Team]:
        """The agent's teams."""
        return list(self.agent.teams.all()) if self.agent else []

    @property
    def _bounds(self) -> tuple[datetime, datetime]:
        day = timezone.localtime(self.now).date()
        first, last = (
            timezone.make_aware(datetime.combine(d, time.min)) for d in (day, day + timedelta(days=1))
        )
        return first, last

    @cached_property
    def mine_count(self) -> int:
        """How many open tickets are assigned to the agent."""
        return int(self._mine.count())

    @property
    def _mine(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Ticket.objects.visible_to(self.user)
        return rows.filter(pk__in=tickets_of_agent(self.agent).values("pk")) if self.agent else rows.none()

    @cached_property
    def turning(self) -> list[Line]:
        """My open tickets: those with a running clock by what is due first, then those that stand still."""
        return self._lines(self._mine)

    @cached_property
    def undistributed(self) -> list[Line]:
        """What waits to be assigned in the teams that the agent leads today, stand-ins included (Spec T11)."""
        if not self.agent or not self.user.has_right(Right.SEE_TICKETS):
            return []
        waiting = to_distribute(self.agent, timezone.localtime(self.now).date())
        return self._lines(Ticket.objects.visible_to(self.user).filter(pk__in=waiting.values("pk")))

    @cached_property
    def _led(self) -> list[Team]:
        if not self.agent:
            return []
        teams = teams_led_by(self.agent, timezone.localtime(self.now).date())
        return list(teams.select_related("manager", "stand_in"))

    @property
    def leads(self) -> bool:
        """Whether the agent distributes the work of a team today."""
        return bool(self._led)

    @property
    def managed(self) -> list[Team]:
        """The teams whose manager the agent is, for whose absences they name a stand-in (Spec T11)."""
        return [team for team in self._led if team.manager_id == self.agent.pk] if self.agent else []

    @property
    def stands_in_for(self) -> str:
        """Whose teams the agent looks after today, in their absence; empty for nobody."""
        return ", ".join(
            sorted({str(team.manager) for team in self._led if team.manager not in (None, self.agent)})
        )

    def _lines(self, tickets: QuerySet[Any]) -> list[Line]:
        first_due = Least(*(_running_due(kind) for kind in ("response", "resolution")))
        rank = Case(
            When(_is_running(), then=Value(0)), When(_stands_still(), then=Value(1)), default=Value(2)
        )
        rows = tickets.annotate(first_due=first_due, rank=rank)
        shown = list(
            rows.order_by("rank", OrderBy(F("first_due"), nulls_last=True), "-id").for_lists()[:ROWS]
        )
        return [Line(ticket, _nearest(ticket, self.now)) for ticket in shown]

    @cached_property
    def agenda(self) -> list[Slot]:
        """Today's interventions of mine: done, running, planned for today or late, in the order of the day."""
        if not self.agent:
            return []
        first, last = self._bounds
        rows = Intervention.objects.visible_to(self.user).filter(assignee=self.agent)
        today = Q(ended_at__gte=first, ended_at__lt=last)
        open_now = Q(ended_at=None, started_at__isnull=False) | (_is_to_do() & Q(planned_start_at__lt=last))
        found = list(
            rows.filter(today | open_now).select_related("ticket", "ticket__customer", "type")[: 5 * ROWS]
        )
        slots = sorted((self._slot(one) for one in found), key=lambda slot: slot.starts_at or self.now)
        return _with_line_for_now(slots, self.now)

    @cached_property
    def next(self) -> list[Slot]:
        """What comes after today, or has no date."""
        if not self.agent:
            return []
        rows = Intervention.objects.visible_to(self.user).filter(_is_to_do(), assignee=self.agent)
        later = rows.filter(Q(planned_start_at=None) | Q(planned_start_at__gte=self._bounds[1]))
        found = later.select_related("ticket", "ticket__customer", "type").order_by(
            OrderBy(F("planned_start_at"), nulls_last=True), "id"
        )
        return [self._slot(one) for one in found[:ROWS]]

    def _slot(self, one: Intervention) -> Slot:
        starts = one.started_at or one.planned_start_at
        if one.ended_at and one.started_at:
            return Slot(one, "done", starts, _seconds(one.started_at, one.ended_at))
        if one.started_at:
            return Slot(one, "running", starts, _seconds(one.started_at, self.now))
        planned = one.planned_effort * 60 if one.planned_effort else None
        if planned is None and one.planned_start_at and one.planned_end_at:
            planned = _seconds(one.planned_start_at, one.planned_end_at)
        is_late = one.planned_start_at is not None and one.planned_start_at < self.now
        return Slot(one, "late" if is_late else "planned", starts, planned)

    @cached_property
    def mentions(self) -> list[Mention]:
        """Notes of others that name the agent and wait for them, newest first."""
        if not self.agent:
            return []
        since = self.now - timedelta(days=MENTION_DAYS)
        found = open_mentions(self.agent, self.user, since=since)[:MENTIONS]
        return [Mention(note, _shortened(plain(note.body))) for note in found]


def _is_to_do() -> Q:
    """Planned, on a ticket that is not done with."""
    return Q(started_at=None) & ~Q(ticket__phase=Phase.CLOSED_INTERNALLY)


def _seconds(start: datetime, end: datetime) -> int:
    return max(0, int((end - start).total_seconds()))


def _shortened(words: str) -> str:
    return words if len(words) <= 120 else f"{words[:117].rsplit(' ', 1)[0]}…"


def _is_running() -> Q:
    return Q(response_clock=ClockState.RUNNING) | Q(resolution_clock=ClockState.RUNNING)


def _stands_still() -> Q:
    return Q(response_clock=ClockState.SUSPENDED) | Q(resolution_clock=ClockState.SUSPENDED)


_FAR = datetime(9999, 1, 1, tzinfo=UTC)


def _running_due(kind: str) -> Case:
    # A far date stands for « none »: SQLite's LEAST of something and NULL is NULL, PostgreSQL's is not.
    runs = Q(**{f"{kind}_clock": ClockState.RUNNING, f"{kind}_due_at__isnull": False})
    return Case(When(runs, then=F(f"{kind}_due_at")), default=Value(_FAR))


def _nearest(ticket: Ticket, now: datetime) -> ClockFace:
    clocks = clock_view(ticket, now, with_openings=True)
    return nearest(face_of(clocks.response), face_of(clocks.resolution))


def _with_line_for_now(slots: list[Slot], now: datetime) -> list[Slot]:
    """Mark the first slot that lies ahead, above which the line for now is drawn."""
    for index, slot in enumerate(slots):
        if slot.starts_at is not None and slot.starts_at > now:
            ahead = Slot(slot.intervention, slot.state, slot.starts_at, slot.seconds, opens_now=True)
            return [*slots[:index], ahead, *slots[index + 1 :]]
    return slots
