"""The report of an intervention, signed by the customer on the spot (Spec T14, T15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile, File
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError, InvalidInput, Stale
from cadran.core.files import sniff
from cadran.core.instants import whole_second
from cadran.core.writing import refuse_all

from .. import rules
from ..documents import Sheet, Signature, refusal_to_sign, report_name, service_report_pdf, sheet_of
from ..models import Intervention, ServiceReport
from ..signatures import Stroke, read_signature
from ._files import attachment_of, file_kept
from ._shared import locked, tell
from ._work import locked_intervention

#: In characters; what a column holds.
_LONGEST = {"signer_name": 150, "signer_function": 120, "place": 150, "remarks": 5000}


@dataclass(frozen=True)
class Signing:
    """Who signs where, and what they have to say; ``signature`` is the JSON of :mod:`cadran.tickets.signatures`.

    ``paper`` is the report as it was signed on paper, a picture or PDF, in place of a drawn signature.
    """

    signer_name: str
    place: str
    language: str
    signer_function: str = ""
    remarks: str = ""
    signature: str = ""
    paper: File[Any] | None = None


def sign_service_report(
    *, intervention: Intervention, signing: Signing, seen: str, by: User | None, at: datetime
) -> ServiceReport:
    """Keep the signed report of a started intervention as PDF, or as it was signed on paper, for the customer too.

    ``seen`` is the mark of the sheet that was read: once anything of it has changed, it must be read and signed anew.
    Several reports of an intervention may be signed, each stands; a suspended or closed ticket's too, as signing
    changes nothing of the ticket. Raises ``InvalidInput`` or ``InvalidInputs``, ``Stale``, ``NotAllowed``.
    """
    rules.require(by, Right.INTERVENE)
    at = whole_second(at)
    sheet = sheet_of(intervention, signing.language)
    if refusal := refusal_to_sign(intervention, sheet):
        raise refusal
    _check_seen(sheet, seen)
    strokes = _checked(signing)
    content = signing.paper or _drawn(intervention, sheet, signing, strokes, at)
    ticket = intervention.ticket
    attachment = attachment_of(
        content.name or "", content, ticket=ticket, intervention=intervention, by=by, at=at
    )
    attachment.is_external = True
    with file_kept(attachment, content):
        stored = locked(ticket)
        own = locked_intervention(intervention, stored, is_archived=False)
        _check_seen(sheet_of(own, signing.language), seen)
        attachment.save()
        report = ServiceReport(
            intervention=own,
            attachment=attachment,
            signer_name=signing.signer_name.strip(),
            signer_function=signing.signer_function.strip(),
            place=signing.place.strip(),
            remarks=signing.remarks.strip(),
            signed_at=at,
            created_by=by,
        )
        report.save()
        tell(stored, "service_report_signed", by=by, at=at, internal=False, intervention=own.number, type=own.type,
             signer=report.signer_name, place=report.place, attachment=attachment.pk,
             on_paper=signing.paper is not None)  # fmt: skip
    return report


def _check_seen(sheet: Sheet, seen: str) -> None:
    """Raise ``Stale`` when the sheet no longer is what the customer read."""
    if sheet.mark != seen:
        raise Stale(
            _(
                "What is signed has changed since it was read, or has just been signed. "
                "Read it as it is now, then have it signed again."
            )
        )


def _checked(signing: Signing) -> tuple[Stroke, ...]:
    """The strokes, none for a report on paper. Raises all that stands against what was typed and drawn at once."""
    errors: list[CadranError] = []
    strokes: tuple[Stroke, ...] = ()
    for field, longest in _LONGEST.items():
        text = getattr(signing, field).strip()
        if not text and field in ("signer_name", "place"):
            sentence = _NEEDED[field]
            errors.append(InvalidInput(sentence, field=field))
        elif len(text) > longest:
            sentence = _("Type at most %(longest)s characters.")
            errors.append(InvalidInput(sentence, field=field, params={"longest": longest}))
    if signing.paper is not None:
        kind = sniff(signing.paper.read(16))
        signing.paper.seek(0)
        if kind != "application/pdf" and not kind.startswith("image/"):
            sentence = _(
                "A report signed on paper is a picture (PNG, JPEG, WebP) or a PDF. Choose such a file."
            )
            errors.append(InvalidInput(sentence, field="paper"))
    else:
        try:
            strokes = read_signature(signing.signature)
        except InvalidInput as error:
            errors.append(error)
    refuse_all(errors)
    return strokes


_NEEDED = {
    "signer_name": _("Type the name of whoever signs."),
    "place": _("Type the place where it is signed."),
}


def _drawn(
    intervention: Intervention, sheet: Sheet, signing: Signing, strokes: tuple[Stroke, ...], at: datetime
) -> File[Any]:
    signature = Signature(
        name=signing.signer_name.strip(),
        function=signing.signer_function.strip(),
        place=signing.place.strip(),
        remarks=signing.remarks.strip(),
        at=at,
        strokes=strokes,
    )
    content = service_report_pdf(intervention, sheet, signature, at=at)
    return ContentFile(content, name=report_name(intervention, sheet))
