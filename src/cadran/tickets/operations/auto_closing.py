"""Resolved tickets close by themselves when nothing happens any more (Spec T28)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.instants import whole_second

from .. import rules
from ..choices import Closing, Phase
from ..models import Ticket
from ..queries.auto_closing import ClosingRule, closing_rule, quiet_tickets, self_closing
from ._shared import locked, mirror, tell
from .closing import close_ticket

_BATCH = 500


@dataclass(frozen=True)
class ClosedByThemselves:
    """How many tickets one round announced and closed."""

    announced: int = 0
    closed: int = 0


def close_quiet_tickets(*, by: User | None, at: datetime) -> ClosedByThemselves:
    """Announce the closing of resolved tickets on which nothing happens, and close those announced long enough.

    Each ticket has a transaction of its own and is taken only as it was looked at: one that was reopened, held or
    worked on meanwhile is left alone. While the business rule AUTO_CLOSE_DAYS is 0, nothing closes and what was
    announced is taken back, so that no ticket closes on an old announcement once the rule is on again.
    """
    at = whole_second(at)
    rule = closing_rule()
    if not rule.is_on:
        _withdraw_all(by=by, at=at)
        return ClosedByThemselves()
    announced = closed = last = 0
    while batch := list(quiet_tickets(rule, at).filter(pk__gt=last).order_by("pk")[:_BATCH]):
        last = batch[-1].pk
        for ticket in batch:
            closing = self_closing(ticket, rule)
            try:
                if closing is None or at < closing.announce_at:
                    continue
                if closing.announced_at is None:
                    _announce(ticket, rule, by=by, at=at)
                    announced += 1
                elif at >= closing.close_at:
                    _close(ticket, rule, by=by, at=at)
                    closed += 1
            except CadranError:
                continue  # it is no longer as it was looked at, or its settings refuse it: the next round sees
    return ClosedByThemselves(announced, closed)


def hold_closing(*, ticket: Ticket, held: bool, by: User | None, at: datetime) -> Ticket:
    """Keep a resolved ticket from closing by itself, or let it again; it is then announced anew.

    Raises ``InvalidInput`` for one that is not resolved, ``NotAllowed``, ``Stale``.
    """
    rules.require(by, Right.CLOSE_TICKETS)
    at = whole_second(at)
    with transaction.atomic():
        stored = locked(ticket, phase=ticket.phase)
        if stored.phase != Phase.RESOLVED:
            raise InvalidInput(
                _("Only a resolved ticket closes by itself, so %(number)s needs no holding."),
                params={"number": stored.number},
            )
        if stored.closing_is_held != held:
            stored.closing_is_held, stored.closing_announced_at = held, None
            stored.save()
            tell(stored, "closing_held" if held else "closing_released", by=by, at=at)
    return mirror(ticket, stored)


def _taken(ticket: Ticket) -> Ticket:
    """The ticket taken as it was looked at: with no act on it, and no work begun or done, since. Raises ``Stale``."""
    return locked(ticket, row_version=ticket.row_version)


def _announce(ticket: Ticket, rule: ClosingRule, *, by: User | None, at: datetime) -> None:
    with transaction.atomic():
        stored = _taken(ticket)
        stored.closing_announced_at = at
        stored.save()
        ticket.closing_announced_at = at
        closing = self_closing(ticket, rule)
        tell(stored, "closing_announced", by=by, at=at, internal=False, days=rule.days,
             closes_at=None if closing is None else closing.close_at)  # fmt: skip


def _withdraw_all(*, by: User | None, at: datetime) -> None:
    for ticket in Ticket.objects.filter(phase=Phase.RESOLVED, closing_announced_at__isnull=False):
        try:
            with transaction.atomic():
                stored = _taken(ticket)
                stored.closing_announced_at = None
                stored.save()
                tell(stored, "closing_withdrawn", by=by, at=at, internal=False)
        except CadranError:
            continue  # somebody is at it: the next round sees


def _close(ticket: Ticket, rule: ClosingRule, *, by: User | None, at: datetime) -> None:
    with transaction.atomic():
        stored = _taken(ticket)
        close_ticket(ticket=stored, closing=Closing.BY_CUSTOMER, closed_at=at, status=None, state=stored.state,
                     by=by, at=at)  # fmt: skip
        tell(stored, "closed_by_itself", by=by, at=at, internal=False, days=rule.days)
