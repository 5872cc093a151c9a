"""What counts on schedules, calendars and commitments, for the settings pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..models import Commitment, CommitmentChoice, CommitmentVersion, Schedule


@dataclass
class CommitmentHolders:
    """Who is promised a commitment, by level (Spec C9)."""

    requesters: list[CommitmentChoice] = field(default_factory=list)
    services: list[CommitmentChoice] = field(default_factory=list)
    contracts: list[CommitmentChoice] = field(default_factory=list)
    customers: list[CommitmentChoice] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many choices name the commitment."""
        return len(self.requesters) + len(self.services) + len(self.contracts) + len(self.customers)


def newest_versions(commitments: Sequence[Commitment] | None = None) -> dict[int, CommitmentVersion]:
    """The version that new tickets get, by commitment; with both schedules. One query."""
    versions = CommitmentVersion.objects.select_related("commitment", "reception_schedule", "action_schedule")
    if commitments is not None:
        versions = versions.filter(commitment__in=commitments)
    return {version.commitment_id: version for version in versions.order_by("number")}


def commitments_on(schedules: Sequence[Schedule]) -> dict[int, list[Commitment]]:
    """The commitments whose newest version counts on each schedule, by the schedule's key. One query."""
    found: dict[int, list[Commitment]] = {schedule.pk: [] for schedule in schedules}
    for version in newest_versions().values():
        for key in {version.reception_schedule_id, version.action_schedule_id} & found.keys():
            found[key].append(version.commitment)
    return found


def holders_of(commitment: Commitment) -> CommitmentHolders:
    """Every requester, service, contract and customer that has the commitment. One query."""
    holders = CommitmentHolders()
    choices = commitment.choices.select_related(
        "requester", "service__contract", "contract", "customer", "severity"
    )
    for choice in choices:
        if choice.requester_id:
            holders.requesters.append(choice)
        elif choice.service_id:
            holders.services.append(choice)
        elif choice.contract_id:
            holders.contracts.append(choice)
        else:
            holders.customers.append(choice)
    return holders
