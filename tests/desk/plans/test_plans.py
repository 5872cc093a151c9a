"""The pages of plans (Spec T31), and holding off an automatic closing (Spec T28)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cadran.accounts.rights import Right
from cadran.contracts.models import Contract
from cadran.tickets.models import Plan, Ticket
from cadran.tickets.operations import open_due_tickets
from tests.factories.desk import Desk, a_desk, colleague, paris
from tests.tickets.operations.test_auto_closing import NOTICE, look, resolved, switch_on
from tests.tickets.operations.test_plans import a_plan, a_template

AT = paris("2026-03-02 10:00")


@pytest.fixture
def desk(db: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    return a_desk()


@pytest.fixture
def client(desk: Desk) -> Client:
    desk.user.language = "en"
    desk.user.save()
    return signed_in(desk.user)


def signed_in(user: Any) -> Client:
    client = Client(headers={"HX-Request": "true"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def typed(desk: Desk, **values: Any) -> dict[str, Any]:
    made = {
        "label": "Backup check",
        "template": a_template(desk).pk,
        "asset": desk.asset.pk,
        "interval": 1,
        "frequency": "monthly",
        "nth": "1",
        "weekdays": ["1"],
        "starts_on": "2026-03-02",
        "due_time": "09:00",
        "schedule": desk.schedule.pk,
        "closed_day": "next",
        "days_ahead": 7,
    }
    return made | values


def test_a_plan_is_made_and_shows_its_days(desk: Desk, client: Client) -> None:
    """Spec T31."""
    answer = client.post(reverse("desk:plan_new"), typed(desk))
    plan = Plan.objects.get()
    assert answer.headers["HX-Redirect"] == reverse("desk:plan", args=[plan.pk])
    page = client.get(reverse("desk:plan", args=[plan.pk])).content.decode()
    assert "every month on the first Monday, 09:00" in page
    assert "Mon, 6 Apr 2026" in page or "Mon 6 Apr 2026" in page
    listed = client.get(reverse("desk:plan_list")).content.decode()
    assert "Backup check" in listed


def test_what_is_refused_stays_typed(desk: Desk, client: Client) -> None:
    """Spec R7."""
    answer = client.post(reverse("desk:plan_new"), typed(desk, nth="", frequency="weekly", weekdays=[]))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Choose at least one day of the week." in page
    assert "Backup check" in page
    assert not Plan.objects.exists()


def test_the_days_show_while_typing(desk: Desk, client: Client) -> None:
    """As soon as the rule can be read, whatever else is missing (Spec T31)."""
    days = reverse("desk:plan_days")
    page = client.post(days, typed(desk, label="", template="", asset="")).content.decode()
    assert page.count("<li") == 10
    assert "They show once the rule can be read." in client.post(days, {}).content.decode()


def test_a_day_that_shares_its_ticket_says_with_which(desk: Desk, client: Client) -> None:
    """Spec T31: the closed day is the one that is crossed out, not the open one that stands for both."""
    sent = typed(desk, frequency="daily", starts_on="2026-05-02", closed_day="next")
    page = client.post(reverse("desk:plan_days"), sent).content.decode()
    assert "<b>Sat 2 May 2026</b>" in page and "goes to Mon 4 May 2026 like another day" in page
    assert page.count("<b>Mon 4 May 2026</b>") == 1


def test_pausing_opening_and_rights(desk: Desk, client: Client) -> None:
    """Spec T31, R2."""
    plan = a_plan(desk)
    opened = client.post(reverse("desk:plan_open", args=[plan.pk]), {"due_on": "2026-05-04"})
    assert opened.status_code == 302
    ticket = Ticket.objects.get()
    assert opened.headers["Location"] == reverse("desk:ticket", args=[ticket.number])
    assert ticket.desired_on == date(2026, 5, 4)
    client.post(reverse("desk:plan_pause", args=[plan.pk]))
    plan.refresh_from_db()
    assert not plan.is_active
    assert open_due_tickets(by=None, at=AT) == 0
    client.post(reverse("desk:plan_resume", args=[plan.pk]))
    reader = signed_in(colleague(desk, Right.SEE_TICKETS))
    assert reader.get(reverse("desk:plan", args=[plan.pk])).status_code == 200
    assert reader.post(reverse("desk:plan_pause", args=[plan.pk])).status_code == 403
    assert client.post(reverse("desk:plan_open", args=[plan.pk]), {"due_on": "no"}).status_code == 404


def test_days_after_the_contracts_end_say_so(desk: Desk, client: Client) -> None:
    """Spec T31, C1: what will be refused is told before its day comes, and can't be opened by hand."""
    plan = a_plan(desk, contract=desk.contract, asset=None)
    address = reverse("desk:plan", args=[plan.pk])
    days = client.get(address).context["coming"]
    assert all(one.can_open and not one.trouble for one in days)
    last = days[3].due_on
    Contract.objects.filter(pk=desk.contract.pk).update(end_on=last)
    days = client.get(address).context["coming"]
    assert [one.can_open for one in days] == [one.due_on <= last for one in days]
    assert days[4].trouble in client.get(address).content.decode()


def test_the_list_asks_the_same_for_one_and_three(
    desk: Desk, client: Client, django_assert_num_queries: Any
) -> None:
    """House: one literal for one row and for three."""
    a_plan(desk)
    client.get(reverse("desk:plan_list"))
    with django_assert_num_queries(8):
        client.get(reverse("desk:plan_list"))
    a_plan(desk)
    a_plan(desk)
    with django_assert_num_queries(8):
        client.get(reverse("desk:plan_list"))


def test_a_closing_is_held_off_from_the_page(desk: Desk, client: Client) -> None:
    """Spec T28."""
    switch_on()
    ticket = resolved(desk)
    assert "Without news" not in client.get(reverse("desk:ticket", args=[ticket.number])).content.decode()
    look(NOTICE)
    page = client.get(reverse("desk:ticket", args=[ticket.number])).content.decode()
    assert "Without news it closes by itself" in page
    client.post(reverse("desk:ticket_hold", args=[ticket.number]), {"held": "yes"})
    ticket.refresh_from_db()
    assert ticket.closing_is_held
    page = client.get(reverse("desk:ticket", args=[ticket.number])).content.decode()
    assert "somebody keeps it open" in page
    assert look(NOTICE + timedelta(days=60)).closed == 0
