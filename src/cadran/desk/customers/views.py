"""Pages and dialogs of customers, sites and contacts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cadran.accounts.access import needs
from cadran.accounts.rights import Right
from cadran.desk.components.answers import sent, toast
from cadran.desk.records.dialogs import answer, is_for_picker, key_in, words_in
from cadran.desk.records.lists import RecordList, show_list
from cadran.desk.settings.common import now, person
from cadran.parties.models import Contact, Customer, CustomerKind, Site
from cadran.parties.operations import save_contact, save_customer, save_site

from .forms import ContactForm, CustomerForm, CustomerListForm, SiteForm
from .screen import acts_of, contact_page, customer_page, rows_of

_SEE, _EDIT = Right.SEE_CUSTOMERS, Right.EDIT_CUSTOMERS


@needs(_SEE)
@require_GET
def customer_list(request: HttpRequest) -> HttpResponse:
    """Customers and prospects, with their open tickets and running contracts."""
    user, day = person(request), timezone.localtime(now()).date()
    screen = RecordList(
        template="desk/customers/list.html",
        rows_template="desk/customers/_rows.html",
        form=CustomerListForm(request.GET, user=user, day=day),
        rows=Customer.objects.visible_to(user),
        decorate=lambda rows: rows_of(rows, user=user, day=day),
    )
    return show_list(request, screen, **acts_of(user))


@needs(_SEE)
@require_GET
def customer(request: HttpRequest, number: str) -> HttpResponse:
    """One customer with everything that hangs on it."""
    user = person(request)
    row = get_object_or_404(Customer.objects.visible_to(user), number=number)
    return render(request, "desk/customers/customer.html", customer_page(row, user=user, now=now()))


@needs(_SEE)
@require_GET
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """One contact with their tickets and what they are promised as requester."""
    user = person(request)
    row = get_object_or_404(Contact.objects.visible_to(user).select_related("customer", "site"), pk=pk)
    return render(request, "desk/customers/contact.html", contact_page(row, user=user, now=now()))


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def customer_new(request: HttpRequest) -> HttpResponseBase:
    """Create a customer; from a ticket's form a prospect, unless said otherwise (Spec T7)."""
    return _customer_dialog(request, None)


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def customer_edit(request: HttpRequest, number: str) -> HttpResponseBase:
    """Change a customer."""
    return _customer_dialog(
        request, get_object_or_404(Customer.objects.visible_to(person(request)), number=number)
    )


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def site_new(request: HttpRequest) -> HttpResponseBase:
    """Create a site of the customer that the address names."""
    owner = _owner(request)
    return _site_dialog(request, owner, None) if owner else _choose_first()


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def site_edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a site."""
    row = get_object_or_404(Site.objects.visible_to(person(request)).select_related("customer"), pk=pk)
    return _site_dialog(request, row.customer, row)


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def contact_new(request: HttpRequest) -> HttpResponseBase:
    """Create a contact of the customer that the address names."""
    owner = _owner(request)
    return _contact_dialog(request, owner, None) if owner else _choose_first()


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def contact_edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a contact."""
    row = get_object_or_404(Contact.objects.visible_to(person(request)).select_related("customer"), pk=pk)
    return _contact_dialog(request, row.customer, row)


def _owner(request: HttpRequest) -> Customer | None:
    """The customer named by ``?customer=``; None when a picker's form holds none yet."""
    key = key_in(request, "customer")
    if key is None and is_for_picker(request):
        return None
    found: Customer = get_object_or_404(Customer.objects.visible_to(person(request)), pk=key)
    return found


def _choose_first() -> HttpResponse:
    return toast(HttpResponse(status=204), _("Choose the customer first."), level="error")


def _language() -> str:
    return (get_language() or "fr")[:2]


def _customer_dialog(request: HttpRequest, row: Customer | None) -> HttpResponseBase:
    user, at = person(request), now()
    kind = CustomerKind.PROSPECT if is_for_picker(request) else CustomerKind.CUSTOMER
    proposed = {"kind": kind.value, "language": _language(), "name": words_in(request)}
    first = proposed if row is None else {}
    form = CustomerForm(sent(request), user=user, row=row, initial=first)
    return answer(
        request,
        form=form,
        template="desk/customers/customer_edit.html",
        act=lambda: save_customer(customer=row, details=form.details, by=user, at=at, seen=form.version_seen),
        go=lambda saved: reverse("desk:customer", args=[saved.number]),
        back=reverse("desk:customer", args=[row.number]) if row else reverse("desk:customer_list"),
        more={"customer": row},
    )


def _site_dialog(request: HttpRequest, owner: Customer, row: Site | None) -> HttpResponseBase:
    user, at = person(request), now()
    form = SiteForm(
        sent(request), user=user, row=row, initial={"name": words_in(request)} if row is None else {}
    )
    page = reverse("desk:customer", args=[owner.number])
    return answer(
        request,
        form=form,
        template="desk/customers/site_edit.html",
        act=lambda: save_site(
            customer=owner, site=row, details=form.details, by=user, at=at, seen=form.version_seen
        ),
        go=lambda _saved: page,
        back=page,
        more={"customer": owner, "site": row},
    )


def _contact_dialog(request: HttpRequest, owner: Customer, row: Contact | None) -> HttpResponseBase:
    user, at = person(request), now()
    names = dict(
        zip(("last_name", "first_name"), reversed(words_in(request).rsplit(maxsplit=1)), strict=False)
    )
    first = {"language": owner.language, "site": key_in(request, "site"), **names} if row is None else {}
    form = ContactForm(sent(request), user=user, row=row, customer=owner, initial=first)
    page = reverse("desk:contact", args=[row.pk]) if row else reverse("desk:customer", args=[owner.number])
    return answer(
        request,
        form=form,
        template="desk/customers/contact_edit.html",
        act=lambda: save_contact(
            customer=owner, contact=row, details=form.details, by=user, at=at, seen=form.version_seen
        ),
        go=lambda _saved: page,
        back=page,
        more={"customer": owner, "contact": row},
    )
