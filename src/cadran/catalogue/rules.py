"""Who may do what with products and assets. ``None`` is Cadran itself, which may."""

from __future__ import annotations

from cadran.accounts.models import User
from cadran.accounts.rights import Right


def may_edit_assets(user: User | None) -> bool:
    """Create and edit products, their versions and assets."""
    return user is None or user.has_right(Right.EDIT_ASSETS)


def may_edit_known_errors(user: User | None) -> bool:
    """Create and edit known errors."""
    return user is None or user.has_right(Right.EDIT_KNOWN_ERRORS)
