"""Reads of plans (Spec T31)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from cadran.accounts.models import User
from cadran.catalogue.models import Asset
from cadran.contracts.models import Contract
from cadran.parties.models import Customer

from ..models import Plan, PlanOccurrence

#: For so long a day without ticket is told on lists of plans.
_TOLD_FOR = timedelta(days=31)


def plans_of(holder: Contract | Asset | Customer, user: User) -> QuerySet[Plan]:
    """The plans for a contract, an asset, or anything of a customer, the active ones first."""
    rows: QuerySet[Plan] = Plan.objects.visible_to(user).select_related("schedule", "template")
    if isinstance(holder, Contract):
        rows = rows.filter(contract=holder)
    elif isinstance(holder, Asset):
        rows = rows.filter(asset=holder)
    else:
        rows = rows.filter(Q(contract__customer=holder) | Q(asset__customer=holder))
    return rows.order_by("-is_active", "search_key", "id")


def troubles_of(plans: Iterable[Plan], at: datetime) -> dict[int, PlanOccurrence]:
    """By plan, the newest day of the last weeks, or to come, that has no ticket and why."""
    rows = PlanOccurrence.objects.filter(
        plan__in=list(plans), ticket=None, planned_at__gte=at - _TOLD_FOR
    ).order_by("planned_at")
    return {row.plan_id: row for row in rows}
