"""Resolved tickets close by themselves after notice (Spec T28)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cadran.accounts.rights import Right
from cadran.core.business_rules import set_business_rule
from cadran.core.errors import InvalidInput, NotAllowed
from cadran.core.models import JournalEntry
from cadran.tickets.business_rules import AUTO_CLOSE_DAYS, AUTO_CLOSE_NOTICE_DAYS
from cadran.tickets.choices import Phase
from cadran.tickets.models import Ticket
from cadran.tickets.operations import (
    ClosedByThemselves,
    close_quiet_tickets,
    hold_closing,
    reopen_ticket,
)
from cadran.tickets.queries import timeline
from cadran.tickets.queries.auto_closing import closes_by_itself_at
from tests.factories.desk import Desk, a_desk, colleague, paris
from tests.factories.parallel import at_once, refusals

AT = paris("2026-03-02 10:00")  # a Monday
#: Resolved on Monday at 11:00: the fifth working day after it ends on Monday the 9th at 18:00.
RESOLVED_AT = paris("2026-03-02 11:00")
NOTICE, CLOSING = paris("2026-03-04 18:00"), paris("2026-03-09 18:00")
MINUTE = timedelta(minutes=1)


def switch_on(days: int = 5, notice: int = 3) -> None:
    set_business_rule(definition=AUTO_CLOSE_DAYS, value=days, by=None, at=AT)
    set_business_rule(definition=AUTO_CLOSE_NOTICE_DAYS, value=notice, by=None, at=AT)


def resolved(desk: Desk) -> Ticket:
    return desk.resolve(desk.open(AT), RESOLVED_AT)


def look(at: object) -> ClosedByThemselves:
    return close_quiet_tickets(by=None, at=at)  # type: ignore[arg-type]


def test_it_is_announced_and_closes_on_working_days(desk: Desk) -> None:
    """Two working days, the notice, three more over a weekend, the closing; all told as Cadran's act (Spec T28)."""
    switch_on()
    ticket = resolved(desk)
    assert look(NOTICE - MINUTE) == ClosedByThemselves(0, 0)
    assert look(NOTICE) == ClosedByThemselves(1, 0)
    ticket.refresh_from_db()
    assert (ticket.closing_announced_at, ticket.phase) == (NOTICE, Phase.RESOLVED)
    assert closes_by_itself_at(ticket) == CLOSING
    assert look(CLOSING - MINUTE) == ClosedByThemselves(0, 0)
    assert look(CLOSING) == ClosedByThemselves(0, 1)
    ticket.refresh_from_db()
    assert (ticket.phase, ticket.closed_by_customer_at) == (Phase.CLOSED_BY_CUSTOMER, CLOSING)
    rows = JournalEntry.objects.of("ticket", ticket.pk).filter(author=None, recorded_at__gte=NOTICE)
    kinds = ["closing_announced", "closed_by_customer", "closed_by_itself"]
    assert list(rows.order_by("id").values_list("kind", flat=True)) == [f"ticket.{kind}" for kind in kinds]
    assert not any(rows.values_list("is_internal", flat=True))


def test_off_by_default_nothing_closes(desk: Desk) -> None:
    """Spec T28."""
    ticket = resolved(desk)
    assert look(AT + timedelta(days=400)) == ClosedByThemselves()
    ticket.refresh_from_db()
    assert (ticket.phase, closes_by_itself_at(ticket)) == (Phase.RESOLVED, None)


def test_switched_off_what_was_announced_is_taken_back(desk: Desk) -> None:
    """Told once; switched on again much later it is announced anew, and closes only after that notice (Spec T28)."""
    switch_on()
    ticket = resolved(desk)
    assert look(NOTICE) == ClosedByThemselves(1, 0)
    set_business_rule(definition=AUTO_CLOSE_DAYS, value=0, by=None, at=NOTICE)
    for _round in range(2):
        assert look(NOTICE + MINUTE) == ClosedByThemselves()
    ticket.refresh_from_db()
    assert ticket.closing_announced_at is None
    (row,) = JournalEntry.objects.filter(kind="ticket.closing_withdrawn")
    assert not row.is_internal
    assert timeline(ticket, desk.user)[-1].text.startswith("The closing that was announced is off")
    switch_on()
    later = paris("2026-06-01 10:00")
    assert look(later) == ClosedByThemselves(1, 0)
    assert look(later + MINUTE) == ClosedByThemselves()
    assert look(paris("2026-06-04 18:00")) == ClosedByThemselves(0, 1)


def test_notice_is_kept_whole_however_late_it_was(desk: Desk) -> None:
    """A worker that slept announces first, and closes only three working days later (Spec T28)."""
    switch_on()
    resolved(desk)
    late = paris("2026-04-01 10:00")  # a Wednesday
    assert look(late) == ClosedByThemselves(1, 0)
    assert look(paris("2026-04-06 17:59")) == ClosedByThemselves(0, 0)
    assert look(paris("2026-04-06 18:00")) == ClosedByThemselves(0, 1)


def test_a_shortened_rule_does_not_shorten_the_notice(desk: Desk) -> None:
    """Spec T28."""
    switch_on(days=30)
    ticket = resolved(desk)
    switch_on(days=1)
    assert look(NOTICE) == ClosedByThemselves(1, 0)
    assert look(CLOSING - MINUTE) == ClosedByThemselves(0, 0)
    assert look(CLOSING) == ClosedByThemselves(0, 1)
    ticket.refresh_from_db()
    assert ticket.phase == Phase.CLOSED_BY_CUSTOMER


def test_work_holds_it_off_and_makes_a_new_announcement(desk: Desk) -> None:
    """An intervention on the resolved ticket is news; the days count anew from its end (Spec T28)."""
    switch_on()
    ticket = resolved(desk)
    look(NOTICE)
    ticket.refresh_from_db()
    work = desk.work(ticket, NOTICE + MINUTE)
    assert look(CLOSING) == ClosedByThemselves()
    desk.finish(work, CLOSING)
    assert look(CLOSING + MINUTE) == ClosedByThemselves()
    assert look(paris("2026-03-11 18:00")) == ClosedByThemselves(1, 0)
    assert look(paris("2026-03-16 18:00")) == ClosedByThemselves(0, 1)


def test_holding_and_letting_go(desk: Desk) -> None:
    """Held it stays, let go it is announced anew; only a resolved one can be held (Spec T28)."""
    switch_on()
    ticket = resolved(desk)
    look(NOTICE)
    ticket.refresh_from_db()
    with pytest.raises(NotAllowed):
        hold_closing(ticket=ticket, held=True, by=colleague(desk, Right.EDIT_TICKETS), at=NOTICE)
    hold_closing(ticket=ticket, held=True, by=desk.user, at=NOTICE)
    hold_closing(ticket=ticket, held=True, by=desk.user, at=NOTICE)
    assert JournalEntry.objects.filter(kind="ticket.closing_held").count() == 1
    assert look(CLOSING) == ClosedByThemselves()
    hold_closing(ticket=ticket, held=False, by=desk.user, at=CLOSING)
    assert look(CLOSING) == ClosedByThemselves(1, 0)
    with pytest.raises(InvalidInput):
        hold_closing(ticket=desk.open(AT), held=True, by=desk.user, at=AT)


def test_a_reopened_ticket_is_not_closed(desk: Desk) -> None:
    """Spec T28, T27."""
    switch_on()
    ticket = resolved(desk)
    look(NOTICE)
    ticket.refresh_from_db()
    reopen_ticket(
        ticket=ticket, reason="Again", status=None, state=None, copy=None, by=desk.user, at=NOTICE + MINUTE
    )
    assert ticket.closing_announced_at is None
    assert look(CLOSING) == ClosedByThemselves()
    work = desk.work(ticket, CLOSING)
    desk.finish(work, CLOSING + MINUTE, resolved=True)
    assert look(CLOSING + 2 * MINUTE) == ClosedByThemselves()


def test_without_a_commitment_weekdays_count(desk: Desk) -> None:
    """Monday to Friday, to midnight (Spec T28)."""
    switch_on(days=1, notice=1)
    ticket = desk.open(AT, contract=None, service=None, asset=None)
    desk.resolve(ticket, RESOLVED_AT)
    assert look(RESOLVED_AT) == ClosedByThemselves(1, 0)
    assert look(paris("2026-03-03 23:59")) == ClosedByThemselves()
    assert look(paris("2026-03-04 00:00")) == ClosedByThemselves(0, 1)


@pytest.mark.django_db(transaction=True)
def test_reopening_at_the_same_time(transactional_db: None) -> None:
    """One of the two wins, never both halves (Spec T28)."""
    desk = a_desk()
    switch_on()
    ticket = resolved(desk)
    look(NOTICE)
    ticket.refresh_from_db()

    def reopen() -> object:
        return reopen_ticket(
            ticket=Ticket.objects.get(pk=ticket.pk),
            reason="Again", status=None, state=None, copy=None, by=desk.user, at=CLOSING,
        )  # fmt: skip

    results = at_once(reopen, lambda: look(CLOSING))
    ticket.refresh_from_db()
    closed = JournalEntry.objects.filter(kind="ticket.closed_by_itself").count()
    if refusals(results):
        assert (ticket.phase, closed) == (Phase.CLOSED_BY_CUSTOMER, 1)
    else:
        assert ticket.phase in (Phase.IN_PROGRESS, Phase.CREATED)


def test_many_quiet_tickets_cost_the_same_query_each_batch(
    desk: Desk, django_assert_max_num_queries: object
) -> None:
    """Looking at tickets that are not due asks three queries, however many there are (Spec T28)."""
    switch_on()
    for _ in range(3):
        resolved(desk)
    look(NOTICE - MINUTE)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        assert look(NOTICE - MINUTE) == ClosedByThemselves()
