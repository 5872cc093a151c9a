"""Plans, and the tickets they open ahead of time (Spec T31)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from cadran.accounts.rights import Right
from cadran.catalogue.severity_alerts import set_severity_alerts
from cadran.core.errors import InvalidInput, InvalidInputs, NotAllowed, Stale
from cadran.core.models import JournalEntry
from cadran.parties.operations import CallTakingDetails, set_call_taking
from cadran.tickets.choices import Channel, ClockState, ClosedDay, Frequency, Phase
from cadran.tickets.models import Plan, PlanOccurrence, Ticket, TicketTemplate
from cadran.tickets.operations import (
    OccurrenceRefused,
    PlanDetails,
    open_due_tickets,
    open_planned_ticket,
    pause_plan,
    resume_plan,
    save_plan,
)
from cadran.tickets.planning import Planner
from cadran.tickets.recurrence import Fate
from tests.factories.desk import Desk, a_desk, colleague, paris
from tests.factories.parallel import at_once, refusals
from tests.factories.trade import a_calendar, a_customer, a_schedule, an_asset
from tests.tickets.operations.test_call_taking import block
from tests.tickets.operations.test_custom_fields import a_field

AT = paris("2026-03-02 10:00")  # a Monday
DAY = timedelta(days=1)


def a_template(desk: Desk, **given: Any) -> TicketTemplate:
    values = {
        "name": "Preventive visit",
        "title": "Preventive visit",
        "nature": desk.nature,
        "team": desk.team,
    }
    values |= given
    return TicketTemplate.objects.create(**values)


def details(desk: Desk, **typed: Any) -> PlanDetails:
    template = typed.pop("template", None) or a_template(desk)
    made = PlanDetails(
        label="Visit every first Monday",
        template=template,
        schedule=desk.schedule,
        contract=desk.contract,
        asset=desk.asset,
        starts_on=date(2026, 3, 2),
        due_time=time(9),
        frequency=Frequency.MONTHLY,
        weekdays=(1,),
        nth=1,
    )
    return replace(made, **typed)


def a_plan(desk: Desk, at: datetime = AT, **typed: Any) -> Plan:
    return save_plan(plan=None, details=details(desk, **typed), by=desk.user, at=at)


def days(plan: Plan) -> list[tuple[date, bool]]:
    rows = PlanOccurrence.objects.filter(plan=plan).order_by("due_on")
    return [(row.due_on, row.ticket_id is not None) for row in rows]


def test_a_ticket_opens_ahead_of_its_day(desk: Desk) -> None:
    """The context is the plan's, the day stands as desired date and planned start, no guarantee runs (Spec T31)."""
    plan = a_plan(desk)
    assert open_due_tickets(by=None, at=AT) == 1  # 2 March itself
    assert open_due_tickets(by=None, at=AT) == 0
    assert open_due_tickets(by=None, at=paris("2026-03-30 08:00")) == 1  # 6 April is seven days off
    assert days(plan) == [(date(2026, 3, 2), True), (date(2026, 4, 6), True)]
    ticket = Ticket.objects.order_by("-id").first()
    assert ticket is not None
    assert (ticket.customer, ticket.site, ticket.asset) == (desk.customer, desk.site, desk.asset)
    assert (ticket.contract, ticket.service, ticket.channel) == (desk.contract, desk.service, Channel.PLAN)
    assert (ticket.desired_on, ticket.received_at) == (date(2026, 4, 6), paris("2026-03-30 08:00"))
    assert (ticket.response_clock, ticket.resolution_clock) == (ClockState.NONE, ClockState.NONE)
    assert (ticket.phase, ticket.coverage) == (Phase.CREATED, "covered")
    work = ticket.interventions.get(type__is_intake=False)
    assert (work.planned_start_at, work.started_at) == (paris("2026-04-06 09:00"), None)
    row = JournalEntry.objects.of("ticket", ticket.pk).get(kind="ticket.opened_by_plan")
    assert (row.data["plan"], row.data["planned_on"]) == ("Visit every first Monday", "2026-04-06")


def test_closed_days_are_honoured(desk: Desk) -> None:
    """Easter Monday is closed: the visit moves to the Tuesday, before, or is left out (Spec T31)."""
    schedule = a_schedule("holidays", calendar=a_calendar())
    typed = {"schedule": schedule, "starts_on": date(2026, 4, 6), "days_ahead": 0, "nth": 1}
    moved = a_plan(desk, **typed)
    before = a_plan(desk, closed_day=ClosedDay.PREVIOUS, **typed)
    a_plan(desk, closed_day=ClosedDay.SKIP, **typed)
    assert open_due_tickets(by=None, at=paris("2026-04-02 23:59")) == 0
    assert open_due_tickets(by=None, at=paris("2026-04-03 00:00")) == 1  # Good Friday is worked in Paris
    assert days(before) == [(date(2026, 4, 6), True)]
    assert open_due_tickets(by=None, at=paris("2026-04-06 12:00")) == 0
    assert open_due_tickets(by=None, at=paris("2026-04-07 00:00")) == 1
    assert days(moved) == [(date(2026, 4, 6), True)]
    seen = Planner(moved).coming(date(2026, 4, 1), 2)
    assert [(one.fate, one.closed_by) for one in seen] == [
        (Fate.MOVED, "Easter Monday"),
        (Fate.KEPT, ""),
    ] or seen[0].closed_by == "Lundi de Pâques"


def test_leap_day_and_clock_change(desk: Desk) -> None:
    """29 February falls on the 28th in other years; 02:30 does not exist on 28 March 2027 (Spec T31)."""
    open_always = a_schedule("always", weekly={day: [[0, 1440]] for day in range(1, 8)})
    leap = details(
        desk, schedule=open_always, frequency=Frequency.YEARLY, starts_on=date(2028, 2, 29), nth=None
    )
    found = Planner(leap).coming(date(2028, 1, 1), 5)
    assert [one.due_on.isoformat() for one in found] == [
        "2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29",
    ]  # fmt: skip
    night = replace(leap, frequency=Frequency.DAILY, starts_on=date(2027, 3, 27), due_time=time(2, 30))
    instants = [one.planned_at for one in Planner(night).coming(date(2027, 3, 27), 3)]
    assert instants == [
        paris("2027-03-27 02:30"), paris("2027-03-28 03:30"), paris("2027-03-29 02:30"),
    ]  # fmt: skip


def test_month_ends(desk: Desk) -> None:
    """The 31st is the last day of shorter months, and closed days at the turn of the month move on (Spec T31)."""
    typed = details(desk, starts_on=date(2027, 12, 31), nth=None, weekdays=())
    always = a_schedule("always", weekly={day: [[0, 1440]] for day in range(1, 8)})
    found = Planner(replace(typed, schedule=always)).coming(date(2028, 1, 1), 4)
    assert [str(one.due_on) for one in found] == ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]
    weekdays = Planner(typed).coming(date(2028, 1, 1), 4)  # 30 April 2028 is a Sunday
    assert [str(one.planned_on) for one in weekdays] == [
        "2028-01-31",
        "2028-02-29",
        "2028-03-31",
        "2028-05-01",
    ]


def test_days_are_those_of_the_schedules_time_zone(desk: Desk) -> None:
    """A plan on a schedule of Tokyo counts its days there: late on Sunday in Paris is its Monday (Spec T31)."""
    tokyo = a_schedule("tokyo", time_zone="Asia/Tokyo")
    plan = a_plan(desk, schedule=tokyo, days_ahead=0, starts_on=date(2026, 3, 9), at=AT)
    weekly = details(
        desk, template=plan.template, schedule=tokyo, days_ahead=0, frequency=Frequency.WEEKLY, nth=None
    )
    save_plan(plan=plan, details=weekly, by=desk.user, at=AT)
    assert open_due_tickets(by=None, at=paris("2026-03-08 15:59")) == 0
    assert open_due_tickets(by=None, at=paris("2026-03-08 16:00")) == 1
    ticket = Ticket.objects.get()
    work = ticket.interventions.get(type__is_intake=False)
    assert (ticket.desired_on, work.planned_start_at) == (date(2026, 3, 9), paris("2026-03-09 01:00"))


def test_a_day_that_moved_is_told_until_it_is_past(desk: Desk) -> None:
    """Saturday's visit is Monday's: on Sunday it still comes; one moved to Friday is past by then (Spec T31)."""
    plan = a_plan(desk, frequency=Frequency.MONTHLY, nth=None, weekdays=(), starts_on=date(2026, 3, 7))
    sunday = date(2026, 3, 8)
    assert str(Planner(plan).coming(sunday, 1)[0].planned_on) == "2026-03-09"
    plan.closed_day = ClosedDay.PREVIOUS
    assert str(Planner(plan).coming(sunday, 1)[0].planned_on) == "2026-04-07"


def test_another_time_of_day_opens_no_second_ticket(desk: Desk) -> None:
    """Two days that a closed day put together have one ticket, also after the time and the days change (Spec T31)."""
    daily = {"frequency": Frequency.DAILY, "weekdays": (), "nth": None, "starts_on": date(2026, 3, 7)}
    plan = a_plan(desk, **daily, days_ahead=2, ends_on=date(2026, 3, 7))
    assert open_due_tickets(by=None, at=paris("2026-03-07 10:00")) == 1  # Saturday's, on Monday
    longer = details(desk, template=plan.template, **daily, days_ahead=2, due_time=time(14))
    save_plan(plan=plan, details=longer, by=desk.user, at=paris("2026-03-07 11:00"))
    assert open_due_tickets(by=None, at=paris("2026-03-07 12:00")) == 0
    assert open_due_tickets(by=None, at=paris("2026-03-08 12:00")) == 1  # Tuesday's
    assert days(plan) == [(date(2026, 3, 7), True), (date(2026, 3, 10), True)]


def test_a_blocked_customer_gets_none_until_the_block_goes(desk: Desk) -> None:
    """The reason stands on the plan; its other days and the other plans go on (Spec T13, T31)."""
    plan = a_plan(desk, starts_on=date(2026, 3, 9), frequency=Frequency.YEARLY, nth=None, weekdays=())
    block(desk.customer)
    assert open_due_tickets(by=None, at=AT) == 0
    assert "Ask for the director" in PlanOccurrence.objects.get(plan=plan).refusal["en"]
    assert not Ticket.objects.exists()
    set_call_taking(customer=desk.customer, details=CallTakingDetails(), by=None, at=AT)
    assert open_due_tickets(by=None, at=AT + DAY) == 1


def test_a_contract_that_is_over_before_the_first_day_is_refused(desk: Desk) -> None:
    """Spec T31, R7."""
    type(desk.contract).objects.filter(pk=desk.contract.pk).update(end_on=date(2026, 3, 1))
    desk.contract.refresh_from_db()
    with pytest.raises(InvalidInput, match="before the first day") as refused:
        a_plan(desk)
    assert refused.value.field == "contract"
    assert not Plan.objects.exists()


def test_after_a_standstill_each_day_opens_once_or_is_noted(desk: Desk) -> None:
    """Nothing is lost or doubled: what is past is noted as missed, what is not opens (Spec T31)."""
    plan = a_plan(desk, frequency=Frequency.WEEKLY, weekdays=(1,), days_ahead=7)
    assert open_due_tickets(by=None, at=AT) == 2  # today and next Monday
    assert open_due_tickets(by=None, at=paris("2026-04-01 10:00")) == 1
    assert days(plan) == [
        (date(2026, 3, 2), True), (date(2026, 3, 9), True), (date(2026, 3, 16), False),
        (date(2026, 3, 23), False), (date(2026, 3, 30), False), (date(2026, 4, 6), True),
    ]  # fmt: skip
    missed = PlanOccurrence.objects.get(plan=plan, due_on=date(2026, 3, 16))
    assert set(missed.refusal) == {"fr", "en"}
    assert "past" in missed.refusal["en"]


def test_a_rule_older_than_the_plan_opens_nothing_for_the_past(desk: Desk) -> None:
    """The first day sets the rhythm, not a flood (Spec T31)."""
    plan = a_plan(desk, starts_on=date(2020, 1, 6), days_ahead=0)
    assert open_due_tickets(by=None, at=AT) == 1
    assert days(plan) == [(date(2026, 3, 2), True)]


def test_what_can_not_open_says_why_and_is_tried_again(desk: Desk) -> None:
    """An ended contract gives no ticket; mended in time it does (Spec T31)."""
    plan = a_plan(desk, starts_on=date(2026, 3, 9), frequency=Frequency.YEARLY, nth=None, weekdays=())
    contract = desk.contract
    type(contract).objects.filter(pk=contract.pk).update(status="on_hold")
    assert open_due_tickets(by=None, at=AT) == 0
    row = PlanOccurrence.objects.get(plan=plan)
    assert row.ticket is None
    assert "on hold" in row.refusal["en"]
    assert "suspens" in row.refusal["fr"] or row.refusal["fr"] != row.refusal["en"]
    assert not Ticket.objects.exists()
    type(contract).objects.filter(pk=contract.pk).update(status="running")
    assert open_due_tickets(by=None, at=AT + DAY) == 1
    row.refresh_from_db()
    assert row.ticket is not None
    assert row.refusal == {}


def test_a_retired_template_opens_nothing(desk: Desk) -> None:
    """Spec T31."""
    template = a_template(desk)
    plan = a_plan(desk, template=template)
    TicketTemplate.objects.filter(pk=template.pk).update(is_retired=True)
    assert open_due_tickets(by=None, at=AT) == 0
    assert "retired" in PlanOccurrence.objects.get(plan=plan).refusal["en"]


def test_pausing_and_taking_up_again(desk: Desk) -> None:
    """Nothing opens meanwhile, nor afterwards for that time; versions are compared (Spec T31, T17)."""
    plan = a_plan(desk, frequency=Frequency.WEEKLY, weekdays=(1,), days_ahead=0)
    pause_plan(plan=plan, by=desk.user, at=AT)
    assert open_due_tickets(by=None, at=AT) == 0
    with pytest.raises(Stale):
        resume_plan(plan=plan, seen=0, by=desk.user, at=AT)
    plan.refresh_from_db()
    resume_plan(plan=plan, by=desk.user, at=paris("2026-03-23 10:00"))
    assert open_due_tickets(by=None, at=paris("2026-03-23 10:00")) == 1
    assert days(plan) == [(date(2026, 3, 23), True)]
    kinds = JournalEntry.objects.of("plan", plan.pk).values_list("kind", flat=True)
    assert set(kinds) == {"plan.created", "plan.paused", "plan.resumed"}


def test_opening_one_by_hand(desk: Desk) -> None:
    """A coming day may be opened at once, by whoever may; not twice, no day that is none (Spec T31)."""
    plan = a_plan(desk)
    ticket = open_planned_ticket(plan=plan, due_on=date(2026, 5, 4), by=desk.user, at=AT)
    assert ticket.desired_on == date(2026, 5, 4)
    for day in (date(2026, 5, 4), date(2026, 5, 5)):
        with pytest.raises(OccurrenceRefused):
            open_planned_ticket(plan=plan, due_on=day, by=desk.user, at=AT)
    with pytest.raises(NotAllowed):
        open_planned_ticket(plan=plan, due_on=date(2026, 6, 1), by=colleague(desk, Right.OPEN_TICKETS), at=AT)
    assert Ticket.objects.count() == 1


def test_a_plan_asks_nobody(desk: Desk) -> None:
    """A mandatory field or a question of the asset keeps no planned ticket shut, opened by hand either (Spec T31)."""
    a_field("must", is_required=True)
    questions = {desk.severity("major"): ["Is the machine warm?"]}
    set_severity_alerts(asset=desk.asset, questions=questions, by=None, at=AT)
    plan = a_plan(desk, template=a_template(desk, severity=desk.severity("major")))
    assert open_due_tickets(by=None, at=AT) == 1
    ticket = open_planned_ticket(plan=plan, due_on=date(2026, 5, 4), by=desk.user, at=AT)
    row = JournalEntry.objects.of("ticket", ticket.pk).get(kind="ticket.asked")
    assert row.data["answers"] == [{"question": "Is the machine warm?", "answer": ""}]


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"label": "  "}, {"label"}),
        ({"interval": 0}, {"interval"}),
        ({"days_ahead": 400}, {"days_ahead"}),
        ({"ends_on": date(2026, 3, 1)}, {"ends_on"}),
        ({"ends_on": date(2026, 3, 2), "starts_on": date(2026, 3, 2), "nth": 2}, {"ends_on"}),
        ({"frequency": Frequency.WEEKLY, "weekdays": ()}, {"weekdays"}),
        ({"weekdays": (1, 2)}, {"weekdays"}),
        ({"nth": 5}, {"nth"}),
        ({"contract": None, "asset": None}, {"contract"}),
        ({"frequency": "never", "closed_day": "perhaps"}, {"frequency", "closed_day"}),
        ({"starts_on": date(1926, 3, 2)}, {"starts_on"}),
    ],
)
def test_what_does_not_fit_is_refused(desk: Desk, typed: dict[str, Any], fields: set[str]) -> None:
    """With a sentence beside each field; nothing is saved (Spec T31, R7)."""
    with pytest.raises((InvalidInput, InvalidInputs)) as refused:
        a_plan(desk, **typed)
    errors = getattr(refused.value, "errors", [refused.value])
    assert {error.field for error in errors} == fields
    assert not Plan.objects.exists()


def test_a_schedule_that_never_opens_and_an_asset_of_somebody_else(desk: Desk) -> None:
    """Spec T31."""
    closed = a_schedule("closed", weekly={})
    other = an_asset(a_customer("Somebody else"), desk.product, name="Elsewhere")
    for typed, field in (({"schedule": closed}, "schedule"), ({"asset": other}, "asset")):
        with pytest.raises(InvalidInput) as refused:
            a_plan(desk, **typed)
        assert refused.value.field == field


def test_without_the_right_nothing_is_saved(desk: Desk) -> None:
    """Spec R2."""
    with pytest.raises(NotAllowed):
        save_plan(plan=None, details=details(desk), by=colleague(desk, Right.EDIT_TICKETS), at=AT)


def test_a_changed_rule_leaves_opened_tickets_alone(desk: Desk) -> None:
    """Spec T31."""
    plan = a_plan(desk)
    open_due_tickets(by=None, at=AT)
    changed = details(desk, template=plan.template, frequency=Frequency.WEEKLY, weekdays=(2,), nth=None)
    save_plan(plan=plan, details=changed, by=desk.user, at=AT)
    assert open_due_tickets(by=None, at=AT) == 1  # Tuesday
    assert days(plan) == [(date(2026, 3, 2), True), (date(2026, 3, 3), True)]


@pytest.mark.django_db(transaction=True)
def test_two_workers_open_each_day_once(transactional_db: None) -> None:
    """Spec T31."""
    desk = a_desk()
    plan = a_plan(desk, frequency=Frequency.WEEKLY, weekdays=(1,), days_ahead=60)

    def look() -> int:
        return open_due_tickets(by=None, at=AT)

    results = at_once(look, look, look)
    assert not refusals(results)
    assert sum(results) == Ticket.objects.count() == len(days(plan)) == 9
