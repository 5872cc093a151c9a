"""Two who change people and profiles at the same time (house: operations)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cadran.accounts.models import Profile, User
from cadran.accounts.operations import (
    create_user,
    ensure_supplied_profiles,
    save_profile,
    set_active,
    set_profiles,
)
from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput
from cadran.core.models import JournalEntry
from cadran.core.reference import retire_reference_row
from cadran.parties.operations import AgentDetails
from cadran.parties.operations.sign_in import SignInDetails, save_agent_and_sign_in
from tests.factories.parallel import at_once, refusals
from tests.factories.trade import MONDAY, an_agent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def administrator(transactional_db: None) -> Profile:
    ensure_supplied_profiles(by=None, at=MONDAY)
    return Profile.objects.get(code="administrator")


def a_person(name: str, *profiles: Profile) -> User:
    email = f"{name}@example.com"
    return create_user(email=email, name=name, profiles=profiles, by=None, at=MONDAY)


def who_may_edit_profiles() -> list[User]:
    return [user for user in User.objects.all() if user.has_right(Right.EDIT_AGENTS)]


def shut_out(user: User, by: User) -> Callable[[], Any]:
    return lambda: set_active(user=user, is_active=False, by=by, at=MONDAY)


def without_profile(user: User, by: User) -> Callable[[], Any]:
    return lambda: set_profiles(user=user, profiles=[], by=by, at=MONDAY)


@pytest.mark.parametrize("act", [shut_out, without_profile])
def test_the_last_two_administrators_take_each_others_rights(administrator: Profile, act: Any) -> None:
    """Spec R1: somebody is always left who edits profiles; the second of the two is told."""
    ada, bob = a_person("ada", administrator), a_person("bob", administrator)
    for user in (ada, bob):
        assert user.has_right(Right.EDIT_AGENTS)
    results = at_once(act(ada, by=bob), act(bob, by=ada))
    assert [type(one) for one in refusals(results)] == [InvalidInput]
    assert len(who_may_edit_profiles()) == 1


def test_the_last_right_goes_by_two_ways(administrator: Profile) -> None:
    """Spec R1: one profile is retired while the only holder of the other one is shut out."""
    second = Profile.objects.create(code="second", name_fr="Second", rights=list(administrator.rights))
    a_person("ada", administrator)
    bob = a_person("bob", second)
    results = at_once(
        lambda: retire_reference_row(row=administrator, by=None, at=MONDAY),
        lambda: set_active(user=bob, is_active=False, by=None, at=MONDAY),
    )
    assert [type(one) for one in refusals(results)] == [InvalidInput]
    assert len(who_may_edit_profiles()) == 1


@pytest.mark.parametrize("spellings", [("ada@example.com",) * 3, ("ada@example.com", "Ada@example.com")])
def test_one_person_per_address(administrator: Profile, spellings: tuple[str, ...]) -> None:
    """Spec R1: one address signs one person in, however it is spelt; the others get a sentence."""

    def creating(email: str) -> Callable[[], Any]:
        return lambda: create_user(email=email, name="Ada", profiles=[administrator], by=None, at=MONDAY)

    results = at_once(*map(creating, spellings))
    assert [type(one) for one in refusals(results)] == [InvalidInput] * (len(spellings) - 1)
    assert User.objects.count() == 1
    assert JournalEntry.objects.filter(kind="user.created").count() == 1


def test_two_profiles_of_one_code(administrator: Profile) -> None:
    """Spec R7: the second gets a sentence, and each new profile a place of its own."""

    def saving(code: str) -> Callable[[], Any]:
        return lambda: save_profile(
            profile=None, code=code, name_fr=code, name_en="", rights=[], by=None, at=MONDAY
        )

    before = Profile.objects.count()
    results = at_once(saving("night"), saving("night"), saving("day"))
    assert len(refusals(results)) == 1
    positions = list(Profile.objects.values_list("position", flat=True))
    assert len(positions) == len(set(positions)) == before + 2


def test_the_same_agent_edited_and_shut_out(administrator: Profile) -> None:
    """House: the agent's row and who may sign in are taken in one order, so that none waits for the other for ever."""
    a_person("root", administrator)
    user = a_person("ada", administrator)
    agent = an_agent("Ada", user=user)
    sign_in = SignInDetails(email="ada@example.com", profiles=[administrator])
    details = AgentDetails(first_name="Ada", last_name="Ada")

    def editing(**typed: Any) -> Callable[[], Any]:
        seen = type(agent).objects.select_related("user").get(pk=agent.pk)
        return lambda: save_agent_and_sign_in(agent=seen, details=details, by=None, at=MONDAY, **typed)

    leaving = AgentDetails(first_name="Ada", last_name="Ada", is_active=False)
    gone = type(agent).objects.select_related("user").get(pk=agent.pk)
    results = at_once(
        editing(sign_in=sign_in),
        lambda: save_agent_and_sign_in(agent=gone, details=leaving, sign_in=None, by=None, at=MONDAY),
        editing(sign_in=sign_in),
    )
    assert all(one.message for one in refusals(results))
    agent.refresh_from_db()
    user.refresh_from_db()
    assert agent.is_active == user.is_active
