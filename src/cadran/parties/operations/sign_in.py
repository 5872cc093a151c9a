"""Writes on an agent together with how they sign in: one act, one transaction (Spec R1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from cadran.accounts.models import Profile, User
from cadran.accounts.operations import create_user, edit_user, set_active, set_profiles
from cadran.core.journal import record
from cadran.core.reference import take_turn_of
from cadran.core.writing import take_seen

from ..models import Agent
from .agents import AgentDetails, save_agent


@dataclass(frozen=True)
class SignInDetails:
    """How an agent signs in; ``language`` is empty while the browser chooses."""

    email: str
    profiles: Sequence[Profile]
    language: str = ""
    may_sign_in: bool = True


def save_agent_and_sign_in(
    *,
    agent: Agent | None,
    details: AgentDetails,
    sign_in: SignInDetails | None,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> Agent:
    """Create or change an agent and, with ``sign_in``, the person who signs in as them.

    An agent who is no longer active may no longer sign in. Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or
    ``InvalidInputs``; nothing is saved then.
    """
    user = agent.user if agent else None
    with transaction.atomic():
        take_turn_of(Profile)  # before the agent's own row, as every change of who may sign in
        if agent is not None and sign_in is not None and (changes := _changes(user, sign_in)):
            take_seen(agent, seen)  # how they sign in is part of what the editor saw of the agent
            seen = None
            _tell(agent, changes, by, at)
        if sign_in is not None:
            user = _save_sign_in(user, f"{details.first_name} {details.last_name}", sign_in, by, at)
        may_sign_in = details.is_active and (sign_in.may_sign_in if sign_in else True)
        saved = save_agent(agent=agent, details=replace(details, user=user), by=by, at=at, seen=seen)
        if user is not None and user.is_active != may_sign_in and (sign_in is not None or not may_sign_in):
            set_active(user=user, is_active=may_sign_in, by=by, at=at)
    return saved


def _changes(user: User | None, sign_in: SignInDetails) -> dict[str, dict[str, Any]]:
    """What changes of how an agent signs in, before and after."""
    email, language, signs_in = (user.email, user.language, user.is_active) if user else ("", "", False)
    values = {
        "email": (email, sign_in.email),
        "language": (language, sign_in.language),
        "signs_in": (signs_in, sign_in.may_sign_in),
        "profiles": (_names(user.profiles.all() if user else ()), _names(sign_in.profiles)),
    }
    return {name: {"before": old, "after": new} for name, (old, new) in values.items() if old != new}


def _names(profiles: Iterable[Profile]) -> list[str]:
    return sorted(profile.code for profile in profiles)


def _tell(agent: Agent, changes: dict[str, dict[str, Any]], by: User | None, at: datetime) -> None:
    data = {"name": str(agent), "changes": changes}
    record(subject_kind="agent", subject_id=agent.pk, kind="agent.sign_in_changed", by=by, at=at, data=data)


def _save_sign_in(
    user: User | None, name: str, sign_in: SignInDetails, by: User | None, at: datetime
) -> User:
    if user is None:
        return create_user(
            email=sign_in.email, name=name, profiles=sign_in.profiles, language=sign_in.language, by=by, at=at
        )
    edit_user(user=user, email=sign_in.email, name=name, language=sign_in.language, by=by, at=at)
    if set(user.profiles.all()) != set(sign_in.profiles):
        set_profiles(user=user, profiles=sign_in.profiles, by=by, at=at)
    return user
