"""What the page of a contract shows, tab by tab."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.models import Severity
from cadran.contracts.models import (
    Contract,
    ContractLine,
    Level,
    Service,
    ServiceTemplate,
    SupplierContract,
)
from cadran.contracts.queries import CommitmentChosen, choose_commitment, contract_coverage
from cadran.desk.plans.screen import plans_section
from cadran.desk.records.commitments import choice_lines
from cadran.desk.records.tickets import all_lines
from cadran.desk.settings.promises import Promise, promise_of
from cadran.tickets.choices import OPEN_PHASES
from cadran.tickets.models import Ticket

from .forms import SOON_DAYS

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

TABS: dict[str, StrPromise] = {
    "general": _("General"),
    "services": _("Services"),
    "delays": _("Delays and plans"),
    "lines": _("Lines"),
    "tickets": _("Tickets"),
}


@dataclass(frozen=True)
class Preview:
    """The commitment that a covered ticket of one severity would get, and the level it comes from."""

    severity: Severity
    chosen: CommitmentChosen
    promise: Promise | None

    @property
    def level(self) -> str:
        """The level in words."""
        return str(Level(self.chosen.level).label) if self.chosen.level else ""


def ends_soon(contract: Contract | SupplierContract, day: date) -> bool:
    """Whether the contract ends within :data:`SOON_DAYS`, today included."""
    return contract.end_on is not None and day <= contract.end_on <= day + timedelta(days=SOON_DAYS)


def acts_of(user: User) -> dict[str, bool]:
    """What the person may do, so that nothing else is offered."""
    return {
        "may_edit": user.has_right(Right.EDIT_CONTRACTS),
        "may_open": user.has_right(Right.OPEN_TICKETS),
        "sees_customers": user.has_right(Right.SEE_CUSTOMERS),
        "sees_assets": user.has_right(Right.SEE_ASSETS),
        "sees_tickets": user.has_right(Right.SEE_TICKETS),
    }


def contract_page(
    contract: Contract, tab: str, asked: Mapping[str, str], *, user: User, now: datetime
) -> dict[str, Any]:
    """The head, and the tab that is open."""
    day = timezone.localtime(now).date()
    services = Service.objects.visible_to(user).filter(contract=contract)
    tickets = Ticket.objects.visible_to(user).filter(contract=contract)
    acts = acts_of(user)
    counts = {
        "services": services.count(),
        "lines": ContractLine.objects.visible_to(user).filter(contract=contract).count(),
        "tickets": tickets.filter(phase__in=OPEN_PHASES).count(),
    }
    context: dict[str, Any] = {
        "contract": contract,
        "coverage": contract_coverage(contract, day),
        "ends_soon": ends_soon(contract, day),
        "tab": tab,
        "tabs": [
            (name, label, counts.get(name, ""))
            for name, label in TABS.items()
            if name != "tickets" or acts["sees_tickets"]
        ],
        "now": now,
        **acts,
    }
    match tab:
        case "services":
            context |= _services_tab(services, user)
        case "delays":
            context |= _delays_tab(contract, services, asked, user)
            context |= plans_section(contract, user=user, now=now)
        case "lines":
            context |= _lines_tab(contract, user, day)
        case "tickets":
            context["tickets"] = all_lines(tickets, now)
            context["more_tickets"] = f"{reverse('desk:ticket_list')}?view=all&contract={contract.pk}"
    return context


def _services_tab(services: Any, user: User) -> dict[str, Any]:
    related = services.select_related("template", "default_team", "default_severity", "default_nature")
    return {
        "services": related.prefetch_related("assets", "products", "allowed_natures").order_by(
            "-is_active", "position", "id"
        ),
        "templates": ServiceTemplate.objects.visible_to(user).in_use(),
    }


def _delays_tab(contract: Contract, services: Any, asked: Mapping[str, str], user: User) -> dict[str, Any]:
    active = list(services.filter(is_active=True).order_by("position", "id"))
    chosen = next(
        (one for one in active if str(one.pk) == asked.get("service")), active[0] if active else None
    )
    return {
        "choices": choice_lines(contract),
        "service_choices": [(service, choice_lines(service)) for service in active],
        "previewed": chosen,
        "previews": _previews(contract, chosen, user),
    }


def _previews(contract: Contract, service: Service | None, user: User) -> list[Preview]:
    previews = []
    for severity in Severity.objects.visible_to(user).in_use():
        chosen = choose_commitment(
            requester=None,
            service=service,
            contract=contract,
            customer=contract.customer,
            severity=severity,
            covered=service is not None,
        )
        previews.append(Preview(severity, chosen, promise_of(chosen.version) if chosen.version else None))
    return previews


def _lines_tab(contract: Contract, user: User, day: date) -> dict[str, Any]:
    rows = ContractLine.objects.visible_to(user).filter(contract=contract).select_related("asset")
    lines = list(rows.order_by("valid_from", "id"))
    return {
        "lines": [(line, _total(line), _is_valid(line, day)) for line in lines],
        "invoiced_today": sum(_total(line) for line in lines if line.is_invoiced and _is_valid(line, day)),
    }


def _total(line: ContractLine) -> int:
    return int((line.quantity * line.unit_price_cents).quantize(Decimal(1), rounding="ROUND_HALF_UP"))


def _is_valid(line: ContractLine, day: date) -> bool:
    return line.valid_from <= day and (line.valid_until is None or day <= line.valid_until)
