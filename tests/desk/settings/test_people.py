"""Agents, profiles and the matrix of rights (Spec R1)."""

from __future__ import annotations

import re

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cadran.accounts.models import Profile, SignInLink, User
from cadran.accounts.rights import Right
from cadran.parties.models import Agent
from tests.factories.desk import Desk
from tests.factories.trade import an_agent

from .conftest import client_of, filled, said


def agent_form(**typed: object) -> dict[str, object]:
    return {
        "first_name": "Nora",
        "last_name": "Petit",
        "email": "nora@example.com",
        "is_active": "on",
        "signs_in": "on",
        "language": "fr",
        "profiles": [Profile.objects.get(code="support-agent").pk],
        **typed,
    }


def test_an_agent_who_signs_in_gets_a_link_that_is_shown_once(client: Client) -> None:
    """Spec R4: no password is invented; the link works once and only its hash is stored."""
    answer = client.post("/settings/agents/new/", agent_form())
    agent = Agent.objects.get(last_name="Petit")
    assert answer.headers["Location"] == f"/settings/agents/{agent.pk}/"
    assert agent.user is not None and agent.user.has_right(Right.OPEN_TICKETS)
    answer = client.post(f"/settings/agents/{agent.pk}/link/")
    assert "no-store" in answer.headers["Cache-Control"]
    address = re.search(r"http://testserver(/sign-in/[^/]+/)", said(answer))
    assert address is not None
    secret = address[1].split("/")[2]
    assert secret not in said(client.get(f"/settings/agents/{agent.pk}/"))
    assert not SignInLink.objects.filter(secret_hash=secret).exists()
    assert Client().post(address[1]).headers["Location"] == "/"


def test_an_agent_without_sign_in_needs_no_address(client: Client) -> None:
    """Spec T6: somebody may be an assignee without ever signing in."""
    typed = agent_form(email="")
    del typed["signs_in"], typed["profiles"]
    client.post("/settings/agents/new/", typed)
    assert Agent.objects.get(last_name="Petit").user is None


def test_a_taken_address_is_refused_and_nothing_is_saved(client: Client, desk: Desk) -> None:
    """Spec R7: neither the agent nor the person is half-saved."""
    before = User.objects.count()
    answer = client.post("/settings/agents/new/", agent_form(email="KARIM@example.com"))
    assert answer.status_code == 422
    assert "Somebody already signs in with KARIM@example.com" in said(answer)
    assert 'value="Nora"' in said(answer)
    assert User.objects.count() == before and not Agent.objects.filter(last_name="Petit").exists()


def test_an_agent_who_leaves_may_no_longer_sign_in(client: Client) -> None:
    """Spec R4: the session ends with the next request."""
    client.post("/settings/agents/new/", agent_form())
    agent = Agent.objects.get(last_name="Petit")
    assert agent.user is not None
    theirs = client_of(agent.user)
    assert theirs.get("/settings/me/").status_code == 200
    page = filled(client.get(f"/settings/agents/{agent.pk}/"))
    del page["is_active"]
    client.post(f"/settings/agents/{agent.pk}/", page)
    assert not User.objects.get(pk=agent.user.pk).is_active
    assert theirs.get("/settings/me/").status_code == 302


def test_a_manager_stays_until_the_team_has_another(client: Client, desk: Desk) -> None:
    """Spec T11: the refusal names the team; the sign-in stays as it was."""
    page = filled(client.get(f"/settings/agents/{desk.agent.pk}/"))
    del page["is_active"]
    answer = client.post(f"/settings/agents/{desk.agent.pk}/", page)
    assert "leads the team “Support”. Name somebody else there first." in said(answer)
    assert User.objects.get(pk=desk.user.pk).is_active


def test_nobody_can_lock_everybody_out(client: Client, admin: User, desk: Desk) -> None:
    """Spec R1: the last right to edit profiles can't be taken away, by whichever way."""
    Profile.objects.get(code="karim").users.clear()
    own = Profile.objects.get(code="admin")
    page = client.get(f"/settings/profiles/{own.code}/")
    sentence = "Nobody could edit profiles any more. Leave the right 190003 to at least one person."
    kept = [right for right in own.rights if right != Right.EDIT_AGENTS]
    answer = client.post(f"/settings/profiles/{own.code}/", filled(page) | {"rights": kept})
    assert answer.status_code == 422 and sentence in said(answer)
    assert sentence in said(client.post(f"/settings/profiles/{own.code}/retired/", follow=True))
    own.refresh_from_db()
    assert Right.EDIT_AGENTS in own.rights and not own.is_retired


def test_a_whole_module_gives_each_of_its_rights(client: Client) -> None:
    """Spec R1: 1403** stands for all of its module; the matrix shows the ticks."""
    client.post(
        "/settings/profiles/new/", {"name_fr": "Chéquiers", "name_en": "Vouchers", "rights": ["1403**"]}
    )
    assert Profile.objects.get(code="vouchers").rights == ["1403**"]
    page = client.get("/settings/profiles/")
    rows = {right.value: ticks for _group, rights in page.context["matrix"] for right, ticks in rights}
    column = [profile.code for profile in page.context["profiles"]].index("vouchers")
    assert all(rows[right.value][column] for right in Right if right.value.startswith("1403"))
    assert not rows[Right.SEE_TICKETS.value][column]


def test_two_editors_of_one_profile(client: Client) -> None:
    """Spec T17: a name and rights both stand; of two lists of rights one is chosen."""
    page = filled(client.get("/settings/profiles/auditor/"))
    client.post("/settings/profiles/auditor/", page | {"name_en": "Inspector"})
    assert client.post("/settings/profiles/auditor/", page | {"rights": []}).status_code == 302
    stored = Profile.objects.get(code="auditor")
    assert stored.name_en == "Inspector" and not stored.rights
    answer = client.post("/settings/profiles/auditor/", page | {"rights": [Right.SEE_TICKETS.value]})
    assert answer.status_code == 422 and "changed the same fields meanwhile" in said(answer)
    stored.refresh_from_db()
    assert not stored.rights


def test_the_list_of_agents_asks_no_query_per_row(client: Client, desk: Desk) -> None:
    """House: one agent or four, the same queries."""
    with CaptureQueriesContext(connection) as few:
        client.get("/settings/agents/")
    for name in ("Un", "Deux", "Trois"):
        an_agent(name)
    with CaptureQueriesContext(connection) as many:
        client.get("/settings/agents/")
    assert len(many) == len(few)
