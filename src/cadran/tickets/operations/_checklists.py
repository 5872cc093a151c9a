"""The checklist of an intervention: copied from its type, ticked, and asked for when it is finished (Spec T30)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.core.errors import InvalidInput

from ..models import Intervention, InterventionCheck
from ._shared import names


def put_checklist(intervention: Intervention, *, is_new: bool = False) -> None:
    """Give an intervention the items of its type, as they are today.

    With another type, what was ticked stays; what was not gives way to the items of that type.
    """
    there: set[int] = set()
    if not is_new:
        intervention.checks.filter(checked_at=None).delete()
        there = set(intervention.checks.values_list("item_id", flat=True))
    items = intervention.type.checklist.in_use()
    InterventionCheck.objects.bulk_create(
        InterventionCheck(
            intervention=intervention,
            item=item,
            name_fr=item.name_fr,
            name_en=item.name_en,
            is_required=item.is_required,
            position=item.position,
        )
        for item in items
        if item.pk not in there
    )


def mark_checks(
    all_checks: Sequence[InterventionCheck], marked: Mapping[int, bool], *, by: User | None, at: datetime
) -> list[InterventionCheck]:
    """Tick (True) or untick (False) items of a taken intervention, by key; those that were changed.

    An item that is so already stays as it is: whoever ticked it first is named. Raises ``InvalidInput``.
    """
    checks = {check.pk: check for check in all_checks}
    changed = []
    for key, is_ticked in marked.items():
        check = checks.get(key)
        if check is None:
            raise InvalidInput(
                _(
                    "An item is no longer on the checklist: the type has changed. Look at the list as it is now."
                ),
                field="checked",
            )
        if check.is_checked == is_ticked:
            continue
        check.checked_at, check.checked_by = (at, by) if is_ticked else (None, None)
        check.save(update_fields=["checked_at", "checked_by"])
        changed.append(check)
    return changed


def refuse_open_checks(checks: Sequence[InterventionCheck]) -> None:
    """Raise ``InvalidInput`` naming the mandatory items that are not ticked."""
    missing = [str(check) for check in checks if check.is_required and not check.is_checked]
    if missing:
        raise InvalidInput(
            _("Still to be ticked before the intervention can be finished: %(items)s."),
            field="checked",
            params={"items": ", ".join(missing)},
        )


def told_checks(checks: Sequence[InterventionCheck]) -> dict[str, Any]:
    """What was ticked and what was not, as the timeline tells it when the intervention is finished."""
    if not checks:
        return {}
    return {
        "checked": [names(check) for check in checks if check.is_checked],
        "unchecked": [names(check) for check in checks if not check.is_checked],
    }
