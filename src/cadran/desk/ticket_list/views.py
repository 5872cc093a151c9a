"""The ticket list and its bulk act."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import trigger_client_event

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.instants import whole_second
from cadran.desk.components.answers import Level, close_dialog, toast
from cadran.tickets.models import Ticket

from .filters import TicketFilter, asks_panel
from .forms import AssignForm
from .screen import GROUPS, PAGE_ROWS, Screen, whole_number
from .selection import Assigned, assign_all, read_ticked


@needs(Right.SEE_TICKETS)
@require_GET
def ticket_list(request: HttpRequest) -> HttpResponse:
    """The list; for htmx its rows and chips alone. A ticket's number leads to the ticket; its digits do, too."""
    user = cast(User, request.user)
    is_fragment = request.headers.get("HX-Target") == "list"
    words = request.GET.get("q", "").strip()
    if words and not is_fragment and (exact := _numbered(words, user)):
        return HttpResponseRedirect(reverse("desk:ticket", args=[exact]))
    with_panel = not is_fragment and asks_panel(request.GET)
    screen = Screen(user, request.GET, whole_second(timezone.now()), with_panel)
    context: dict[str, Any] = {"screen": screen, "form": screen.filter.form}
    if not is_fragment:
        may_open = user.has_right(Right.OPEN_TICKETS)
        panel = screen.filter if with_panel else None
        context |= {"tabs": screen.tabs(), "groups": GROUPS, "may_open": may_open, "panel": panel}
    response = render(request, f"desk/ticket_list/{'_rows' if is_fragment else 'list'}.html", context)
    if is_fragment:
        response["HX-Push-Url"] = f"{request.path}?{screen.tidy_query}".rstrip("?")
    # One address, two answers: the browser must not take the rows for the page.
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _numbered(words: str, user: User) -> str | None:
    """The number of the ticket that ``words`` name, with or without its prefix."""
    found = Ticket.objects.visible_to(user).filter(number__iexact=whole_number(words)).first()
    return found.number if found else None


@needs(Right.SEE_TICKETS)
@require_GET
def criteria(request: HttpRequest) -> HttpResponse:
    """The panel of criteria with none in force, for who opens it; with one in force the list has drawn it."""
    user = cast(User, request.user)
    tickets = Ticket.objects.visible_to(user)
    now = whole_second(timezone.now())
    panel = TicketFilter(QueryDict(), queryset=tickets, user=user, now=now, with_panel=True)
    return render(request, "desk/ticket_list/_criteria.html", {"panel": panel, "form": panel.form})


@needs(Right.SEE_TICKETS)
@require_http_methods(["GET", "POST"])
def assign_selected(request: HttpRequest) -> HttpResponse:
    """Assign the ticked tickets (Spec S3, T17); those that somebody else gave away meanwhile can be sent again."""
    user = cast(User, request.user)
    sent = request.POST if request.method == "POST" else request.GET
    ticked = read_ticked(sent.getlist("ticket")[:PAGE_ROWS], user)
    form = AssignForm(request.POST if request.method == "POST" else None, user=user)
    done = Assigned()
    if request.method == "POST" and form.is_valid():
        at = whole_second(timezone.now())
        done = assign_all(ticked, **form.cleaned_data, by=user, at=at)
        if not done.refused:
            level: Level = "done" if done.changed else "info"
            return _changed(toast(close_dialog(), _told(done), level=level))
        ticked = read_ticked(done.again, user)
    context = {"form": form, "ticked": ticked, "refused": done.refused, "done": done.changed}
    is_wrong = form.is_bound and not form.is_valid()
    response = render(request, "desk/ticket_list/_assign.html", context, status=422 if is_wrong else 200)
    return _changed(response) if done.refused else response


def _told(done: Assigned) -> str:
    """How many were assigned, and that the others needed no change."""
    if not done.changed:
        words = ngettext(
            "Nothing changed: %(count)s ticket was assigned so already.",
            "Nothing changed: %(count)s tickets were assigned so already.",
            done.same,
        )
        return words % {"count": done.same}
    words = ngettext("%(count)s ticket assigned.", "%(count)s tickets assigned.", done.changed)
    told = words % {"count": done.changed}
    if not done.same:
        return told
    more = ngettext("%(count)s was so already.", "%(count)s were so already.", done.same)
    return f"{told} {more % {'count': done.same}}"


def _changed(response: HttpResponse) -> HttpResponse:
    """Have the list drawn anew."""
    return trigger_client_event(response, "tickets-changed", {})
