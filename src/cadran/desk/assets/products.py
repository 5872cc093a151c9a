"""The list and the pages of products with their known errors, and the dialogs of products and versions."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from cadran.accounts.access import needs
from cadran.accounts.rights import Right
from cadran.catalogue.models import KnownError, Product, ProductVersion
from cadran.catalogue.operations import save_product, save_product_version
from cadran.desk.components.answers import sent
from cadran.desk.records.dialogs import answer
from cadran.desk.records.lists import RecordList, show_list
from cadran.desk.settings.common import now, person

from .forms import ProductForm, ProductListForm, VersionForm
from .views import acts_of

_SEE, _EDIT = Right.SEE_ASSETS, Right.EDIT_ASSETS


@needs(_SEE)
@require_GET
def product_list(request: HttpRequest) -> HttpResponse:
    """The catalogue, with how many assets, versions and known errors each product has."""
    user = person(request)
    counted = Product.objects.visible_to(user).select_related("type", "supplier")
    screen = RecordList(
        template="desk/assets/products.html",
        rows_template="desk/assets/_product_rows.html",
        form=ProductListForm(request.GET, user=user),
        rows=counted.annotate(
            asset_count=Count("assets", filter=Q(assets__is_active=True), distinct=True),
            version_count=Count("versions", distinct=True),
            error_count=Count("known_errors", distinct=True),
        ).order_by("search_key", "id"),
    )
    return show_list(request, screen, **acts_of(user))


@needs(_SEE)
@require_GET
def product(request: HttpRequest, pk: int) -> HttpResponse:
    """One product with its versions and known errors."""
    user = person(request)
    row = get_object_or_404(Product.objects.visible_to(user).select_related("type", "supplier"), pk=pk)
    versions = ProductVersion.objects.visible_to(user).filter(product=row)
    context = {
        "product": row,
        "versions": versions.annotate(asset_count=Count("assets", filter=Q(assets__is_active=True))).order_by(
            "is_retired", "-released_on", "-id"
        ),
        "known_errors": KnownError.objects.visible_to(user)
        .filter(product=row)
        .order_by("is_retired", "code"),
        "may_edit_known_errors": user.has_right(Right.EDIT_KNOWN_ERRORS),
        **acts_of(user),
    }
    return render(request, "desk/assets/product.html", context)


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def product_new(request: HttpRequest) -> HttpResponseBase:
    """Create a product."""
    return _product_dialog(request, None)


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def product_edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a product."""
    return _product_dialog(request, get_object_or_404(Product.objects.visible_to(person(request)), pk=pk))


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def version_new(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Create a version of a product."""
    return _version_dialog(
        request, get_object_or_404(Product.objects.visible_to(person(request)), pk=pk), None
    )


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def version_edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a version."""
    rows = ProductVersion.objects.visible_to(person(request)).select_related("product")
    row = get_object_or_404(rows, pk=pk)
    return _version_dialog(request, row.product, row)


def _product_dialog(request: HttpRequest, row: Product | None) -> HttpResponseBase:
    user, at = person(request), now()
    form = ProductForm(sent(request), user=user, row=row)
    return answer(
        request,
        form=form,
        template="desk/assets/product_edit.html",
        act=lambda: save_product(product=row, details=form.details, by=user, at=at, seen=form.version_seen),
        go=lambda saved: reverse("desk:product", args=[saved.pk]),
        back=reverse("desk:product", args=[row.pk]) if row else reverse("desk:product_list"),
        more={"product": row},
    )


def _version_dialog(request: HttpRequest, owner: Product, row: ProductVersion | None) -> HttpResponseBase:
    user, at = person(request), now()
    form = VersionForm(sent(request), user=user, row=row)
    page = reverse("desk:product", args=[owner.pk])
    return answer(
        request,
        form=form,
        template="desk/assets/version_edit.html",
        act=lambda: save_product_version(
            product=owner, version=row, details=form.details, by=user, at=at, seen=form.version_seen
        ),
        go=lambda _saved: page,
        back=page,
        more={"product": owner, "version": row},
    )
