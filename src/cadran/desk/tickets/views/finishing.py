"""The finish dialog: one form, one transaction (Spec T19, T20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError
from cadran.desk.components.answers import sent
from cadran.desk.components.clocks import ClockFace
from cadran.desk.components.conflicts import Choice
from cadran.desk.components.words import when_text
from cadran.tickets.choices import Phase
from cadran.tickets.context import Finish
from cadran.tickets.errors import AnswerNeeded, EditConflict
from cadran.tickets.models import Intervention, Ticket
from cadran.tickets.operations import finish_intervention
from cadran.tickets.queries import clock_view

from ..faces import faces_of
from ..forms import EditForm, FinishForm, NextForm
from ..moved import find_intervention, leads_on
from ..page import get_ticket
from . import dialogs
from .editing import choices_of, context_form, rebase
from .links import ask_children


@dataclass
class Forms:
    """The three forms that the dialog holds; the context and the next intervention only once asked for."""

    finish: FinishForm
    context: EditForm | None
    following: NextForm | None

    def are_valid(self) -> bool:
        """Whether all of them are; each is judged, so that every error shows at once."""
        judged = [form.is_valid() for form in self.all()]
        return all(judged)

    def all(self) -> list[Any]:
        return [form for form in (self.finish, self.context, self.following) if form is not None]


@needs(Right.INTERVENE)
@dialogs.in_a_dialog
@leads_on
def finish(request: HttpRequest, number: str, n: int) -> HttpResponseBase:
    """Finish an intervention: what was done, status and state, versions, reports, what comes next."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    rows = Intervention.objects.visible_to(user).select_related(
        "type__status", "type__state", "type__next_type"
    )
    row = find_intervention(user, ticket, n, rows)
    forms = forms_of(request, ticket, row, user, timezone.now())
    if request.method == "GET":
        return _draw(request, forms, row)
    if dialogs.REFRESH in request.GET:
        for form in forms.all():
            dialogs.calm(form)
        return (
            _outcome(request, forms, row)
            if request.GET[dialogs.REFRESH] == "outcome"
            else _draw(request, forms, row)
        )
    if not forms.are_valid():
        return _draw(request, forms, row)
    try:
        finish_intervention(intervention=row, finish=outcome(forms), by=user, at=forms.finish.now)
    except EditConflict as conflict:
        choices = _ask(forms, conflict)
        return _draw(request, forms, row, conflicts=choices, status=409)
    except CadranError as error:
        _refuse(forms, error)
        return _draw(request, forms, row)
    done = dialogs.finished(request, ticket, _("Finished."))
    typed = forms.finish.cleaned_data
    reached = any(typed[name] for name in ("resolved", "closed_by_customer", "closed_internally"))
    return ask_children(request, number, done) if reached else done


def _ask(forms: Forms, conflict: EditConflict) -> list[Choice]:
    """What to choose in the context and in the intervention; the forms have now seen what the others stored."""
    own = [one for one in conflict.conflicts if one.field in forms.finish.editable]
    others = [one for one in conflict.conflicts if one not in own]
    choices = []
    if others and forms.context is not None:
        of_context = EditConflict(others)
        choices += choices_of(forms.context, of_context)
        forms.context = rebase(forms.context, of_context)
    if own:
        choices += choices_of(forms.finish, EditConflict(own))
        stored = forms.finish.intervention
        stored.refresh_from_db()
        forms.finish.see(stored, [one.field for one in own])
    return choices


def forms_of(request: HttpRequest, ticket: Ticket, row: Intervention, user: User, now: datetime) -> Forms:
    """The dialog's forms, as what was ticked asks for them."""
    proposed = row.type.next_type
    form = FinishForm(
        sent(request),
        person=user,
        ticket=ticket,
        now=now,
        intervention=row,
        initial={"with_next": proposed is not None},
    )
    asked = bool(request.GET.get("context")) or form.is_ticked("with_context")
    context = (
        context_form(request, ticket, user, now) if asked and user.has_right(Right.EDIT_TICKETS) else None
    )
    if context is not None:
        form.initial["with_context"] = True
        if form.is_bound:
            form.retype(with_context="on")
    following = None
    if form.is_ticked("with_next"):
        typed = request.POST if "type" in request.POST else None
        following = NextForm(typed, person=user, ticket=ticket, now=now, proposed=proposed)
    return Forms(form, context, following)


def outcome(forms: Forms) -> Finish:
    """What was typed, as the operation takes it. The forms must be valid."""
    typed: dict[str, Any] = dict(forms.finish.cleaned_data)
    for name in ("with_next", "with_context", forms.finish.base_name):
        typed.pop(name)
    for name in ("checked", "checked_seen"):
        typed.pop(name, None)
    starts = typed.pop("start_next")
    return Finish(
        **(typed | forms.finish.reported()),
        checked=forms.finish.marked(),
        base=forms.finish.seen(),
        context_changes=forms.context.settled() if forms.context else {},
        context_base=forms.context.seen() if forms.context else {},
        answers=forms.context.answers() if forms.context else {},
        next=forms.following.details() if forms.following else None,
        start_next=bool(starts and forms.following),
    )


def _refuse(forms: Forms, error: CadranError) -> None:
    """Put a refusal on the form that holds its field; on the dialog's own one otherwise."""
    name = error.field.removeprefix("next.")
    holder = next((form for form in forms.all() if name in form.fields), forms.finish)
    if isinstance(error, AnswerNeeded) and forms.context is not None:
        holder = forms.context
    (forms.following if error.field.startswith("next.") and forms.following else holder).refuse(error)


def _context(request: HttpRequest, forms: Forms, row: Intervention) -> dict[str, Any]:
    form = forms.finish
    faces = faces_of(form.ticket, clock_view(form.ticket, form.now, with_openings=True))
    path = request.path
    return {
        "ticket": form.ticket,
        "intervention": row,
        "form": form,
        "about": forms.context,
        "next": forms.following,
        "next_reason": _("Proposed by “%(type)s”") % {"type": row.type} if row.type.next_type else "",
        "now": form.now,
        "faces": faces,
        "acts": ticks(form, faces),
        "finish_label": label_of(form),
        "may_edit": form.person.has_right(Right.EDIT_TICKETS),
        "action": path,
        "refresh": f"{path}?{dialogs.REFRESH}=outcome",
        "refresh_all": f"{path}?{dialogs.REFRESH}=1",
        "with_context": f"{path}?{dialogs.REFRESH}=1&context=1",
    }


def _draw(
    request: HttpRequest, forms: Forms, row: Intervention, *, conflicts: Any = (), status: int = 0
) -> HttpResponse:
    refused = any(form.errors for form in forms.all())
    context = {**_context(request, forms, row), "conflicts": conflicts}
    return render(
        request, "desk/tickets/dialogs/finish.html", context, status=status or (422 if refused else 200)
    )


def _outcome(request: HttpRequest, forms: Forms, row: Intervention) -> HttpResponse:
    return render(request, "desk/tickets/dialogs/finish_outcome.html", _context(request, forms, row))


@dataclass(frozen=True)
class Tick:
    """One box of « what was done », with what it would do."""

    field: Any
    ticked: bool
    hint: str


def ticks(form: FinishForm, faces: dict[str, ClockFace]) -> list[Tick]:
    """The four boxes and their hints."""
    hints = {
        "intervened": _response_hint(form),
        "resolved": _resolution_hint(form, faces["resolution"]),
        "closed_by_customer": _("The customer confirmed it")
        if form.is_ticked("closed_by_customer")
        else _("Not confirmed yet"),
        "closed_internally": _("Nothing is left to do")
        if form.is_ticked("closed_internally")
        else _("Once nothing is left to do"),
    }
    return [Tick(form[name], form.is_ticked(name), hint) for name, hint in hints.items()]


def _response_hint(form: FinishForm) -> str:
    met = form.ticket.responded_at
    if met is not None:
        return _("Response was met %(when)s") % {"when": when_text(met, form.now)}
    return _("Counts as the response")


def _resolution_hint(form: FinishForm, face: ClockFace) -> str:
    if form.ticket.resolved_at is not None:
        return _("Resolved %(when)s") % {"when": when_text(form.ticket.resolved_at, form.now)}
    match face.colour:
        case "green" | "orange":
            return _("Stops the clock, %(time)s left") % {"time": face.figure}
        case "red":
            return _("Stops the clock, late by %(time)s") % {
                "time": face.figure.lstrip("\N{MINUS SIGN}\N{NO-BREAK SPACE}")
            }
        case "still":
            return _("Ends the suspension too")
        case _:
            return _("No resolution clock runs")


def label_of(form: FinishForm) -> str:
    """What the button says, as the boxes stand."""
    return (
        {
            Phase.RESOLVED: _("Finish and resolve"),
            Phase.CLOSED_BY_CUSTOMER: _("Finish and close"),
            Phase.CLOSED_INTERNALLY: _("Finish and close"),
        }.get(Phase(form.resulting_phase), _("Finish"))
        if form.resulting_phase != form.ticket.phase
        else _("Finish")
    )
