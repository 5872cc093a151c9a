"""Macros as they are offered and filled in: for whom, in which language, with what (Spec T30)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.business_rules import COMPANY_NAME, value_of
from cadran.core.instants import dated, written
from cadran.core.liquid import Values, check_text, fill_text
from cadran.core.richtext import sanitise
from cadran.parties.models import Agent

from .. import rules
from ..choices import MacroPlace
from ..models import Intervention, Macro, Ticket
from .sentences import field_label

#: What a macro may set, in the order in which a ticket shows it.
FIELDS = ("status", "state", "nature", "severity", "priority", "team")

#: Every placeholder and what it stands for. The customer may read each of them: a text with them may go out.
PLACEHOLDERS: dict[str, Any] = {
    "ticket.number": _("the ticket’s number"),
    "ticket.title": _("its title"),
    "ticket.nature": _("its nature"),
    "ticket.severity": _("its severity"),
    "ticket.status": _("its status"),
    "ticket.reference": _("the customer’s reference"),
    "ticket.received": _("when it was received"),
    "ticket.response_due": _("when the response is due"),
    "ticket.resolution_due": _("when the resolution is due"),
    "ticket.desired": _("the desired date"),
    "ticket.contract": _("the contract’s number"),
    "ticket.service": _("the service"),
    "ticket.asset": _("the asset"),
    "customer.name": _("the customer"),
    "site.name": _("the site"),
    "requester.first_name": _("the requester’s first name"),
    "requester.last_name": _("the requester’s last name"),
    "requester.name": _("the requester’s whole name"),
    "agent.first_name": _("your first name"),
    "agent.last_name": _("your last name"),
    "agent.name": _("your whole name"),
    "agent.function": _("your function"),
    "team.name": _("the team, as customers read it"),
    "company.name": _("our company"),
    "today.date": _("today’s date"),
}


@dataclass(frozen=True)
class Setting:
    """A field that a macro sets, as words: what it is called, what it is now, and what it becomes."""

    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class MacroShown:
    """What a macro would do on a ticket: its text filled in, and what it sets that is not so already."""

    text: str
    settings: list[Setting]


def macros_for(user: User) -> QuerySet[Macro]:
    """The macros that the person may use: those for all, and those of the teams they belong to."""
    rows: QuerySet[Macro] = Macro.objects.visible_to(user).in_use()
    agent = rules.agent_of(user)
    mine = Q(teams=None)
    if agent is not None:
        mine |= Q(teams__members=agent) | Q(teams__manager=agent) | Q(teams__stand_in=agent)
    return rows.filter(mine).distinct()


def may_use(macro: Macro, user: User | None) -> bool:
    """Whether the macro is for all, or for a team of the person; Cadran itself may use each."""
    agent = rules.agent_of(user)
    teams = list(macro.teams.all())
    return (
        user is None or not teams or (agent is not None and any(rules.belongs(agent, team) for team in teams))
    )


def may_apply_macros(user: User) -> bool:
    """Whether any macro could do something for the person."""
    return any(user.has_right(one) for one in (Right.EDIT_TICKETS, Right.WRITE_NOTES, Right.INTERVENE))


def sets(macro: Macro, ticket: Ticket) -> dict[str, Any]:
    """The fields of the ticket that the macro gives another value, with that value."""
    chosen = {name: getattr(macro, name) for name in FIELDS}
    return {
        name: value
        for name, value in chosen.items()
        if value is not None and value.pk != getattr(ticket, f"{name}_id")
    }


def show_macro(macro: Macro, ticket: Ticket, agent: Agent | None, *, at: datetime) -> MacroShown:
    """What the macro would do on the ticket for ``agent``. Raises ``InvalidInput`` for a text that can't be filled."""
    found = [
        Setting(name, field_label(name), str(getattr(ticket, name) or ""), str(value))
        for name, value in sets(macro, ticket).items()
    ]
    tags = set(ticket.tags.all())
    added = [str(tag) for tag in macro.tags.in_use() if tag not in tags]
    if added:
        found.append(Setting("tags", field_label("tags"), _list(tags), _list([*tags, *added])))
    return MacroShown(macro_text(macro, ticket, agent, at=at), found)


def macro_text(macro: Macro, ticket: Ticket, agent: Agent | None, *, at: datetime) -> str:
    """The macro's text for the ticket, filled in, in the language of whom it is for. Raises ``InvalidInput``."""
    language = language_of(ticket) if macro.place == MacroPlace.EXTERNAL_REPORT else ""
    with translation.override(language or translation.get_language() or settings.LANGUAGE_CODE):
        french = (translation.get_language() or "").startswith("fr")
        texts = (macro.text_fr, macro.text_en) if french else (macro.text_en, macro.text_fr)
        return fill_text(texts[0] or texts[1], macro_values(ticket, agent, at=at), field="text")


def preview_text(typed: str, language: str, ticket: Ticket, agent: Agent | None, *, at: datetime) -> str:
    """A text that is being written, as it would read on a ticket. Raises ``InvalidInput`` with the line."""
    text = sanitise(typed)
    check_text(text, PLACEHOLDERS, field=f"text_{language}")
    with translation.override(language):
        return fill_text(text, macro_values(ticket, agent, at=at), field=f"text_{language}")


def language_of(ticket: Ticket) -> str:
    """The language in which the ticket's customer is written to: the requester's, else the customer's."""
    return str(ticket.requester.language if ticket.requester is not None else ticket.customer.language)


def macro_values(ticket: Ticket, agent: Agent | None, *, at: datetime) -> Values:
    """What the placeholders stand for, in the active language; instants in the zone that the customer's due dates
    are counted in. Only facts that the customer may read: nothing internal, and no row to reach further from.
    """
    zone = _zone_of(ticket)
    requester, contract = ticket.requester, ticket.contract
    return {
        "ticket": {
            "number": ticket.number,
            "title": ticket.title,
            "nature": str(ticket.nature),
            "severity": str(ticket.severity),
            "status": str(ticket.status),
            "reference": ticket.customer_reference,
            "received": _instant(ticket.received_at, zone),
            "response_due": _instant(ticket.response_due_at, zone),
            "resolution_due": _instant(ticket.resolution_due_at, zone),
            "desired": _day(ticket.desired_on),
            "contract": contract.number if contract is not None else "",
            "service": str(ticket.service or ""),
            "asset": str(ticket.asset or ""),
        },
        "customer": {"name": str(ticket.customer)},
        "site": {"name": str(ticket.site or "")},
        "requester": {
            "first_name": requester.first_name if requester is not None else "",
            "last_name": requester.last_name if requester is not None else "",
            "name": str(requester or ""),
        },
        "agent": {
            "first_name": agent.first_name if agent is not None else "",
            "last_name": agent.last_name if agent is not None else "",
            "name": str(agent or ""),
            "function": agent.function if agent is not None else "",
        },
        "team": {"name": ticket.team.public_name},
        "company": {"name": str(value_of(COMPANY_NAME))},
        "today": {"date": _day(at.astimezone(zone).date())},
    }


def running_for(ticket: Ticket, user: User) -> Intervention | None:
    """The running intervention that a text would go into: one's own first, then the newest; the intake at last."""
    agent = rules.agent_of(user)
    rows = ticket.interventions.filter(started_at__isnull=False, ended_at=None, is_archived=False)
    return min(
        rows.select_related("type", "assignee"),
        key=lambda one: (one.type.is_intake, agent is None or one.assignee_id != agent.pk, -one.number),
        default=None,
    )


def _list(tags: Iterable[Any]) -> str:
    return ", ".join(str(tag) for tag in tags)


def _zone_of(ticket: Ticket) -> tzinfo:
    version = ticket.action_schedule_version or ticket.reception_schedule_version
    return ZoneInfo(version.schedule.time_zone if version is not None else settings.TIME_ZONE)


def _instant(instant: datetime | None, zone: tzinfo) -> str:
    return "" if instant is None else dated(instant, zone)


def _day(day: date | None) -> str:
    return "" if day is None else written(day)
