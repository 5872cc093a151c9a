"""A ticket whose rows are given by number, code or name, as a script or a monitoring alarm gives them (Spec T5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.html import linebreaks
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadran.catalogue.models import Asset, Nature, Severity
from cadran.catalogue.severity_alerts import alerts_of
from cadran.contracts.models import Contract, Service
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.instants import INSTANT, written
from cadran.core.writing import refuse_all
from cadran.parties.models import Contact, Customer, Site, Team

from ..choices import Channel
from ..context import TicketFields
from ..models import Ticket
from .deduction import default_team
from .filling import fill_in
from .starting import usual

_UNKNOWN: dict[str, Any] = {
    "customer": gettext_lazy("No customer has the number %(typed)s."),
    "asset": gettext_lazy("No asset has the number %(typed)s."),
    "contract": gettext_lazy("No contract has the number %(typed)s."),
    "service": gettext_lazy(
        "The contract has no service “%(typed)s”. Name the contract too, and one of its services: %(known)s."
    ),
    "site": gettext_lazy("The customer has no site “%(typed)s”. It has: %(known)s."),
    "requester": gettext_lazy("The customer has no contact with the e-mail address %(typed)s."),
    "severity": gettext_lazy("There is no severity %(typed)s. Give one of: %(known)s."),
    "nature": gettext_lazy("There is no nature %(typed)s. Give one of: %(known)s."),
    "team": gettext_lazy("There is no team %(typed)s. Give one of: %(known)s."),
}


@dataclass(frozen=True)
class NamedTicket:
    """What is known of a ticket; empty for what follows from the rest. ``description`` is plain text.

    ``answers`` are those to the asset's severity alerts, in the order of its questions (Spec T13).
    """

    customer: str
    title: str
    severity: str
    received_at: datetime
    site: str = ""
    requester: str = ""
    contract: str = ""
    service: str = ""
    asset: str = ""
    nature: str = ""
    team: str = ""
    channel: str = Channel.API.value
    description: str = ""
    answers: Sequence[str] = ()


@dataclass(frozen=True)
class FoundTicket:
    """What ``open_ticket`` is given."""

    fields: TicketFields
    team: Team | None
    answers: Mapping[int, str]


def find_named(named: NamedTicket) -> FoundTicket:
    """The rows that are named, and those that follow from them as in the form (Spec T6).

    Raises ``InvalidInput`` or ``InvalidInputs`` for names that nothing has.
    """
    rows = _named_rows(named)
    context = {name: rows[name] for name in ("customer", "site", "requester", "contract", "service", "asset")}
    filled = {name: one.value for name, one in fill_in(at=named.received_at, **context).items()}
    for name in ("site", "requester", "contract", "service", "nature"):
        rows[name] = rows[name] or filled.get(name)
    nature: Any = rows["nature"] or usual("nature", rows["service"])
    fields = TicketFields(
        **{name: row for name, row in rows.items() if name not in ("team", "nature")},
        title=named.title,
        nature=nature,
        received_at=named.received_at,
        product=filled.get("product"),
        version=filled.get("version"),
        environment=filled.get("environment", ""),
        channel=named.channel,
        external_description=linebreaks(named.description, autoescape=True) if named.description else "",
    )
    alerts = alerts_of(fields.asset, fields.severity)
    answers = {alert.pk: text for alert, text in zip(alerts, named.answers, strict=False)}
    return FoundTicket(fields, rows["team"] or default_team(fields.service), answers)


def told_opened(ticket: Ticket) -> list[str]:
    """The number of a ticket that was opened, then a line for each due date, in the reader's language."""
    lines = [ticket.number]
    for due, sentence in (
        (ticket.response_due_at, _("Response due on %(due)s")),
        (ticket.resolution_due_at, _("Resolution due on %(due)s")),
    ):
        if due is not None:
            lines.append(sentence % {"due": written(timezone.localtime(due), INSTANT)})
    return lines


def _named_rows(named: NamedTicket) -> dict[str, Any]:
    """The rows that are named, None for those that are not. Raises ``InvalidInput`` or ``InvalidInputs``."""
    errors: list[CadranError] = []

    def find(name: str, rows: Any, label: str, **by: str) -> Any:
        typed = getattr(named, name)
        found = rows.filter(**by).first() if typed else None
        if typed and found is None:
            known = "" if label == "number" else " · ".join(rows.values_list(label, flat=True)[:30])
            errors.append(InvalidInput(_UNKNOWN[name], field=name, params={"typed": typed, "known": known}))
        return found

    customer = find("customer", Customer.objects.all(), "number", number__iexact=named.customer)
    refuse_all(errors)  # sites and contacts are the customer's: without it nothing more can be said
    contract = find("contract", Contract.objects.all(), "number", number__iexact=named.contract)
    sites, contacts = Site.objects.filter(customer=customer), Contact.objects.filter(customer=customer)
    rows = {
        "customer": customer,
        "contract": contract,
        "site": find("site", sites, "name", name__iexact=named.site),
        "requester": find("requester", contacts, "number", email__iexact=named.requester),
        "service": find(
            "service", Service.objects.filter(contract=contract), "label", label__iexact=named.service
        ),
        "asset": find("asset", Asset.objects.all(), "number", number__iexact=named.asset),
        "severity": find("severity", Severity.objects.in_use(), "code", code=named.severity),
        "nature": find("nature", Nature.objects.in_use(), "code", code=named.nature),
        "team": find("team", Team.objects.in_use(), "code", code=named.team),
    }
    refuse_all(errors)
    return rows
