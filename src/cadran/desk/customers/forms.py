"""The criteria of the customer list, and the forms of customers, sites and contacts (Spec T7)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.contracts.queries import running_contracts
from cadran.core.richtext import NOTE_IMAGES
from cadran.desk.records.forms import RecordForm
from cadran.desk.records.lists import ListForm
from cadran.desk.records.seen import RichField
from cadran.parties.models import Contact, Customer, CustomerKind, Site
from cadran.parties.operations import ContactDetails, CustomerDetails, SiteDetails

_ANY = [("", _("All"))]
_NOTE = RichField(label=_("Note"), required=False, images=NOTE_IMAGES)


class CustomerListForm(ListForm):
    """Words, kind, with or without a running contract, in use or not."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[*_ANY, *CustomerKind.choices])
    contract = forms.ChoiceField(
        label=_("Running contract"),
        required=False,
        choices=[*_ANY, ("with", _("with")), ("without", _("without"))],
    )
    active = forms.ChoiceField(
        label=_("In use"),
        required=False,
        choices=[("", _("active")), ("no", _("no longer active")), ("all", _("All"))],
    )

    def __init__(self, *args: Any, user: User, day: date, **options: Any) -> None:
        self.day = day
        super().__init__(*args, user=user, **options)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.matching(self.given("q") or "")  # type: ignore[attr-defined]
        if kind := self.given("kind"):
            rows = rows.filter(kind=kind)
        if active := self.given("active"):
            rows = rows if active == "all" else rows.filter(is_active=False)
        else:
            rows = rows.filter(is_active=True)
        if contract := self.given("contract"):
            running = running_contracts(self.day, self.user)
            has_one = Q(Exists(running.filter(customer=OuterRef("pk")))) | Q(
                Exists(running.filter(beneficiaries=OuterRef("pk")))
            )
            rows = rows.filter(has_one if contract == "with" else ~has_one)
        return rows


class CustomerForm(RecordForm):
    """A customer or prospect."""

    name = forms.CharField(label=_("Name"))
    number = forms.CharField(
        label=_("Number"), required=False, help_text=_("Left empty: the next one is given.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=CustomerKind.choices)
    phone = forms.CharField(label=_("Telephone"), required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    note = _NOTE
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def prepare(self) -> None:
        if self.row is None:
            del self.fields["is_active"]

    @property
    def details(self) -> CustomerDetails:
        """The customer as the operation takes it; only of a valid form."""
        return CustomerDetails(**self.values)


class SiteForm(RecordForm):
    """A site of a customer."""

    name = forms.CharField(label=_("Name"))
    address = forms.CharField(label=_("Address"), required=False)
    postal_code = forms.CharField(label=_("Postal code"), required=False)
    city = forms.CharField(label=_("City"), required=False)
    country = forms.CharField(label=_("Country"), initial="FR", help_text=_("Two letters, such as FR."))
    phone = forms.CharField(label=_("Telephone"), required=False)
    is_main = forms.BooleanField(
        label=_("Main site"), required=False, help_text=_("Takes over from the main site there was.")
    )
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    @property
    def details(self) -> SiteDetails:
        """The site as the operation takes it; only of a valid form."""
        return SiteDetails(**self.values)


class ContactForm(RecordForm):
    """A person at a customer."""

    first_name = forms.CharField(label=_("First name"), required=False)
    last_name = forms.CharField(label=_("Last name"))
    function = forms.CharField(label=_("Function"), required=False)
    site = forms.ModelChoiceField(
        label=_("Site"), queryset=Site.objects.none(), required=False, empty_label=_("none")
    )
    phone = forms.CharField(label=_("Telephone"), required=False)
    mobile = forms.CharField(label=_("Mobile"), required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    note = _NOTE
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def __init__(
        self, *args: Any, row: Contact | None = None, customer: Customer | None = None, **options: Any
    ) -> None:
        self.customer = row.customer if row is not None else customer
        super().__init__(*args, row=row, **options)

    def prepare(self) -> None:
        field: Any = self.fields["site"]
        sites = Site.objects.visible_to(self.user).filter(customer=self.customer)
        field.queryset = sites.filter(Q(is_active=True) | Q(pk=self.initial.get("site")))
        if self.row is None:
            del self.fields["is_active"]

    @property
    def details(self) -> ContactDetails:
        """The contact as the operation takes it; only of a valid form."""
        return ContactDetails(**self.values)
