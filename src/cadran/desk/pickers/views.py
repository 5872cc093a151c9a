"""What pickers ask for: matches while one types, the list dialog, and whether to offer only what fits (Spec T6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import cast
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from cadran.accounts.access import signed_in
from cadran.accounts.models import User
from cadran.accounts.operations import remember_choice
from cadran.core.instants import whole_second
from cadran.desk.tickets.forms.fields import InstantField, is_key
from cadran.tickets.context import day_of

from .kinds import KINDS, Asked, Kind

#: Matches that a picker shows while one types.
LIMIT = 20
#: Hidden matches are counted up to this many.
COUNTED = 100
#: Rows of one page of the list dialog.
PAGE_ROWS = 12
#: Where the person's choice of the filter is remembered.
FILTER_KEY = "picker_filter"


def is_filter_on(user: User) -> bool:
    """Whether the person wants to be offered only what fits; on until they turn it off."""
    return bool(user.choices.get(FILTER_KEY, True))


def _kind(name: str, user: User) -> Kind:
    kind = KINDS.get(name)
    if kind is None:
        raise Http404(name)
    if not any(user.has_right(right) for right in kind.rights):
        raise PermissionDenied(kind.rights[0].value)
    return kind


def _asked(request: HttpRequest, kind: Kind) -> Asked:
    user = cast(User, request.user)
    return Asked(
        user=user,
        day=_day(request),
        words=request.GET.get("q", "")[:200],
        # The filter belongs to forms that say so (`fit`); elsewhere, and once asked for, everything can be chosen.
        narrow="fit" in request.GET and "all" not in request.GET and is_filter_on(user),
        has_filter="fit" in request.GET,
        chosen={name: int(value) for name in kind.depends if is_key(value := request.GET.get(name, ""))},
        beneficiaries=[int(value) for value in request.GET.getlist("beneficiaries")[:200] if is_key(value)],
    )


def _day(request: HttpRequest) -> date:
    """The day on which contracts must run: that of the reception in the form, else today (Spec T6, T8)."""
    try:
        received_at = InstantField(required=False).clean(request.GET.get("received_at", ""))
    except ValidationError:
        received_at = None
    return day_of(received_at or timezone.now())


@signed_in
@require_GET
def pick(request: HttpRequest, kind: str) -> HttpResponse:
    """The rows that match what was typed, at most :data:`LIMIT`, as JSON."""
    found = _kind(kind, cast(User, request.user))
    asked = _asked(request, found)
    rows = list(found.rows(asked)[: LIMIT + 1])
    hidden = _hidden(found, asked, len(rows)) if len(rows) <= LIMIT else ""
    is_empty = not rows and not hidden and not asked.words.strip()
    return JsonResponse(
        {
            "results": [found.show(row, asked).as_json() for row in rows[:LIMIT]],
            "more": len(rows) > LIMIT,
            "hidden": hidden,
            "note": _("There is nothing to choose from.") if is_empty else "",
        }
    )


def _hidden(kind: Kind, asked: Asked, shown: int) -> str:
    """How many rows match beyond the ``shown`` ones that fit, as the line that brings them; empty when none do."""
    if not asked.narrow:
        return ""
    rows = kind.rows(replace(asked, narrow=False))[: COUNTED + shown]
    count = (rows.count() if isinstance(rows, QuerySet) else len(rows)) - shown
    if count <= 0:
        return ""
    text = ngettext(
        "%(count)s more that doesn’t fit: show it",
        "%(count)s more that don’t fit: show them",
        count,
    )
    return text % {"count": f"{COUNTED - 1}+" if count == COUNTED else count}


@signed_in
@require_GET
def pick_list(request: HttpRequest, kind: str) -> HttpResponse:
    """The list-help dialog; asked again by its own search field and page buttons it answers the rows alone."""
    found = _kind(kind, cast(User, request.user))
    asked = _asked(request, found)
    page = Paginator(found.rows(asked), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "kind": kind,
        "title": found.title,
        "page": page,
        "choices": [found.show(row, asked) for row in page],
        "words": asked.words,
        "field_id": request.GET.get("for", "")[:80],
        "kept": {
            **asked.chosen,
            **{name: request.GET[name] for name in ("fit", "all", "received_at") if name in request.GET},
        },
        "hidden": _hidden(found, asked, page.paginator.count),
        "all_rows": urlencode({**request.GET.dict(), "all": "1", "page": "1"}),
        "is_filter_on": asked.narrow,
    }
    rows_alone = request.headers.get("HX-Target") == "pick-rows"
    return render(request, f"desk/pickers/{'_rows' if rows_alone else '_list'}.html", context)


@signed_in
@require_POST
def set_filter(request: HttpRequest) -> HttpResponse:
    """Remember whether the person wants only what fits, and draw the button anew."""
    user = cast(User, request.user)
    remember_choice(
        user=user,
        key=FILTER_KEY,
        value=request.POST.get("on") == "1",
        by=user,
        at=whole_second(timezone.now()),
    )
    return render(request, "desk/pickers/_filter.html", {"is_filter_on": is_filter_on(user)})
