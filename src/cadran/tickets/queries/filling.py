"""Filling in: where one value is possible it is filled in, and an asset fills the context backwards (Spec T6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cadran.catalogue.models import Asset
from cadran.contracts.models import Contract, Service
from cadran.parties.models import Contact, Customer, Site

from ..context import day_of

_FROM_ASSET = _("From the asset %(asset)s")
_ONLY_ONE = _("The only one possible")
MAIN_SITE = _("The main site")
_FROM_REQUESTER = _("From the requester %(requester)s")
_FROM_SERVICE = _("From the service %(service)s")


@dataclass(frozen=True)
class Filled:
    """A value filled in, and why (shown under the field)."""

    value: Any
    template: Any
    params: dict[str, str]

    @property
    def reason(self) -> str:
        """Why, in the reader's language."""
        return str(self.template) % self.params if self.params else str(self.template)


def fill_in(
    *,
    at: datetime,
    customer: Customer | None = None,
    site: Site | None = None,
    requester: Contact | None = None,
    contract: Contract | None = None,
    service: Service | None = None,
    asset: Asset | None = None,
) -> dict[str, Filled]:
    """The fields that follow from what was chosen so far; only those that are still empty.

    From an asset: customer, site, product, version, environment, contract and service. Else: the customer and site of
    the requester, and whatever is the only possible value. ``at`` is the reception, on whose day contracts must run.
    """
    filled: dict[str, Filled] = {}
    if asset is not None:
        filled |= _from_asset(asset, customer, site)
        customer, site = customer or asset.customer, site or asset.site
    if requester is not None:
        filled |= _from_requester(requester, customer, site, known=filled)
        customer = customer or requester.customer
    if customer is None:
        return filled
    if site is None and "site" not in filled:
        _add_site(filled, customer)
    if requester is None:
        contacts = customer.contacts.filter(is_active=True)
        _add_only(filled, "requester", contacts.filter(Q(site=site) | Q(site=None)) if site else contacts)
    contract = contract or _fill_contract(filled, customer, asset, at)
    if contract is not None and service is None:
        service = _fill_service(filled, contract, asset)
    if asset is None and service is not None:
        assets = service.assets.filter(is_active=True, customer=customer)
        _add_only(filled, "asset", assets.filter(site=site) if site else assets)
    if service is not None:
        for name in ("severity", "nature", "team"):
            default = getattr(service, f"default_{name}")
            if default is not None and not default.is_retired:
                filled[name] = Filled(default, _FROM_SERVICE, {"service": str(service)})
        if "nature" not in filled:
            _add_only(filled, "nature", service.allowed_natures.filter(is_retired=False))
    return filled


def still_to_choose(
    *, at: datetime, customer: Customer | None, contract: Contract | None, service: Service | None
) -> str:
    """``contract`` or ``service``, whichever has none chosen though several are possible; empty for neither."""
    if customer is None or service is not None:
        return ""
    if contract is None:
        contracts = Contract.objects.running_on(day_of(at)).for_customer(customer)
        return "contract" if len(contracts[:2]) > 1 else ""
    return "service" if len(contract.services.filter(is_active=True)[:2]) > 1 else ""


def _from_asset(asset: Asset, customer: Customer | None, site: Site | None) -> dict[str, Filled]:
    values = {
        "customer": asset.customer if customer is None else None,
        "site": asset.site if site is None else None,
        "product": asset.product,
        "version": asset.version,
        "environment": asset.environment,
    }
    why = {"asset": str(asset)}
    return {name: Filled(value, _FROM_ASSET, why) for name, value in values.items() if value}


def _from_requester(
    requester: Contact, customer: Customer | None, site: Site | None, *, known: dict[str, Filled]
) -> dict[str, Filled]:
    values: dict[str, Any] = {
        "customer": requester.customer if customer is None else None,
        "site": requester.site if site is None else None,
    }
    why = {"requester": str(requester)}
    return {
        name: Filled(row, _FROM_REQUESTER, why) for name, row in values.items() if row and name not in known
    }


def _add_site(filled: dict[str, Filled], customer: Customer) -> None:
    sites = list(customer.sites.filter(is_active=True)[:20])
    if len(sites) == 1:
        filled["site"] = Filled(sites[0], _ONLY_ONE, {})
    elif main := next((site for site in sites if site.is_main), None):
        filled["site"] = Filled(main, MAIN_SITE, {})


def _add_only(filled: dict[str, Filled], name: str, rows: QuerySet[Any]) -> Any:
    found = list(rows.distinct()[:2])
    if len(found) == 1:
        filled[name] = Filled(found[0], _ONLY_ONE, {})
        return found[0]
    return None


def _fill_contract(
    filled: dict[str, Filled], customer: Customer, asset: Asset | None, at: datetime
) -> Contract | None:
    contracts: QuerySet[Contract] = Contract.objects.running_on(day_of(at)).for_customer(customer)
    if asset is not None:
        covering = contracts.filter(
            Q(services__assets=asset) | Q(services__products=asset.product_id), services__is_active=True
        )
        found = list(covering.distinct()[:2])
        if len(found) == 1:
            filled["contract"] = Filled(found[0], _FROM_ASSET, {"asset": str(asset)})
            return found[0]
    only: Contract | None = _add_only(filled, "contract", contracts)
    return only


def _fill_service(filled: dict[str, Filled], contract: Contract, asset: Asset | None) -> Service | None:
    services: QuerySet[Service] = contract.services.filter(is_active=True)
    if asset is not None:
        for covering in (services.filter(assets=asset), services.filter(products=asset.product_id)):
            found = list(covering.distinct()[:2])
            if len(found) == 1:
                filled["service"] = Filled(found[0], _FROM_ASSET, {"asset": str(asset)})
                return found[0]
    only: Service | None = _add_only(filled, "service", services)
    return only
