"""The acts on a ticket: each a dialog, or a button."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError
from cadran.desk.components.answers import close_dialog, sent
from cadran.tickets import rules
from cadran.tickets.choices import Closing
from cadran.tickets.context import day_of
from cadran.tickets.models import Ticket
from cadran.tickets.operations import (
    assign_ticket,
    cancel_ticket,
    change_status,
    close_ticket,
    reopen_ticket,
    resume_ticket,
    suspend_ticket,
    take_ticket,
)
from cadran.tickets.queries import clock_view, last_work, resume_preview
from cadran.tickets.queries.lists import planned_work, running_work

from ..faces import face_of
from ..forms import (
    AssignForm,
    CancelForm,
    CloseForm,
    DeskForm,
    NextForm,
    ReopenForm,
    ResumeForm,
    StatusForm,
    SuspendForm,
)
from ..forms.acts import typed_instant
from ..forms.fields import is_key
from ..page import fragments, get_ticket
from . import dialogs
from .dialogs import Dialog
from .links import ask_children


@needs(Right.SUSPEND_TICKETS)
@dialogs.in_a_dialog
def suspend(request: HttpRequest, number: str) -> HttpResponseBase:
    """Suspend a ticket (Spec T23)."""
    return dialogs.answer(request, number, _SUSPEND)


def _suspend(form: SuspendForm, ticket: Ticket, by: User) -> object:
    typed = form.cleaned_data
    status = typed["status"] or typed["reason"].status
    names = ("began_at", "reason", "details", "appointment_at")
    return suspend_ticket(
        ticket=ticket, by=by, at=form.now, status=status, **{name: typed[name] for name in names}
    )


def _at_start(form: SuspendForm, ticket: Ticket, _user: User) -> Mapping[str, Any]:
    """The resolution clock as it stands when the suspension begins."""
    return {"at_start": face_of(clock_view(ticket, typed_instant(form, "began_at")).resolution)}


_SUSPEND = Dialog(
    "desk/tickets/dialogs/suspend.html", SuspendForm, _suspend, gettext_lazy("Suspended."), more=_at_start
)


@needs(Right.SUSPEND_TICKETS)
@dialogs.in_a_dialog
def resume(request: HttpRequest, number: str) -> HttpResponseBase:
    """Resume a ticket (Spec T23, T24); with ``then`` the dialog that was asked for comes next."""
    response = dialogs.answer(request, number, _RESUME)
    then = after_resuming(number, request.GET.get("then", ""))
    if then and "HX-Refresh" in response:
        response = close_dialog()  # another page than the ticket's is loaded anew once the next act is done
    elif not then or "HX-Reswap" not in response:
        return response
    return trigger_client_event(cast(HttpResponse, response), "open-dialog", {"url": then})


def after_resuming(number: str, then: str) -> str:
    """The address of the dialog to open once resumed: ``add``, or the number of an intervention to start."""
    if then == "add":
        return f"{reverse('desk:intervention_add', args=[number])}?start=1"
    return reverse("desk:intervention_start", args=[number, int(then)]) if is_key(then) else ""


def _resume(form: ResumeForm, ticket: Ticket, by: User) -> object:
    typed = form.cleaned_data
    return resume_ticket(
        ticket=ticket, ended_at=typed["ended_at"], status=typed["status"], by=by, at=form.now
    )


def _preview(form: ResumeForm, ticket: Ticket, _user: User) -> Mapping[str, Any]:
    """The open suspension, the working time it has cost and both due dates if it ended when the form says."""
    end = typed_instant(form, "ended_at")
    found = resume_preview(ticket, end)
    labels = {"response": _("Response due"), "resolution": _("Resolution due")}
    dues = [(labels[kind], due) for kind, due in found.due_at.items()]
    return {"suspension": found.suspension, "lost_seconds": found.lost_seconds, "dues": dues}


_RESUME = Dialog(
    "desk/tickets/dialogs/resume.html", ResumeForm, _resume, gettext_lazy("Resumed."), more=_preview
)


@needs(Right.CLOSE_TICKETS)
@dialogs.in_a_dialog
def close(request: HttpRequest, number: str) -> HttpResponseBase:
    """Close a resolved ticket (Spec T26); then its children may follow (Spec T10)."""
    response = dialogs.answer(request, number, _CLOSE)
    is_done = "dialog-close" in response.get("HX-Trigger", "")
    return ask_children(request, number, cast(HttpResponse, response)) if is_done else response


def _close(form: CloseForm, ticket: Ticket, by: User) -> object:
    typed = {**form.cleaned_data, "closing": Closing(form.cleaned_data["closing"])}
    return close_ticket(ticket=ticket, by=by, at=form.now, **typed)


def _open_work(_form: DeskForm, ticket: Ticket, _user: User) -> Mapping[str, Any]:
    """The work that the act ends, or leaves undone."""
    return {"running": running_work(ticket), "planned": planned_work(ticket)}


_CLOSE = Dialog(
    "desk/tickets/dialogs/close.html", CloseForm, _close, gettext_lazy("Closed."), more=_open_work
)


@needs(Right.CANCEL_TICKETS)
@dialogs.in_a_dialog
def cancel(request: HttpRequest, number: str) -> HttpResponseBase:
    """Cancel a ticket (Spec T26)."""
    return dialogs.answer(request, number, _CANCEL)


def _cancel(form: CancelForm, ticket: Ticket, by: User) -> object:
    return cancel_ticket(ticket=ticket, by=by, at=form.now, **form.cleaned_data)


_CANCEL = Dialog(
    "desk/tickets/dialogs/cancel.html", CancelForm, _cancel, gettext_lazy("Cancelled."), more=_open_work
)


@needs(Right.EDIT_TICKETS)
@dialogs.in_a_dialog
def status(request: HttpRequest, number: str) -> HttpResponseBase:
    """Give another status of the same phase (Spec T1)."""
    return dialogs.answer(request, number, _STATUS)


def _status(form: StatusForm, ticket: Ticket, by: User) -> object:
    return change_status(ticket=ticket, by=by, at=form.now, **form.chosen())


_STATUS = Dialog(
    "desk/tickets/dialogs/status.html",
    StatusForm,
    _status,
    gettext_lazy("Status changed."),
    sets=("status_id", "state_id"),
    same=gettext_lazy("Nothing changed: the ticket had this status and state already."),
)


@needs(Right.SEE_TICKETS)
@dialogs.in_a_dialog
def assign(request: HttpRequest, number: str) -> HttpResponseBase:
    """Give the ticket to a team and to somebody in it (Spec T11): for who leads its team, and who may edit it."""
    user = cast(User, request.user)
    ticket = get_object_or_404(Ticket.objects.visible_to(user).select_related("team"), number=number)
    leads = rules.may_distribute(user, ticket.team, day_of(timezone.now()))
    if not leads and not user.has_right(Right.EDIT_TICKETS):
        raise PermissionDenied(Right.DISTRIBUTE_TICKETS.value)
    return dialogs.answer(request, number, _ASSIGN)


def _assign(form: AssignForm, ticket: Ticket, by: User) -> object:
    return assign_ticket(ticket=ticket, by=by, at=form.now, **form.chosen())


_ASSIGN = Dialog(
    "desk/tickets/dialogs/assign.html",
    AssignForm,
    _assign,
    gettext_lazy("Assigned."),
    sets=("team_id", "assignee_id"),
    same=gettext_lazy("Nothing changed: the ticket was assigned so already."),
)


@needs(Right.INTERVENE)
@require_POST
def take(request: HttpRequest, number: str) -> HttpResponseBase:
    """Take the ticket oneself, by a button (Spec T11)."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    before = ticket.assignee_id
    try:
        taken = take_ticket(ticket=ticket, by=user, at=timezone.now())
    except CadranError as error:
        return fragments(request, ticket, error.message, level="error")
    if taken.assignee_id == before:
        return fragments(request, ticket, _("Nothing changed: the ticket is with you already."), level="info")
    return fragments(request, ticket, _("You have taken it."))


@needs(Right.REOPEN_TICKETS)
@dialogs.in_a_dialog
def reopen(request: HttpRequest, number: str) -> HttpResponseBase:
    """Reopen a ticket, with an express copy of its last intervention (Spec T27)."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    last, now = last_work(ticket), timezone.now()
    form = ReopenForm(
        sent(request), person=user, ticket=ticket, now=now, initial={"with_copy": last is not None}
    )
    copied = _copy_of(last) if last else {}
    following = NextForm(sent(request), person=user, ticket=ticket, now=now, initial=dict(copied))
    # A copy goes before what its type and the person propose.
    following.initial = {**following.initial, **copied}
    if request.method == "POST":
        if dialogs.REFRESH in request.GET:
            dialogs.calm(form)
            dialogs.calm(following)
        elif _reopened(form, following, ticket, user, with_copy=last is not None):
            return dialogs.finished(request, ticket, _("Reopened."))
    return dialogs.draw(
        request, "desk/tickets/dialogs/reopen.html", ticket, form, {"last": last, "next": following}
    )


def _copy_of(last: Any) -> dict[str, Any]:
    return {
        "type": last.type_id,
        "label": last.label,
        "team": last.team_id,
        "assignee": last.assignee_id,
        "planned_effort": last.planned_effort,
    }


def _reopened(form: ReopenForm, following: NextForm, ticket: Ticket, user: User, *, with_copy: bool) -> bool:
    valid = form.is_valid()
    copying = with_copy and form.is_bound and bool(form["with_copy"].value())
    if copying:
        valid = following.is_valid() and valid
    else:
        dialogs.calm(following)
    if not valid:
        return False
    typed = form.cleaned_data
    return dialogs.attempt(
        form,
        lambda: reopen_ticket(
            ticket=ticket,
            reason=typed["reason"],
            status=typed["status"],
            state=typed["state"],
            copy=following.details() if copying else None,
            by=user,
            at=form.now,
        ),
    )
