"""Service reports: what a technician has the customer sign (Spec T18)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .work import Attachment, Intervention, WorkQuerySet


class ServiceReport(models.Model):
    """The report of one intervention as it was signed; the PDF is an external attachment of the intervention."""

    intervention = models.ForeignKey(Intervention, on_delete=models.PROTECT, related_name="service_reports")
    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="service_report")
    signer_name = models.CharField(_("signed by"), max_length=150)
    signer_function = models.CharField(_("function"), max_length=120, blank=True)
    place = models.CharField(_("place"), max_length=150)
    remarks = models.TextField(_("customer’s remarks"), blank=True)
    signed_at = models.DateTimeField(_("signed"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: Any = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("service report")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.intervention} {self.signed_at:%Y-%m-%d %H:%M}"
