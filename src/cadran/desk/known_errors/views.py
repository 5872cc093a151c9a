"""The list, the page and the form of known errors, and the form that makes one of a ticket (Spec T33)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.known_errors import save_known_error
from cadran.catalogue.models import KnownError
from cadran.desk.components.answers import sent
from cadran.desk.records.dialogs import answer_page, key_in
from cadran.desk.records.lists import RecordList, show_list
from cadran.desk.records.tickets import all_lines
from cadran.desk.settings.common import now, person
from cadran.desk.tickets.page import get_ticket
from cadran.tickets.models import Ticket
from cadran.tickets.operations import make_known_error
from cadran.tickets.queries.known_errors import known_error_from, with_uses

from .forms import KnownErrorForm, KnownErrorListForm

_SEE, _EDIT = Right.SEE_ASSETS, Right.EDIT_KNOWN_ERRORS


def acts_of(user: User) -> dict[str, bool]:
    """What the person may do, so that nothing else is offered."""
    return {"may_edit": user.has_right(_EDIT), "sees_tickets": user.has_right(Right.SEE_TICKETS)}


def _known_errors(user: User) -> QuerySet[Any]:
    rows: QuerySet[Any] = KnownError.objects.visible_to(user)
    return rows.select_related("product").prefetch_related("versions")


@needs(_SEE)
@require_GET
def known_error_list(request: HttpRequest) -> HttpResponse:
    """What is understood already, the most frequent first."""
    user = person(request)
    screen = RecordList(
        template="desk/known_errors/list.html",
        rows_template="desk/known_errors/_rows.html",
        form=KnownErrorListForm(request.GET, user=user),
        rows=with_uses(_known_errors(user), user=user, at=now()).order_by("-uses", "code"),
    )
    return show_list(request, screen, **acts_of(user))


@needs(_SEE)
@require_GET
def known_error(request: HttpRequest, pk: int) -> HttpResponse:
    """One known error: how it shows, what helps, where it happened."""
    user, at = person(request), now()
    row = get_object_or_404(with_uses(_known_errors(user), user=user, at=at), pk=pk)
    context = {
        "known_error": row,
        "versions": row.versions.all(),
        "tickets": all_lines(Ticket.objects.visible_to(user).filter(known_error=row), at),
        "now": at,
        **acts_of(user),
    }
    return render(request, "desk/known_errors/known_error.html", context)


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def known_error_new(request: HttpRequest) -> HttpResponseBase:
    """Write a known error from nothing; the address may name its product."""
    user, at = person(request), now()
    form = KnownErrorForm(sent(request), user=user, initial={"product": key_in(request, "product")})
    return _form_page(
        request,
        form,
        lambda: save_known_error(known_error=None, details=form.details, by=user, at=at),
        back=reverse("desk:known_error_list"),
    )


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def known_error_edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a known error."""
    user, at = person(request), now()
    row = get_object_or_404(_known_errors(user), pk=pk)
    form = KnownErrorForm(sent(request), user=user, row=row)
    return _form_page(
        request,
        form,
        lambda: save_known_error(
            known_error=row, details=form.details, by=user, at=at, seen=form.version_seen
        ),
        back=reverse("desk:known_error", args=[pk]),
        code=row.code,
    )


@needs(_SEE, _EDIT, Right.EDIT_TICKETS, Right.SEE_TICKETS)
@require_http_methods(["GET", "POST"])
def known_error_from_ticket(request: HttpRequest, number: str) -> HttpResponseBase:
    """Turn what a resolved ticket taught into a known error, which the ticket has from then on."""
    user, at = person(request), now()
    ticket = get_ticket(user, number)
    form = KnownErrorForm(sent(request), user=user, initial=_taught_by(ticket))
    return _form_page(
        request,
        form,
        lambda: make_known_error(ticket=ticket, details=form.details, by=user, at=at),
        back=reverse("desk:ticket", args=[number]),
        ticket=ticket,
    )


def _taught_by(ticket: Ticket) -> dict[str, Any]:
    """What the form starts with; rows by their keys."""
    known = vars(known_error_from(ticket))
    return {**known, "product": ticket.product_id, "versions": [one.pk for one in known["versions"]]}


def _form_page(
    request: HttpRequest, form: KnownErrorForm, act: Callable[[], KnownError], *, back: str, **more: Any
) -> HttpResponseBase:
    """The form; sent, do ``act`` and go to the page of what it saved, or draw it again with the reason (Spec R7)."""
    return answer_page(
        request,
        form=form,
        template="desk/known_errors/known_error_edit.html",
        act=act,
        told=lambda saved: _("The known error “%(name)s” is saved.") % {"name": saved},
        go=lambda saved: reverse("desk:known_error", args=[saved.pk]),
        more=lambda: {"back": back, **more},
    )
