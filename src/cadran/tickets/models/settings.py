"""Reference data of tickets, edited in the settings pages (Spec T1, T18)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadran.catalogue.models import Nature, Priority, ProductType, Severity
from cadran.core.models import ReferenceRow
from cadran.parties.models import Agent, Team

from ..choices import FieldKind, Hue, MacroPlace, Phase


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


class Tag(ReferenceRow):
    """A word that tickets are filed under, across natures and products (Spec T30)."""

    hue = models.CharField(_("colour"), max_length=10, choices=Hue, default=Hue.SLATE)

    class Meta(ReferenceRow.Meta):
        verbose_name = _("tag")


class ChecklistItem(ReferenceRow):
    """One thing to do or look at in an intervention of a type (Spec T30)."""

    type = models.ForeignKey(
        InterventionType,
        on_delete=models.PROTECT,
        related_name="checklist",
        verbose_name=_("intervention type"),
    )
    is_required = models.BooleanField(_("must be ticked before finishing"), default=False)

    class Meta(ReferenceRow.Meta):
        verbose_name = _("checklist item")


class CustomField(ReferenceRow):
    """A field of the company's own on tickets of some natures (Spec T30); without a nature, on all of them."""

    kind = models.CharField(_("kind"), max_length=6, choices=FieldKind, default=FieldKind.TEXT)
    natures = models.ManyToManyField(
        Nature, blank=True, related_name="custom_fields", verbose_name=_("only for the natures")
    )
    is_required = models.BooleanField(_("mandatory"), default=False)
    is_external = models.BooleanField(_("the customer sees it"), default=False)

    class Meta(ReferenceRow.Meta):
        verbose_name = _("custom field")

    @property
    def key(self) -> str:
        """What forms, addresses and refusals call the field: ``cf.`` and its code."""
        return f"cf.{self.code}"


class CustomChoice(ReferenceRow):
    """One value that a custom field of the kind *choice* offers."""

    field = models.ForeignKey(
        CustomField, on_delete=models.CASCADE, related_name="choices", verbose_name=_("custom field")
    )

    class Meta(ReferenceRow.Meta):
        verbose_name = _("choice of a custom field")


class TemplateGroup(ReferenceRow):
    """What ticket templates are grouped under (Spec T16)."""

    class Meta(ReferenceRow.Meta):
        verbose_name = _("group of templates")


class Macro(ReferenceRow):
    """A canned answer with placeholders that may also set fields of the ticket, for some teams or all (Spec T30)."""

    teams = models.ManyToManyField(Team, blank=True, related_name="+", verbose_name=_("only for the teams"))
    place = models.CharField(
        _("where the text goes"), max_length=16, choices=MacroPlace, default=MacroPlace.EXTERNAL_REPORT
    )
    text_fr = models.TextField(_("French text"), blank=True)
    text_en = models.TextField(_("English text"), blank=True)
    status = models.ForeignKey(
        Status, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("status")
    )
    state = models.ForeignKey(
        State, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("state")
    )
    nature = models.ForeignKey(
        Nature, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("nature")
    )
    severity = models.ForeignKey(
        Severity,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("severity"),
    )
    priority = models.ForeignKey(
        Priority,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("priority"),
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("team")
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="+", verbose_name=_("tags added"))

    class Meta(ReferenceRow.Meta):
        verbose_name = _("macro")
