"""Commitments: what is promised, in versions, and whom it is promised to (Spec C9, C13)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadran.accounts.rights import Right
from cadran.catalogue.models import Severity
from cadran.core.models import ReferenceRow
from cadran.parties.models import Contact, Customer

from .contracts import Contract, Service
from .schedules import Schedule


class GuaranteeUnit(models.TextChoices):
    MINUTE = "minute", _("minutes")
    HOUR = "hour", _("hours")
    DAY = "day", _("working days")


class ClockStart(models.TextChoices):
    """From which instant a guarantee runs (Spec C10)."""

    RECEPTION = "reception", _("reception")
    ENTRY = "entry", _("entry")
    RESPONSE = "response", _("response")


class Level(models.TextChoices):
    """Where a commitment was found, in the order of choice (Spec C9)."""

    REQUESTER = "requester", _("requester")
    SERVICE = "service", _("service")
    CONTRACT = "contract", _("contract")
    CUSTOMER = "customer", _("customer")


class Commitment(ReferenceRow):
    """A named promise; what it promises stands in its versions. Tickets keep the version they were opened under."""

    edited_with: ClassVar[str] = Right.EDIT_SCHEDULES.value

    class Meta(ReferenceRow.Meta):
        verbose_name = _("commitment")

    @property
    def current_version(self) -> CommitmentVersion:
        """The version that new tickets get."""
        rows = self.versions.select_related("reception_schedule", "action_schedule")
        return rows.latest("number")


class CommitmentVersion(models.Model):
    """What a commitment promised from ``created_at`` until its next version. Immutable."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    response_amount = models.PositiveIntegerField(_("response guarantee"), null=True, blank=True)
    response_unit = models.CharField(max_length=6, choices=GuaranteeUnit, default=GuaranteeUnit.HOUR)
    response_start = models.CharField(max_length=10, choices=ClockStart, default=ClockStart.RECEPTION)
    resolution_amount = models.PositiveIntegerField(_("resolution guarantee"), null=True, blank=True)
    resolution_unit = models.CharField(max_length=6, choices=GuaranteeUnit, default=GuaranteeUnit.HOUR)
    resolution_start = models.CharField(max_length=10, choices=ClockStart, default=ClockStart.RECEPTION)
    reception_schedule = models.ForeignKey(
        Schedule, on_delete=models.PROTECT, related_name="+", verbose_name=_("reception schedule")
    )
    action_schedule = models.ForeignKey(
        Schedule, on_delete=models.PROTECT, related_name="+", verbose_name=_("action schedule")
    )
    warning_minutes = models.PositiveIntegerField(_("orange threshold (minutes)"), default=120)

    objects: Any = models.Manager()

    class Meta:
        verbose_name = _("commitment version")
        ordering = ["commitment_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["commitment", "number"], name="one_commitment_version"),
            models.CheckConstraint(
                condition=Q(response_amount__isnull=False) | Q(resolution_amount__isnull=False),
                name="commitment_promises_something",
            ),
            models.CheckConstraint(
                condition=~Q(response_start="response"), name="response_starts_before_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment} v{self.number}"


class CommitmentChoice(models.Model):
    """Which commitment one holder gets, for one severity or (without one) for all others (Spec C9)."""

    requester = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.CASCADE, related_name="commitment_choices"
    )
    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.CASCADE, related_name="commitment_choices"
    )
    contract = models.ForeignKey(
        Contract, null=True, blank=True, on_delete=models.CASCADE, related_name="commitment_choices"
    )
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="commitment_choices"
    )
    severity = models.ForeignKey(
        Severity,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("severity"),
    )
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="choices")

    objects: Any = models.Manager()

    class Meta:
        verbose_name = _("commitment of a holder")
        ordering = ["severity__position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(requester__isnull=False, service=None, contract=None, customer=None)
                    | Q(requester=None, service__isnull=False, contract=None, customer=None)
                    | Q(requester=None, service=None, contract__isnull=False, customer=None)
                    | Q(requester=None, service=None, contract=None, customer__isnull=False)
                ),
                name="commitment_choice_has_one_holder",
            ),
            *(
                models.UniqueConstraint(
                    fields=[holder, "severity"], name=f"one_commitment_per_{holder}_severity"
                )
                for holder in ("requester", "service", "contract", "customer")
            ),
            *(
                models.UniqueConstraint(
                    fields=[holder], condition=Q(severity=None), name=f"one_general_commitment_per_{holder}"
                )
                for holder in ("requester", "service", "contract", "customer")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment}"
