"""Agents, how they sign in, and their one-time links."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cadran.accounts.access import needs
from cadran.accounts.operations import LINK_LIFETIME, create_sign_in_link
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError
from cadran.desk.components.answers import sent
from cadran.desk.records.dialogs import answer_page
from cadran.parties.models import Agent
from cadran.parties.operations.sign_in import save_agent_and_sign_in

from ..common import now, person
from ..forms.agents import AgentForm


@needs(Right.EDIT_AGENTS)
def agents(request: HttpRequest) -> HttpResponse:
    """Everybody on the provider's side, with teams and profiles."""
    rows = (
        Agent.objects.visible_to(person(request))
        .select_related("user")
        .prefetch_related("teams", "user__profiles")
        .order_by("-is_active", "last_name", "first_name")
    )
    return render(request, "desk/settings/agents.html", {"rows": rows})


@needs(Right.EDIT_AGENTS)
@require_http_methods(["GET", "POST"])
def agent(request: HttpRequest, pk: int | None = None) -> HttpResponseBase:
    """Create or edit one agent, with or without sign-in."""
    by, at = person(request), now()
    row = get_object_or_404(Agent.objects.visible_to(by).select_related("user"), pk=pk) if pk else None
    form = AgentForm(sent(request), user=by, row=row)
    return answer_page(
        request,
        form=form,
        template="desk/settings/agent.html",
        act=lambda: save_agent_and_sign_in(
            agent=row,
            details=form.details,
            sign_in=form.sign_in(row.user if row else None),
            by=by,
            at=at,
            seen=form.version_seen,
        ),
        go=lambda saved: _after(saved, is_new=row is None),
        more=lambda: {"agent": row},
    )


def _after(agent: Agent, *, is_new: bool) -> str:
    """Who signs in for the first time gets a link on their page."""
    if is_new and agent.user is not None:
        return reverse("desk:settings_agent", args=[agent.pk])
    return reverse("desk:settings_agents")


@needs(Right.EDIT_AGENTS)
@never_cache
@require_POST
def agent_link(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Make a one-time sign-in link and show it this once."""
    by = person(request)
    row = get_object_or_404(Agent.objects.visible_to(by).exclude(user=None).select_related("user"), pk=pk)
    try:
        secret = create_sign_in_link(user=row.user, by=by, at=now())
    except CadranError as refusal:
        messages.error(request, refusal.message)
        return redirect("desk:settings_agent", pk=pk)
    address = request.build_absolute_uri(reverse("desk:sign_in_link", args=[secret]))
    hours = int(LINK_LIFETIME.total_seconds() // 3600)
    return render(
        request, "desk/settings/agent_link.html", {"agent": row, "address": address, "hours": hours}
    )
