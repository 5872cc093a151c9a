"""The report of an intervention: read on the technician's telephone, signed there, or printed (Spec T14)."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError, Stale
from cadran.desk.components.answers import pdf_answer
from cadran.tickets.documents import refusal_to_sign, report_name, service_report_pdf, sheet_of
from cadran.tickets.models import Intervention, Ticket
from cadran.tickets.operations import sign_service_report

from ..forms.signing import SigningForm
from ..moved import leads_on
from ..page import get_ticket
from .interventions import get_intervention


@needs(Right.INTERVENE, Right.SEE_TICKETS)
@require_http_methods(["GET", "POST"])
@leads_on
def sign(request: HttpRequest, number: str, n: int) -> HttpResponseBase:
    """Read the report in the language of who signs it, and keep it signed."""
    user, now = cast(User, request.user), timezone.now()
    ticket = get_ticket(user, number)
    row = get_intervention(user, ticket, n)
    if request.method == "GET":
        asked = request.GET.get("language", "")
        chosen = {"language": asked} if asked in dict(settings.LANGUAGES) else {}
        return _drawn(request, SigningForm(person=user, ticket=ticket, now=now), row, chosen)
    form = SigningForm(request.POST, request.FILES, person=user, ticket=ticket, now=now)
    if form.is_valid():
        try:
            report = sign_service_report(
                intervention=row, signing=form.signing(), seen=form.cleaned_data["seen"], by=user, at=now
            )
        except CadranError as error:
            form.refuse(error)
            if isinstance(error, Stale):
                form.retype(signature="")  # it was given to what was read before
        else:
            messages.success(request, _("Signed: %(name)s is attached.") % {"name": report.attachment.name})
            return redirect("desk:intervention", ticket.number, row.number)
    return _drawn(request, form, row, {})


def _drawn(
    request: HttpRequest, form: SigningForm, row: Intervention, chosen: dict[str, str]
) -> HttpResponse:
    form.initial = {**form.initial, **chosen}
    sheet = sheet_of(row, form.written_in)
    context = {"ticket": form.ticket, "intervention": row, "form": form, "sheet": sheet, "now": form.now}
    context["refusal"] = None if form.is_bound else refusal_to_sign(row, sheet)
    template = "desk/tickets/service_report.html"
    return render(request, template, context, status=422 if form.errors else 200)


@needs(Right.INTERVENE, Right.SEE_TICKETS)
@require_safe
@leads_on
def pdf(request: HttpRequest, number: str, n: int) -> HttpResponse:
    """The report to be printed and signed on paper, ``in`` a language."""
    user = cast(User, request.user)
    ticket: Ticket = get_ticket(user, number)
    row = get_intervention(user, ticket, n)
    language = request.GET.get("in", "")
    sheet = sheet_of(
        row,
        language
        if language in dict(settings.LANGUAGES)
        else SigningForm(person=user, ticket=ticket, now=timezone.now()).written_in,
    )
    return pdf_answer(service_report_pdf(row, sheet, None, at=timezone.now()), report_name(row, sheet))
