"""Lists and forms of reference data: one set of views, given to each kind by ``urls.py``."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cadran.core.errors import CadranError
from cadran.core.reference import (
    InUse,
    delete_reference_row,
    move_reference_row,
    restore_reference_row,
    retire_reference_row,
)
from cadran.core.usage import usage_of
from cadran.desk.components.answers import sent

from ..common import attempt, is_deleted, now, person
from ..forms.reference import ReferenceForm, form_class
from ..kinds import Kind
from ..usage import counted

_ACTS = {"retire": retire_reference_row, "restore": restore_reference_row, "delete": delete_reference_row}


def rows_of(kind: Kind, request: HttpRequest) -> list[Any]:
    """The rows in their order; those of one group stand together, groups by where their first row stands."""
    queryset = kind.model.objects.visible_to(person(request))
    if kind.related:
        queryset = queryset.select_related(*kind.related)
    rows = list(queryset.prefetch_related(*kind.lists))
    if kind.group is None:
        return rows
    first: dict[str, int] = {}
    for index, row in enumerate(rows):
        first.setdefault(str(kind.group(row)), index)
    return sorted(rows, key=lambda row: first[str(kind.group(row))])  # type: ignore[misc]


def reference_list(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Every row of a kind: order, names, what it proposes, where it is used."""
    return render(request, "desk/settings/reference_list.html", list_context(kind, request))


@require_http_methods(["GET", "POST"])
def reference_edit(request: HttpRequest, kind: Kind, pk: int | None = None) -> HttpResponseBase:
    """Create or edit one row."""
    user = person(request)
    row = kind.model.objects.visible_to(user).filter(pk=pk).first()
    form = form_class(kind)(sent(request), user=user, row=row)
    if is_deleted(request, form, asked=pk):
        return _form_page(request, kind, form, action=reverse(f"desk:settings_{kind.slug}_new"))
    if request.method == "POST" and form.is_valid():
        at = now()
        saved = attempt(
            form,
            lambda: kind.operation(
                model=kind.model,
                row=row,
                values=form.values,
                many=form.many,
                by=user,
                at=at,
                seen=form.version_seen,
            ),
        )
        if saved is not None:
            messages.success(request, _("“%(name)s” is saved.") % {"name": saved.name})
            return redirect(f"desk:settings_{kind.slug}")
    return _form_page(request, kind, form)


def _form_page(request: HttpRequest, kind: Kind, form: ReferenceForm, action: str = "") -> HttpResponse:
    context = {
        "kind": kind,
        "list_url": f"desk:settings_{kind.slug}",
        "row": form.row,
        "form": form,
        "action": action,
        "usage": counted(usage_of([form.row])[form.row.pk]) if form.row else [],
    }
    return render(request, kind.template, context, status=422 if form.errors else 200)


@require_POST
def reference_move(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Move one row up or down by one place inside its group; answers the list alone."""
    rows = rows_of(kind, request)
    key = request.POST.get("up") or request.POST.get("down") or ""
    row = next((one for one in rows if str(one.pk) == key), None)
    if row is not None:
        before = _new_neighbour(kind, rows, row, up="up" in request.POST)
        if before is not row:
            try:
                move_reference_row(row=row, before=before, by=person(request), at=now())
            except CadranError as refusal:
                messages.error(request, refusal.message)
    return render(request, "desk/settings/_reference_table.html", list_context(kind, request))


@require_POST
def reference_act(request: HttpRequest, kind: Kind, pk: int, act: str) -> HttpResponseBase:
    """Retire, restore or delete one row; a refusal to delete says where it is used and offers to retire."""
    user = person(request)
    row = kind.model.objects.visible_to(user).filter(pk=pk).first()
    if row is None:
        messages.error(request, _("Somebody else has deleted this row since you opened it."))
        return redirect(f"desk:settings_{kind.slug}")
    name = {"name": row.name}
    try:
        _ACTS[act](row=row, by=user, at=now())
    except InUse:
        context = {
            "kind": kind,
            "list_url": f"desk:settings_{kind.slug}",
            "act_url": f"desk:settings_{kind.slug}_act",
            "row": row,
            "usage": counted(usage_of([row])[row.pk]),
        }
        return render(request, "desk/settings/reference_in_use.html", context, status=409)
    except CadranError as refusal:
        messages.error(request, refusal.message)
    else:
        told = {
            "retire": _("“%(name)s” is retired: it is no longer offered, and stays where it is used."),
            "restore": _("“%(name)s” is offered again."),
            "delete": _("“%(name)s” is deleted."),
        }
        messages.success(request, told[act] % name)
    return redirect(f"desk:settings_{kind.slug}")


def list_context(kind: Kind, request: HttpRequest) -> dict[str, Any]:
    """What the list shows, counted for all rows at once."""
    rows = rows_of(kind, request)
    usages = usage_of(rows)
    lines = [
        (row, [(column.label, column.text(row)) for column in kind.columns], counted(usages[row.pk]))
        for row in rows
    ]
    groups = groupby(lines, lambda line: str(kind.group(line[0])) if kind.group else "")
    return {
        "kind": kind,
        "groups": [(label, list(found)) for label, found in groups],
        "width": len(kind.columns) + 4,
        "urls": {act: f"desk:settings_{kind.slug}_{act}" for act in ("new", "edit", "move", "act")},
    }


def _new_neighbour(kind: Kind, rows: list[Any], row: Any, *, up: bool) -> Any:
    """The row in front of which ``row`` goes; None for the end, ``row`` itself to stay."""
    same = [one for one in rows if kind.group is None or kind.group(one) == kind.group(row)]
    index = same.index(row)
    if (up and index == 0) or (not up and index == len(same) - 1):
        return row
    if up:
        return same[index - 1]
    return same[index + 2] if index + 2 < len(same) else _after(rows, same[-1])


def _after(rows: list[Any], last: Any) -> Any:
    index = rows.index(last) + 1
    return rows[index] if index < len(rows) else None
