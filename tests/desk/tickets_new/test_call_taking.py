"""What the form of a new ticket says of blocked customers and of what an asset asks (Spec T7, T13)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from cadran.catalogue.models import SeverityAlert
from cadran.catalogue.severity_alerts import set_severity_alerts
from cadran.parties.models import CallTakingCondition, CallTakingEffect
from cadran.parties.operations import (
    CallTakingDetails,
    CallTakingRuleDetails,
    CustomerDetails,
    save_customer,
    set_call_taking,
)
from cadran.tickets.models import Ticket
from tests.factories.desk import Desk
from tests.factories.trade import MONDAY

HX = {"HX-Request": "true"}


def typed(desk: Desk, **changes: Any) -> dict[str, Any]:
    values = {
        "customer": desk.customer.pk, "site": desk.site.pk, "asset": desk.asset.pk, "title": "Nothing prints",
        "nature": desk.nature.pk, "severity": desk.severity().pk, "channel": "telephone",
        "received_at": "2026-03-02T09:30", "team": desk.team.pk,
    }  # fmt: skip
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def rule(desk: Desk, effect: CallTakingEffect) -> None:
    details = CallTakingDetails(
        unpaid_since=date(2026, 1, 12),
        unpaid_cents=418000,
        rules=[CallTakingRuleDetails(effect, CallTakingCondition.UNPAID, "Ask the accounts department")],
    )
    set_call_taking(customer=desk.customer, details=details, by=None, at=MONDAY)


def ask(desk: Desk, severity: str = "major") -> SeverityAlert:
    set_severity_alerts(
        asset=desk.asset, questions={desk.severity(severity): ["Which line stands?"]}, by=None, at=MONDAY
    )
    return SeverityAlert.objects.get()


def deduced(browser: Client, desk: Desk, **changes: Any) -> str:
    return browser.post("/tickets/new/deduced/", typed(desk, title=None, **changes)).content.decode()


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        (CallTakingEffect.BLOCK, "No new ticket for this customer"),
        (CallTakingEffect.WARN, "Ask the accounts"),
    ],
)
def test_a_rule_shows_as_soon_as_the_customer_is_chosen(
    browser: Client, desk: Desk, effect: CallTakingEffect, words: str
) -> None:
    """Spec T13: before anything else is typed, with since when and how much; once, not at every change."""
    rule(desk, effect)
    told = deduced(browser, desk, changed="customer")
    assert 'id="call-taking" hx-swap-oob="true"' in told and words in told and "€4,180.00" in told
    shown = f"{desk.customer.pk}.{desk.customer.row_version}"
    assert 'id="call-taking"' not in deduced(browser, desk, rules_shown=shown)
    assert words in browser.get(f"/tickets/new/?customer={desk.customer.pk}").content.decode()


def test_a_blocked_customer_s_ticket_is_refused_with_all_that_was_typed(browser: Client, desk: Desk) -> None:
    """Spec T13: before the team is asked for; the reason stands beside the customer."""
    rule(desk, CallTakingEffect.BLOCK)
    answer = browser.post("/tickets/new/", typed(desk, team=None), headers=HX)
    told = answer.content.decode()
    assert answer.status_code == 422 and "Nothing prints" in told and "Who is in charge" not in told
    assert "Ask the accounts department" in str(answer.context["form"].errors["customer"])
    assert not Ticket.objects.exists()


def test_a_warned_customer_s_ticket_opens_and_bears_the_banner(browser: Client, desk: Desk) -> None:
    """Spec T13: on each ticket of the customer."""
    rule(desk, CallTakingEffect.WARN)
    browser.post("/tickets/new/", typed(desk), headers=HX)
    page = browser.get(f"/tickets/{Ticket.objects.get().number}/").content.decode()
    assert "Ask the accounts department" in page and "€4,180.00" in page


def test_questions_appear_with_the_severity_and_go_with_it(browser: Client, desk: Desk) -> None:
    """Spec T13: only where something else is asked than stands there, so that what is being typed stays."""
    alert = ask(desk)
    told = deduced(browser, desk, changed="severity", asked="")
    assert 'id="questions"' in told and f'name="answer_{alert.pk}"' in told and "is-invalid" not in told
    assert 'id="questions"' not in deduced(browser, desk, asked=str(alert.pk))
    minor = desk.severity("minor").pk
    gone = deduced(browser, desk, severity=minor, asked=str(alert.pk))
    assert 'id="questions"' in gone and "answer_" not in gone


def test_an_answer_is_needed_and_kept(browser: Client, desk: Desk) -> None:
    """Spec T13: the form shows the question with the sentence; answered, the ticket opens and tells both."""
    alert = ask(desk)
    answer = browser.post("/tickets/new/", typed(desk, team=None), headers=HX)
    assert answer.status_code == 422 and f"answer_{alert.pk}" in answer.context["form"].errors
    assert "Nothing prints" in answer.content.decode() and not Ticket.objects.exists()
    browser.post("/tickets/new/", typed(desk, **{f"answer_{alert.pk}": "Line 3"}), headers=HX)
    page = browser.get(f"/tickets/{Ticket.objects.get().number}/").content.decode()
    assert "Which line stands?" in page and "Line 3" in page


def test_the_edit_dialog_asks_too(browser: Client, desk: Desk) -> None:
    """Spec T13: in both sections that hold the severity; saving without an answer changes nothing."""
    alert = ask(desk, "blocking")
    ticket = desk.open()
    address = f"/tickets/{ticket.number}/edit/details/"
    form = browser.get(address, headers=HX).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    sent |= {"received_at": "2026-03-02T10:00", "severity": desk.severity("blocking").pk}
    asked = browser.post(f"/tickets/{ticket.number}/questions/", {**sent, "asked": ""}, headers=HX)
    assert f'name="answer_{alert.pk}"' in asked.content.decode() and b"is-invalid" not in asked.content
    same = browser.post(f"/tickets/{ticket.number}/questions/", {**sent, "asked": str(alert.pk)}, headers=HX)
    assert same.status_code == 204
    assert browser.post(address, sent, headers=HX).status_code == 422
    assert Ticket.objects.get().severity == desk.severity()
    answered = browser.post(address, {**sent, f"answer_{alert.pk}": "The manager"}, headers=HX)
    assert answered.status_code == 200 and Ticket.objects.get().severity == desk.severity("blocking")


def test_notes_stand_shortened_where_the_call_is_taken(browser: Client, desk: Desk) -> None:
    """Spec T7: a few words of the customer's note, without its tags, and the way to all of it."""
    details = CustomerDetails(name=desk.customer.name, note="<p>Ring <b>twice</b>.</p>" + "<p>word</p>" * 200)
    save_customer(customer=desk.customer, details=details, by=None, at=MONDAY)
    told = deduced(browser, desk)
    assert "Ring twice" in told and f"/customers/{desk.customer.number}/" in told
    assert told.count("word") < 60
