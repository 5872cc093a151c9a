"""Reference data of tickets, edited in the settings pages (Spec T1, T18)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadran.catalogue.models import Nature, ProductType
from cadran.core.models import ReferenceRow
from cadran.parties.models import Agent, Team

from ..choices import Hue, Phase


class Status(ReferenceRow):
    """A configurable label with a colour; belongs to one phase. Each phase has one default status."""

    phase = models.CharField(_("phase"), max_length=20, choices=Phase)
    hue = models.CharField(_("colour"), max_length=10, choices=Hue, default=Hue.SLATE)
    is_default = models.BooleanField(_("default of its phase"), default=False)

    class Meta(ReferenceRow.Meta):
        verbose_name = _("status")
        verbose_name_plural = _("statuses")
        constraints = [
            models.UniqueConstraint(
                fields=["phase"], condition=Q(is_default=True), name="one_default_status_per_phase"
            ),
        ]


class State(ReferenceRow):
    """An optional second label: « answer to send », « no further action »."""

    class Meta(ReferenceRow.Meta):
        verbose_name = _("state")


class SuspensionReason(ReferenceRow):
    """Why a ticket may be suspended."""

    waits_for_customer = models.BooleanField(_("waiting for the customer"), default=False)
    status = models.ForeignKey(
        Status,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("proposed status"),
    )

    class Meta(ReferenceRow.Meta):
        verbose_name = _("suspension reason")


class InterventionType(ReferenceRow):
    """A kind of intervention and what it proposes (Spec T18). Exactly one is the intake."""

    is_intake = models.BooleanField(_("intake"), default=False)
    counts_as_response = models.BooleanField(_("counts as response"), default=True)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("team")
    )
    assignee = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("assignee")
    )
    status = models.ForeignKey(
        Status, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("status")
    )
    state = models.ForeignKey(
        State, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("state")
    )
    next_type = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("next type")
    )
    initial_report = models.TextField(_("initial report"), blank=True)
    natures = models.ManyToManyField(
        Nature, blank=True, related_name="+", verbose_name=_("only for the natures")
    )
    product_types = models.ManyToManyField(
        ProductType, blank=True, related_name="+", verbose_name=_("only for the product types")
    )
    teams = models.ManyToManyField(Team, blank=True, related_name="+", verbose_name=_("only for the teams"))

    class Meta(ReferenceRow.Meta):
        verbose_name = _("intervention type")
        constraints = [
            models.UniqueConstraint(
                fields=["is_intake"], condition=Q(is_intake=True), name="one_intake_type"
            ),
        ]
