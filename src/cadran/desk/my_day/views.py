"""My day: the page one starts from (Spec D1), and who stands in for a manager (Spec T11)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from cadran.accounts.access import signed_in
from cadran.desk.components.answers import sent
from cadran.desk.records.dialogs import answer
from cadran.desk.settings.common import now, person
from cadran.parties.models import Team
from cadran.parties.operations import name_stand_in

from .day import Day
from .forms import StandInForm


@signed_in
@require_GET
def my_day(request: HttpRequest) -> HttpResponse:
    """My interventions, what turns next, what I distribute, and what was said to me."""
    at = now()
    return render(request, "desk/my_day/my_day.html", {"day": Day(person(request), at), "now": at})


@signed_in
@require_http_methods(["GET", "POST"])
def stand_in(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who distributes the work of a team while its manager is away."""
    user, at = person(request), now()
    teams = Team.objects.visible_to(user).in_use().select_related("manager")
    team = get_object_or_404(teams, pk=pk)
    form = StandInForm(sent(request), user=user, row=team)
    return answer(
        request,
        form=form,
        template="desk/my_day/stand_in.html",
        act=lambda: name_stand_in(team=team, details=form.details, by=user, at=at, seen=form.version_seen),
        go=lambda _saved: reverse("desk:my_day"),
        back=reverse("desk:my_day"),
        more={"team": team},
    )
