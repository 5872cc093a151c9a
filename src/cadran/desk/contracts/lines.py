"""The dialogs of a contract's lines, one by one and many at once (Spec C2, C3)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.contracts.models import Contract, ContractLine
from cadran.contracts.operations import delete_line, save_line, update_lines
from cadran.core.errors import CadranError
from cadran.desk.components.answers import done, sent, toast
from cadran.desk.records.dialogs import answer
from cadran.desk.settings.common import attempt, is_deleted, now, person
from cadran.desk.tickets.forms.fields import is_key

from .forms import LineForm, LinesForm, marks_of

_SEE, _EDIT = Right.SEE_CONTRACTS, Right.EDIT_CONTRACTS
#: Lines that can be changed at once.
_MOST = 1000


def _page(contract: Contract) -> str:
    return f"{reverse('desk:contract', args=[contract.number])}?tab=lines"


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def line_new(request: HttpRequest, number: str) -> HttpResponseBase:
    """Create a line; it is valid from the contract's start unless typed otherwise."""
    rows = Contract.objects.visible_to(person(request)).select_related("customer")
    owner = get_object_or_404(rows, number=number)
    return _dialog(request, owner, None, {"valid_from": owner.start_on})


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def line_edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a line."""
    user = person(request)
    row = _line(user, pk)
    return _dialog(request, row.contract if row else _owner_sent(request, user), row, {}, asked=pk)


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def line_delete(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask whether to delete a line, and delete it in the version that was shown."""
    user, at = person(request), now()
    row = _line(user, pk)
    if row is None:
        messages.info(request, _("Somebody else had deleted the line already."))
        return done(request, _page(_owner_sent(request, user)))
    page, refusal = _page(row.contract), ""
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        try:
            delete_line(line=row, by=user, at=at, seen=int(seen) if seen.isdecimal() else None)
        except CadranError as error:
            refusal = error.message
        else:
            messages.success(request, _("The line “%(name)s” is deleted.") % {"name": row.label})
            return done(request, page)
    elif not request.headers.get("HX-Request"):
        return HttpResponseRedirect(page)
    context = {"line": row, "refusal": refusal}
    return render(request, "desk/contracts/line_delete.html", context, status=409 if refusal else 200)


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def lines_update(request: HttpRequest) -> HttpResponseBase:
    """Change the selected lines at once, all or none (Spec C3)."""
    user, at = person(request), now()
    lines, gone = _selected(request, user)
    if not lines:
        said = _("Somebody else has deleted the selected lines.") if gone else _("Select the lines first.")
        return toast(HttpResponse(status=204), said, level="error")
    # Taken before the act: a refused one may have counted versions up in these very rows.
    marks = marks_of(lines)
    form = LinesForm(sent(request))
    if request.method == "POST" and gone:
        form.add_error(None, _said_gone(gone))
    elif request.method == "POST" and form.is_valid():
        changed = attempt(form, lambda: update_lines(lines=lines, changes=form.changes, by=user, at=at))
        if changed is not None:
            messages.success(request, _told(changed, len(lines)))
            return done(request, _page(lines[0].contract))
    context = {"form": form, "lines": lines, "marks": marks}
    status = 422 if form.errors else 200
    return render(request, "desk/contracts/lines_update.html", context, status=status)


def _told(changed: int, selected: int) -> str:
    """How many lines changed (Spec C3), and that the others needed no change."""
    sentence = ngettext("%(count)s line changed.", "%(count)s lines changed.", changed) % {"count": changed}
    same = selected - changed
    if not same:
        return sentence
    more = ngettext("%(count)s was so already.", "%(count)s were so already.", same) % {"count": same}
    return f"{sentence} {more}"


def _said_gone(count: int) -> str:
    return _(
        "Somebody else has deleted %(count)s of the selected lines. Nothing was changed: look at the others, "
        "then update them."
    ) % {"count": count}


def _selected(request: HttpRequest, user: User) -> tuple[list[ContractLine], int]:
    """The lines named by ``line=12.3``: key and, once the dialog was drawn, the version it showed; how many went."""
    sent = request.POST if request.method == "POST" else request.GET
    versions: dict[int, int | None] = {}
    for mark in sent.getlist("line")[:_MOST]:
        key, _dot, version = mark.partition(".")
        if is_key(key):
            versions[int(key)] = int(version) if version.isdecimal() and len(version) < 10 else None
    rows = ContractLine.objects.visible_to(user).filter(pk__in=versions)
    lines = list(rows.select_related("contract", "asset").order_by("valid_from", "id"))
    for line in lines:
        seen = versions[line.pk]
        line.row_version = line.row_version if seen is None else seen
    return [line for line in lines if line.contract_id == lines[0].contract_id], len(versions) - len(lines)


def _line(user: User, pk: int) -> ContractLine | None:
    rows = ContractLine.objects.visible_to(user).select_related("contract__customer", "asset")
    found: ContractLine | None = rows.filter(pk=pk).first()
    return found


def _owner_sent(request: HttpRequest, user: User) -> Contract:
    """The contract of a line that somebody else has deleted meanwhile: its dialog sends the number along."""
    rows = Contract.objects.visible_to(user).select_related("customer")
    found: Contract = get_object_or_404(rows, number=request.POST.get("contract", ""))
    return found


def _dialog(
    request: HttpRequest,
    owner: Contract,
    row: ContractLine | None,
    first: dict[str, Any],
    *,
    asked: int | None = None,
) -> HttpResponseBase:
    user, at = person(request), now()
    form = LineForm(sent(request), user=user, row=row, initial=first)
    is_gone = is_deleted(request, form, asked=asked)
    sent_to = reverse("desk:line_new", args=[owner.number]) if is_gone else request.get_full_path()
    return answer(
        request,
        form=form,
        template="desk/contracts/line_edit.html",
        act=lambda: save_line(
            contract=owner, line=row, details=form.details, by=user, at=at, seen=form.version_seen
        ),
        told=lambda saved: _("The line “%(name)s” is saved.") % {"name": saved.label},
        go=lambda _saved: _page(owner),
        back=_page(owner),
        more={
            "contract": owner,
            "line": row,
            "owners": [owner.customer, *owner.beneficiaries.all()],
            "action": sent_to,
        },
    )
