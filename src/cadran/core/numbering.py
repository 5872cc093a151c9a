"""Numbers that are unique, sequential and never reused (Spec T5)."""

from __future__ import annotations

from django.db import connection, models, transaction
from django.db.models import F

from .models import Sequence


def next_number(name: str) -> int:
    """The next number of the sequence ``name``, from 1.

    Must run inside the transaction that uses the number: the sequence's row stays locked until it ends, so a
    rolled-back act gives its number back and two acts never get the same one.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a number is taken inside the transaction that uses it")
    if not Sequence.objects.filter(name=name).update(last=F("last") + 1):
        Sequence.objects.get_or_create(name=name, defaults={"last": 0})
        Sequence.objects.filter(name=name).update(last=F("last") + 1)
    return Sequence.objects.values_list("last", flat=True).get(name=name)


def free_number(model: type[models.Model], prefix: str) -> str:
    """The next number of ``model``, as ``CT00012``; one that somebody typed by hand is passed over.

    Must run inside the transaction that uses the number.
    """
    while True:
        number = f"{prefix}{next_number(model._meta.model_name or prefix):05}"
        if not model._default_manager.filter(number=number).exists():
            return number
