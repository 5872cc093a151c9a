"""What may be done on a ticket now, by its phase and the person's rights, and the most likely act (design: ui)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right

from .. import rules
from ..choices import OPEN_PHASES, Phase
from ..context import day_of
from ..models import Intervention, Ticket
from ..transitions import Act, allowed
from .known_errors import may_become_known_error
from .macros import may_apply_macros


@dataclass(frozen=True)
class Action:
    """An act that is allowed; ``intervention`` is the one it is about, if any. One of them is the primary one."""

    code: str
    label: Any
    icon: str
    intervention: Intervention | None = None
    is_primary: bool = False


_LABELS: dict[str, tuple[Any, str]] = {
    "finish": (_("Finish the intervention"), "check"),
    "start": (_("Start the intervention"), "player-play"),
    "resume": (_("Resume"), "player-track-next"),
    "take": (_("Take the ticket"), "user"),
    "assign": (_("Assign"), "user"),
    "add_intervention": (_("Add an intervention"), "plus"),
    "close": (_("Close"), "phase-closed"),
    "suspend": (_("Suspend"), "player-pause"),
    "reopen": (_("Reopen"), "rotate"),
    "cancel": (_("Cancel the ticket"), "x"),
    "edit": (_("Edit"), "pencil"),
    "change_status": (_("Change the status"), "tag"),
    "merge": (_("Merge into another ticket"), "git-merge"),
    "split": (_("Split a part off"), "split"),
    "undo_merge": (_("Undo the merger"), "refresh"),
    "apply_macro": (_("Apply a macro"), "wand"),
    "send": (_("Prepare a mail or fax"), "mail"),
    "duplicate": (_("Duplicate"), "copy"),
    "make_template": (_("Make a template of it"), "template"),
    "make_known_error": (_("Make a known error of it"), "bug"),
    "add_note": (_("Internal note"), "lock"),
    "add_attachment": (_("Attach a file"), "paperclip"),
}
#: Acts that can be the most likely one, in the order in which they are.
_PRIMARY = ("resume", "finish", "take", "assign", "start", "close", "add_intervention")


def actions_for(
    ticket: Ticket, user: User, *, now: datetime, interventions: Sequence[Intervention] | None = None
) -> list[Action]:
    """The acts that ``user`` may do on the ticket as it stands, the primary one marked; empty without the rights.

    ``interventions``: those of the ticket with type and assignee, for who has read them.
    """
    if interventions is None:
        interventions = list(
            ticket.interventions.filter(ended_at=None, is_archived=False).select_related("type", "assignee")
        )
    work = [one for one in interventions if not (one.is_finished or one.is_archived)]
    running = _mine_first([one for one in work if one.is_running and not one.type.is_intake], user)
    is_closed = ticket.phase == Phase.CLOSED_INTERNALLY
    finishable = running or [one for one in work if one.type.is_intake and not is_closed]
    planned = _mine_first([one for one in work if not one.is_started], user)
    codes = _codes(ticket, user, bool(finishable), bool(planned), day=day_of(now))
    about = {"finish": next(iter(finishable), None), "start": next(iter(planned), None)}
    primary = _primary(ticket, codes, has_running=bool(running))
    return [
        Action(code, _LABELS[code][0], _LABELS[code][1], about.get(code), code == primary)
        for code in _LABELS
        if code in codes
    ]


def _mine_first(work: list[Intervention], user: User) -> list[Intervention]:
    agent = rules.agent_of(user)
    return sorted(work, key=lambda one: (agent is None or one.assignee_id != agent.pk, one.number))


def _codes(ticket: Ticket, user: User, unfinished: bool, planned: bool, *, day: Any) -> set[str]:
    phase = ticket.phase
    merges = user.has_right(Right.MERGE_TICKETS)
    if ticket.merged_into_id is not None:
        return {"undo_merge"} if merges else set()
    is_closed = phase == Phase.CLOSED_INTERNALLY
    closes = allowed(phase, Act.CLOSE_BY_CUSTOMER) or allowed(phase, Act.CLOSE_INTERNALLY)
    unassigned = ticket.assignee_id is None and phase in OPEN_PHASES
    resumes = allowed(phase, Act.RESUME) and user.has_right(Right.SUSPEND_TICKETS)
    conditions = {
        "finish": unfinished and user.has_right(Right.INTERVENE),
        # On a suspended ticket, starting asks to resume first (Spec T23): offered to whoever may do both.
        "start": planned and (resumes or allowed(phase, Act.START)) and user.has_right(Right.INTERVENE),
        "add_intervention": not is_closed and user.has_right(Right.INTERVENE),
        "resume": resumes,
        "suspend": allowed(phase, Act.SUSPEND) and user.has_right(Right.SUSPEND_TICKETS),
        "take": unassigned and rules.may_take(user, ticket, day),
        "assign": not is_closed and rules.may_distribute(user, ticket.team, day),
        "close": closes and user.has_right(Right.CLOSE_TICKETS),
        "reopen": allowed(phase, Act.REOPEN) and user.has_right(Right.REOPEN_TICKETS),
        "cancel": allowed(phase, Act.CANCEL) and user.has_right(Right.CANCEL_TICKETS),
        "edit": user.has_right(Right.EDIT_TICKETS),
        "change_status": user.has_right(Right.EDIT_TICKETS),
        "apply_macro": may_apply_macros(user),
        "merge": merges,
        "split": merges,
        "send": user.has_right(Right.SEND_TICKETS),
        "duplicate": user.has_right(Right.OPEN_TICKETS),
        "make_template": user.has_right(Right.EDIT_TEMPLATES),
        "make_known_error": may_become_known_error(ticket, user),
        "add_note": user.has_right(Right.WRITE_NOTES),
        "add_attachment": user.has_right(Right.EDIT_TICKETS) or user.has_right(Right.INTERVENE),
    }
    return {code for code, holds in conditions.items() if holds}


def _primary(ticket: Ticket, codes: set[str], *, has_running: bool) -> str:
    likely = [code for code in _PRIMARY if code in codes]
    if not has_running and "finish" in likely:
        likely.remove("finish")  # only the intake is open: it ends by itself
    if ticket.assignee_id is not None and "assign" in likely:
        likely.remove("assign")
    if ticket.phase in (Phase.RESOLVED, Phase.CLOSED_BY_CUSTOMER) and "close" in likely and not has_running:
        return "close"
    return likely[0] if likely else ""
