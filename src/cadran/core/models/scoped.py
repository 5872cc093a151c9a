"""Reads go through ``visible_to(user)``: the one door from an interface to a row (Spec R2, R3)."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, Self

from django.db import models


class Reader(Protocol):
    """Whoever reads: what a scoped queryset needs to know of a user."""

    def has_right(self, right: str) -> bool: ...


class ScopedQuerySet(models.QuerySet[Any]):
    """A queryset that shows a reader only what they may see.

    ``seen_with`` is the code of the right that opens the rows; an empty one means every signed-in agent.
    """

    seen_with: ClassVar[str] = ""

    def visible_to(self, user: Reader) -> Self:
        """The rows that ``user`` may see; none at all without the right."""
        if self.seen_with and not user.has_right(self.seen_with):
            return self.none()
        return self
