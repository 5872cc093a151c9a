"""The list, the page and the dialogs of plans (Spec T31)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError
from cadran.desk.components.answers import sent
from cadran.desk.records.dialogs import answer, key_in
from cadran.desk.records.lists import RecordList, show_list
from cadran.desk.settings.common import now, person
from cadran.tickets.models import Plan, PlanOccurrence
from cadran.tickets.operations import open_planned_ticket, pause_plan, resume_plan, save_plan
from cadran.tickets.planning import Planner

from .forms import PlanForm, PlanListForm
from .screen import acts_of, coming_days, lines_of, preview, rule_text

_SEE, _EDIT = Right.SEE_TICKETS, Right.EDIT_PLANS
_SHOWN = ("contract__customer", "asset__customer", "schedule", "template")
#: So many of the days that came are shown.
_CAME = 50


def _plan(user: User, pk: int) -> Plan:
    row: Plan = get_object_or_404(Plan.objects.visible_to(user).select_related(*_SHOWN), pk=pk)
    return row


@needs(_SEE)
@require_GET
def plan_list(request: HttpRequest) -> HttpResponse:
    """Plans with their next day, and why one could not open its ticket."""
    user, at = person(request), now()

    def decorate(rows: Sequence[Any]) -> list[Any]:
        return lines_of(rows, at)

    screen = RecordList(
        template="desk/plans/list.html",
        rows_template="desk/plans/_rows.html",
        form=PlanListForm(request.GET, user=user),
        rows=Plan.objects.visible_to(user).select_related(*_SHOWN),
        decorate=decorate,
    )
    return show_list(request, screen, **acts_of(user), sees_customers=user.has_right(Right.SEE_CUSTOMERS))


@needs(_SEE)
@require_GET
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: its rule, the days to come and those that came."""
    user, at = person(request), now()
    row = _plan(user, pk)
    occurrences = PlanOccurrence.objects.visible_to(user).filter(plan=row).select_related("ticket__status")
    # Those of today and later: what lies behind does not come any more.
    lately = occurrences.filter(planned_at__gte=at - timedelta(days=2)).exclude(ticket=None)
    acts = acts_of(user)
    coming = coming_days(
        row,
        Planner(row).day_of(at),
        contract=row.contract,
        taken=list(lately.values_list("due_on", flat=True)),
        may_open=acts["may_open"] and row.is_active,
    )
    context = {
        "plan": row,
        "rule": rule_text(row),
        "coming": coming if row.is_active else [],
        "occurrences": list(occurrences[:_CAME]),
        "came": occurrences.count(),
        "now": at,
        **acts,
    }
    return render(request, "desk/plans/plan.html", context)


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def plan_new(request: HttpRequest) -> HttpResponseBase:
    """Create a plan; the address may name its contract, asset and template."""
    names = ("contract", "asset", "template")
    return _dialog(request, None, {name: key for name in names if (key := key_in(request, name))})


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def plan_edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a plan."""
    return _dialog(request, _plan(person(request), pk), {})


def _dialog(request: HttpRequest, row: Plan | None, first: dict[str, Any]) -> HttpResponseBase:
    user, at = person(request), now()
    form = PlanForm(sent(request), user=user, row=row, initial=first)
    stored = (
        preview(PlanForm(_typed(form), user=user, row=row), at) if not form.is_bound else preview(form, at)
    )
    return answer(
        request,
        form=form,
        template="desk/plans/plan_edit.html",
        act=lambda: save_plan(plan=row, details=form.details, by=user, at=at, seen=form.version_seen),
        go=lambda saved: reverse("desk:plan", args=[saved.pk]),
        back=reverse("desk:plan", args=[row.pk]) if row else reverse("desk:plan_list"),
        more={"plan": row, **stored},
    )


def _typed(form: PlanForm) -> dict[str, Any]:
    """What an untouched form would send."""
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


@needs(_SEE, _EDIT)
@require_POST
def plan_days(request: HttpRequest) -> HttpResponse:
    """The days that result from what is typed so far."""
    form = PlanForm(request.POST, user=person(request))
    return render(request, "desk/plans/_days.html", preview(form, now()))


@needs(_SEE, _EDIT)
@require_POST
def plan_pause(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let the plan open nothing for the time being."""
    return _act(
        request, pk, lambda row, user, at: pause_plan(plan=row, by=user, at=at), _("The plan is paused.")
    )


@needs(_SEE, _EDIT)
@require_POST
def plan_resume(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take the plan up again."""
    return _act(
        request,
        pk,
        lambda row, user, at: resume_plan(plan=row, by=user, at=at),
        _("The plan is active again."),
    )


@needs(_SEE, _EDIT, Right.OPEN_TICKETS)
@require_POST
def plan_open(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the ticket of one coming day now."""
    day = parse_date(request.POST.get("due_on", "")[:10])
    if day is None:
        raise Http404("no day")
    user, row = person(request), _plan(person(request), pk)
    try:
        ticket = open_planned_ticket(plan=row, due_on=day, by=user, at=now())
    except CadranError as refused:
        messages.error(request, refused.message)
        return redirect("desk:plan", pk=pk)
    messages.success(request, _("%(number)s is open.") % {"number": ticket.number})
    return redirect("desk:ticket", ticket.number)


def _act(request: HttpRequest, pk: int, act: Any, said: str) -> HttpResponseBase:
    row = _plan(person(request), pk)
    try:
        act(row, person(request), now())
    except CadranError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, said)
    return redirect("desk:plan", pk=pk)
