"""Who may do what with contracts and schedules. ``None`` is Cadran itself, which may."""

from __future__ import annotations

from cadran.accounts.models import User
from cadran.accounts.rights import Right


def may_edit_contracts(user: User | None) -> bool:
    """Create and edit contracts, services, lines and their commitments."""
    return user is None or user.has_right(Right.EDIT_CONTRACTS)


def may_edit_schedules(user: User | None) -> bool:
    """Edit schedules, holiday calendars and what commitments promise."""
    return user is None or user.has_right(Right.EDIT_SCHEDULES)


def may_edit_customers(user: User | None) -> bool:
    """Choose the commitments of a customer or of one of its contacts."""
    return user is None or user.has_right(Right.EDIT_CUSTOMERS)
