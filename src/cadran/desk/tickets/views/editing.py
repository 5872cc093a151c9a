"""Editing a ticket in place, section by section (Spec T6, T17)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError
from cadran.core.text import plain
from cadran.desk.components.answers import sent
from cadran.desk.components.conflicts import Choice
from cadran.desk.components.words import full_text
from cadran.tickets.errors import Conflict, EditConflict
from cadran.tickets.models import Ticket
from cadran.tickets.operations import edit_ticket

from ..forms import SECTIONS, EditForm
from ..forms.seen import SeenForm
from ..page import get_ticket
from . import dialogs


@needs(Right.EDIT_TICKETS)
@dialogs.in_a_dialog
def edit(request: HttpRequest, number: str, section: str) -> HttpResponseBase:
    """Draw a section's form, or save it; two who edit at once choose, nothing is overwritten unseen."""
    if section not in SECTIONS:
        raise Http404
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    form = EditForm(
        sent(request),
        person=user,
        ticket=ticket,
        now=timezone.now(),
        only=SECTIONS[section].fields,
    )
    more: dict[str, Any] = {"section": section, "title": SECTIONS[section].title}
    if request.method == "POST" and form.is_valid():
        try:
            edit_ticket(
                ticket=ticket,
                changes=form.settled(),
                base=form.seen(),
                answers=form.answers(),
                by=user,
                at=form.now,
            )
            return dialogs.finished(request, ticket, _("Saved."))
        except EditConflict as conflict:
            return _ask(request, form, conflict, more)
        except CadranError as error:
            form.refuse(error)
    return dialogs.draw(request, "desk/tickets/dialogs/edit.html", ticket, form, more)


@needs(Right.EDIT_TICKETS)
@require_POST
def questions(request: HttpRequest, number: str) -> HttpResponse:
    """What another severity or asset in an open dialog asks; nothing to swap while it asks the same (Spec T13)."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    only = tuple(name for name in ("asset", "severity") if name in request.POST)
    form = EditForm(request.POST, person=user, ticket=ticket, now=timezone.now(), only=only)
    if form.asked == request.POST.get("asked", ""):
        return HttpResponse(status=204)
    dialogs.calm(form)
    return render(request, "desk/tickets/dialogs/_questions.html", {"asking": form})


def _ask(request: HttpRequest, form: EditForm, conflict: EditConflict, more: dict[str, Any]) -> HttpResponse:
    fresh = rebase(form, conflict)
    more["conflicts"] = choices_of(form, conflict)
    response = dialogs.draw(request, "desk/tickets/dialogs/edit.html", form.ticket, fresh, more)
    response.status_code = 409
    return response


def rebase(form: EditForm, conflict: EditConflict) -> EditForm:
    """The same form, having now seen what the others stored."""
    stored = get_ticket(form.person, form.ticket.number)
    fields = [one.field for one in conflict.conflicts]
    form.see(stored, fields)
    fresh = EditForm(form.data, person=form.person, ticket=stored, now=form.now, only=form.only)
    fresh.is_valid()
    return fresh


def choices_of(form: SeenForm, conflict: EditConflict) -> list[Choice]:
    """The conflicts in words, in the form's order."""
    by_field = {one.field: one for one in conflict.conflicts}
    return [_choice(form, by_field[name]) for name in form.labels if name in by_field]


def _choice(form: SeenForm, one: Conflict) -> Choice:
    label = str(form.labels[one.field])
    base, theirs, mine = (in_words(form, one.field, value) for value in (one.base, one.theirs, one.mine))
    return Choice(one.field, label, base, theirs, mine, one.by_name, one.at)


def in_words(form: SeenForm, name: str, value: Any) -> str:
    """A value of a field as people read it."""
    if value in (None, ""):
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return full_text(value)
    if isinstance(value, list):
        return ", ".join(str(row) for row in value) or _("nothing")
    if isinstance(value, Model):
        return str(value)
    choices = dict(getattr(form.fields[name], "choices", ()) if name in ("channel", "environment") else ())
    return Truncator(plain(str(choices.get(value, value)))).chars(300)


def context_form(request: HttpRequest, ticket: Ticket, user: User, now: datetime) -> EditForm:
    """The form of the context inside the finish dialog (Spec T20)."""
    typed = request.POST if "base" in request.POST else None
    return EditForm(typed, person=user, ticket=ticket, now=now, only=SECTIONS["context"].fields)
