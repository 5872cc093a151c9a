"""Ticket templates: what tickets that come again and again start from (Spec T16)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from cadran.accounts.rights import Right
from cadran.catalogue.models import (
    Asset,
    Environment,
    KnownError,
    Nature,
    Priority,
    Product,
    ProductVersion,
    Severity,
)
from cadran.contracts.models import Contract, Service
from cadran.core.models import Searchable, SearchableQuerySet
from cadran.parties.models import Contact, Customer, Site, Team

from .settings import InterventionType, State, Status, Tag, TemplateGroup


class TemplateQuerySet(SearchableQuerySet):
    seen_with = Right.SEE_TICKETS.value


class TicketTemplate(Searchable):
    """What a new ticket starts from; every field may be left open. ``first_type``: an intervention added at once.

    ``custom_values``: what the custom fields of its nature hold, by the field's key, as JSON keeps it.
    """

    name = models.CharField(_("name"), max_length=150)
    group = models.ForeignKey(
        TemplateGroup,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="templates",
        verbose_name=_("group"),
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    customer = models.ForeignKey(
        Customer,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("customer"),
    )
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("site")
    )
    requester = models.ForeignKey(
        Contact,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("requester"),
    )
    contract = models.ForeignKey(
        Contract,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("contract"),
    )
    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("service")
    )
    asset = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("asset")
    )
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("product")
    )
    version = models.ForeignKey(
        ProductVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("version"),
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
    known_error = models.ForeignKey(
        KnownError,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("known error"),
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("team")
    )
    status = models.ForeignKey(
        Status, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("status")
    )
    state = models.ForeignKey(
        State, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("state")
    )
    environment = models.CharField(_("environment"), max_length=20, choices=Environment, blank=True)
    external_description = models.TextField(_("external description"), blank=True)
    internal_description = models.TextField(_("internal description"), blank=True)
    external_report = models.TextField(_("external report"), blank=True)
    internal_report = models.TextField(_("internal report"), blank=True)
    is_shared = models.BooleanField(_("shared with customer"), default=True)
    tags = models.ManyToManyField(Tag, related_name="+", verbose_name=_("tags"), blank=True)
    first_type = models.ForeignKey(
        InterventionType,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("first intervention"),
    )
    custom_values = models.JSONField(_("custom fields"), default=dict, blank=True)
    is_retired = models.BooleanField(_("retired"), default=False)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = TemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket template")
        ordering = ["search_key", "id"]

    def __str__(self) -> str:
        return self.name

    def search_words(self) -> list[str]:
        return [self.name, self.title]
