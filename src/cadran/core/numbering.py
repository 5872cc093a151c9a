"""Numbers that are unique, sequential and never reused (Spec T5)."""

from __future__ import annotations

from django.db import connection, transaction
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
