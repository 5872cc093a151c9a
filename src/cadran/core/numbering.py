"""Numbers that are unique, sequential and never reused (Spec T5), and turns that are taken one after the other."""

from __future__ import annotations

from django.db import connection, models, transaction
from django.db.models import F

from .models import Sequence


def next_number(name: str) -> int:
    """The next number of the sequence ``name``, from 1.

    Must run inside the transaction that uses the number: the sequence's row stays locked until it ends, so a
    rolled-back act gives its number back and two acts never get the same one.
    """
    _step(name, 1)
    return Sequence.objects.values_list("last", flat=True).get(name=name)


def take_turn(name: str) -> None:
    """Let the acts that take the same turn run one after the other: whoever waited sees what the former one wrote.

    For what must hold across rows and no constraint can say: one tag per word, no circle of links, somebody left who
    edits profiles. Must run inside the transaction, before what is judged is read.
    """
    _step(name, 0)


def _step(name: str, step: int) -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a number is taken inside the transaction that uses it")
    row = Sequence.objects.filter(name=name)
    if not row.update(last=F("last") + step):
        Sequence.objects.get_or_create(name=name)
        row.update(last=F("last") + step)


def free_number(model: type[models.Model], prefix: str, *, field: str = "number") -> str:
    """The next number of ``model``, as ``CT00012``; one that somebody typed by hand in ``field`` is passed over.

    Must run inside the transaction that uses the number.
    """
    while True:
        number = f"{prefix}{next_number(model._meta.model_name or prefix):05}"
        if not model._default_manager.filter(**{field: number}).exists():
            return number
