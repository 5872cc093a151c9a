"""Writes on products, their versions and assets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.numbering import free_number
from cadran.core.permissions import refuse_unless
from cadran.core.writing import refuse_all, save_row, typed_values
from cadran.parties.models import Customer, Site, Supplier

from .models import Asset, Product, ProductType, ProductVersion
from .rules import may_edit_assets


@dataclass(frozen=True)
class ProductDetails:
    """A product as typed."""

    code: str
    name: str
    type: ProductType | None
    supplier: Supplier | None = None
    is_retired: bool = False


@dataclass(frozen=True)
class ProductVersionDetails:
    """A version and revision of a product as typed."""

    version: str
    revision: str = ""
    released_on: date | None = None
    is_retired: bool = False


@dataclass(frozen=True)
class AssetDetails:
    """An asset as typed. Without ``number`` the next one is given; without ``name`` the product's is taken."""

    product: Product | None
    customer: Customer | None
    site: Site | None
    number: str = ""
    name: str = ""
    version: ProductVersion | None = None
    environment: str = ""
    serial_number: str = ""
    installed_on: date | None = None
    is_active: bool = True


def save_product(
    *,
    product: Product | None,
    details: ProductDetails,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> Product:
    """Create or change a product. Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``."""
    refuse_unless(may_edit_assets(by), Right.EDIT_ASSETS)
    values = typed_values(details)
    errors = _missing(
        values,
        code=_("Type the product’s code."),
        name=_("Type the product’s name."),
        type=_("Choose the product’s type."),
    )
    errors += _gone(values, product, "type", "supplier")
    refuse_all(errors)
    with transaction.atomic():
        saved = save_row(row=product or Product(), values=values, by=by, at=at, seen=seen)
        if product is not None:
            for asset in saved.assets.select_related("product"):
                asset.save(update_fields=["search_key"])  # assets are looked up by their product's name too
    return saved


def save_product_version(
    *,
    product: Product,
    version: ProductVersion | None,
    details: ProductVersionDetails,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> ProductVersion:
    """Create or change a version of ``product``. Raises ``NotAllowed``, ``Stale`` or ``InvalidInput(s)``."""
    refuse_unless(may_edit_assets(by), Right.EDIT_ASSETS)
    values = typed_values(details)
    errors = _missing(values, version=_("Type the version."))
    if version is not None and version.product_id != product.pk:
        errors.append(InvalidInput(_("This version belongs to another product.")))
    same = ProductVersion.objects.filter(
        product=product, version=values["version"], revision=values["revision"]
    )
    if same.exclude(pk=version and version.pk).exists():
        errors.append(
            InvalidInput(
                _("%(product)s has this version and revision already. Type another one."),
                field="version",
                params={"product": str(product)},
            )
        )
    refuse_all(errors)
    with transaction.atomic():
        row = version or ProductVersion(product=product)
        return save_row(row=row, values=values, by=by, at=at, seen=seen)


def save_asset(
    *, asset: Asset | None, details: AssetDetails, by: User | None, at: datetime, seen: int | None = None
) -> Asset:
    """Create or change an asset. Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``."""
    refuse_unless(may_edit_assets(by), Right.EDIT_ASSETS)
    values = typed_values(details)
    errors = _missing(
        values,
        product=_("Choose the product that is installed."),
        customer=_("Choose the customer who has the asset."),
        site=_("Choose the site where the asset is installed."),
    )
    if (
        details.site is not None
        and details.customer is not None
        and details.site.customer != details.customer
    ):
        errors.append(
            InvalidInput(
                _("The site “%(site)s” is not one of %(customer)s. Choose one of that customer’s sites."),
                field="site",
                params={"site": str(details.site), "customer": str(details.customer)},
            )
        )
    if details.version is not None and details.version.product != details.product:
        errors.append(
            InvalidInput(
                _("“%(version)s” is a version of %(product)s. Choose a version of the asset’s own product."),
                field="version",
                params={"version": str(details.version), "product": str(details.version.product)},
            )
        )
    errors += _gone(values, asset, "product", "version", "customer", "site")
    refuse_all(errors)
    with transaction.atomic():
        row = asset or Asset()
        values["number"] = values["number"] or row.number or free_number(Asset, "A")
        values["name"] = values["name"] or str(details.product)
        return save_row(row=row, values=values, by=by, at=at, seen=seen)


def _missing(values: dict[str, Any], **sentences: Any) -> list[CadranError]:
    return [InvalidInput(sentence, field=name) for name, sentence in sentences.items() if not values[name]]


def _gone(values: dict[str, Any], row: Any, *names: str) -> list[CadranError]:
    """What was chosen anew although it is retired or no longer active."""
    errors: list[CadranError] = []
    for name in names:
        chosen = values[name]
        kept = row is not None and chosen is not None and getattr(row, f"{name}_id") == chosen.pk
        if chosen is None or kept:
            continue
        if getattr(chosen, "is_retired", False) or not getattr(chosen, "is_active", True):
            errors.append(
                InvalidInput(
                    _("“%(name)s” is no longer in use. Restore it, or choose another."),
                    field=name,
                    params={"name": str(chosen)},
                )
            )
    return errors
