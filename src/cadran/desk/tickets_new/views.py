"""Opening a ticket: the form, what is deduced while it is typed, its files and its draft."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget, trigger_client_event

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.severity_alerts import alerts_of
from cadran.core.drafts import drop_draft, find_draft, keep_draft
from cadran.core.errors import CadranError
from cadran.core.instants import whole_second
from cadran.desk.components.answers import close_dialog, done, toast
from cadran.desk.pickers.views import is_filter_on
from cadran.desk.tickets.views.dialogs import calm
from cadran.tickets.models import Ticket
from cadran.tickets.operations import add_attachment, open_ticket
from cadran.tickets.queries import Deduction, deduce
from cadran.tickets.queries.filling import still_to_choose

from .customer_tickets import customer_tickets
from .filling import Following
from .forms import BOXES, LISTS, ROWS, TeamForm, TicketForm, override_of, unsaved_files
from .opening import Opening
from .panel import panel, summary
from .start import initial_of, start_named
from .supplier import section_of
from .taking import rules_of

DRAFT = "ticket.new"
#: What a draft does not hold: the request's own fields, and the mark of the form that is gone.
_NOT_KEPT = (
    "csrfmiddlewaretoken",
    "mark",
    "changed",
    "team",
    "file",
    "files_seen",
    "rules_shown",
    "asked",
    "draft_of",
)
#: What is looked at while one types; neither pilot nor priority changes anything.
_DEDUCED_FROM = [name for name in (*ROWS, *LISTS, "received_at") if name not in ("pilot", "priority")]
#: The fields that the address may fill: parameter -> field.
_PREFILL = {
    "customer": "customer",
    "site": "site",
    "contact": "requester",
    "contract": "contract",
    "asset": "asset",
}


@needs(Right.OPEN_TICKETS)
@require_http_methods(["GET", "POST"])
def ticket_new(request: HttpRequest) -> HttpResponseBase:
    """The empty or restored form; sent, it first asks for the team, then opens the ticket (Spec T6, T11)."""
    user, now = cast(User, request.user), whole_second(timezone.now())
    if request.method == "GET":
        return render(request, "desk/tickets_new/new.html", _first_context(request, user, now))
    opening = Opening.read(request.POST.get("mark", ""), now)
    if number := opening.number(user):
        return done(request, reverse("desk:ticket", args=[number]))
    form = TicketForm(request.POST, person=user, now=now)
    if not form.is_valid():
        return _refused(request, form, opening)
    if "team" not in request.POST:
        return _ask_team(request, form, now)
    team_form = TeamForm(request.POST, person=user)
    if not team_form.is_valid():
        return render(request, "desk/tickets_new/_team.html", {"team_form": team_form}, status=422)
    return _open(request, form, team_form, opening, now)


def _open(
    request: HttpRequest, form: TicketForm, team_form: TeamForm, opening: Opening, now: datetime
) -> HttpResponseBase:
    user = cast(User, request.user)

    def act() -> Ticket:
        return open_ticket(
            fields=form.ticket_fields(),
            team=team_form.cleaned_data["team"],
            by=user,
            at=now,
            form_opened_at=opening.opened_at,
            external_report=form.cleaned_data["external_report"],
            internal_report=form.cleaned_data["internal_report"],
            attachments=unsaved_files(user, request.POST.getlist("files")),
            details=form.opening_details(),
        )

    try:
        number = opening.once(user, act)
    except CadranError as error:
        form.refuse(error)
        return _refused(request, form, opening)
    _drop_own_draft(request, opening)
    messages.success(request, _("%(number)s is open.") % {"number": number})
    return done(request, reverse("desk:ticket", args=[number]))


def _drop_own_draft(request: HttpRequest, opening: Opening) -> None:
    """Forget the draft of what was just saved; one that another form keeps waits on (Spec T6)."""
    user = cast(User, request.user)
    draft = find_draft(key=DRAFT, by=user)
    if draft is not None and draft.data.get("of", "") in (opening.token, request.POST.get("draft_of", "")):
        drop_draft(key=DRAFT, by=user)


def _first_context(request: HttpRequest, user: User, now: datetime) -> dict[str, Any]:
    prefill = {
        field: request.GET[name] for name, field in _PREFILL.items() if request.GET.get(name, "").isdecimal()
    }
    chosen, reasons = _followed(prefill, user, now) if prefill else ({}, {})
    start = start_named(request, chosen, now)
    found = find_draft(key=DRAFT, by=user)
    draft = None if prefill or start else found
    kept = QueryDict(draft.data.get("form", "")) if draft else QueryDict()
    initial = {name: getattr(value, "pk", value) for name, value in chosen.items()}
    if start:
        initial |= initial_of(start)
    if draft:
        initial |= kept.dict() | {name: name in kept for name in (*BOXES, "is_shared")}
        initial["tags"] = kept.getlist("tags")
    form = TicketForm(initial=initial, person=user, now=now)
    form.deduced = reasons
    return {
        **_context(user, form, Opening.begin(now), kept.getlist("files")),
        "draft": draft,
        "draft_of": draft.data.get("of", "") if draft else "",
        "draft_waiting": None if draft else found,
        "start": start,
        **_panel_of(form, kept if draft else request.GET, now),
    }


def _followed(prefill: dict[str, str], user: User, now: datetime) -> tuple[dict[str, Any], dict[str, str]]:
    """What the address names and what follows from it, the narrowest one first; and why each of these stands there."""
    values = _chosen(TicketForm(person=user, now=now, is_bare=True), prefill)
    following = Following(values, user=user, received_at=now)
    for name in reversed(_PREFILL.values()):
        if values.get(name) is not None:
            following.follow(name)
    reasons = {name: change.reason for name, change in following.changes.items() if change.reason}
    return {name: value for name, value in following.chosen.items() if value}, reasons


def _context(user: User, form: TicketForm, opening: Opening, files: list[str]) -> dict[str, Any]:
    return {
        "form": form,
        "mark": opening.sign(),
        "opened_at": opening.opened_at,
        "files": unsaved_files(user, files),
        "is_filter_on": is_filter_on(user),
        "supplier": section_of(form.chosen("asset"), user=user, received_at=opening.opened_at),
        **rules_of(form.chosen("customer")),
        "creates_customers": user.has_right(Right.SEE_CUSTOMERS) and user.has_right(Right.EDIT_CUSTOMERS),
        "creates_contracts": user.has_right(Right.SEE_CONTRACTS) and user.has_right(Right.EDIT_CONTRACTS),
        "creates_assets": user.has_right(Right.SEE_ASSETS) and user.has_right(Right.EDIT_ASSETS),
    }


def _panel_of(form: TicketForm, sent: QueryDict, now: datetime) -> dict[str, Any]:
    """The panel of a form that was not sent yet, from what stands in it; ``sent`` names the links."""
    values = _chosen(form, {name: form[name].value() for name in (*ROWS, *LISTS)})
    return {
        **panel(deduce(fields=values, at=now), values, now=now),
        **customer_tickets(sent, values, form.person, now),
    }


def _chosen(form: TicketForm, raw: dict[str, Any]) -> dict[str, Any]:
    """The rows that ``raw`` names, None for those that are not there."""
    found: dict[str, Any] = {}
    for name, value in raw.items():
        try:
            found[name] = form.fields[name].clean(value) if value not in (None, "") else None
        except ValidationError:
            found[name] = None
    return found


def _refused(request: HttpRequest, form: TicketForm, opening: Opening) -> HttpResponse:
    """The form again, with what is wrong beside the fields; everything typed stays (Spec R7)."""
    user = cast(User, request.user)
    context = _context(user, form, opening, request.POST.getlist("files"))
    context["draft_of"] = request.POST.get("draft_of", "")
    if not request.headers.get("HX-Request"):
        return render(request, "desk/tickets_new/new.html", context, status=422)
    response = render(request, "desk/tickets_new/_form.html", context, status=422)
    return close_dialog(reswap(retarget(response, "#new-ticket"), "outerHTML"))


def _ask_team(request: HttpRequest, form: TicketForm, now: datetime) -> HttpResponse:
    user = cast(User, request.user)
    typed = form.ticket_fields()
    team = deduce(fields=typed, at=now).team
    reason = ""
    template = form.cleaned_data["template"]
    if template is not None and template.team is not None and not template.team.is_retired:
        team, reason = template.team, _("The template’s team")
    elif team is not None:
        from_service = typed.service is not None and typed.service.default_team_id == team.pk
        reason = _("The service’s team") if from_service else _("The intake team")
    team_form = TeamForm(initial={"team": team.pk if team else None}, person=user)
    return render(request, "desk/tickets_new/_team.html", {"team_form": team_form, "team_reason": reason})


@needs(Right.OPEN_TICKETS)
@require_POST
def deduced(request: HttpRequest) -> HttpResponse:
    """The panel anew, and the fields that follow from those that changed since the last answer."""
    user, now = cast(User, request.user), whole_second(timezone.now())
    form = TicketForm(request.POST, person=user, now=now, is_bare=True)
    values = _chosen(form, {name: request.POST.get(name, "") for name in _DEDUCED_FROM})
    received_at = values["received_at"] or now
    untouched = frozenset(request.POST.get("untouched", "").split())
    following = Following(values, user=user, received_at=received_at, untouched=untouched)
    following.follow_all(request.POST.get("changed", "").split())
    overrides = {f"{box}_override": override_of(request.POST.get(f"{box}_override", "")) for box in BOXES}
    opening = Opening.read(request.POST.get("mark", ""), now)
    fields = {**following.chosen, **overrides}
    deduction = deduce(fields=fields, at=now, form_opened_at=opening.opened_at)
    form.ask(alerts_of(following.chosen["asset"], following.chosen["severity"]))
    calm(form)
    rules = rules_of(following.chosen["customer"])
    context = {
        **panel(deduction, following.chosen, now=now),
        **customer_tickets(request.POST, following.chosen, user, now),
        **rules,
        "form": form,
        "warns_anew": rules["rules_shown"] != request.POST.get("rules_shown", ""),
        "asks_anew": form.asked != request.POST.get("asked", ""),
    }
    response = render(request, "desk/tickets_new/_answer.html", context)
    return trigger_client_event(response, "deduced", _put_into_form(following, deduction, now))


def _put_into_form(following: Following, deduction: Deduction, now: datetime) -> dict[str, Any]:
    """What the form's script changes in it, and where it leads the cursor."""
    chosen, received_at = following.chosen, following.received_at
    named = {name: chosen[name] for name in ("customer", "contract", "service")}
    return {
        "fields": {name: _told(one.value, one.reason) for name, one in following.changes.items()},
        "boxes": {box: getattr(deduction, box) for box in BOXES},
        "sum": summary(deduction, now),
        "asks": still_to_choose(at=received_at, **named),
        "supplier": section_of(chosen["asset"], user=following.user, received_at=received_at).as_json(),
    }


@needs(Right.OPEN_TICKETS)
@require_POST
def listed(request: HttpRequest) -> HttpResponse:
    """The panel *tickets of this customer* by other criteria, or another page of it (Spec T10)."""
    user, now = cast(User, request.user), whole_second(timezone.now())
    form = TicketForm(request.POST, person=user, now=now, is_bare=True)
    values = _chosen(form, {name: request.POST.get(name, "") for name in ("customer", "asset")})
    context = customer_tickets(request.POST, values, user, now)
    return render(request, "desk/tickets_new/_customer_tickets.html", context)


def _told(value: Any, reason: str) -> dict[str, str]:
    """A value as the form's script puts it into a field."""
    if isinstance(value, Model):
        return {"value": str(value.pk), "text": str(value), "reason": reason}
    return {"value": str(value or ""), "text": str(value or ""), "reason": reason}


@needs(Right.OPEN_TICKETS)
@require_POST
def add_files(request: HttpRequest) -> HttpResponse:
    """Keep files for a ticket that is not saved yet; they are claimed when it is (Spec T15)."""
    user, now = cast(User, request.user), whole_second(timezone.now())
    added, refused = [], []
    for content in request.FILES.getlist("file"):
        try:
            is_external = request.POST.get("files_seen") == "external"
            added.append(
                add_attachment(
                    ticket=None,
                    name=content.name or "file",
                    content=content,
                    is_external=is_external,
                    by=user,
                    at=now,
                )
            )
        except CadranError as error:
            refused.append(error.message)
    if refused and added:
        refused.append(_("Added: %(names)s.") % {"names": ", ".join(file.name for file in added)})
    response = render(request, "desk/tickets_new/_files.html", {"files": added})
    return toast(response, " ".join(refused), level="error") if refused else response


@needs(Right.OPEN_TICKETS)
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep what was typed so far, unless the ticket was opened in the meantime (Spec T6)."""
    user, now = cast(User, request.user), whole_second(timezone.now())
    opening = Opening.read(request.POST.get("mark", ""), now)
    if opening.number(user):
        return HttpResponse(status=204)
    typed = request.POST.copy()
    for name in _NOT_KEPT:
        typed.pop(name, None)
    keep_draft(key=DRAFT, data={"form": typed.urlencode(), "of": opening.token}, by=user, at=now)
    response = HttpResponse(status=204)
    response["X-Draft-Kept-At"] = f"{timezone.localtime(now):%H:%M}"
    return response


@needs(Right.OPEN_TICKETS)
@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """Forget the draft and begin with an empty form."""
    drop_draft(key=DRAFT, by=cast(User, request.user))
    return HttpResponseRedirect(reverse("desk:ticket_new"))
