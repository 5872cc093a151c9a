"""The panel beside the form: verdict, due dates, why this commitment (Spec T6, T8, C9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cadran.contracts.queries import Considered
from cadran.desk.components.words import when_text
from cadran.tickets.choices import ClockState, Coverage
from cadran.tickets.queries import Deduction, DuePreview

from .taking import notes_of

#: The component's word for each verdict.
VERDICTS = {Coverage.COVERED: "covered", Coverage.OUT_OF_SCOPE: "out", Coverage.PAY_PER_INCIDENT: "incident"}


@dataclass(frozen=True, slots=True)
class Due:
    """What one clock would be, were the ticket saved now; ``used`` is the share of its guarantee, 0 to 100."""

    name: str
    guarantee: str
    when: str
    colour: str
    used: float


@dataclass(frozen=True, slots=True)
class Reason:
    """One level of the commitment's choice in words."""

    text: str
    is_chosen: bool


def panel(deduction: Deduction, values: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """The context of the panel's template."""
    commitment = deduction.commitment.commitment
    return {
        "verdict": VERDICTS[deduction.coverage],
        "reason": deduction.coverage_sentence,
        "alert_memo": getattr(values.get("contract"), "alert_memo", ""),
        "dues": _dues(deduction, now),
        "commitment": str(commitment) if commitment else "",
        "considered": [
            _reason(one, deduction, values.get("severity")) for one in deduction.commitment.considered
        ],
        "customer": values.get("customer"),
        "notes": notes_of(values),
        "now": now,
    }


def summary(deduction: Deduction, now: datetime) -> str:
    """The panel in one line, for the foot of the form on a phone."""
    dues = [f"{due.name} {due.when}" for due in _dues(deduction, now)]
    return " · ".join([str(deduction.coverage.label), *dues])


def _dues(deduction: Deduction, now: datetime) -> list[Due]:
    names = (pgettext("clock", "Response"), pgettext("clock", "Resolution"))
    previews = (deduction.response, deduction.resolution)
    return [
        _due(name, one, now) for name, one in zip(names, previews, strict=True) if one.clock.guarantee_text
    ]


def _due(name: str, preview: DuePreview, now: datetime) -> Due:
    clock = preview.clock
    guarantee = f"{clock.guarantee_text}, {preview.schedule}"
    if clock.met_at is not None:
        when = _("given by the intake") if clock.in_time else _("given by the intake, too late")
    elif clock.due_at is not None:
        when = when_text(clock.due_at, now)
    elif clock.state == ClockState.WAITING:
        when = _("after the response")
    else:
        when = _("never: the schedule never opens")
    return Due(name, guarantee, when, clock.colour, round(100 * (clock.used_fraction or 0), 1))


def _reason(one: Considered, deduction: Deduction, severity: Any) -> Reason:
    holder = {"level": capfirst(str(one.level.label)), "holder": one.holder_label}
    is_chosen = one.level == deduction.commitment.level
    if one.found is None:
        return Reason(_("%(level)s %(holder)s: none") % holder, False)
    told = {**holder, "commitment": one.found, "severity": str(severity or "")}
    if is_chosen and severity:
        return Reason(_("%(level)s %(holder)s: %(commitment)s, for severity %(severity)s") % told, True)
    if is_chosen:
        return Reason(_("%(level)s %(holder)s: %(commitment)s") % told, True)
    if not one.applies:
        return Reason(_("%(level)s %(holder)s: %(commitment)s, only for covered tickets") % told, False)
    return Reason(_("%(level)s %(holder)s: %(commitment)s, not reached") % told, False)
