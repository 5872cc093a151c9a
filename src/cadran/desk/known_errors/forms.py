"""The criteria of the list of known errors, and the form of one (Spec T33)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadran.catalogue.known_errors import KnownErrorDetails, errors_holding
from cadran.catalogue.models import Product, ProductVersion
from cadran.desk.records.forms import OptionalRowsField, RecordForm
from cadran.desk.records.lists import ListForm
from cadran.desk.records.seen import RichField
from cadran.desk.tickets.forms.fields import RowField

_YES_NO = [("", _("All")), ("yes", _("Yes")), ("no", _("No"))]


class KnownErrorListForm(ListForm):
    """Words, product and version, published or not, retired or not."""

    pickers = ("product", "version")
    product = RowField(Product.objects.none(), label=_("Product"), required=False)
    version = RowField(ProductVersion.objects.none(), label=_("Version"), required=False)
    published = forms.ChoiceField(
        label=pgettext_lazy("known error", "Published"), required=False, choices=_YES_NO
    )
    retired = forms.ChoiceField(
        label=pgettext_lazy("known error", "Retired"),
        required=False,
        choices=[("", _("No")), ("yes", _("Yes")), ("all", _("All"))],
    )

    def prepare(self) -> None:
        for name, model in (("product", Product), ("version", ProductVersion)):
            field: Any = self.fields[name]
            field.queryset = model.objects.visible_to(self.user)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = errors_holding(rows, self.given("q") or "")
        if product := self.given("product"):
            rows = rows.filter(product=product)
        if version := self.given("version"):
            # One that names no version concerns all of its product's.
            named = version.known_errors.values("pk")
            rows = rows.filter(Q(pk__in=named) | Q(versions=None, product=version.product_id))
        if published := self.given("published"):
            rows = rows.filter(is_published=published == "yes")
        retired = self.given("retired")
        return rows if retired == "all" else rows.filter(is_retired=retired == "yes")


class KnownErrorForm(RecordForm):
    """What is known of an error, and how to live with it."""

    title = forms.CharField(label=_("Title"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    code = forms.CharField(label=_("Code"), required=False, help_text=_("Left empty: the next one is given."))
    product = RowField(None, label=_("Product"))
    versions = OptionalRowsField(
        None, label=_("Versions concerned"), help_text=_("None chosen: it concerns all of them.")
    )
    symptom = RichField(label=_("Symptom"), required=False)
    workaround = RichField(label=_("Workaround"), required=False)
    solution = RichField(label=_("Solution"), required=False)
    is_published = forms.BooleanField(
        label=_("Published in the portal"),
        required=False,
        help_text=_("Not published, it is read by agents alone."),
    )
    is_retired = forms.BooleanField(
        label=pgettext_lazy("known error", "Retired"),
        required=False,
        help_text=_("It is no longer proposed or offered, and stays where it is used."),
    )

    def prepare(self) -> None:
        self.offer("product", Product)
        self.offer("versions", ProductVersion)
        if self.row is None:
            del self.fields["is_retired"]
        else:
            self.fields["code"].help_text = ""

    @property
    def details(self) -> KnownErrorDetails:
        """The known error as the operation takes it; only of a valid form."""
        return KnownErrorDetails(**self.values)
