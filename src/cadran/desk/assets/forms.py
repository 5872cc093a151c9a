"""The criteria of the lists, and the forms of assets, products and versions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadran.catalogue.models import Environment, Product, ProductType, ProductVersion
from cadran.catalogue.operations import AssetDetails, ProductDetails, ProductVersionDetails
from cadran.core.text import fold
from cadran.desk.records.forms import DayField, RecordForm
from cadran.desk.records.lists import ListForm
from cadran.desk.tickets.forms.fields import RowField
from cadran.parties.models import Customer, Site, Supplier

_ANY = [("", _("All"))]


class AssetListForm(ListForm):
    """Words (of the asset or its customer), customer, product, in service or not."""

    pickers = ("customer", "product")
    customer = RowField(Customer.objects.none(), label=_("Customer"), required=False)
    product = RowField(Product.objects.none(), label=_("Product"), required=False)
    active = forms.ChoiceField(
        label=_("In service"),
        required=False,
        choices=[("", _("Yes")), ("no", _("No")), ("all", _("All"))],
    )

    def prepare(self) -> None:
        for name, model in (("customer", Customer), ("product", Product)):
            field: Any = self.fields[name]
            field.queryset = model.objects.visible_to(self.user)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        for word in fold(self.given("q") or "").split()[:10]:
            rows = rows.filter(Q(search_key__contains=word) | Q(customer__search_key__contains=word))
        for name in self.pickers:
            if chosen := self.given(name):
                rows = rows.filter(**{name: chosen})
        active = self.given("active")
        return rows if active == "all" else rows.filter(is_active=active != "no")


class ProductListForm(ListForm):
    """Words, type, retired or not."""

    type = forms.ModelChoiceField(
        label=_("Type"), queryset=ProductType.objects.none(), required=False, empty_label=_("All")
    )
    retired = forms.ChoiceField(
        label=_("Retired"), required=False, choices=[("", _("No")), ("yes", _("Yes")), ("all", _("All"))]
    )

    def prepare(self) -> None:
        field: Any = self.fields["type"]
        field.queryset = ProductType.objects.visible_to(self.user)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.matching(self.given("q") or "")  # type: ignore[attr-defined]
        if kind := self.given("type"):
            rows = rows.filter(type=kind)
        retired = self.given("retired")
        return rows if retired == "all" else rows.filter(is_retired=retired == "yes")


class AssetForm(RecordForm):
    """A product installed at a site."""

    customer = RowField(Customer.objects.none(), label=_("Customer"))
    site = RowField(Site.objects.none(), label=_("Site"))
    product = RowField(Product.objects.none(), label=_("Product"))
    version = RowField(ProductVersion.objects.none(), label=_("Version"), required=False)
    name = forms.CharField(label=_("Name"), required=False, help_text=_("Left empty: the product’s name."))
    number = forms.CharField(
        label=_("Number"), required=False, help_text=_("Left empty: the next one is given.")
    )
    environment = forms.ChoiceField(
        label=_("Environment"), required=False, choices=[("", _("none")), *Environment.choices]
    )
    serial_number = forms.CharField(label=_("Serial number"), required=False)
    installed_on = DayField(label=_("Installed on"), required=False)
    is_active = forms.BooleanField(label=_("In service"), required=False, initial=True)

    def prepare(self) -> None:
        self.offer("customer", Customer)
        self.offer("site", Site)
        self.offer("product", Product)
        self.offer("version", ProductVersion)
        if self.row is None:
            del self.fields["is_active"]

    @property
    def details(self) -> AssetDetails:
        """The asset as the operation takes it; only of a valid form."""
        return AssetDetails(**self.values)


class ProductForm(RecordForm):
    """A catalogue entry."""

    name = forms.CharField(label=_("Name"))
    code = forms.CharField(label=_("Code"))
    type = forms.ModelChoiceField(label=_("Type"), queryset=ProductType.objects.none())
    supplier = forms.ModelChoiceField(
        label=_("Supplier"), queryset=Supplier.objects.none(), required=False, empty_label=_("none")
    )
    is_retired = forms.BooleanField(
        label=_("Retired"),
        required=False,
        help_text=_("It is no longer offered, and stays where it is used."),
    )

    def prepare(self) -> None:
        self.offer("type", ProductType)
        field: Any = self.fields["supplier"]
        kept = Supplier.objects.visible_to(self.user).filter(pk=self.initial.get("supplier"))
        field.queryset = Supplier.objects.visible_to(self.user).filter(is_active=True) | kept

    @property
    def details(self) -> ProductDetails:
        """The product as the operation takes it; only of a valid form."""
        return ProductDetails(**self.values)


class VersionForm(RecordForm):
    """A version and revision of a product."""

    version = forms.CharField(label=_("Version"))
    revision = forms.CharField(label=_("Revision"), required=False)
    released_on = DayField(label=_("Released on"), required=False)
    is_retired = forms.BooleanField(
        label=pgettext_lazy("version", "Retired"),
        required=False,
        help_text=pgettext_lazy("version", "It is no longer offered, and stays where it is used."),
    )

    @property
    def details(self) -> ProductVersionDetails:
        """The version as the operation takes it; only of a valid form."""
        return ProductVersionDetails(**self.values)
