"""Addresses of interventions lead to where they are now: a merger or a split moves them elsewhere (Spec T29)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from cadran.accounts.models import User
from cadran.desk.components.answers import toast
from cadran.tickets.models import Intervention, Ticket
from cadran.tickets.queries.merging import moved_work

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class Moved(Exception):
    """The intervention asked for is on another ticket now."""

    def __init__(self, now: Intervention) -> None:
        self.now = now


def find_intervention(user: User, ticket: Ticket, n: int, rows: Any) -> Intervention:
    """The ticket's intervention of that number among ``rows``; raises ``Moved``, or 404."""
    try:
        row = cast(Intervention, get_object_or_404(rows, ticket=ticket, number=n))
    except Http404:
        now = moved_work(ticket, n, user)
        if now is None:
            raise
        raise Moved(now) from None
    row.ticket = ticket
    return row


def leads_on(view: View) -> View:
    """Lead from the former address of an intervention that moved to the same page or dialog where it is now.

    What is sent there does nothing: it was meant for a ticket as it no longer is. What was typed stays in the dialog.
    """

    @wraps(view)
    def led(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Moved as moved:
            return _lead(request, moved.now)

    return cast(View, led)


def _lead(request: HttpRequest, now: Intervention) -> HttpResponseBase:
    if request.method in ("GET", "HEAD"):
        return HttpResponseRedirect(_address(request, now, request.GET))
    words = {"work": str(now), "number": now.number, "ticket": now.ticket.number}
    refusal = _(
        "Nothing was saved: “%(work)s” has moved meanwhile, it is intervention %(number)s of %(ticket)s now. "
        "Do it there."
    )
    if request.headers.get("HX-Request"):
        return toast(HttpResponse(status=204), refusal % words, level="error")
    messages.error(request, refusal % words)
    return HttpResponseRedirect(_address(request, now, QueryDict()))


def _address(request: HttpRequest, now: Intervention, query: QueryDict) -> str:
    match = request.resolver_match
    assert match is not None, "a view was found by its address"
    kwargs = {**match.kwargs, "number": now.ticket.number, "n": now.number}
    url = reverse(match.view_name, kwargs=kwargs)
    return f"{url}?{query.urlencode()}" if query else url
