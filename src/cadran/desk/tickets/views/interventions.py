"""Interventions: their page, adding, starting, editing and finishing them (Spec T18, T19, T20)."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError
from cadran.desk.components.answers import sent
from cadran.tickets.choices import Phase
from cadran.tickets.context import ResourceRequestDetails
from cadran.tickets.errors import EditConflict
from cadran.tickets.models import Intervention, ServiceReport, Ticket
from cadran.tickets.operations import add_intervention, edit_intervention, start_intervention
from cadran.tickets.queries import requests_of

from ..deeds import PageActs
from ..forms import AddInterventionForm, EditInterventionForm, RequestsFormSet, StartForm
from ..moved import find_intervention, leads_on
from ..page import InterventionLine, get_ticket, page_context
from . import dialogs
from .editing import choices_of
from .finishing import finish

__all__ = ["add", "edit", "finish", "show", "start"]


def get_intervention(user: User, ticket: Ticket, n: int) -> Intervention:
    """The ticket's intervention of that number; raises ``Moved``, or 404."""
    rows = Intervention.objects.visible_to(user).select_related("type", "team", "assignee", "created_by")
    return find_intervention(user, ticket, n, rows)


@needs(Right.SEE_TICKETS)
@require_safe
@leads_on
def show(request: HttpRequest, number: str, n: int) -> HttpResponse:
    """The page of an intervention: all its fields, both clocks, its attachments."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    row = get_intervention(user, ticket, n)
    now = timezone.now()
    context = page_context(request, ticket, now)
    efforts = {"planned": row.planned_effort, "remaining": row.remaining_effort}
    return render(
        request,
        "desk/tickets/intervention.html",
        {
            **context,
            "intervention": row,
            "line": InterventionLine(row, now, user),
            "attachments": [file for file in context["attachments"] if file.row.intervention_id == row.pk],
            "needed": [
                {"row": one, "seconds": in_seconds(one.duration)} for one in row.resource_requests.all()
            ],
            "efforts": {name: in_seconds(minutes) for name, minutes in efforts.items()},
            "corrected": [str(version) for version in row.versions_corrected.all()],
            "to_correct": [str(version) for version in row.versions_to_correct.all()],
            "signed": list(
                ServiceReport.objects.visible_to(user).filter(intervention=row).select_related("attachment")
            ),
            "may_sign": user.has_right(Right.INTERVENE) and is_signable(row),
            "own_acts": acts_on(row, context["acts"]),
            "may_edit_it": user.has_right(Right.INTERVENE) and is_editable(row),
            "may_edit": context["may_edit"] and is_editable(row),
            "may_attach": context["may_attach"] and is_editable(row),
        },
    )


def in_seconds(minutes: int | None) -> int | None:
    """Minutes of effort as seconds."""
    return None if minutes is None else minutes * 60


def acts_on(row: Intervention, acts: PageActs) -> list[dict[str, Any]]:
    """The acts of the intervention's page: start or finish it, suspend or resume its ticket (Spec T18)."""
    possible = {act.code: act for act in (acts.primary, acts.second, *acts.more) if act is not None}
    shown = [
        {"act": possible[code], "look": "secondary"} for code in ("suspend", "resume") if code in possible
    ]
    if not is_editable(row):
        return shown
    for code in ("finish", "start"):
        if code in possible and row.is_started == (code == "finish"):
            url = reverse(f"desk:intervention_{code}", args=[row.ticket.number, row.number])
            shown.append({"act": replace(possible[code], url=url), "look": "primary"})
    return shown


def is_editable(row: Intervention) -> bool:
    """An intervention is edited while it is neither finished nor archived by a reopening (Spec T18, T27)."""
    return not row.is_finished and not row.is_archived


def is_signable(row: Intervention) -> bool:
    """A service report tells of work that has begun, and of none from before a reopening or a merger."""
    return row.is_started and not row.is_read_only and not row.type.is_intake


@needs(Right.INTERVENE)
@dialogs.in_a_dialog
def add(request: HttpRequest, number: str) -> HttpResponseBase:
    """Add an intervention, planned or started now; starting on a suspended ticket resumes it first (Spec T23)."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    resume = resume_first(request, ticket, "add") if "start" in request.GET else None
    if resume is not None:
        return resume
    now = timezone.now()
    form = AddInterventionForm(
        sent(request), person=user, ticket=ticket, now=now, initial={"start": "start" in request.GET}
    )
    requests = RequestsFormSet(request.POST or None, prefix="requests")
    if request.method == "POST":
        if dialogs.REFRESH in request.GET:
            form, requests = proposed_anew(request, form), RequestsFormSet(request.POST, prefix="requests")
            dialogs.calm(form)
        elif (
            form.is_valid()
            and requests.is_valid()
            and dialogs.attempt(form, lambda: _add(form, requests, ticket, user))
        ):
            done = _("Started.") if form.cleaned_data.get("start") else _("Added.")
            return dialogs.finished(request, ticket, done)
    return dialogs.draw(request, "desk/tickets/dialogs/add.html", ticket, form, {"requests": requests})


def _add(form: AddInterventionForm, requests: Any, ticket: Ticket, user: User) -> object:
    typed = form.cleaned_data
    details = form.details(resource_requests=requested(requests))
    starts = typed.get("start", False)
    return add_intervention(ticket=ticket, details=details, start=starts, by=user, at=form.now)


def requested(formset: Any) -> tuple[ResourceRequestDetails, ...]:
    """The resource requests that were typed and not struck out."""
    rows = [
        form.cleaned_data
        for form in formset
        if form.cleaned_data.get("profile") and not form.cleaned_data.get("DELETE")
    ]
    names = ("profile", "needed_on", "circumstances", "duration")
    return tuple(ResourceRequestDetails(**{name: row[name] for name in names}) for row in rows)


def proposed_anew(request: HttpRequest, form: AddInterventionForm) -> AddInterventionForm:
    """The form with what the newly chosen type proposes in place of what the former one did."""
    data = request.POST.copy()
    for name, value in form.initial.items():
        if name == "assignee" or (name in ("team", "external_report") and value not in (None, "")):
            data[name] = str(value or "")
    return AddInterventionForm(data, person=form.person, ticket=form.ticket, now=form.now)


def resume_first(request: HttpRequest, ticket: Ticket, then: str) -> HttpResponseBase | None:
    """Where to go instead when the ticket is suspended: the dialog that resumes it, then this one."""
    if ticket.phase != Phase.SUSPENDED or request.method != "GET":
        return None
    return HttpResponseRedirect(f"{reverse('desk:ticket_resume', args=[ticket.number])}?then={then}")


@needs(Right.INTERVENE)
@dialogs.in_a_dialog
@leads_on
def start(request: HttpRequest, number: str, n: int) -> HttpResponseBase:
    """Start a planned intervention."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    row = get_intervention(user, ticket, n)
    resume = resume_first(request, ticket, str(n))
    if resume is not None:
        return resume
    form = StartForm(sent(request), person=user, ticket=ticket, now=timezone.now())

    def act() -> object:
        return start_intervention(
            intervention=row, started_at=form.cleaned_data["started_at"], by=user, at=form.now
        )

    if request.method == "POST" and form.is_valid() and dialogs.attempt(form, act):
        return dialogs.finished(request, ticket, _("Started."))
    return dialogs.draw(request, "desk/tickets/dialogs/start.html", ticket, form, {"intervention": row})


@needs(Right.INTERVENE)
@dialogs.in_a_dialog
@leads_on
def edit(request: HttpRequest, number: str, n: int) -> HttpResponseBase:
    """Edit an intervention that is not finished."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    row = get_intervention(user, ticket, n)
    form = EditInterventionForm(
        sent(request), person=user, ticket=ticket, now=timezone.now(), intervention=row
    )
    requests = (
        RequestsFormSet(request.POST, prefix="requests")
        if request.method == "POST"
        else RequestsFormSet(prefix="requests", initial=[asdict(one) for one in requests_of(row)])
    )
    more: dict[str, Any] = {"intervention": row, "requests": requests}
    if request.method == "POST" and form.is_valid() and requests.is_valid():
        try:
            _edit(form, requests, row, user)
            return dialogs.finished(request, ticket, _("Saved."))
        except EditConflict as conflict:
            more["conflicts"] = choices_of(form, conflict)
            form = _seen_anew(form, conflict)
        except CadranError as error:
            form.refuse(error)
    response = dialogs.draw(request, "desk/tickets/dialogs/edit_intervention.html", ticket, form, more)
    response.status_code = 409 if "conflicts" in more else response.status_code
    return response


def _edit(form: EditInterventionForm, requests: Any, row: Intervention, user: User) -> object:
    changes = form.settled()
    seen, needed = form.seen(), list(requested(requests))
    if needed != seen.get("resource_requests") and not form.keeps_theirs("resource_requests"):
        changes["resource_requests"] = needed
    return edit_intervention(intervention=row, changes=changes, base=seen, by=user, at=form.now)


def _seen_anew(form: EditInterventionForm, conflict: EditConflict) -> EditInterventionForm:
    """The same form, having now seen what the others stored."""
    stored = get_intervention(form.person, form.ticket, form.intervention.number)
    form.see(stored, [one.field for one in conflict.conflicts])
    return EditInterventionForm(
        form.data, person=form.person, ticket=form.ticket, now=form.now, intervention=stored
    )
