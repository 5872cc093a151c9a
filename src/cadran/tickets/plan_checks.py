"""What a plan must be, one full sentence for each thing that it is not (Spec T31, R7)."""

from __future__ import annotations

from datetime import date

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from cadran.catalogue.models import Asset
from cadran.contracts.models import Contract
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.instants import written

from .choices import ClosedDay, Frequency
from .models import Plan
from .planning import PlanDetails, Planner, PlanRule
from .recurrence import REACH

#: A rule is counted from its first day; farther away it was mistyped.
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
_MOST_AHEAD = 366
_HIGHEST_INTERVAL = 366


def plan_refusals(details: PlanDetails, plan: Plan | None = None) -> list[CadranError]:
    """Why a plan can't be saved as typed, one sentence for each field; ``plan`` is the one changed."""
    errors = [*_plain_errors(details), *_rule_errors(details), *_subject_errors(details, plan)]
    return errors or _schedule_errors(details)


def rule_refusals(rule: PlanRule) -> list[CadranError]:
    """Why a plan can't come round as typed, one sentence for each field."""
    return _rule_errors(rule) or _schedule_errors(rule)


def _plain_errors(details: PlanDetails) -> list[CadranError]:
    errors: list[CadranError] = []
    if not details.label.strip():
        errors.append(InvalidInput(_("Type a label by which the plan is found."), field="label"))
    if not 0 <= details.days_ahead <= _MOST_AHEAD:
        errors.append(
            InvalidInput(
                _("A ticket opens 0 to %(limit)s days ahead of its day."),
                field="days_ahead",
                params={"limit": _MOST_AHEAD},
            )
        )
    return errors


def _rule_errors(rule: PlanRule) -> list[CadranError]:
    errors: list[CadranError] = []
    if rule.frequency not in Frequency.values:
        errors.append(InvalidInput(_("Choose one of the frequencies offered."), field="frequency"))
    if rule.closed_day not in ClosedDay.values:
        errors.append(
            InvalidInput(
                _("Choose what becomes of a day on which the schedule is closed."), field="closed_day"
            )
        )
    if not 1 <= rule.interval <= _HIGHEST_INTERVAL:
        errors.append(
            InvalidInput(
                _("Type a whole number from 1 to %(limit)s."),
                field="interval",
                params={"limit": _HIGHEST_INTERVAL},
            )
        )
    if not EARLIEST <= rule.starts_on <= LATEST:
        errors.append(InvalidInput(_("Type a first day between the years 2000 and 2100."), field="starts_on"))
    if rule.ends_on is not None and rule.ends_on < rule.starts_on:
        errors.append(
            InvalidInput(_("The last day lies before the first one. Correct one of them."), field="ends_on")
        )
    return [*errors, *_weekday_errors(rule)]


def _weekday_errors(rule: PlanRule) -> list[CadranError]:
    days = set(rule.weekdays)
    if not days <= set(range(1, 8)):
        return [InvalidInput(_("Choose days of the week from Monday to Sunday."), field="weekdays")]
    if rule.frequency == Frequency.WEEKLY and not days:
        return [InvalidInput(_("Choose at least one day of the week."), field="weekdays")]
    by_month = rule.frequency in (Frequency.MONTHLY, Frequency.YEARLY)
    if by_month and rule.nth is not None:
        if rule.nth not in (1, 2, 3, 4, -1):
            return [InvalidInput(_("Choose the first to the fourth, or the last one."), field="nth")]
        if len(days) != 1:
            return [InvalidInput(_("Choose the one day of the week that is meant."), field="weekdays")]
    return []


def _subject_errors(details: PlanDetails, plan: Plan | None) -> list[CadranError]:
    errors: list[CadranError] = []
    contract, asset, template = details.contract, details.asset, details.template
    if contract is None and asset is None:
        errors.append(InvalidInput(_("Choose a contract, an asset or both."), field="contract"))
    if asset is not None and not asset.is_active and (plan is None or plan.asset_id != asset.pk):
        errors.append(
            InvalidInput(
                _("%(row)s is no longer in use. Choose another one."), field="asset", params={"row": asset}
            )
        )
    if contract is not None and contract.end_on is not None and contract.end_on < details.starts_on:
        errors.append(
            InvalidInput(
                _(
                    "The contract %(contract)s ends on %(day)s, before the first day of the plan. Choose another one, "
                    "or an earlier day."
                ),
                field="contract",
                params={"contract": contract.number, "day": lazy(written, str)(contract.end_on)},
            )
        )
    if contract is not None and asset is not None and not _belongs(asset, contract):
        errors.append(
            InvalidInput(
                _("%(asset)s belongs to %(customer)s, who has nothing to do with the contract %(contract)s."),
                field="asset",
                params={"asset": asset, "customer": asset.customer, "contract": contract.number},
            )
        )
    if template.is_retired and (plan is None or plan.template_id != template.pk):
        errors.append(
            InvalidInput(
                _("%(row)s is no longer in use. Choose another one."),
                field="template",
                params={"row": template},
            )
        )
    return errors


def _belongs(asset: Asset, contract: Contract) -> bool:
    if asset.customer_id == contract.customer_id:
        return True
    return contract.beneficiaries.filter(pk=asset.customer_id).exists()


def _schedule_errors(rule: PlanRule) -> list[CadranError]:
    planner = Planner(rule)
    week = (EARLIEST.fromordinal(rule.starts_on.toordinal() + n) for n in range(366))
    if not any(planner.is_open(day) for day in week):
        return [
            InvalidInput(
                _("The schedule %(schedule)s is closed the whole year. Choose one that opens."),
                field="schedule",
                params={"schedule": rule.schedule},
            )
        ]
    if not planner.coming(rule.starts_on - REACH, 1):
        return [InvalidInput(_("No day fits between the first and the last one."), field="ends_on")]
    return []
