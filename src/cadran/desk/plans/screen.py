"""What the pages of plans show, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.models import Asset
from cadran.contracts.models import Contract, ScheduleVersion
from cadran.contracts.queries import contract_coverage, newest_versions
from cadran.core.instants import written
from cadran.parties.models import Customer
from cadran.tickets.choices import Frequency
from cadran.tickets.models import Plan, PlanOccurrence
from cadran.tickets.operations import PlanRule
from cadran.tickets.plan_checks import rule_refusals
from cadran.tickets.planning import PlannedDay, Planner
from cadran.tickets.queries import in_reader_language
from cadran.tickets.queries.plans import plans_of, troubles_of
from cadran.tickets.recurrence import Fate

from .forms import PlanForm

#: How many coming days a page shows.
SHOWN = 10


@dataclass(frozen=True)
class ComingDay:
    """One coming day of a plan in words; ``note``: what became of a closed one, ``trouble``: why it gets no ticket."""

    due_on: date
    day: str
    note: str
    is_left_out: bool
    can_open: bool
    trouble: str = ""


def acts_of(user: User) -> dict[str, bool]:
    """What the person may do with plans."""
    may_edit = user.has_right(Right.EDIT_PLANS)
    return {"may_edit": may_edit, "may_open": may_edit and user.has_right(Right.OPEN_TICKETS)}


def day_text(day: date) -> str:
    """« Mon 6 Apr 2026 »."""
    return written(day, "EEE d MMM y")


def rule_text(plan: Plan | PlanRule) -> str:
    """The rule in words: « every 3 months on the last Friday, 09:00 »."""
    when = time_format(plan.due_time, "H:i")
    names = [str(WEEKDAYS[day - 1]) for day in sorted(plan.weekdays)]
    count = plan.interval
    every = {
        Frequency.DAILY: ngettext("every day", "every %(count)s days", count),
        Frequency.WEEKLY: ngettext("every week", "every %(count)s weeks", count),
        Frequency.MONTHLY: ngettext("every month", "every %(count)s months", count),
        Frequency.YEARLY: ngettext("every year", "every %(count)s years", count),
    }[Frequency(plan.frequency)] % {"count": count}
    parts = {"every": every, "days": ", ".join(names), "time": when}
    if plan.frequency == Frequency.WEEKLY:
        return _("%(every)s on %(days)s, %(time)s") % parts
    if plan.frequency == Frequency.DAILY:
        return _("%(every)s, %(time)s") % parts
    return _on_day(plan, parts)


def _on_day(plan: Plan | PlanRule, parts: dict[str, str]) -> str:
    if plan.nth is not None:
        which = {
            1: _("%(every)s on the first %(days)s, %(time)s"),
            2: _("%(every)s on the second %(days)s, %(time)s"),
            3: _("%(every)s on the third %(days)s, %(time)s"),
            4: _("%(every)s on the fourth %(days)s, %(time)s"),
            -1: _("%(every)s on the last %(days)s, %(time)s"),
        }[plan.nth]
        return which % parts
    if plan.frequency == Frequency.MONTHLY:
        return _("%(every)s on day %(day)s, %(time)s") % {**parts, "day": plan.starts_on.day}
    return _("%(every)s on %(day)s, %(time)s") % {
        **parts,
        "day": written(plan.starts_on, "d MMMM"),
    }


def coming_days(
    plan: Plan | PlanRule,
    first: date,
    *,
    contract: Contract | None,
    taken: Sequence[date] = (),
    may_open: bool = False,
) -> list[ComingDay]:
    """The next days of a plan as they result under ``contract``; ``taken`` have their ticket already."""
    days = Planner(plan).coming(first, SHOWN + len(taken))
    shown = [one for one in days if one.due_on not in taken][:SHOWN]
    return [_coming(one, contract, may_open) for one in shown]


def _coming(one: PlannedDay, contract: Contract | None, may_open: bool) -> ComingDay:
    comes = one.fate in (Fate.KEPT, Fate.MOVED)
    trouble = _trouble(contract, one.planned_on) if comes and contract is not None and one.planned_on else ""
    return ComingDay(
        due_on=one.due_on,
        day=day_text(one.planned_on if comes and one.planned_on else one.due_on),
        note=_note(one),
        is_left_out=not comes,
        can_open=may_open and comes and not trouble,
        trouble=trouble,
    )


def _note(one: PlannedDay) -> str:
    """Why a day moved or fell out."""
    if one.fate == Fate.KEPT:
        return ""
    words = {
        "day": day_text(one.due_on),
        "why": one.closed_by or pgettext("plan", "closed"),
    }
    if one.fate == Fate.MOVED:
        return _("instead of %(day)s: %(why)s") % words
    if one.fate == Fate.JOINED and one.planned_on:
        day = {"day": day_text(one.planned_on)}
        return _("goes to %(day)s like another day: one ticket for both") % day
    return _("left out: %(why)s") % words


def _trouble(contract: Contract, day: date) -> str:
    """Why the contract will not cover ``day``, as things stand; empty when it will."""
    if contract.end_on is not None and day > contract.end_on:
        return _("after the contract’s end on %(day)s") % {"day": day_text(contract.end_on)}
    coverage = contract_coverage(contract, day)
    return "" if coverage.covers else coverage.reason


@dataclass(frozen=True)
class Line:
    """A plan in a list: its next day, and why the last one has no ticket."""

    plan: Plan
    rule: str
    next_day: str
    trouble: str


def lines_of(plans: Sequence[Any], now: datetime) -> list[Line]:
    """The plans with their next days; two queries for them all."""
    troubles = troubles_of(plans, now)
    versions = newest_versions(plan.schedule_id for plan in plans)
    return [_line(plan, versions[plan.schedule_id], troubles.get(plan.pk), now) for plan in plans]


def _line(plan: Plan, version: ScheduleVersion, trouble: PlanOccurrence | None, now: datetime) -> Line:
    planner = Planner(plan, version)
    ahead = planner.coming(planner.day_of(now), SHOWN) if plan.is_active else []
    first = next((one.planned_on for one in ahead if one.fate in (Fate.KEPT, Fate.MOVED)), None)
    return Line(
        plan=plan,
        rule=rule_text(plan),
        next_day=day_text(first) if first else "",
        trouble=in_reader_language(trouble.refusal) if trouble is not None else "",
    )


def preview(form: PlanForm, now: datetime) -> dict[str, Any]:
    """The coming days of what is typed so far; without them where the rule can't be read yet."""
    rule = form.rule
    if rule is None or rule_refusals(rule):
        return {"days": [], "rule": ""}
    contract = form.cleaned_data.get("contract")
    return {"days": coming_days(rule, Planner(rule).day_of(now), contract=contract), "rule": rule_text(rule)}


def plans_section(holder: Contract | Asset | Customer, *, user: User, now: datetime) -> dict[str, Any]:
    """The plans of a contract, an asset or a customer, for a section of its page; empty without the right."""
    if not user.has_right(Right.SEE_TICKETS):
        return {"plans": None}
    add = ""
    if user.has_right(Right.EDIT_PLANS) and not isinstance(holder, Customer):
        name = "contract" if isinstance(holder, Contract) else "asset"
        add = f"{reverse('desk:plan_new')}?{name}={holder.pk}"
    return {"plans": lines_of(list(plans_of(holder, user)), now), "add_plan": add}
