"""A ticket as PDF, and prepared for mail or fax: the dialog, what was prepared, its draft and its files (Spec T16)."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.desk.components.answers import pdf_answer, sent
from cadran.desk.components.files import serve_file
from cadran.outbox.letters import draft_of
from cadran.outbox.models import MessageKind, OutgoingFile, OutgoingMessage
from cadran.tickets.choices import Audience
from cadran.tickets.documents import ticket_pdf
from cadran.tickets.models import Ticket
from cadran.tickets.operations import prepare_ticket_message

from ..forms.sending import SendForm
from ..page import get_ticket
from . import dialogs


@needs(Right.SEE_TICKETS)
@require_safe
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The ticket as PDF: ``for`` the customer or colleagues, ``in`` a language."""
    ticket = get_ticket(cast(User, request.user), number)
    asked, language = request.GET.get("for", ""), request.GET.get("in", "")
    audience = Audience(asked) if asked in Audience.values else Audience.CUSTOMER
    with translation.override(
        language if language in dict(settings.LANGUAGES) else translation.get_language()
    ):
        content = ticket_pdf(ticket, audience, at=timezone.now())
    return pdf_answer(content, f"{ticket.number}.pdf")


@needs(Right.SEND_TICKETS, Right.SEE_TICKETS)
@dialogs.in_a_dialog
def send(request: HttpRequest, number: str) -> HttpResponseBase:
    """Prepare a mail or fax; once prepared, the dialog of what was prepared comes next."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    form = SendForm(sent(request), person=user, ticket=ticket, now=timezone.now())
    if request.method == "POST":
        prepared: list[OutgoingMessage] = []
        if dialogs.REFRESH in request.GET:
            dialogs.calm(form)
        elif form.is_valid() and dialogs.attempt(form, lambda: prepared.append(_prepare(form, ticket, user))):
            return _then(request, ticket, prepared[0])
    return dialogs.draw(request, "desk/tickets/dialogs/send.html", ticket, form, {})


def _prepare(form: SendForm, ticket: Ticket, by: User) -> OutgoingMessage:
    return prepare_ticket_message(ticket=ticket, message=form.message(), by=by, at=form.now)


def _then(request: HttpRequest, ticket: Ticket, message: OutgoingMessage) -> HttpResponse:
    response = dialogs.finished(request, ticket, _("Prepared."))
    if "HX-Reswap" not in response:
        return response  # another page than the ticket's is loaded anew
    url = reverse("desk:ticket_prepared", args=[ticket.number, message.pk])
    return trigger_client_event(response, "open-dialog", {"url": url})


def get_message(user: User, number: str, key: int) -> OutgoingMessage:
    """A message prepared on a ticket that ``user`` may see, or 404."""
    ticket = get_ticket(user, number)
    rows = OutgoingMessage.objects.visible_to(user).filter(subject_kind="ticket", subject_id=ticket.pk)
    return cast(OutgoingMessage, get_object_or_404(rows, pk=key))


@needs(Right.SEE_TICKETS)
@dialogs.in_a_dialog
def prepared(request: HttpRequest, number: str, n: int) -> HttpResponseBase:
    """What was prepared: for whom, the text, the files, and the draft of a mail."""
    message = get_message(cast(User, request.user), number, n)
    context = {
        "number": number,
        "message": message,
        "is_mail": message.kind == MessageKind.MAIL,
        "files": list(message.files.all()),
        "now": timezone.now(),
    }
    return render(request, "desk/tickets/dialogs/prepared.html", context)


@needs(Right.SEE_TICKETS)
@require_safe
def draft(request: HttpRequest, number: str, n: int) -> HttpResponse:
    """A mail as a draft that opens in the person's mail program."""
    message = get_message(cast(User, request.user), number, n)
    if message.kind != MessageKind.MAIL:
        raise Http404
    response = HttpResponse(draft_of(message), content_type="message/rfc822")
    response["Content-Disposition"] = content_disposition_header(True, f"{number}.eml") or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@needs(Right.SEE_TICKETS)
@require_safe
def prepared_file(request: HttpRequest, number: str, n: int, secret: str, name: str) -> HttpResponseBase:
    """A file of what was prepared."""
    user = cast(User, request.user)
    rows = OutgoingFile.objects.visible_to(user).filter(message=get_message(user, number, n))
    return serve_file(request, cast(OutgoingFile, get_object_or_404(rows, secret=secret, name=name)))
