"""Products, versions, assets and known errors."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cadran.accounts.rights import Right
from cadran.catalogue.known_errors import KnownErrorDetails, save_known_error
from cadran.catalogue.models import Asset, KnownError, Product, ProductType
from cadran.catalogue.operations import (
    AssetDetails,
    ProductDetails,
    ProductVersionDetails,
    save_asset,
    save_product,
    save_product_version,
)
from cadran.core.errors import InvalidInput, InvalidInputs, NotAllowed, Stale
from cadran.core.reference import retire_reference_row
from tests.factories.trade import MONDAY, a_customer, a_product, a_row, an_asset, person

pytestmark = pytest.mark.django_db


def test_an_asset_stands_at_a_site_of_its_customer_with_a_version_of_its_product() -> None:
    """Glossary: asset, site and version fit together or are refused by name."""
    customer, other = a_customer(), a_customer("Autre")
    erp, crm = a_product("erp"), a_product("crm")
    foreign = save_product_version(
        product=crm, version=None, details=ProductVersionDetails("2.0"), by=None, at=MONDAY
    )
    details = AssetDetails(product=erp, customer=customer, site=other.sites.get(), version=foreign)
    with pytest.raises(InvalidInputs) as refused:
        save_asset(asset=None, details=details, by=None, at=MONDAY)
    assert [error.field for error in refused.value.errors] == ["site", "version"]
    asset = save_asset(
        asset=None, details=replace(details, site=customer.sites.get(), version=None), by=None, at=MONDAY
    )
    assert (asset.number, asset.name) == ("A00001", "ERP")


def test_assets_are_found_by_the_product_s_new_name() -> None:
    """Spec T6: pickers search assets by product too, also after the product was renamed."""
    product = a_product("erp")
    asset = an_asset(a_customer(), product, name="Serveur")
    details = ProductDetails(code="erp", name="Comptabilité", type=product.type)
    save_product(product=product, details=details, by=None, at=MONDAY)
    assert list(Asset.objects.matching("comptabilite")) == [asset]
    assert not Asset.objects.matching("erp").exists()


def test_a_version_and_revision_exist_once_per_product() -> None:
    """Glossary: version, revision."""
    product = a_product()
    details = ProductVersionDetails(version="1.0", revision="b")
    save_product_version(product=product, version=None, details=details, by=None, at=MONDAY)
    with pytest.raises(InvalidInput, match="has this version and revision already"):
        save_product_version(product=product, version=None, details=details, by=None, at=MONDAY)
    save_product_version(product=a_product("crm"), version=None, details=details, by=None, at=MONDAY)


def test_retired_types_and_products_are_not_chosen_anew() -> None:
    """Spec T1: what uses them keeps them."""
    product = a_product()
    retire_reference_row(row=product.type, by=None, at=MONDAY)
    details = ProductDetails(code="erp", name="ERP", type=ProductType.objects.get(), is_retired=True)
    product = save_product(product=product, details=details, by=None, at=MONDAY)
    with pytest.raises(InvalidInput, match="no longer in use"):
        save_product(product=None, details=replace(details, code="crm"), by=None, at=MONDAY)
    with pytest.raises(InvalidInput, match="no longer in use"):
        an_asset(a_customer(), product)


def test_a_known_error_has_a_code_of_its_own() -> None:
    """Glossary: code tied to a product."""
    details = KnownErrorDetails(code="Err-1", title="Blocage", product=a_product())
    save_known_error(known_error=None, details=details, by=None, at=MONDAY)
    with pytest.raises(InvalidInput, match="“Err-1” is taken already"):
        save_known_error(known_error=None, details=details, by=None, at=MONDAY)
    with pytest.raises(InvalidInput, match="Choose the product"):
        save_known_error(known_error=None, details=replace(details, product=None), by=None, at=MONDAY)
    assert KnownError.objects.count() == 1


def test_two_editors_and_no_right() -> None:
    """House, R2: the second editor and whoever may only look are refused."""
    kind = a_row(ProductType, "hardware")
    product = save_product(
        product=None, details=ProductDetails(code="x", name="X", type=kind), by=None, at=MONDAY
    )
    mine = Product.objects.get()
    details = ProductDetails(code="x", name="Y", type=kind)
    save_product(product=product, details=details, by=None, at=MONDAY)
    with pytest.raises(Stale):
        save_product(
            product=mine, details=replace(details, name="Z"), by=None, at=MONDAY, seen=mine.row_version
        )
    with pytest.raises(NotAllowed, match=r"Create and edit products and assets.*100202"):
        save_product(product=product, details=details, by=person(Right.SEE_ASSETS), at=MONDAY)
    assert Product.objects.get().name == "Y"
