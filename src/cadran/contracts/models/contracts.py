"""Contracts, their services and lines (Spec C1, C2)."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cadran.accounts.rights import Right
from cadran.catalogue.models import Asset, Nature, Product, Severity
from cadran.core.models import ReferenceRow, Searchable, SearchableQuerySet
from cadran.parties.models import Agent, Customer, Project, Site, Team


class ContractStatus(models.TextChoices):
    QUOTATION = "quotation", _("Quotation")
    SIGNED = "signed", _("Signed")
    RUNNING = "running", _("Running")
    FINAL_NOTICE = "final_notice", _("Final notice")
    ON_HOLD = "on_hold", _("On hold")
    TERMINATED = "terminated", _("Terminated")
    DISPUTED = "disputed", _("Disputed")
    ARCHIVED = "archived", _("Archived")


class Renewal(models.TextChoices):
    TACIT = "tacit", _("Tacit renewal")
    NONE = "none", _("No renewal")


class Periodicity(models.TextChoices):
    MONTH = "month", _("Monthly")
    QUARTER = "quarter", _("Quarterly")
    HALF_YEAR = "half_year", _("Half-yearly")
    YEAR = "year", _("Yearly")


class Billing(models.TextChoices):
    ADVANCE = "advance", _("In advance")
    ARREARS = "arrears", _("In arrears")


class ContractQuerySet(SearchableQuerySet):
    seen_with = Right.SEE_CONTRACTS.value


class RunningQuerySet(ContractQuerySet):
    """Contracts with customers and with suppliers: both have a status, a start and perhaps an end."""

    def running_on(self, day: date) -> Self:
        """Those that run on ``day``, the first and the last one included; only these cover (Spec C1, C7)."""
        ends = Q(end_on=None) | Q(end_on__gte=day)
        return self.filter(ends, status=ContractStatus.RUNNING, start_on__lte=day)


class CustomerContractQuerySet(RunningQuerySet):
    """Contracts with customers."""

    def for_customer(self, customer: Customer | int) -> Self:
        """Those that the customer, a row or its key, holds or benefits from (Spec C1)."""
        benefits = Contract.beneficiaries.through.objects.filter(customer=customer).values("contract")
        return self.filter(Q(customer=customer) | Q(pk__in=benefits))


class ContractType(ReferenceRow):
    """A kind of contract: managed services, software maintenance ..."""

    class Meta(ReferenceRow.Meta):
        verbose_name = _("contract type")


class Contract(Searchable):
    """A customer's contract; only a running one inside its dates covers tickets (Spec C1)."""

    number = models.CharField(_("number"), max_length=30, unique=True)
    label = models.CharField(_("label"), max_length=150)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="contracts", verbose_name=_("customer")
    )
    invoiced_customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        related_name="invoiced_contracts",
        verbose_name=_("customer invoiced"),
    )
    beneficiaries = models.ManyToManyField(
        Customer, related_name="benefiting_contracts", verbose_name=_("beneficiaries"), blank=True
    )
    sites = models.ManyToManyField(Site, related_name="contracts", verbose_name=_("sites"), blank=True)
    maintenance_site = models.ForeignKey(
        Site,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("maintenance site"),
    )
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="contracts", verbose_name=_("project")
    )
    type = models.ForeignKey(
        ContractType,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("type"),
    )
    status = models.CharField(
        _("status"), max_length=15, choices=ContractStatus, default=ContractStatus.QUOTATION
    )
    start_on = models.DateField(_("start"))
    end_on = models.DateField(_("end"), null=True, blank=True)
    renewal = models.CharField(_("renewal"), max_length=10, choices=Renewal, default=Renewal.TACIT)
    reminder_on = models.DateField(_("reminder date"), null=True, blank=True)
    periodicity = models.CharField(
        _("periodicity"), max_length=10, choices=Periodicity, default=Periodicity.YEAR
    )
    billing = models.CharField(_("invoiced"), max_length=10, choices=Billing, default=Billing.ADVANCE)
    shows_clocks = models.BooleanField(_("the customer sees the clocks"), default=True)
    sales_manager = models.ForeignKey(
        Agent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("sales manager"),
    )
    administrative_manager = models.ForeignKey(
        Agent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("administrative manager"),
    )
    technical_manager = models.ForeignKey(
        Agent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("technical manager"),
    )
    alert_memo = models.TextField(_("alert memo"), blank=True)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = CustomerContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        ordering = ["-start_on", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gte=F("start_on")), name="contract_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(renewal="tacit") | Q(end_on__isnull=False), name="contract_without_renewal_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"

    def search_words(self) -> list[str]:
        return [self.number, self.label]


class ServiceTemplate(ReferenceRow):
    """What a new service starts from."""

    default_team = models.ForeignKey(
        Team,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("default team"),
    )
    default_severity = models.ForeignKey(
        Severity,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("default severity"),
    )
    default_nature = models.ForeignKey(
        Nature,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("default nature"),
    )

    class Meta(ReferenceRow.Meta):
        verbose_name = _("service template")


class Service(models.Model):
    """The mandatory level between a contract and what it covers; carries commitments and defaults (Spec C2)."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="services")
    template = models.ForeignKey(
        ServiceTemplate, null=True, blank=True, on_delete=models.PROTECT, related_name="services"
    )
    label = models.CharField(_("label"), max_length=150)
    position = models.PositiveIntegerField(_("order"), default=0)
    assets = models.ManyToManyField(
        Asset, related_name="services", verbose_name=_("covered assets"), blank=True
    )
    products = models.ManyToManyField(
        Product, related_name="services", verbose_name=_("covered products"), blank=True
    )
    default_team = models.ForeignKey(
        Team,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("default team"),
    )
    default_severity = models.ForeignKey(
        Severity,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("default severity"),
    )
    default_nature = models.ForeignKey(
        Nature,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("default nature"),
    )
    allowed_natures = models.ManyToManyField(
        Nature, related_name="+", verbose_name=_("allowed natures"), blank=True
    )
    is_visible_in_portal = models.BooleanField(_("visible in the portal"), default=True)
    is_active = models.BooleanField(_("active"), default=True)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        ordering = ["contract_id", "position", "id"]

    def __str__(self) -> str:
        return self.label


class ContractLine(models.Model):
    """A priced, invoiceable line of a contract; prices in cents of a euro."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="lines")
    label = models.CharField(_("label"), max_length=200)
    asset = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("asset")
    )
    quantity = models.DecimalField(_("quantity"), max_digits=10, decimal_places=2, default=1)
    unit_price_cents = models.BigIntegerField(_("unit price"), default=0)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    is_invoiced = models.BooleanField(_("invoiced"), default=True)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract line")
        ordering = ["contract_id", "id"]

    def __str__(self) -> str:
        return self.label
