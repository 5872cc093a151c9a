"""Ticking the items of an intervention's checklist, and the items that its type asks for (Spec T30)."""

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
from cadran.core.journal import record
from cadran.core.reference import save_reference_row

from .. import rules
from ..models import ChecklistItem, Intervention
from ._checklists import mark_checks
from ._shared import locked, mirror, names
from ._work import locked_intervention


def mark_checklist(
    *, intervention: Intervention, marked: Mapping[int, bool], by: User | None, at: datetime
) -> Intervention:
    """Tick (True) or untick (False) items of an intervention that is not finished, by the key of each.

    Two who tick at once both stand; of two who tick the same item the first is named. The intervention's own journal
    keeps each act, the ticket's timeline tells the list once, when the intervention is finished. Raises
    ``InvalidInput``, ``NotAllowed``, ``Stale`` once it is finished or dates from before a reopening.
    """
    rules.require(by, Right.INTERVENE)
    at = whole_second(at)
    ticket = intervention.ticket
    with transaction.atomic():
        stored = locked(ticket)
        own = locked_intervention(intervention, stored, ended_at=None, is_archived=False)
        changed = mark_checks(list(own.checks.all()), marked, by=by, at=at)
        if changed:
            data = {
                "ticket": stored.number,
                "ticked": [names(check) for check in changed if check.is_checked],
                "unticked": [names(check) for check in changed if not check.is_checked],
            }
            record(subject_kind="intervention", subject_id=own.pk, kind="intervention.checklist_marked",
                   by=by, at=at, data=data)  # fmt: skip
    own.ticket = mirror(ticket, stored)
    return mirror(intervention, own)


def save_checklist_item(
    *,
    item: ChecklistItem | None,
    values: Mapping[str, Any],
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> ChecklistItem:
    """Create or change an item; interventions that were added before keep their list as it was.

    Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``.
    """
    kind = values.get("type")
    if kind is not None and kind.is_intake:
        raise InvalidInput(
            _("The intake ends by itself, so that it has no checklist. Choose another type."), field="type"
        )
    return save_reference_row(model=ChecklistItem, row=item, values=values, by=by, at=at, seen=seen)
