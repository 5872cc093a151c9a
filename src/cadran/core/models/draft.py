from __future__ import annotations

from django.conf import settings
from django.db import models


class Draft(models.Model):
    """What a person has typed and not saved, kept until it is saved or dropped (Spec T6)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=120)
    data = models.JSONField(default=dict)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_draft_per_key")]

    def __str__(self) -> str:
        return self.key
