"""The versions of commitments and schedules that tickets run on, read for many tickets at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models

from cadran.contracts.models import CommitmentVersion, ScheduleVersion

if TYPE_CHECKING:
    from .ticket import Ticket

COMMITMENT_VERSIONS = (
    "commitment_version",
    "response_commitment_version",
    "resolution_commitment_version",
)
SCHEDULE_VERSIONS = ("reception_schedule_version", "response_action_version", "action_schedule_version")


def read_versions(tickets: Iterable[Ticket]) -> None:
    """Give ``tickets`` the versions that they run on, with commitment and schedule, in two queries.

    Six joins, ten with what they name, are more than a database plans quickly, and hold for thousands of tickets a
    handful of rows: tickets on the same version share one object. Its layout is left to ``layout_of``, which keeps it.
    """
    tickets = list(tickets)
    _give(tickets, COMMITMENT_VERSIONS, CommitmentVersion.objects.select_related("commitment"))
    _give(tickets, SCHEDULE_VERSIONS, ScheduleVersion.objects.select_related("schedule").defer("layout"))


def _give(tickets: list[Ticket], names: tuple[str, ...], versions: models.QuerySet[models.Model]) -> None:
    wanted = {getattr(ticket, f"{name}_id") for ticket in tickets for name in names} - {None}
    found = versions.in_bulk(wanted) if wanted else {}
    for ticket in tickets:
        for name in names:
            if (key := getattr(ticket, f"{name}_id")) is not None:
                setattr(ticket, name, found[key])
