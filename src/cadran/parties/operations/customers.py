"""Writes on customers, their sites and contacts (Spec T7)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.compare import hold
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.numbering import free_number
from cadran.core.permissions import refuse_unless
from cadran.core.richtext import NOTE_IMAGES, sanitise
from cadran.core.writing import refuse_all, save_row, typed_values

from ..models import Contact, Customer, CustomerKind, Site
from ..rules import may_edit_customers
from ._notes import claim_note_images


@dataclass(frozen=True)
class SiteDetails:
    """A site as typed; ``country`` is a two-letter code."""

    name: str
    address: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = "FR"
    phone: str = ""
    is_main: bool = False
    is_active: bool = True


@dataclass(frozen=True)
class CustomerDetails:
    """A customer as typed. Without ``number`` the next one is given; ``note`` is rich text, sanitised here.

    ``main_site`` counts at creation only; without one the main site bears the customer's name.
    """

    name: str
    number: str = ""
    kind: str = CustomerKind.CUSTOMER.value
    phone: str = ""
    email: str = ""
    language: str = "fr"
    note: str = ""
    is_active: bool = True
    main_site: SiteDetails | None = None


@dataclass(frozen=True)
class ContactDetails:
    """A contact as typed; ``note`` is rich text, sanitised here."""

    last_name: str
    first_name: str = ""
    site: Site | None = None
    function: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""
    language: str = "fr"
    note: str = ""
    is_active: bool = True


def save_customer(
    *,
    customer: Customer | None,
    details: CustomerDetails,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> Customer:
    """Create a customer with its main site, or change one. ``seen``: the ``row_version`` that the editor saw.

    Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``.
    """
    refuse_unless(may_edit_customers(by), Right.EDIT_CUSTOMERS)
    values = typed_values(details)
    main_site = values.pop("main_site")
    values["note"] = sanitise(details.note, images=NOTE_IMAGES)
    if not values["name"]:
        raise InvalidInput(_("Type the customer’s name."), field="name")
    with transaction.atomic():
        row = customer or Customer()
        values["number"] = values["number"] or row.number or free_number(Customer, "C")
        saved = save_row(row=row, values=values, by=by, at=at, seen=seen)
        claim_note_images(saved, by=by)
        if customer is None:
            site = main_site or SiteDetails(name=values["name"][:120])
            site = SiteDetails(**(asdict(site) | {"is_main": True, "is_active": True}))
            save_site(customer=saved, site=None, details=site, by=by, at=at)
    return saved


def save_site(
    *,
    customer: Customer,
    site: Site | None,
    details: SiteDetails,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> Site:
    """Create or change a site of ``customer``; a new main site takes that from the former one.

    Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``.
    """
    refuse_unless(may_edit_customers(by), Right.EDIT_CUSTOMERS)
    values = typed_values(details)
    values["country"] = values["country"].upper()
    errors: list[CadranError] = []
    if not values["name"]:
        errors.append(InvalidInput(_("Type the site’s name."), field="name"))
    if len(values["country"]) != 2 or not values["country"].isalpha():
        errors.append(InvalidInput(_("Type the country as two letters, such as FR."), field="country"))
    if site is not None and site.customer_id != customer.pk:
        errors.append(InvalidInput(_("This site belongs to another customer.")))
    if site is not None and site.is_main and not details.is_main:
        errors.append(
            InvalidInput(
                _("A customer has one main site. Make another site the main one instead."), field="is_main"
            )
        )
    if details.is_main and not details.is_active:
        errors.append(
            InvalidInput(
                _("The main site stays active. Make another site the main one first."), field="is_active"
            )
        )
    refuse_all(errors)
    with transaction.atomic():
        hold(Customer, customer.pk)  # one new main site after the other
        if details.is_main:
            for former in Site.objects.filter(customer=customer, is_main=True).exclude(pk=site and site.pk):
                save_row(row=former, values={"is_main": False}, by=by, at=at)
        row = site or Site(customer=customer)
        return save_row(row=row, values=values, by=by, at=at, seen=seen)


def save_contact(
    *,
    customer: Customer,
    contact: Contact | None,
    details: ContactDetails,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> Contact:
    """Create or change a contact of ``customer``. Raises ``NotAllowed``, ``Stale`` or ``InvalidInput(s)``."""
    refuse_unless(may_edit_customers(by), Right.EDIT_CUSTOMERS)
    values = typed_values(details)
    values["note"] = sanitise(details.note, images=NOTE_IMAGES)
    errors: list[CadranError] = []
    if not values["last_name"]:
        errors.append(InvalidInput(_("Type the contact’s last name."), field="last_name"))
    if details.site is not None and details.site.customer_id != customer.pk:
        errors.append(
            InvalidInput(
                _("The site “%(site)s” is not one of %(customer)s. Choose one of that customer’s sites."),
                field="site",
                params={"site": str(details.site), "customer": str(customer)},
            )
        )
    if contact is not None and contact.customer_id != customer.pk:
        errors.append(InvalidInput(_("This contact belongs to another customer.")))
    refuse_all(errors)
    with transaction.atomic():
        row = contact or Contact(customer=customer)
        saved = save_row(row=row, values=values, by=by, at=at, seen=seen)
        claim_note_images(saved, by=by)
    return saved
