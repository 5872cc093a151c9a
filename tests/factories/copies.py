"""What takes long to build is built once by its operations; a test that begins with nothing gets copies of its rows."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, models, transaction

Made = TypeVar("Made")
#: One model and its rows, each as values by column.
_Table = tuple[type[models.Model], list[dict[str, Any]]]

#: By what built them: the object that it returned, and every row that was there then.
_kept: dict[Callable[[], Any], tuple[Any, list[_Table]]] = {}


def built_once(build: Callable[[], Made]) -> Made:
    """What ``build`` returns, with its rows in the database: built, or copied where it was built from nothing before.

    ``build`` is a function of a module, always gives the same, and keeps nothing outside the database.
    """
    if _is_anything_there():
        return build()
    if build not in _kept:
        made = build()
        _kept[build] = deepcopy(made), [table for model in _models() if (table := _read(model))[1]]
        return made
    made, tables = _kept[build]
    with transaction.atomic():
        for model, rows in tables:
            model._base_manager.bulk_create(model(**row) for row in rows)
    return deepcopy(made)


@cache
def _models() -> list[type[models.Model]]:
    """Every model whose rows a test can make."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.app_label not in ("auth", "contenttypes")
    ]


@cache
def _question() -> str:
    """Whether any table has a row, in SQL."""
    tables = [connection.ops.quote_name(model._meta.db_table) for model in _models()]
    return "SELECT " + " OR ".join(f"EXISTS (SELECT 1 FROM {table})" for table in tables)


def _is_anything_there() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_question())
        return bool(cursor.fetchone()[0])


def _read(model: type[models.Model]) -> _Table:
    columns = [field.attname for field in model._meta.concrete_fields]
    return model, list(model._base_manager.order_by("pk").values(*columns))
