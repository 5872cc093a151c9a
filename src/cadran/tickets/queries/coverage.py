"""The coverage verdict: covered, out of scope or pay per incident, with its reason (Spec T8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cadran.catalogue.models import Asset, Product
from cadran.contracts.models import Contract, Service
from cadran.contracts.queries import contract_coverage, coverage_sentence, covers
from cadran.core.instants import written
from cadran.parties.models import Customer

from ..choices import Coverage

_SENTENCES: dict[str, Any] = {
    "no_customer": _("No customer is chosen."),
    "no_running_contract": _("%(customer)s had no running contract on %(day)s."),
    "no_contract": _("No contract is chosen."),
    "no_service": _("No service of the contract %(contract)s is chosen."),
    "no_product": _("No product is chosen."),
    "not_covered": _("The service %(service)s does not cover %(product)s."),
    "covered": _("%(contract)s was running on %(day)s; its service %(service)s covers %(product)s."),
}
_BY_HAND: dict[str, Any] = {
    "pay_per_incident:on": _("“Pay per incident” was ticked by hand."),
    "pay_per_incident:off": _("“Pay per incident” was unticked by hand."),
    "out_of_scope:on": _("“Out of scope” was ticked by hand."),
    "out_of_scope:off": _("“Out of scope” was unticked by hand."),
}


@dataclass(frozen=True)
class CoverageJudged:
    """Both boxes as deduced and as they stand, the verdict, and the reason as stored on the ticket."""

    deduced_pay_per_incident: bool
    deduced_out_of_scope: bool
    pay_per_incident: bool
    out_of_scope: bool
    verdict: Coverage
    reason: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The reason in the reader's language."""
        return reason_sentence(self.reason)


def verdict_of(*, pay_per_incident: bool, out_of_scope: bool) -> Coverage:
    """With both boxes ticked the verdict reads pay per incident."""
    if pay_per_incident:
        return Coverage.PAY_PER_INCIDENT
    return Coverage.OUT_OF_SCOPE if out_of_scope else Coverage.COVERED


def has_running_contract(customer: Customer, day: date) -> bool:
    """Whether a contract that the customer holds or benefits from covers on ``day``."""
    return bool(Contract.objects.running_on(day).for_customer(customer).exists())


def judge_coverage(
    *,
    customer: Customer | None,
    contract: Contract | None,
    service: Service | None,
    asset: Asset | None,
    product: Product | None,
    day: date,
    pay_per_incident_override: bool | None = None,
    out_of_scope_override: bool | None = None,
) -> CoverageJudged:
    """The verdict on the day of reception; an override of a box stands until undone.

    A chosen contract that does not run on that day covers nothing: the ticket is out of its scope, and pay per
    incident too where the customer has no other running contract.
    """
    pays, outside, reason = _deduce(customer, contract, service, asset, product, day)
    deduced = {"pay_per_incident": pays, "out_of_scope": outside}
    return _judged(reason | {"deduced": deduced}, pay_per_incident_override, out_of_scope_override)


def override_coverage(
    reason: dict[str, Any], *, pay_per_incident_override: bool | None, out_of_scope_override: bool | None
) -> CoverageJudged:
    """A verdict that stands, with other overrides: what was deduced on the day of reception is kept (Spec T8)."""
    kept = {name: value for name, value in reason.items() if name != "by_hand"}
    return _judged(kept, pay_per_incident_override, out_of_scope_override)


def _judged(
    reason: dict[str, Any], pays_override: bool | None, outside_override: bool | None
) -> CoverageJudged:
    deduced = reason["deduced"]
    boxes = {"pay_per_incident": pays_override, "out_of_scope": outside_override}
    by_hand = [
        f"{box}:{'on' if override else 'off'}"
        for box, override in boxes.items()
        if override is not None and override != deduced[box]
    ]
    now = {box: deduced[box] if override is None else override for box, override in boxes.items()}
    return CoverageJudged(
        deduced_pay_per_incident=deduced["pay_per_incident"],
        deduced_out_of_scope=deduced["out_of_scope"],
        verdict=verdict_of(**now),
        reason=reason | ({"by_hand": by_hand} if by_hand else {}),
        **now,
    )


def _deduce(
    customer: Customer | None,
    contract: Contract | None,
    service: Service | None,
    asset: Asset | None,
    product: Product | None,
    day: date,
) -> tuple[bool, bool, dict[str, Any]]:
    on_day = {"day": day.isoformat()}
    if customer is None:
        return True, True, _reason("no_customer")
    runs = has_running_contract(customer, day)
    if contract is not None:
        coverage = contract_coverage(contract, day)
        if not coverage.covers:
            return (
                not runs,
                True,
                {"code": f"contract:{coverage.reason_code}", "params": dict(coverage.params)},
            )
    if not runs:
        return True, True, _reason("no_running_contract", customer=str(customer), **on_day)
    if contract is None:
        return True, True, _reason("no_contract")
    if service is None:
        return False, True, _reason("no_service", contract=contract.number)
    if asset is None and product is None:
        return False, True, _reason("no_product")
    names = {"contract": contract.number, "service": str(service), "product": str(asset or product), **on_day}
    if not covers(service, asset, product):
        return False, True, _reason("not_covered", **names)
    return False, False, _reason("covered", **names)


def _reason(code: str, **params: str) -> dict[str, Any]:
    return {"code": code, "params": params}


def reason_sentence(reason: dict[str, Any]) -> str:
    """A stored reason as full sentences in the active language; empty for none."""
    code = reason.get("code", "")
    params = dict(reason.get("params", {}))
    if code.startswith("contract:"):
        sentence = coverage_sentence(code.removeprefix("contract:"), params)
    elif code in _SENTENCES:
        if "day" in params:
            params["day"] = written(date.fromisoformat(params["day"]))
        sentence = str(_SENTENCES[code]) % params if params else str(_SENTENCES[code])
    else:
        return ""
    return " ".join([sentence, *(str(_BY_HAND[change]) for change in reason.get("by_hand", ()))])


def in_reader_language(names: Any) -> str:
    """A name kept in both languages (``{"fr": ..., "en": ...}``), or a plain one."""
    if not isinstance(names, dict):
        return "" if names is None else str(names)
    french_first = (get_language() or "fr").startswith("fr")
    first, second = ("fr", "en") if french_first else ("en", "fr")
    return str(names.get(first) or names.get(second) or "")
