"""The index by which rows alike are found: which stems each row has, and how much they weigh (Spec S5)."""

from __future__ import annotations

from django.db import models


class IndexedStem(models.Model):
    """One stem of one row. ``scope`` narrows what is alike to the same kind of thing: a product's key, or None.

    ``subject_kind`` and ``subject_id`` name the row as the journal does.
    """

    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    stem = models.CharField(max_length=45)
    weight = models.PositiveSmallIntegerField(default=1)
    scope = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "stem"], name="one_stem_per_row"),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "stem", "-subject_id"], name="stem_newest"),
            models.Index(fields=["subject_kind", "scope", "stem", "-subject_id"], name="stem_scope_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id} {self.stem}"
