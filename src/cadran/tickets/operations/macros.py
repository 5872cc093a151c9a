"""Macros: canned answers with placeholders that may also set fields (Spec T30)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError, InvalidInput, NotAllowed
from cadran.core.instants import whole_second
from cadran.core.liquid import check_text
from cadran.core.reference import save_reference_row
from cadran.core.richtext import sanitise
from cadran.core.writing import refuse_all

from .. import rules
from ..choices import MacroPlace
from ..models import Intervention, Macro, Ticket
from ..queries.macros import FIELDS, PLACEHOLDERS, may_use, sets
from ._context import apply_changes
from ._distribution import give_to_team
from ._edits import put
from ._notes import put_note
from ._shared import check_seen, choose_state, choose_status, locked, mirror, names, tell
from ._tags import put_tags
from ._work import claim_reports, locked_intervention, work_data

#: Fields of a macro that are edited like those of the ticket's form.
_EDITED = ("nature", "severity", "priority")
_SEEN_BY = (
    "ticket.edited", "ticket.opened", "ticket.status_changed", "ticket.assigned", "ticket.taken",
    "ticket.intervention_started", "ticket.intervention_finished",
)  # fmt: skip


def save_macro(
    *,
    macro: Macro | None,
    values: Mapping[str, Any],
    many: Mapping[str, Sequence[models.Model]],
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> Macro:
    """Create or change a macro; its texts are sanitised and read, so that a mistake is refused where it stands.

    Raises ``InvalidInput`` or ``InvalidInputs`` with the line, ``NotAllowed``, ``Stale``.
    """
    rules.require(by, Right.EDIT_REFERENCE_DATA)
    typed = dict(values)
    errors: list[CadranError] = []
    for name in ("text_fr", "text_en"):
        typed[name] = sanitise(typed.get(name) or "")
        try:
            check_text(typed[name], PLACEHOLDERS, field=name)
        except InvalidInput as refused:
            errors.append(refused)
    does = (*(typed.get(name) for name in FIELDS), typed["text_fr"], typed["text_en"], many.get("tags"))
    if not any(does):
        errors.append(InvalidInput(_("Write a text, or choose what the macro sets: this one does nothing.")))
    refuse_all(errors)
    return save_reference_row(model=Macro, row=macro, values=typed, many=many, by=by, at=at, seen=seen)


@dataclass(frozen=True)
class _Act:
    """One application of a macro: by whom, when, and what its rows in the timeline say besides."""

    macro: Macro
    by: User | None
    at: datetime

    @property
    def told(self) -> dict[str, Any]:
        return {"macro": names(self.macro)}


def apply_macro(
    *,
    ticket: Ticket,
    macro: Macro,
    text: str,
    intervention: Intervention | None = None,
    base: Mapping[str, Any] | None = None,
    by: User | None,
    at: datetime,
) -> Ticket:
    """Do all that a macro is for in one act: its text added as ``text`` reads, its fields set, its tags added.

    A text for a report is put behind what stands in that of ``intervention``, which is running; an empty one adds
    nothing. ``base``: the fields as the person saw them (Spec T17). When the phase, a right or a field's own rule
    refuses any part, nothing moves. Raises ``InvalidInput`` or ``InvalidInputs``, ``AnswerNeeded``, ``NotAllowed``,
    ``Stale``, ``TransitionRefused``.
    """
    act = _Act(macro, by, whole_second(at))
    _check_use(macro, by)
    with transaction.atomic():
        stored = locked(ticket)
        wanted = sets(macro, stored)
        check_seen(stored, base, wanted, _SEEN_BY)
        tell(stored, "macro_applied", by=by, at=act.at, **act.told)
        done = [
            _put_text(act, stored, text, intervention),
            _put_fields(act, stored, wanted),
            put_tags(stored, added=_tags_of(act), by=by, at=act.at, told=act.told),
        ]
        if not any(done):
            raise InvalidInput(
                _("“%(macro)s” would change nothing on %(number)s: all it sets is so already."),
                params={"macro": macro.name, "number": stored.number},
            )
    return mirror(ticket, stored)


def _check_use(macro: Macro, by: User | None) -> None:
    params = {"macro": macro.name}
    if macro.is_retired:
        raise InvalidInput(
            _("The macro “%(macro)s” is retired. Choose another one."), field="macro", params=params
        )
    if not may_use(macro, by):
        raise NotAllowed(
            _("The macro “%(macro)s” is kept for other teams. Choose another one."), params=params
        )


def _tags_of(act: _Act) -> list[Any]:
    tags = list(act.macro.tags.in_use())
    if tags:
        rules.require(act.by, Right.EDIT_TICKETS)
    return tags


def _put_text(act: _Act, ticket: Ticket, text: str, intervention: Intervention | None) -> bool:
    if not sanitise(text):
        return False
    if act.macro.place == MacroPlace.NOTE:
        rules.require(act.by, Right.WRITE_NOTES)
        put_note(ticket, text, by=act.by, at=act.at)
        return True
    rules.require(act.by, Right.INTERVENE)
    if intervention is None or intervention.ticket_id != ticket.pk or not intervention.is_started:
        raise InvalidInput(
            _(
                "No intervention is running on %(number)s that the text could go into. Start one, then apply the macro."
            ),
            field="text",
            params={"number": ticket.number},
        )
    own = locked_intervention(intervention, ticket, ended_at=None, is_archived=False)
    place = act.macro.place
    told = put(own, {place: "".join(filter(None, (getattr(own, place), sanitise(text))))})
    own.save()
    claim_reports(own, by=act.by, at=act.at)
    tell(ticket, "intervention_edited", by=act.by, at=act.at, **work_data(own), changes=told, **act.told)
    return True


def _put_fields(act: _Act, ticket: Ticket, wanted: dict[str, Any]) -> bool:
    """Set the fields that differ, in the order in which they depend on each other; whether any did."""
    if not wanted:
        return False
    if set(wanted) - {"team"}:
        rules.require(act.by, Right.EDIT_TICKETS)
    if edited := {name: wanted[name] for name in _EDITED if name in wanted}:
        apply_changes(ticket, edited, by=act.by, at=act.at, told=act.told)
    if "team" in wanted:
        give_to_team(ticket, wanted["team"], by=act.by, at=act.at, told=act.told)
    before = ticket.status, ticket.state
    if "status" in wanted:
        choose_status(ticket, wanted["status"])
    if "state" in wanted:
        choose_state(ticket, wanted["state"])
    if (ticket.status, ticket.state) != before:
        tell(ticket, "status_changed", by=act.by, at=act.at, internal=False, before=before[0], status=ticket.status,
             state_before=before[1], state=ticket.state, **act.told)  # fmt: skip
    ticket.save()
    return True
