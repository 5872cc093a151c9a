"""What is maintained, and the words a ticket is qualified with."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cadran.accounts.rights import Right
from cadran.core.models import ReferenceRow, Searchable, SearchableQuerySet
from cadran.core.text import plain
from cadran.parties.models import Customer, Site, Supplier


class Environment(models.TextChoices):
    PRODUCTION = "production", _("Production")
    ACCEPTANCE = "acceptance", _("Acceptance")
    TEST = "test", _("Test")
    TRAINING = "training", _("Training")
    DEVELOPMENT = "development", _("Development")


class AssetQuerySet(SearchableQuerySet):
    seen_with = Right.SEE_ASSETS.value


class ProductType(ReferenceRow):
    """A family of products: server, software, printer ..."""

    class Meta(ReferenceRow.Meta):
        verbose_name = _("product type")


class Product(Searchable):
    """A catalogue entry: a software, a model."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=150)
    type = models.ForeignKey(
        ProductType, on_delete=models.PROTECT, related_name="products", verbose_name=_("type")
    )
    supplier = models.ForeignKey(
        Supplier,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="products",
        verbose_name=_("supplier"),
    )
    is_retired = models.BooleanField(_("retired"), default=False)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = AssetQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        ordering = ["search_key", "id"]

    def __str__(self) -> str:
        return self.name

    def search_words(self) -> list[str]:
        return [self.name, self.code]


class ProductVersion(models.Model):
    """A version and revision of a product."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(_("version"), max_length=40)
    revision = models.CharField(_("revision"), max_length=40, blank=True)
    released_on = models.DateField(_("released on"), null=True, blank=True)
    is_retired = models.BooleanField(_("retired"), default=False)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = AssetQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        ordering = ["product_id", "-released_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "version", "revision"], name="one_version_per_product"
            ),
        ]

    def __str__(self) -> str:
        if not self.revision:
            return self.version
        return gettext("%(version)s rev. %(revision)s") % {"version": self.version, "revision": self.revision}


class Asset(Searchable):
    """A product installed at a site and under maintenance."""

    number = models.CharField(_("number"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=150)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="assets")
    version = models.ForeignKey(
        ProductVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="assets"
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="assets")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="assets")
    environment = models.CharField(_("environment"), max_length=20, choices=Environment, blank=True)
    serial_number = models.CharField(_("serial number"), max_length=80, blank=True)
    installed_on = models.DateField(_("installed on"), null=True, blank=True)
    is_active = models.BooleanField(_("in service"), default=True)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = AssetQuerySet.as_manager()

    class Meta:
        verbose_name = _("asset")
        ordering = ["search_key", "id"]

    def __str__(self) -> str:
        return self.name

    def search_words(self) -> list[str]:
        return [self.name, self.number, self.serial_number, self.product.name]


class KnownError(Searchable):
    """A code tied to a product, for errors that are already understood."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=200)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="known_errors", verbose_name=_("product")
    )
    versions = models.ManyToManyField(
        ProductVersion, related_name="known_errors", verbose_name=_("versions concerned"), blank=True
    )
    symptom = models.TextField(_("symptom"), blank=True)
    workaround = models.TextField(_("workaround"), blank=True)
    solution = models.TextField(_("solution"), blank=True)
    is_published = models.BooleanField(_("published in the portal"), default=False)
    is_retired = models.BooleanField(_("retired"), default=False)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = AssetQuerySet.as_manager()

    class Meta:
        verbose_name = _("known error")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def search_words(self) -> list[str]:
        return [self.code, self.title, plain(self.symptom)]


class Nature(ReferenceRow):
    """The kind of a ticket: incident, fix, change, question ..."""

    class Meta(ReferenceRow.Meta):
        verbose_name = _("nature")


class Severity(ReferenceRow):
    """How bad it is, seen from the customer; chooses the commitment. ``level``: 3 worst, 1 mildest (the bars shown)."""

    level = models.PositiveSmallIntegerField(_("level"), default=2)
    is_default = models.BooleanField(_("default"), default=False)

    class Meta(ReferenceRow.Meta):
        verbose_name = _("severity")
        verbose_name_plural = _("severities")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_severity"
            ),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=3), name="severity_level"),
        ]


class Priority(ReferenceRow):
    """The internal order of work."""

    is_default = models.BooleanField(_("default"), default=False)

    class Meta(ReferenceRow.Meta):
        verbose_name = _("priority")
        verbose_name_plural = _("priorities")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_priority"
            ),
        ]


class SeverityAlert(models.Model):
    """A question that an agent must answer when a ticket on the asset gets the severity (Spec T13)."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="severity_alerts")
    severity = models.ForeignKey(
        Severity, on_delete=models.PROTECT, related_name="+", verbose_name=_("severity")
    )
    question = models.CharField(_("question"), max_length=300)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = AssetQuerySet.as_manager()

    class Meta:
        verbose_name = _("severity alert")
        ordering = ["asset_id", "severity__position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["asset", "severity", "question"], name="one_severity_alert"),
        ]

    def __str__(self) -> str:
        return self.question
