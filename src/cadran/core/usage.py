"""Where rows of reference data are used: counted for a whole list at once, one query per kind of user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db import models
from django.db.models import Count

from .business_rules import definitions, value_of
from .models import BusinessRule, ReferenceRow


@dataclass(frozen=True)
class Usage:
    """How many rows of ``model`` point at a row; ``label`` is what one of them is called."""

    model: type[models.Model]
    label: Any
    count: int


def usage_of(rows: Sequence[ReferenceRow]) -> dict[int, list[Usage]]:
    """Who points at each of ``rows`` (of one model), by the row's key; its own parts don't count.

    The number of queries depends on the model alone, never on how many rows there are.
    """
    found: dict[int, list[Usage]] = {row.pk: [] for row in rows}
    if not rows:
        return found
    model = type(rows[0])
    for owner, counts in _counts(model, list(found)):
        for key, count in counts.items():
            found[key].append(Usage(owner, owner._meta.verbose_name, count))
    for rule in definitions():
        if rule.kind == "row" and rule.model.lower() == model._meta.label_lower:
            key = value_of(rule)
            if key in found:
                found[key].append(Usage(BusinessRule, rule.label, 1))
    return {key: _merged(usages) for key, usages in found.items()}


def _counts(model: type[ReferenceRow], keys: list[int]) -> list[tuple[type[models.Model], dict[int, int]]]:
    counted = []
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel) or relation.many_to_many:
            continue
        # Django keeps there the model whose list a linking table is, or False for any other table.
        table = cast(Any, relation.related_model)
        owner = table._meta.auto_created
        own_part = getattr(relation, "on_delete", None) is models.CASCADE and not owner
        if owner is model or own_part:
            continue
        name = relation.field.name
        pointing = table._default_manager.filter(**{f"{name}__in": keys}).order_by()
        counts = dict(pointing.values_list(name).annotate(count=Count("pk")))
        counted.append((owner or table, counts))
    return counted


def _merged(usages: list[Usage]) -> list[Usage]:
    """One entry for each model, the most used first."""
    sums: dict[tuple[type[models.Model], str], int] = {}
    for usage in usages:
        key = (usage.model, str(usage.label))
        sums[key] = sums.get(key, 0) + usage.count
    merged = [Usage(model, label, count) for (model, label), count in sums.items()]
    return sorted(merged, key=lambda usage: -usage.count)
