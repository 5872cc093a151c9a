"""Two who change customers, agents and teams at once: one wins, the other is told (Spec T11, T13, T17)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cadran.core.errors import InvalidInput, Stale
from cadran.parties.models import (
    Agent,
    CallTakingCondition,
    CallTakingEffect,
    CallTakingRule,
    Customer,
    Team,
)
from cadran.parties.operations import (
    AgentDetails,
    CallTakingDetails,
    CallTakingRuleDetails,
    TeamDetails,
    save_agent,
    save_team,
    set_call_taking,
)
from tests.factories.parallel import at_once, refusals
from tests.factories.trade import MONDAY, a_customer, an_agent

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_set_rules_at_once_never_mix_them() -> None:
    """All of one's rules or all of the other's; the second to save gets a sentence."""
    customer = a_customer()

    def setting(message: str) -> Customer:
        rules = [
            CallTakingRuleDetails(effect, CallTakingCondition.ALWAYS, message) for effect in CallTakingEffect
        ]
        row = Customer.objects.get(pk=customer.pk)
        return set_call_taking(
            customer=row, details=CallTakingDetails(rules=rules), by=None, at=MONDAY, seen=0
        )

    results = at_once(lambda: setting("Mine"), lambda: setting("Theirs"))
    assert [type(one) for one in refusals(results)] == [Stale]
    assert len(set(CallTakingRule.objects.values_list("message", flat=True))) == 1
    assert CallTakingRule.objects.count() == 2


def test_nobody_leads_a_team_they_have_just_left() -> None:
    """Spec T11: an agent is made manager or leaves, never both; who comes second is told."""
    agent = an_agent()
    details = AgentDetails(first_name=agent.first_name, last_name=agent.last_name, is_active=False)
    leads = TeamDetails(code="support", name_fr="Support", manager=agent)
    results = at_once(
        lambda: save_agent(agent=agent, details=details, by=None, at=MONDAY),
        lambda: save_team(team=None, details=leads, by=None, at=MONDAY),
    )
    assert [type(one) for one in refusals(results)] == [InvalidInput]
    assert Team.objects.count() == Agent.objects.filter(is_active=True).count()


def test_teams_made_at_once_have_places_of_their_own() -> None:
    """Spec T1: the order of the teams says which comes first."""

    def making(code: str) -> Callable[[], Any]:
        return lambda: save_team(team=None, details=TeamDetails(code=code, name_fr=code), by=None, at=MONDAY)

    assert not refusals(at_once(*map(making, ("one", "two", "three"))))
    assert sorted(Team.objects.values_list("position", flat=True)) == [1, 2, 3]
