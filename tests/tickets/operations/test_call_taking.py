"""Blocked customers and answers to severity alerts, whatever the way a ticket comes (Spec T13)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation

from cadran.catalogue.models import SeverityAlert
from cadran.catalogue.severity_alerts import set_severity_alerts
from cadran.core.models import JournalEntry
from cadran.parties.models import CallTakingCondition, CallTakingEffect, Customer
from cadran.parties.operations import CallTakingDetails, CallTakingRuleDetails, set_call_taking
from cadran.tickets.choices import Channel
from cadran.tickets.models import Ticket
from cadran.tickets.operations import (
    AnswerNeeded,
    CustomerBlocked,
    InvalidInput,
    OpeningDetails,
    edit_ticket,
    open_ticket,
)
from cadran.tickets.queries import timeline
from cadran.tickets.queries.call_taking import banners_of
from tests.factories.desk import Desk, a_desk
from tests.factories.trade import MONDAY, a_customer, an_asset

pytestmark = pytest.mark.django_db

LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def desk() -> Desk:
    return a_desk()


def block(customer: Customer, condition: CallTakingCondition = CallTakingCondition.ALWAYS) -> None:
    rule = CallTakingRuleDetails(CallTakingEffect.BLOCK, condition, "Ask for the director")
    details = CallTakingDetails(
        unpaid_since=date(2026, 1, 12) if condition == CallTakingCondition.UNPAID else None,
        unpaid_cents=418000 if condition == CallTakingCondition.UNPAID else None,
        rules=[rule],
    )
    set_call_taking(customer=customer, details=details, by=None, at=MONDAY)


def ask(desk: Desk, *questions: str, severity: str = "major") -> list[SeverityAlert]:
    set_severity_alerts(asset=desk.asset, questions={desk.severity(severity): questions}, by=None, at=MONDAY)
    return list(SeverityAlert.objects.filter(severity=desk.severity(severity)).order_by("id"))


def answered(ticket: Ticket) -> list[JournalEntry]:
    kinds = ("ticket.answered", "ticket.asked")
    return list(JournalEntry.objects.of("ticket", ticket.pk).filter(kind__in=kinds).order_by("id"))


@pytest.mark.parametrize("channel", Channel.values)
@pytest.mark.parametrize("is_cadran", [False, True])
def test_a_blocked_customer_gets_no_ticket_by_any_way(desk: Desk, channel: str, is_cadran: bool) -> None:
    """Spec T13: form, command, portal, mail, interface, plan: the refusal sits where tickets are opened."""
    block(desk.customer)
    fields = desk.fields(MONDAY, channel=channel)
    with pytest.raises(CustomerBlocked) as refused:
        open_ticket(fields=fields, team=desk.team, by=None if is_cadran else desk.user, at=MONDAY)
    assert refused.value.code == "customer_blocked" and refused.value.field == "customer"
    assert not Ticket.objects.exists()
    assert desk.customer.name in refused.value.message and "Ask for the director" in refused.value.message


def test_a_block_on_unpaid_invoices_says_since_when_and_how_much(desk: Desk) -> None:
    """Spec T13: the reason, in the reader's own format; paid, the customer gets tickets again."""
    block(desk.customer, CallTakingCondition.UNPAID)
    stale = Customer.objects.get(pk=desk.customer.pk)
    with pytest.raises(CustomerBlocked) as refused:
        desk.open()
    with translation.override("en"):
        assert "€4,180.00" in refused.value.message
    with translation.override("fr"):
        assert "4\u202f180,00\u00a0€" in refused.value.message
    paid = CallTakingDetails(
        rules=[CallTakingRuleDetails(CallTakingEffect.BLOCK, CallTakingCondition.UNPAID, "Ask")]
    )
    set_call_taking(customer=desk.customer, details=paid, by=None, at=MONDAY)
    assert desk.open(customer=stale).customer == desk.customer


def test_the_beneficiary_who_is_blocked_counts_not_the_holder(desk: Desk) -> None:
    """The block is the ticket's customer's, whoever holds the contract."""
    benefits = a_customer("Filiale Nord")
    desk.contract.beneficiaries.add(benefits)
    block(desk.customer)
    opened = desk.open(customer=benefits, site=None, requester=None, asset=None)
    assert opened.customer == benefits and opened.contract == desk.contract


def test_work_goes_on_but_no_ticket_moves_to_a_blocked_customer(desk: Desk) -> None:
    """Spec T13: existing tickets are edited as before; their customer can't become one who is blocked."""
    ticket, blocked = desk.open(), a_customer("Fonderie Noire")
    block(blocked)
    changes = {"customer": blocked, "site": None, "requester": None, "user": None, "contract": None, "service": None,
               "asset": None}  # fmt: skip
    with pytest.raises(CustomerBlocked):
        edit_ticket(ticket=ticket, changes=changes, base={}, by=desk.user, at=LATER)
    assert Ticket.objects.get().customer == desk.customer
    block(desk.customer)
    edit_ticket(ticket=ticket, changes={"title": "Printer sings"}, base={}, by=desk.user, at=LATER)
    desk.resolve(ticket, LATER)
    assert Ticket.objects.get().title == "Printer sings"


def test_banners_stand_on_every_ticket_of_the_customer(desk: Desk) -> None:
    """Spec T13: on each ticket, whatever its phase: somebody may be on the telephone about a closed one too."""
    ticket = desk.open()
    assert banners_of(ticket) == []
    block(desk.customer)
    assert [rule.blocks for rule in banners_of(ticket)] == [True]
    ticket = desk.resolve(ticket, LATER, closed_by_customer=True, closed_internally=True)
    assert [rule.blocks for rule in banners_of(ticket)] == [True]
    assert banners_of(desk.open(customer=a_customer("Elsewhere"), site=None, requester=None, contract=None,
                                service=None, asset=None)) == []  # fmt: skip


def test_without_an_answer_no_ticket_is_opened(desk: Desk) -> None:
    """Spec T13: the refusal names the questions; spaces are no answer; nothing is written."""
    which, since = ask(desk, "Which line stands?", "Since when?")
    with pytest.raises(AnswerNeeded) as refused:
        details = OpeningDetails(answers={which.pk: "Line 3", since.pk: "  "})
        open_ticket(fields=desk.fields(MONDAY), team=desk.team, by=desk.user, at=MONDAY, details=details)
    assert refused.value.alerts == [since] and refused.value.field == f"answer_{since.pk}"
    assert "Since when?" in refused.value.message
    assert not Ticket.objects.exists()


def test_questions_and_answers_stay_in_the_timeline(desk: Desk) -> None:
    """Spec T13: one internal row for the set, with the severity; the question as it was asked."""
    which, since = ask(desk, "Which line stands?", "Since when?")
    details = OpeningDetails(answers={which.pk: " Line 3 ", since.pk: "9:40"})
    ticket = open_ticket(fields=desk.fields(MONDAY), team=desk.team, by=desk.user, at=MONDAY, details=details)
    ask(desk, "Another one?")
    (row,) = answered(ticket)
    assert row.is_internal and row.data["severity"]["en"] == str(desk.severity().name_en)
    assert row.data["answers"] == [
        {"question": "Which line stands?", "answer": "Line 3"},
        {"question": "Since when?", "answer": "9:40"},
    ]
    item = next(one for one in timeline(ticket, desk.user) if one.code == "answered")
    assert desk.asset.name in item.text and item.icon


@pytest.mark.parametrize("channel", [Channel.PORTAL, Channel.MAIL, Channel.PLAN])
def test_where_nobody_could_answer_the_ticket_comes_all_the_same(desk: Desk, channel: Channel) -> None:
    """A customer's mail or a plan is not refused for a question to the agent; the timeline shows it open."""
    ask(desk, "Which line stands?")
    fields = desk.fields(MONDAY, channel=channel.value)
    ticket = open_ticket(fields=fields, team=desk.team, by=None, at=MONDAY)
    (row,) = answered(ticket)
    assert row.kind == "ticket.asked"
    assert row.data["answers"] == [{"question": "Which line stands?", "answer": ""}]
    with pytest.raises(AnswerNeeded):
        open_ticket(fields=fields, team=desk.team, by=desk.user, at=MONDAY)


def test_an_alarm_must_answer(desk: Desk) -> None:
    """A command or program opens for Cadran itself, but it can answer."""
    ask(desk, "Which line stands?")
    with pytest.raises(AnswerNeeded):
        open_ticket(fields=desk.fields(MONDAY, channel="api"), team=desk.team, by=None, at=MONDAY)


def test_asked_when_severity_or_asset_comes_to_it_not_on_every_edit(desk: Desk) -> None:
    """Spec T13: "when the severity is set to a given value": other edits of the ticket ask nothing."""
    (alert,) = ask(desk, "Who is told?", severity="blocking")
    ticket, blocking = desk.open(), desk.severity("blocking")
    with pytest.raises(AnswerNeeded):
        edit_ticket(ticket=ticket, changes={"severity": blocking}, base={}, by=desk.user, at=LATER)
    assert Ticket.objects.get().severity == desk.severity()
    answers = {alert.pk: "The plant manager"}
    edit_ticket(
        ticket=ticket, changes={"severity": blocking}, base={}, answers=answers, by=desk.user, at=LATER
    )
    edit_ticket(ticket=ticket, changes={"title": "Other"}, base={}, by=desk.user, at=LATER)
    assert len(answered(ticket)) == 1
    other = an_asset(desk.customer, desk.product, name="ERP, annex")
    edit_ticket(ticket=ticket, changes={"asset": other}, base={}, by=desk.user, at=LATER)
    with pytest.raises(AnswerNeeded):
        edit_ticket(ticket=ticket, changes={"asset": desk.asset}, base={}, by=desk.user, at=LATER)
    edit_ticket(
        ticket=ticket, changes={"asset": desk.asset}, base={}, answers=answers, by=desk.user, at=LATER
    )
    assert len(answered(ticket)) == 2


def test_finishing_in_a_changed_context_asks_too(desk: Desk) -> None:
    """Spec T13, T20: nothing is finished while the new severity's question is open."""
    (alert,) = ask(desk, "Who is told?", severity="blocking")
    ticket = desk.open()
    work = desk.work(ticket, LATER)
    change = {"severity": desk.severity("blocking")}
    ended = LATER + timedelta(minutes=10)
    with pytest.raises(AnswerNeeded):
        desk.finish(work, ended, context_changes=change)
    assert not ticket.interventions.get(number=work.number).is_finished and not answered(ticket)
    work = ticket.interventions.get(number=work.number)
    desk.finish(work, ended, context_changes=change, answers={alert.pk: "The plant manager"})
    assert len(answered(ticket)) == 1


def test_a_novel_is_no_answer(desk: Desk) -> None:
    """An answer is a sentence or two."""
    (alert,) = ask(desk, "Which line stands?")
    with pytest.raises(InvalidInput) as refused:
        details = OpeningDetails(answers={alert.pk: "x" * 1001})
        open_ticket(fields=desk.fields(MONDAY), team=desk.team, by=desk.user, at=MONDAY, details=details)
    assert refused.value.field == f"answer_{alert.pk}" and not Ticket.objects.exists()
