"""The ticket's page, its timeline, its notes, and what others do on it meanwhile (Spec F7)."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.drafts import drop_draft, find_draft, keep_draft
from cadran.core.errors import CadranError
from cadran.desk.components.answers import toast
from cadran.tickets.models import Ticket
from cadran.tickets.operations import add_note

from ..linking import asked_children
from ..page import fragments, get_bare_ticket, get_ticket, mark_of, page_context

#: The longest note that a draft keeps, in characters.
LONGEST_DRAFT = 100_000


@needs(Right.SEE_TICKETS)
@require_safe
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """The page of a ticket."""
    user = cast(User, request.user)
    found = get_ticket(user, number)
    context = page_context(request, found, timezone.now())
    return render(
        request,
        "desk/tickets/ticket.html",
        {
            **context,
            **_kept_note(user, found),
            "children_asked": asked_children(request.GET, context["offers"]),
        },
    )


@needs(Right.SEE_TICKETS)
@require_safe
def live(request: HttpRequest, number: str) -> HttpResponse:
    """What changed since the page was drawn: nothing (204), or the parts to put in its place."""
    found = get_bare_ticket(cast(User, request.user), number)
    if request.GET.get("seen") == mark_of(found):
        return HttpResponse(status=204)
    return fragments(request, found)


@needs(Right.SEE_TICKETS)
@require_safe
def feed(request: HttpRequest, number: str) -> HttpResponse:
    """The timeline of another tab."""
    found = get_ticket(cast(User, request.user), number)
    context = page_context(request, found, timezone.now())
    return render(request, "desk/tickets/_timeline.html", context)


@needs(Right.WRITE_NOTES)
@require_POST
def note(request: HttpRequest, number: str) -> HttpResponse:
    """Add an internal note; the composer comes back empty, or with what was typed and why not."""
    user = cast(User, request.user)
    found = get_ticket(user, number)
    body = request.POST.get("body", "")
    try:
        add_note(ticket=found, body=body, by=user, at=timezone.now())
    except CadranError as error:
        typed = {"note_body": body, "note_error": error.message}
        return _composer(request, found, typed, status=422)
    drop_draft(key=_draft_key(found), by=user)
    response = _composer(request, found, {})
    response.content += fragments(request, found).content
    return toast(response, _("Note added."))


def _composer(
    request: HttpRequest, ticket: Ticket, typed: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = {"ticket": ticket, "may_write_notes": True, **typed}
    return render(request, "desk/tickets/_composer.html", context, status=status)


@needs(Right.WRITE_NOTES)
@require_POST
def note_draft(request: HttpRequest, number: str) -> HttpResponse:
    """Keep what is being typed, until it is added; one draft for each person and ticket."""
    user = cast(User, request.user)
    found = get_ticket(user, number)
    body = request.POST.get("body", "")[:LONGEST_DRAFT]
    if body.strip():
        keep_draft(key=_draft_key(found), data={"body": body}, by=user, at=timezone.now())
    else:
        drop_draft(key=_draft_key(found), by=user)
    return HttpResponse(status=204, headers={"X-Draft-Kept-At": timezone.localtime().strftime("%H:%M")})


def _draft_key(ticket: Ticket) -> str:
    return f"ticket-note:{ticket.pk}"


def _kept_note(user: User, ticket: Ticket) -> dict[str, Any]:
    writes = user.has_right(Right.WRITE_NOTES)
    draft = find_draft(key=_draft_key(ticket), by=user) if writes else None
    return {} if draft is None else {"note_body": draft.data.get("body", "")}
