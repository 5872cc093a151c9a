"""Adding, starting and editing interventions (Spec T12, T18, T22)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput
from cadran.core.instants import whole_second
from cadran.core.richtext import sanitise

from .. import rules
from ..context import InterventionDetails
from ..errors import Conflict, EditConflict
from ..models import Intervention, ResourceRequest, Ticket
from ._shared import locked, mirror, names, tell
from ._work import add, begin, check_not_closed, check_plan, claim_reports, locked_intervention, work_data

_PLAIN = ("label", "error_message")
_RICH = ("external_report", "internal_report")
_LISTS = ("versions_corrected", "versions_to_correct", "resource_requests")
EDITABLE = frozenset(
    (
        *_PLAIN, *_RICH, *_LISTS, "type", "team", "assignee", "planned_start_at", "planned_end_at",
        "planned_effort", "remaining_effort",
    )
)  # fmt: skip


def add_intervention(
    *, ticket: Ticket, details: InterventionDetails, by: User | None, at: datetime, start: bool = False
) -> Intervention:
    """Add an intervention; with ``start`` it is at work from ``at`` on.

    Raises ``InvalidInput``, ``NotAllowed``, ``TransitionRefused``, ``Stale``.
    """
    rules.require(by, Right.INTERVENE)
    at = whole_second(at)
    with transaction.atomic():
        stored = locked(ticket, phase=ticket.phase)
        check_not_closed(stored)
        intervention = add(stored, details, by=by, at=at)
        if start:
            begin(stored, intervention, at, by=by, at=at)
            stored.save()
    intervention.ticket = mirror(ticket, stored)
    return intervention


def start_intervention(
    *, intervention: Intervention, started_at: datetime | None, by: User | None, at: datetime
) -> Intervention:
    """Start a planned intervention, now or at an instant of the past.

    An intake still open ends by itself. Raises ``TransitionRefused``, ``InvalidInput``, ``NotAllowed``, ``Stale``.
    """
    rules.require(by, Right.INTERVENE)
    at = whole_second(at)
    ticket = intervention.ticket
    with transaction.atomic():
        stored = locked(ticket, phase=ticket.phase)
        own = locked_intervention(intervention, stored, started_at=None, is_archived=False)
        begin(stored, own, at if started_at is None else whole_second(started_at), by=by, at=at)
        stored.save()
    own.ticket = mirror(ticket, stored)
    return mirror(intervention, own)


def edit_intervention(
    *,
    intervention: Intervention,
    changes: Mapping[str, Any],
    base: Mapping[str, Any],
    by: User | None,
    at: datetime,
) -> Intervention:
    """Change what is known of an intervention; its instants are changed by finishing it.

    Raises ``EditConflict``, ``InvalidInput``, ``NotAllowed``, ``Stale`` for one of before a reopening.
    """
    rules.require(by, Right.INTERVENE)
    at = whole_second(at)
    ticket = intervention.ticket
    for name in changes:
        if name not in EDITABLE:
            raise InvalidInput(
                _("The field “%(field)s” can’t be edited."), field=name, params={"field": name}
            )
    with transaction.atomic():
        stored = locked(ticket)
        own = locked_intervention(intervention, stored, is_archived=False)
        wanted = _differing(own, intervention, changes, base)
        if wanted:
            _apply(own, wanted, by=by, at=at)
    own.ticket = mirror(ticket, stored)
    return mirror(intervention, own)


def _tidy(name: str, value: Any) -> Any:
    if name in _RICH:
        return sanitise(value or "")
    if name in _PLAIN:
        return (value or "").strip()
    if name in _LISTS:
        return list(value or ())
    return whole_second(value) if isinstance(value, datetime) else value


def _now(own: Intervention, name: str) -> Any:
    return list(getattr(own, name).all()) if name in _LISTS else getattr(own, name)


def _differing(
    own: Intervention, seen: Intervention, changes: Mapping[str, Any], base: Mapping[str, Any]
) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    conflicts = []
    for name, typed in changes.items():
        mine, theirs = _tidy(name, typed), _now(own, name)
        if mine == theirs:
            continue
        was = _tidy(name, base[name]) if name in base else theirs if name in _LISTS else getattr(seen, name)
        if was != theirs:
            conflicts.append(Conflict(name, was, theirs, mine, "", None))
        wanted[name] = mine
    if conflicts:
        raise EditConflict(conflicts)
    return wanted


def _apply(own: Intervention, wanted: dict[str, Any], *, by: User | None, at: datetime) -> None:
    kind = wanted.get("type")
    if kind is not None and kind.is_intake != own.type.is_intake:
        raise InvalidInput(_("Only the intake is of the type “intake”. Choose another type."), field="type")
    before = {name: _told(_now(own, name)) for name in wanted}
    for name, value in wanted.items():
        if name == "resource_requests":
            own.resource_requests.all().delete()
            ResourceRequest.objects.bulk_create(
                ResourceRequest(
                    intervention=own,
                    profile=request.profile,
                    needed_on=request.needed_on,
                    circumstances=request.circumstances,
                    duration=request.duration,
                )
                for request in value
            )
        elif name in _LISTS:
            getattr(own, name).set(value)
        else:
            setattr(own, name, value)
    check_plan(own.planned_start_at, own.planned_end_at)
    own.save()
    claim_reports(own, by=by, at=at)
    tell(own.ticket, "intervention_edited", by=by, at=at, **work_data(own), changes=[
        {"field": name, "before": before[name], "after": _told(_now(own, name))} for name in wanted
    ])  # fmt: skip


def _told(value: Any) -> Any:
    return [str(row) for row in value] if isinstance(value, list) else names(value)
