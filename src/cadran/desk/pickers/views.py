"""What pickers ask for: matches while one types, the list dialog, and whether to offer only what fits (Spec T6)."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
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
    chosen = {name: int(value) for name in kind.depends if (value := request.GET.get(name, "")).isdecimal()}
    return Asked(
        user=user,
        day=timezone.localdate(),
        words=request.GET.get("q", "")[:200],
        # The filter belongs to forms that say so (`fit`); elsewhere everything can be chosen.
        narrow="fit" in request.GET and is_filter_on(user),
        chosen={name: value for name, value in chosen.items() if value < 2**63},
        beneficiaries=[
            int(value)
            for value in request.GET.getlist("beneficiaries")[:200]
            if value.isdecimal() and len(value) < 19
        ],
    )


@signed_in
@require_GET
def pick(request: HttpRequest, kind: str) -> HttpResponse:
    """The rows that match what was typed, at most :data:`LIMIT`, as JSON."""
    found = _kind(kind, cast(User, request.user))
    asked = _asked(request, found)
    rows = list(found.rows(asked)[: LIMIT + 1])
    results = [found.show(row, asked).as_json() for row in rows[:LIMIT]]
    return JsonResponse(
        {"results": results, "more": len(rows) > LIMIT, "note": "" if rows else _why_empty(found, asked)}
    )


def _why_empty(kind: Kind, asked: Asked) -> str:
    """Why nothing is offered, unless it is for the words: the filter hides rows, or there are none."""
    hidden = len(kind.rows(replace(asked, narrow=False))[:COUNTED]) if asked.narrow else 0
    if hidden:
        text = ngettext(
            "Nothing that fits. “Only what fits” hides %(count)s.",
            "Nothing that fits. “Only what fits” hides %(count)s.",
            hidden,
        )
        return text % {"count": f"{COUNTED - 1}+" if hidden == COUNTED else hidden}
    return "" if asked.words.strip() else _("There is nothing to choose from.")


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
        "kept": {**asked.chosen, **({"fit": "1"} if "fit" in request.GET else {})},
        "has_filter": "fit" in request.GET,
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
