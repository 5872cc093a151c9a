from datetime import datetime
from typing import Any

from django.apps import AppConfig


def _recompute_later(version: Any, cause: Any, by: Any, at: datetime) -> None:
    from .tasks import recompute_for_schedule

    if version.number > 1:
        who = str(by) if by is not None else ""
        recompute_for_schedule.enqueue(version.pk, {**cause, "who": who})


class TicketsConfig(AppConfig):
    name = "cadran.tickets"
    label = "tickets"

    def ready(self) -> None:
        """Define the business rules; hear of schedules that move, to recompute their tickets (Spec C13)."""
        from cadran.contracts.announcements import on_new_schedule_version
        from cadran.core.reference import before_retiring
        from cadran.parties.models import Team

        from .business_rules import keep_intake_team

        before_retiring(Team, keep_intake_team)
        on_new_schedule_version(_recompute_later)
