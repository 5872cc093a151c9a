"""What a version of a commitment promises, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import pgettext

from cadran.contracts.models import ClockStart, CommitmentVersion
from cadran.desk.components.words import guarantee_text


@dataclass(frozen=True)
class Promise:
    """One version in words; an empty guarantee is none."""

    response: str
    resolution: str
    reception_schedule: str
    action_schedule: str
    threshold: str


def promise_of(version: CommitmentVersion) -> Promise:
    """``version`` in words: « 2 h from reception »."""
    return Promise(
        response=_guarantee(version.response_amount, version.response_unit, version.response_start),
        resolution=_guarantee(version.resolution_amount, version.resolution_unit, version.resolution_start),
        reception_schedule=version.reception_schedule.name,
        action_schedule=version.action_schedule.name,
        threshold=guarantee_text(version.warning_minutes, "minute"),
    )


def _guarantee(amount: int | None, unit: str, start: str) -> str:
    if amount is None:
        return ""
    length = {"length": guarantee_text(amount, unit)}
    if start == ClockStart.ENTRY:
        return pgettext("guarantee", "%(length)s from entry") % length
    if start == ClockStart.RESPONSE:
        return pgettext("guarantee", "%(length)s from the response") % length
    return length["length"]
