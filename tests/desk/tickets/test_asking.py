"""What an asset asks in the finish dialog, and banners on tickets (Spec T13, T20)."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cadran.catalogue.models import SeverityAlert
from cadran.catalogue.severity_alerts import set_severity_alerts
from cadran.parties.models import CallTakingCondition, CallTakingEffect
from cadran.parties.operations import CallTakingDetails, CallTakingRuleDetails, set_call_taking
from cadran.tickets.choices import Phase
from cadran.tickets.models import Ticket
from tests.factories.desk import Desk, paris
from tests.factories.trade import MONDAY

from .conftest import post, text_of

HALF_PAST = paris("2026-03-02 09:30")


def test_the_finish_dialog_asks_when_its_context_changes(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T13, T20: unanswered, nothing is finished and the report stays typed; answered, all of it happens."""
    questions = {desk.severity("blocking"): ["Who is told?"]}
    set_severity_alerts(asset=desk.asset, questions=questions, by=None, at=MONDAY)
    alert, work = SeverityAlert.objects.get(), desk.work(ticket, HALF_PAST)
    address = f"interventions/{work.number}/finish/"
    opened = post(browser, ticket, f"{address}?refresh=1&context=1")
    form = opened.context["about"]
    typed = {name: form[name].value() for name in form.editable if form[name].value() not in (None, "")}
    typed |= {
        "severity": desk.severity("blocking").pk, "base": form["base"].value(), "with_context": "on",
        "resolved": "on", "external_report": "<p>Typed before</p>",
        "started_at": "2026-03-02T09:30", "ended_at": "2026-03-02T10:00",
    }  # fmt: skip
    refused = post(browser, ticket, address, **typed)
    assert refused.status_code == 422 and "Who is told?" in text_of(refused)
    assert "Typed before" in refused.content.decode()
    assert Ticket.objects.get(pk=ticket.pk).phase == Phase.IN_PROGRESS
    answer = post(browser, ticket, address, **typed, **{f"answer_{alert.pk}": "The manager"})
    assert answer.status_code == 200
    stored = Ticket.objects.get(pk=ticket.pk)
    assert (stored.severity.code, stored.phase) == ("blocking", Phase.RESOLVED)
    assert "The manager" in browser.get(f"/tickets/{ticket.number}/").content.decode()


def test_banners_take_one_query_however_many_there_are(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """House: as many queries for four rules as for one."""
    address = f"/tickets/{ticket.number}/"
    rules = [
        CallTakingRuleDetails(effect, condition, f"{effect} {condition}")
        for effect in CallTakingEffect
        for condition in CallTakingCondition
    ]

    def page_with(count: int) -> tuple[str, int]:
        details = CallTakingDetails(unpaid_since=MONDAY.date(), rules=rules[:count])
        set_call_taking(customer=desk.customer, details=details, by=None, at=MONDAY)
        browser.get(address)
        with CaptureQueriesContext(connection) as found:
            page = browser.get(address).content.decode()
        return page, len(found)

    one, queries = page_with(1)
    many, as_many = page_with(4)
    assert queries == as_many
    assert one.count("cd-notice-orange") + 3 == many.count("cd-notice-orange")
