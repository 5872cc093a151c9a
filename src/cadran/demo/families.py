"""One cause, many calls: tickets about the same trouble under the one that mends it, some resolved with it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from cadran.accounts.models import User
from cadran.tickets.choices import LinkRole, Phase
from cadran.tickets.models import Ticket
from cadran.tickets.operations import cascade_resolution, link_tickets
from cadran.tickets.queries.cascades import resolving_work

#: Calls about the same trouble within that time have one cause.
TOGETHER = timedelta(days=4)
CHILDREN = 4
_AT_WORK = (Phase.CREATED, Phase.IN_PROGRESS)


def make_families(now: datetime) -> None:
    """Let calls about one trouble follow the one that was mended, and put an outage above what it causes."""
    tickets = Ticket.objects.filter(received_at__gte=now - 3 * TOGETHER, merged_into=None)
    troubles: dict[str, list[Ticket]] = defaultdict(list)
    for ticket in tickets.select_related("pilot__user", "team", "state").order_by("received_at", "pk"):
        troubles[ticket.title].append(ticket)
    families = [_of_one_cause(calls) for calls in troubles.values()]
    mended = [family for family in families if len(family) > 1 and family[0].phase == Phase.RESOLVED]
    for family in mended[:2]:
        _link(family, now)
        cascade_resolution(
            parent=family[0],
            children=family[1:3],
            external_report=_report(family[0]),
            by=_pilot(family[0]),
            at=now,
        )
    _link(_outage(now), now)


def _outage(now: datetime) -> list[Ticket]:
    """A network that is down, and the silent telephones of other customers that hang on it."""
    at_work = Ticket.objects.filter(
        received_at__gte=now - TOGETHER, phase__in=_AT_WORK, merged_into=None, customer__language="fr"
    )
    rows = at_work.select_related("pilot__user").order_by("received_at", "pk")
    cause = rows.filter(product__type__code="network").first()
    if cause is None:
        return []
    hit = rows.filter(product__type__code__in=("network", "telephony"), received_at__gt=cause.received_at)
    return [cause, *hit.exclude(customer=cause.customer)[: 2 * CHILDREN]]


def _of_one_cause(calls: list[Ticket]) -> list[Ticket]:
    """The first call that is not closed, and those about the same soon after it that are still at work."""
    cause = next((call for call in calls if call.phase in (*_AT_WORK, Phase.RESOLVED)), None)
    if cause is None:
        return []
    later = calls[calls.index(cause) + 1 :]
    soon = [
        call for call in later if call.phase in _AT_WORK and call.received_at - cause.received_at < TOGETHER
    ]
    return [cause, *soon[:CHILDREN]]


def _link(family: list[Ticket], now: datetime) -> None:
    for child in family[1:]:
        link_tickets(ticket=family[0], other=child, role=LinkRole.CHILD, by=_pilot(family[0]), at=now)


def _pilot(ticket: Ticket) -> User | None:
    """Who keeps an eye on the cause links what belongs to it."""
    return ticket.pilot.user if ticket.pilot else None


def _report(ticket: Ticket) -> str:
    work = resolving_work(ticket)
    return work.external_report if work else ""
