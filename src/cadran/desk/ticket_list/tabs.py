"""The views that every list starts from, as tabs: which tickets each holds, and how many (Spec S1, S3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from cadran.accounts.models import User
from cadran.parties.models import Agent
from cadran.tickets.choices import OPEN_PHASES, Coverage, Phase
from cadran.tickets.queries import to_distribute

from .order import CLOCKS, running

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

#: A tab counts no further than this and says « more than ».
COUNTED = 99


@dataclass(frozen=True, slots=True)
class Tab:
    """A view: its name in the address, its label, and whether the list is sorted and grouped by clocks at first."""

    name: str
    label: StrPromise
    narrow: Callable[[QuerySet[Any], User, datetime], QuerySet[Any]]
    by_clock: bool = True


def _agent(user: User) -> Agent | None:
    return getattr(user, "agent", None)


def _open(tickets: QuerySet[Any]) -> QuerySet[Any]:
    return tickets.filter(phase__in=OPEN_PHASES)


def _of_my_team(tickets: QuerySet[Any], user: User, now: datetime) -> QuerySet[Any]:
    agent = _agent(user)
    return _open(tickets).filter(team__in=agent.teams.values("pk")) if agent else tickets.none()


def _mine(tickets: QuerySet[Any], user: User, now: datetime) -> QuerySet[Any]:
    agent = _agent(user)
    return _open(tickets).filter(assignee=agent) if agent else tickets.none()


def _to_distribute(tickets: QuerySet[Any], user: User, now: datetime) -> QuerySet[Any]:
    agent = _agent(user)
    if agent is None:
        return tickets.none()
    waiting = to_distribute(agent, timezone.localtime(now).date())
    return tickets.filter(pk__in=waiting.values("pk"))


def _due_today(tickets: QuerySet[Any], user: User, now: datetime) -> QuerySet[Any]:
    day = timezone.localtime(now).date() + timedelta(days=1)
    midnight = timezone.make_aware(datetime.combine(day, time.min))
    due = Q()
    for kind in CLOCKS:
        due |= running(kind) & Q(**{f"{kind}_due_at__lt": midnight})
    return _open(tickets).filter(due)


def _waiting(tickets: QuerySet[Any], user: User, now: datetime) -> QuerySet[Any]:
    return tickets.filter(phase=Phase.SUSPENDED)


def _out_of_scope(tickets: QuerySet[Any], user: User, now: datetime) -> QuerySet[Any]:
    return _open(tickets).filter(coverage=Coverage.OUT_OF_SCOPE)


def _all(tickets: QuerySet[Any], user: User, now: datetime) -> QuerySet[Any]:
    return tickets


TABS: dict[str, Tab] = {
    tab.name: tab
    for tab in (
        Tab("team", pgettext_lazy("ticket view", "Open of my teams"), _of_my_team),
        Tab("mine", pgettext_lazy("ticket view", "Mine"), _mine),
        Tab("distribute", pgettext_lazy("ticket view", "To distribute"), _to_distribute),
        Tab("today", pgettext_lazy("ticket view", "Late or due today"), _due_today),
        Tab("waiting", pgettext_lazy("ticket view", "Suspended"), _waiting),
        Tab("scope", pgettext_lazy("ticket view", "Out of scope"), _out_of_scope),
        Tab("all", pgettext_lazy("ticket view", "All"), _all, by_clock=False),
    )
}


def count_up_to(tickets: QuerySet[Any], most: int) -> int:
    """How many there are, counted no further than ``most`` + 1."""
    return tickets.order_by()[: most + 1].count()


def count_text(count: int) -> str:
    """A tab's count: the number, or ``99+``."""
    return f"{COUNTED}+" if count > COUNTED else str(count)
