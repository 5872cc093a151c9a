from __future__ import annotations

from django.db import models


class BusinessRule(models.Model):
    """The stored value of a typed setting; what it means stands in :mod:`cadran.core.business_rules`."""

    code = models.CharField(max_length=60, primary_key=True)
    value = models.JSONField()

    def __str__(self) -> str:
        return self.code
