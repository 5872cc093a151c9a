"""The company's own fields on tickets, and what was ticked in an intervention (Spec T30)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cadran.core.models import Bilingual

from .settings import ChecklistItem, CustomChoice, CustomField
from .ticket import Ticket
from .work import Intervention, WorkQuerySet


class CustomValue(models.Model):
    """What one custom field of one ticket holds: exactly one of the four columns, by the field's kind.

    ``text_key`` is the folded text, by which it is found. Each index ends with the ticket, so that a list is narrowed
    without a look at the rows themselves.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="custom_values")
    field = models.ForeignKey(CustomField, on_delete=models.PROTECT, related_name="values")
    text = models.CharField(max_length=300, blank=True)
    text_key = models.TextField(editable=False, default="", blank=True)
    number = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    date = models.DateField(null=True, blank=True)
    choice = models.ForeignKey(
        CustomChoice, null=True, blank=True, on_delete=models.PROTECT, related_name="values"
    )

    objects: Any = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("value of a custom field")
        ordering = ["field__position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "field"], name="one_value_per_custom_field"),
        ]
        indexes = [
            models.Index(fields=["field", "text_key", "ticket"], name="custom_value_text"),
            models.Index(fields=["field", "number", "ticket"], name="custom_value_number"),
            models.Index(fields=["field", "date", "ticket"], name="custom_value_date"),
            models.Index(fields=["field", "choice", "ticket"], name="custom_value_choice"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket} {self.field}"


class InterventionCheck(Bilingual):
    """One item of an intervention's checklist, as its type asked for it when the intervention was added.

    It keeps the item's words, order and whether it is mandatory as they were: what was ticked stays what was asked.
    """

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="checks")
    item = models.ForeignKey(ChecklistItem, on_delete=models.PROTECT, related_name="checks")
    is_required = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: Any = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of a checklist")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["intervention", "item"], name="one_check_per_item"),
        ]

    @property
    def is_checked(self) -> bool:
        """Whether it was ticked."""
        return self.checked_at is not None
