"""What may be done on a ticket, as buttons: the most likely act first, the others behind it (design: ui)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from cadran.accounts.models import User
from cadran.tickets.choices import Phase
from cadran.tickets.models import Intervention, Ticket
from cadran.tickets.queries import Action, actions_for

#: Act -> its key. The same key always means the same act.
KEYS = {
    "finish": "f",
    "start": "b",
    "resume": "r",
    "take": "t",
    "assign": "a",
    "add_intervention": "i",
    "close": "c",
    "suspend": "s",
    "reopen": "o",
    "cancel": "x",
    "change_status": "y",
    "send": "p",
    "apply_macro": "m",
    "duplicate": "d",
}
_ICONS = {"rotate": "refresh", "phase-closed": "check", "x": "ban"}
#: Acts that stand beside the primary one when they are possible, the first that is.
_SECOND = ("suspend", "add_intervention", "reopen")
_PEOPLE = ("take", "assign")
#: Acts that have a place of their own on the page.
_ELSEWHERE = ("edit", "add_note", "add_attachment")


@dataclass(frozen=True)
class PageAct:
    """One act as a button; ``posts``: it acts at once, ``goes``: it leads to a page, the others open a dialog."""

    code: str
    label: str
    icon: str
    url: str
    key: str = ""
    posts: bool = False
    goes: bool = False


@dataclass
class PageActs:
    """The acts of a page, by where they stand."""

    primary: PageAct | None = None
    second: PageAct | None = None
    add: PageAct | None = None
    people: list[PageAct] = field(default_factory=list)
    more: list[PageAct] = field(default_factory=list)


def page_acts(ticket: Ticket, user: User, now: datetime, interventions: Sequence[Intervention]) -> PageActs:
    """The acts that phase and rights allow, each in its place; ``interventions`` are those of the ticket."""
    acts = PageActs()
    possible = {
        action.code: action for action in actions_for(ticket, user, now=now, interventions=interventions)
    }
    for action in possible.values():
        if action.is_primary:
            acts.primary = act_of(ticket, action)
    for code in _SECOND:
        if code in possible and (acts.primary is None or acts.primary.code != code):
            acts.second = act_of(ticket, possible[code])
            break
    if "add_intervention" in possible:
        acts.add = act_of(ticket, possible["add_intervention"])
    shown = {act.code for act in (acts.primary, acts.second) if act is not None}
    acts.people = [
        _quiet(act_of(ticket, possible[code])) for code in _PEOPLE if code in possible and code not in shown
    ]
    placed = shown | {act.code for act in acts.people}
    acts.more = [
        act_of(ticket, action)
        for code, action in possible.items()
        if code not in placed and code not in _ELSEWHERE
    ]
    if "edit" in possible:
        url = reverse("desk:ticket_edit", args=[ticket.number, "descriptions"])
        acts.more.append(PageAct("descriptions", _("Edit the descriptions"), "pencil", url))
    return acts


def act_of(ticket: Ticket, action: Action) -> PageAct:
    """An allowed act as a button."""
    return PageAct(
        action.code,
        _label(ticket, action),
        _ICONS.get(action.icon, action.icon),
        _url(ticket, action),
        KEYS.get(action.code, ""),
        posts=action.code == "take",
        goes=action.code in ("duplicate", "make_known_error"),
    )


def _quiet(act: PageAct) -> PageAct:
    short = {"take": _("Take"), "assign": _("Assign")}
    icons = {"take": "user", "assign": "user-plus"}
    return PageAct(act.code, short[act.code], icons[act.code], act.url, act.key, act.posts)


def _label(ticket: Ticket, action: Action) -> str:
    if action.code == "finish" and action.intervention is not None and action.intervention.type.is_intake:
        return _("Finish the intake")
    return str(action.label)


def _url(ticket: Ticket, action: Action) -> str:
    names: dict[str, Any] = {
        "finish": "intervention_finish",
        "start": "intervention_start",
        "add_intervention": "intervention_add",
        "change_status": "ticket_status",
        "apply_macro": "ticket_macro",
    }
    args: list[Any] = [ticket.number]
    if action.code in ("finish", "start") and action.intervention is not None:
        args.append(action.intervention.number)
    if action.code in _ELSEWHERE:
        return ""
    if action.code == "duplicate":
        return f"{reverse('desk:ticket_new')}?{urlencode({'copy': ticket.number})}"
    url = reverse(f"desk:{names.get(action.code, f'ticket_{action.code}')}", args=args)
    # Nothing is planned on it: what is added is most likely what one is about to do.
    starts = action.code == "add_intervention" and action.is_primary and ticket.phase != Phase.SUSPENDED
    return f"{url}?start=1" if starts else url
