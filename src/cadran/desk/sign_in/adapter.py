"""How allauth behaves here: nobody signs up, and its refusals are sentences of ours (Spec R4, R7)."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in alone; people are created in the settings."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "This address and this password don’t go together. Check both, or ask your administrator for a "
            "one-time link."
        ),
        "too_many_login_attempts": _(
            "Too many failed attempts for this address. Wait five minutes, then try again, or ask your "
            "administrator for a one-time link."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people are created by who may edit agents."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the page one lands on says enough."""
