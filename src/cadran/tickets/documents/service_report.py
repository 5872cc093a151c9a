"""The report of one intervention that the customer signs: what was done, never anything internal (Spec T14)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cadran.core.blocks import blocks_of
from cadran.core.errors import InvalidInput
from cadran.core.instants import dated, zone_words
from cadran.core.pdf import Frame, render_pdf

from ..choices import Audience
from ..models import Intervention, ServiceReport, Ticket
from ..signatures import HEIGHT, WIDTH, Stroke
from .pictures import pictures_of

_TEMPLATE = Path(__file__).parent / "service_report.typ"
#: What a service report reads besides the intervention's own columns.
SERVICE_REPORT_ROWS = (
    "type", "assignee", "ticket__customer", "ticket__site", "ticket__requester", "ticket__contract",
    "ticket__service", "ticket__product", "ticket__asset__product",
)  # fmt: skip
_TICKET_FACTS = ("contract", "service", "product", "asset", "customer_reference")


@dataclass(frozen=True)
class Sheet:
    """What is signed, in the language it is signed in; times on the clocks of the active time zone."""

    language: str
    number: str
    ticket_title: str
    title: str
    facts: tuple[tuple[str, str], ...]
    #: Sanitised rich text.
    report: str
    #: What the checklist asked, and whether it was ticked.
    checks: tuple[tuple[str, bool], ...]
    #: How many reports of the intervention were signed before.
    signed_before: int

    @property
    def mark(self) -> str:
        """Tells this sheet from any other: what is signed must be what was read."""
        told = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return sha256(told.encode()).hexdigest()

    @property
    def says_something(self) -> bool:
        """Whether it tells of any work: nobody signs a blank page."""
        return bool(self.report) or any(ticked for _name, ticked in self.checks)


@dataclass(frozen=True)
class Signature:
    """Who signed, where and when, with their own words and the strokes of their signature."""

    name: str
    function: str
    place: str
    remarks: str
    at: datetime
    strokes: Sequence[Stroke]


def sheet_of(intervention: Intervention, language: str) -> Sheet:
    """The sheet of an intervention as it is stored now."""
    row = Intervention.objects.select_related(*SERVICE_REPORT_ROWS).get(pk=intervention.pk)
    with translation.override(language):
        return Sheet(
            language=language,
            number=row.ticket.number,
            ticket_title=row.ticket.title,
            title=str(row.type),  # a label is a note of the team to itself
            facts=tuple((label, value) for label, value in _facts(row) if value),
            report=row.external_report,
            checks=tuple((str(check), check.is_checked) for check in row.checks.all()),
            signed_before=ServiceReport.objects.filter(intervention=row).count(),
        )


def refusal_to_sign(intervention: Intervention, sheet: Sheet) -> InvalidInput | None:
    """What keeps a customer from signing the sheet at all, told before anybody reads it; None when nothing does."""
    if intervention.type.is_intake:
        return InvalidInput(
            _("The intake has no service report. Choose the intervention that was carried out.")
        )
    if not intervention.is_started:
        return InvalidInput(_("The intervention has not started yet. Start it first."))
    if not intervention.ticket.is_shared:
        return InvalidInput(
            _("The ticket isn’t shared with the customer, so nothing of it is given to them. Share it first.")
        )
    if not sheet.says_something:
        return InvalidInput(
            _(
                "The report does not say yet what was done. Write the external report first, nobody signs a blank page."
            )
        )
    return None


def _facts(row: Intervention) -> list[tuple[str, str]]:
    ticket, zone = row.ticket, timezone.get_current_timezone()
    site = ticket.site
    where = [site.name, site.address, f"{site.postal_code} {site.city}".strip()] if site else []
    return [
        (_label("customer"), str(ticket.customer)),
        (_label("site"), ", ".join(filter(None, where))),
        (_label("requester"), str(ticket.requester or "")),
        *((_label(name), str(getattr(ticket, name) or "")) for name in _TICKET_FACTS),
        (_("Carried out by"), str(row.assignee or "")),
        (_("Started"), dated(row.started_at, zone) if row.started_at else ""),
        (_("Ended"), dated(row.ended_at, zone) if row.ended_at else ""),
    ]


def _label(name: str) -> str:
    return capfirst(str(Ticket._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


def report_name(intervention: Intervention, sheet: Sheet) -> str:
    """« service-report-DEM-1042-3.pdf » in the language of the sheet; the next one of the same ends in « -3-2 »."""
    with translation.override(sheet.language):
        kind = pgettext("file name", "service-report")
    again = f"-{sheet.signed_before + 1}" if sheet.signed_before else ""
    return f"{kind}-{sheet.number}-{intervention.number}{again}.pdf"


def service_report_pdf(
    intervention: Intervention, sheet: Sheet, signature: Signature | None, *, at: datetime
) -> bytes:
    """The sheet as PDF, signed, or with lines to sign on when it is printed; in the sheet's language."""
    with translation.override(sheet.language):
        zone = timezone.get_current_timezone()
        pictures = pictures_of(intervention.ticket, Audience.CUSTOMER)
        times = _("times in %(zone)s") % {"zone": zone_words(zone)}
        data = {
            "kind": _("Service report"),
            "number": sheet.number,
            "title": sheet.title,
            "ticket": sheet.ticket_title,
            "facts": [list(fact) for fact in sheet.facts],
            "report": {"title": _("What was done"), "blocks": blocks_of(sheet.report, pictures.find)},
            "checks": {"title": _("Checklist"), "rows": [list(check) for check in sheet.checks]},
            "remarks": _remarks(signature.remarks if signature else ""),
            "signing": _signing(signature),
        }
        frame = Frame(
            mark=sheet.number,
            title=f"{_('Service report')} {sheet.number} {sheet.title}",
            at=at,
            foot=f"{dated(at, zone)} · {times}",
        )
        return render_pdf(_TEMPLATE, data, frame=frame, pictures=pictures)


def _remarks(text: str) -> dict[str, Any]:
    return {"title": _("Customer’s remarks"), "blocks": blocks_of(escape(text).replace("\n", "<br>"))}


def _signing(signature: Signature | None) -> dict[str, Any]:
    zone = timezone.get_current_timezone()
    when = f"{dated(signature.at, zone)}, {zone_words(zone)}" if signature else ""
    return {
        "title": _("For the customer"),
        "facts": [
            [_("Name"), signature.name if signature else ""],
            [_("Function"), signature.function if signature else ""],
            [_("Place"), signature.place if signature else ""],
            [_("Date and time"), when],
        ],
        "signature": _("Signature"),
        "strokes": signature.strokes if signature else (),
        "box": [WIDTH, HEIGHT],
        "is-signed": signature is not None,
    }
