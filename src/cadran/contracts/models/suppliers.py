"""Supplier contracts: what suppliers promise for the assets that we maintain (Spec C7)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cadran.catalogue.models import Asset
from cadran.core.models import Searchable
from cadran.parties.models import Supplier, SupplierContact

from .commitments import GuaranteeUnit
from .contracts import ContractStatus, RunningQuerySet
from .schedules import Schedule


class SupplierContract(Searchable):
    """A supplier's contract with us; a running one inside its dates stands behind the assets it covers."""

    number = models.CharField(_("number"), max_length=30, unique=True)
    label = models.CharField(_("label"), max_length=150)
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="contracts", verbose_name=_("supplier")
    )
    reference = models.CharField(_("supplier’s reference"), max_length=80, blank=True)
    status = models.CharField(
        _("status"), max_length=15, choices=ContractStatus, default=ContractStatus.RUNNING
    )
    start_on = models.DateField(_("start"))
    end_on = models.DateField(_("end"), null=True, blank=True)
    assets = models.ManyToManyField(
        Asset, related_name="supplier_contracts", verbose_name=_("covered assets"), blank=True
    )
    contacts = models.ManyToManyField(
        SupplierContact, related_name="contracts", verbose_name=_("contacts"), blank=True
    )
    response_amount = models.PositiveIntegerField(_("response guarantee"), null=True, blank=True)
    response_unit = models.CharField(max_length=6, choices=GuaranteeUnit, default=GuaranteeUnit.HOUR)
    resolution_amount = models.PositiveIntegerField(_("resolution guarantee"), null=True, blank=True)
    resolution_unit = models.CharField(max_length=6, choices=GuaranteeUnit, default=GuaranteeUnit.HOUR)
    schedule = models.ForeignKey(
        Schedule,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("supplier’s working hours"),
    )
    note = models.TextField(_("note"), blank=True)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = RunningQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplier contract")
        ordering = ["-start_on", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gte=F("start_on")),
                name="supplier_contract_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"

    def search_words(self) -> list[str]:
        return [self.number, self.label, self.supplier.name, self.reference]
