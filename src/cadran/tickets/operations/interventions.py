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

from .. import rules
from ..context import InterventionDetails
from ..errors import EditConflict
from ..models import Intervention, Ticket
from ._checklists import put_checklist
from ._edits import EDITABLE, compare, put
from ._shared import locked, mirror, tell
from ._work import (
    add,
    begin,
    check_choices,
    check_not_closed,
    check_plan,
    claim_reports,
    locked_intervention,
    work_data,
)


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
        wanted, conflicts = compare(own, intervention, changes, base)
        if conflicts:
            raise EditConflict(conflicts)
        if wanted:
            _apply(own, wanted, by=by, at=at)
    own.ticket = mirror(ticket, stored)
    return mirror(intervention, own)


def _apply(own: Intervention, wanted: dict[str, Any], *, by: User | None, at: datetime) -> None:
    kind = wanted.get("type")
    if kind is not None and kind.is_intake != own.type.is_intake:
        raise InvalidInput(_("Only the intake is of the type “intake”. Choose another type."), field="type")
    check_choices({name: wanted[name] for name in ("type", "team", "assignee") if name in wanted})
    told = put(own, wanted)
    if kind is not None and not own.is_started:
        own.counts_as_response = kind.counts_as_response
    check_plan(own.planned_start_at, own.planned_end_at)
    own.save()
    if kind is not None:
        put_checklist(own)
    claim_reports(own, by=by, at=at)
    tell(own.ticket, "intervention_edited", by=by, at=at, **work_data(own), changes=told)
