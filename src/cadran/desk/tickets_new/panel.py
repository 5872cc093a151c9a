"""The panel beside the form: verdict, due dates, why this commitment, the customer's open tickets (Spec T6, T8, C9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cadran.accounts.models import User
from cadran.contracts.queries import Considered
from cadran.desk.components.clocks import ClockFace, nearest
from cadran.desk.components.words import when_text
from cadran.desk.tickets.faces import face_of
from cadran.tickets.choices import ClockState, Coverage
from cadran.tickets.models import Ticket
from cadran.tickets.queries import Deduction, DuePreview, clock_view

#: How far back the customer's open tickets are listed (Spec T10).
RECENT_DAYS = 8
RECENT_ROWS = 10
#: The component's word for each verdict.
VERDICTS = {Coverage.COVERED: "covered", Coverage.OUT_OF_SCOPE: "out", Coverage.PAY_PER_INCIDENT: "incident"}


@dataclass(frozen=True, slots=True)
class Due:
    """What one clock would be, were the ticket saved now."""

    name: str
    guarantee: str
    when: str
    colour: str
    used: int


@dataclass(frozen=True, slots=True)
class Reason:
    """One level of the commitment's choice in words."""

    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Recent:
    """An open ticket of the customer."""

    ticket: Ticket
    face: ClockFace
    is_same_asset: bool


def panel(deduction: Deduction, values: dict[str, Any], *, user: User, now: datetime) -> dict[str, Any]:
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
        "recent": _recent(values, user, now),
        "now": now,
    }


def summary(deduction: Deduction, now: datetime) -> str:
    """The panel in one line, for the foot of the form on a phone."""
    dues = [f"{due.name} {due.when}" for due in _dues(deduction, now)]
    return " · ".join([str(deduction.coverage.label), *dues])


def _dues(deduction: Deduction, now: datetime) -> list[Due]:
    names = (pgettext("clock", "Response"), pgettext("clock", "Resolution"))
    previews = (deduction.response, deduction.resolution)
    return [_due(name, one, now) for name, one in zip(names, previews, strict=True) if one.guarantee_text]


def _due(name: str, preview: DuePreview, now: datetime) -> Due:
    guarantee = f"{preview.guarantee_text}, {preview.schedule}"
    if preview.due_at is None:
        when = (
            _("after the response")
            if preview.state == ClockState.WAITING
            else _("never: the schedule never opens")
        )
        return Due(name, guarantee, when, "none", 0)
    if preview.due_at <= now:
        colour = "red"
    else:
        colour = "orange" if preview.warns_at is not None and preview.warns_at <= now else "green"
    return Due(name, guarantee, when_text(preview.due_at, now), colour, 80 if colour == "orange" else 4)


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


def _recent(values: dict[str, Any], user: User, now: datetime) -> list[Recent]:
    customer, asset = values.get("customer"), values.get("asset")
    if customer is None:
        return []
    rows = Ticket.objects.visible_to(user).filter(customer=customer)
    rows = rows.open().filter(received_at__gte=now - timedelta(days=RECENT_DAYS))
    return [
        Recent(ticket, _nearest(ticket, now), asset is not None and ticket.asset_id == asset.pk)
        for ticket in rows.for_lists().order_by("-received_at", "-id")[:RECENT_ROWS]
    ]


def _nearest(ticket: Ticket, now: datetime) -> ClockFace:
    clocks = clock_view(ticket, now, with_openings=True)
    return nearest(face_of(clocks.response), face_of(clocks.resolution))
