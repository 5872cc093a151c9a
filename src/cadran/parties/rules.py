"""Who may do what with customers, agents and what belongs to them. ``None`` is Cadran itself, which may."""

from __future__ import annotations

from cadran.accounts.models import User
from cadran.accounts.rights import Right

from .models import Team


def may_edit_customers(user: User | None) -> bool:
    """Create and edit customers, their sites and contacts."""
    return user is None or user.has_right(Right.EDIT_CUSTOMERS)


def may_edit_agents(user: User | None) -> bool:
    """Create and edit agents and teams."""
    return user is None or user.has_right(Right.EDIT_AGENTS)


def may_name_stand_in(user: User | None, team: Team) -> bool:
    """Say who leads a team in its manager's absence: the manager, and whoever edits teams (Spec T11)."""
    agent = getattr(user, "agent", None)
    return may_edit_agents(user) or (agent is not None and agent.pk == team.manager_id)


def may_edit_suppliers(user: User | None) -> bool:
    """Create and edit suppliers and their contacts: contracts are made with them."""
    return user is None or user.has_right(Right.EDIT_CONTRACTS)


def may_edit_projects(user: User | None) -> bool:
    """Create and edit projects: contracts are booked on them."""
    return user is None or user.has_right(Right.EDIT_CONTRACTS)
