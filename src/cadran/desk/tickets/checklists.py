"""The checklist of an intervention as pages show it (Spec T30)."""

from __future__ import annotations

from django.urls import reverse

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.tickets.models import Intervention, InterventionCheck


class Line:
    """One item and where it is ticked."""

    def __init__(self, check: InterventionCheck, row: Intervention) -> None:
        self.check = check
        self.url = reverse("desk:intervention_check", args=[row.ticket.number, row.number, check.pk])


class Checklist:
    """The items of one intervention; they can be ticked as long as it is neither finished nor archived."""

    def __init__(self, row: Intervention, user: User) -> None:
        self.row = row
        self.lines = [Line(check, row) for check in row.checks.all()]
        self.is_open = not row.is_finished and not row.is_archived
        self.may_tick = self.is_open and user.has_right(Right.INTERVENE)

    @property
    def done(self) -> int:
        """How many items are ticked."""
        return sum(line.check.is_checked for line in self.lines)
