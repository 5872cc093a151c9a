"""How dialogs work: drawn by GET; a POST acts, or comes back with what was typed and why not (Spec R7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cadran.accounts.models import User
from cadran.core.errors import CadranError
from cadran.desk.components.answers import Level, close_dialog, sent
from cadran.tickets.models import Ticket
from cadran.tickets.queries import clock_view

from ..faces import faces_of
from ..forms import DeskForm
from ..page import fragments, get_ticket

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

#: A POST with this in its address asks to draw the dialog anew with what was typed; nothing is judged or done.
REFRESH = "refresh"


def in_a_dialog(view: View) -> View:
    """A dialog is no page of its own: its bare address leads to the ticket's page."""

    @wraps(view)
    @require_http_methods(["GET", "POST"])
    def guarded(request: HttpRequest, number: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "GET" and not request.headers.get("HX-Request"):
            return HttpResponseRedirect(reverse("desk:ticket", args=[number]))
        return view(request, number, *args, **kwargs)

    return cast(View, guarded)


@dataclass(frozen=True)
class Dialog:
    """A simple dialog: its template, its form, what it does and what it says once done.

    ``same`` is said instead where none of the ticket's fields ``sets`` has changed: what was asked for stood there
    already.
    """

    template: str
    form: type[DeskForm]
    run: Callable[[Any, Ticket, User], object]
    done: Any
    more: Callable[[Any, Ticket, User], Mapping[str, Any]] = lambda _form, _ticket, _user: {}
    sets: tuple[str, ...] = ()
    same: Any = ""


def answer(request: HttpRequest, number: str, dialog: Dialog) -> HttpResponseBase:
    """Draw the dialog, or do what it is for."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    form = dialog.form(sent(request), person=user, ticket=ticket, now=timezone.now())
    before = _values_of(ticket, dialog.sets)
    if request.method == "POST":
        if REFRESH in request.GET:
            calm(form)
        elif form.is_valid() and attempt(form, lambda: dialog.run(form, ticket, user)):
            if dialog.sets and _values_of(ticket, dialog.sets) == before:
                return finished(request, ticket, str(dialog.same), level="info")
            return finished(request, ticket, str(dialog.done))
    return draw(request, dialog.template, ticket, form, dialog.more(form, ticket, user))


def _values_of(ticket: Ticket, names: Sequence[str]) -> list[Any]:
    """What the fields of those names hold; an operation leaves in ``ticket`` what it has stored."""
    return [getattr(ticket, name) for name in names]


def draw(
    request: HttpRequest, template: str, ticket: Ticket, form: DeskForm, more: Mapping[str, Any]
) -> HttpResponse:
    """The dialog with its form; 422 when something in it is refused."""
    now = form.now
    kept = request.GET.copy()
    kept.pop(REFRESH, None)
    query = kept.urlencode()
    context = {
        "ticket": ticket,
        "form": form,
        "now": now,
        "action": f"{request.path}?{query}" if query else request.path,
        "refresh": f"{request.path}?{query}&{REFRESH}=1" if query else f"{request.path}?{REFRESH}=1",
        "then": kept.get("then", ""),
        "faces": faces_of(ticket, clock_view(ticket, now, with_openings=True)),
        **more,
    }
    return render(request, template, context, status=422 if form.errors else 200)


def calm(form: Any) -> None:
    """Show what was typed without judging it."""
    form._errors = ErrorDict()


def attempt(form: DeskForm, act: Callable[[], object]) -> bool:
    """Do ``act``; a refusal lands on the form."""
    try:
        act()
    except CadranError as error:
        form.refuse(error)
        return False
    return True


def finished(request: HttpRequest, ticket: Ticket, text: str, *, level: Level = "done") -> HttpResponse:
    """Close the dialog, refresh what the page shows and say what was done."""
    return close_dialog(fragments(request, ticket, text, level=level))
