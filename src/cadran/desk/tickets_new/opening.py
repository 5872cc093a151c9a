"""What an open form carries along: when it was opened and a token that lets it open one ticket only."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.core import signing
from django.core.cache import cache
from django.db import transaction

from cadran.accounts.models import User
from cadran.tickets.models import Ticket

_SALT = "cadran.ticket-form"
#: How long a form that was sent leads to the ticket it opened, in seconds.
REMEMBERED = 3 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Opening:
    """One opened form. ``opened_at`` is where the intake begins (Spec T12)."""

    token: str
    opened_at: datetime

    @classmethod
    def begin(cls, now: datetime) -> Self:
        """A form that is opened now."""
        return cls(secrets.token_urlsafe(16), now)

    @classmethod
    def read(cls, signed: str, now: datetime) -> Self:
        """The form's own mark; a fresh one when it was changed on its way or is older than :data:`REMEMBERED`."""
        try:
            token, opened_at = signing.loads(signed, salt=_SALT, max_age=REMEMBERED)
            return cls(token, min(datetime.fromisoformat(opened_at), now))
        except (signing.BadSignature, ValueError, TypeError):
            return cls.begin(now)

    def sign(self) -> str:
        """The mark as the form carries it."""
        return signing.dumps([self.token, self.opened_at.isoformat()], salt=_SALT)

    def _key(self, user: User) -> str:
        return f"ticket-form:{user.pk}:{self.token}"

    def number(self, user: User) -> str:
        """The number of the ticket that this form opened already; empty for none."""
        return str(cache.get(self._key(user)) or "")

    def once(self, user: User, act: Callable[[], Ticket]) -> str:
        """Do ``act`` unless this form did it before; the number of the ticket either way.

        The mark is a row of the cache's table and lives in the transaction of the act: a second post that comes at
        the same time waits for the first, and one that failed leaves no mark.
        """
        with transaction.atomic():
            if not cache.add(self._key(user), "", REMEMBERED):
                return self.number(user)
            number = act().number
            cache.set(self._key(user), number, REMEMBERED)
        return number
