"""The journal: an append-only record of what happened (Spec T4)."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnly(Exception):
    """Somebody tried to change or remove a journal row."""


class JournalQuerySet(models.QuerySet["JournalEntry"]):
    def update(self, **_values: Any) -> NoReturn:
        raise AppendOnly("A journal row is never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly("A journal row is never removed.")

    def of(self, subject_kind: str, subject_id: int) -> JournalQuerySet:
        """What happened to one object, oldest first."""
        return self.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("id")


class JournalEntry(models.Model):
    """One thing that happened to one object, written in the transaction of the act.

    ``at`` is when it took effect, ``recorded_at`` when it was written; both are UTC. ``kind`` names the act
    (``ticket.suspended``), ``data`` holds what a reader needs to understand it later, names included, so that the
    row speaks even after what it names has changed.
    """

    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    author_name = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    is_internal = models.BooleanField(default=True)

    objects = JournalQuerySet.as_manager()

    class Meta:
        verbose_name = _("journal entry")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="journal_subject"),
            models.Index(fields=["kind", "id"], name="journal_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind}:{self.subject_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("A journal row is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("A journal row is never removed.")
