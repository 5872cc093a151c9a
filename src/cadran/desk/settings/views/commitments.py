"""Commitments and their versions (Spec C9, C13)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cadran.accounts.access import needs
from cadran.accounts.rights import Right
from cadran.contracts.models import Commitment, CommitmentVersion
from cadran.contracts.operations import save_commitment
from cadran.contracts.queries import commitment_warnings
from cadran.contracts.queries.usage import holders_of, newest_versions
from cadran.core.errors import CadranError
from cadran.desk.components.answers import sent
from cadran.tickets.operations.commitments import move_to_current_commitment
from cadran.tickets.queries.usage import open_tickets_by_version, tickets_behind

from ..common import attempt, is_deleted, now, person
from ..forms.commitments import CommitmentForm
from ..promises import Promise, promise_of


@needs(Right.EDIT_SCHEDULES)
def commitments(request: HttpRequest) -> HttpResponse:
    """Every commitment with what it promises today."""
    rows = list(Commitment.objects.visible_to(person(request)))
    newest = newest_versions(rows)
    lines = [(row, promise_of(newest[row.pk])) for row in rows]
    return render(request, "desk/settings/commitments.html", {"lines": lines})


@needs(Right.EDIT_SCHEDULES)
@require_http_methods(["GET", "POST"])
def commitment(request: HttpRequest, code: str = "") -> HttpResponseBase:
    """Create or edit one commitment; a changed promise makes a new version for new tickets."""
    user = person(request)
    row = Commitment.objects.visible_to(user).filter(code=code).first() if code else None
    version = row.current_version if row else None
    form = CommitmentForm(sent(request), user=user, row=row)
    is_gone = is_deleted(request, form, asked=code)
    if request.method == "POST" and not is_gone and form.is_valid():
        at = now()
        saved = attempt(
            form,
            lambda: save_commitment(
                commitment=row, details=form.details, by=user, at=at, seen=form.version_seen
            ),
        )
        if saved is not None:
            messages.success(request, _saved_sentence(saved, version))
            return redirect("desk:settings_commitment", code=saved.code)
    context: dict[str, Any] = {"commitment": row, "form": form} | _facts(row)
    return render(request, "desk/settings/commitment.html", context, status=422 if form.errors else 200)


@needs(Right.EDIT_SCHEDULES)
@require_POST
def commitment_move(request: HttpRequest, code: str) -> HttpResponseBase:
    """Move the open tickets of earlier versions to the current one, on explicit request (Spec C13)."""
    user = person(request)
    row = get_object_or_404(Commitment.objects.visible_to(user), code=code)
    try:
        moved = move_to_current_commitment(commitment=row, by=user, at=now())
    except CadranError as refusal:
        messages.error(request, refusal.message)
    else:
        sentence = ngettext(
            "%(count)s open ticket moved to the current version.",
            "%(count)s open tickets moved to the current version.",
            moved,
        )
        messages.success(request, sentence % {"count": moved})
    return redirect("desk:settings_commitment", code=code)


def _facts(row: Commitment | None) -> dict[str, Any]:
    if row is None:
        return {}
    versions = list(row.versions.select_related("reception_schedule", "action_schedule").order_by("-number"))
    open_tickets = open_tickets_by_version([row])
    history: list[tuple[CommitmentVersion, Promise, int]] = [
        (version, promise_of(version), open_tickets[version.pk]) for version in versions
    ]
    return {
        "history": history,
        "behind": tickets_behind(row).count(),
        "warnings": commitment_warnings(versions[0]),
        "holders": holders_of(row),
    }


def _saved_sentence(saved: Commitment, before: CommitmentVersion | None) -> str:
    version = saved.current_version
    if before is None or version.pk == before.pk:
        return _("The commitment %(name)s is saved.") % {"name": saved.name}
    staying = sum(count for pk, count in open_tickets_by_version([saved]).items() if pk != version.pk)
    sentence = ngettext(
        "Version %(number)s of %(name)s holds for new tickets; %(count)s open ticket stays on its version.",
        "Version %(number)s of %(name)s holds for new tickets; %(count)s open tickets stay on their version.",
        staying,
    )
    return sentence % {"number": version.number, "name": saved.name, "count": staying}
