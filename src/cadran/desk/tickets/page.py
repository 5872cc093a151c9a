"""What the ticket's page shows, assembled once for the whole page and for its fragments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django_htmx.http import HttpResponseClientRefresh

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.contracts.models import Level
from cadran.core.instants import written
from cadran.core.models import JournalEntry
from cadran.desk.components.answers import Level as Loudness
from cadran.desk.components.answers import toast
from cadran.desk.components.files import type_word
from cadran.desk.components.words import guarantee_text
from cadran.tickets.choices import Channel, Coverage, Phase, SuspensionKind
from cadran.tickets.models import Attachment, Intervention, Suspension, Ticket
from cadran.tickets.queries import clock_view, reason_sentence, shown_values, timeline
from cadran.tickets.queries.auto_closing import closes_by_itself_at, closing_rule
from cadran.tickets.queries.call_taking import banners_of
from cadran.tickets.queries.rows import rows_of

from .beside import beside
from .checklists import Checklist
from .deeds import page_acts
from .faces import faces_of
from .feed import SHOWN, entries_of, tabs_of
from .linking import linked_context
from .merged import duplicates_of, merger_context
from .supplier import supplier_side

#: How often the page asks what others did, in seconds (Spec F7).
LIVE_EVERY = 4

#: What nearly every ticket has. What few have is read where it is shown: the more is joined, the longer a database
#: plans, beyond a dozen longer than it reads.
_RELATED = (
    "status", "customer", "site", "requester", "team", "assignee", "contract", "service", "asset__product", "nature",
    "severity", "priority",
)  # fmt: skip


def get_ticket(user: User, number: str) -> Ticket:
    """The ticket of that number with all its page needs, or 404 where ``user`` may not see it."""
    rows = Ticket.objects.visible_to(user).select_related(*_RELATED).with_versions()
    return cast(Ticket, get_object_or_404(rows, number=number))


def get_bare_ticket(user: User, number: str) -> Ticket:
    """What :func:`mark_of` needs of a ticket and no more: asked every few seconds by every open page."""
    rows = Ticket.objects.visible_to(user).only("number", "row_version")
    return cast(Ticket, get_object_or_404(rows, number=number))


def mark_of(ticket: Ticket, entries: Sequence[JournalEntry] | None = None) -> str:
    """What tells whether the page has changed: the last thing that happened, and the day (dates read « today »).

    ``entries``: the ticket's rows of the journal, for who has read them.
    """
    if entries is None:
        entries = list(JournalEntry.objects.of("ticket", ticket.pk).order_by("-id").only("id")[:1])
    last = max((entry.pk for entry in entries), default=0)
    return f"{ticket.row_version}.{last}.{timezone.localdate():%j}"


def fragments(
    request: HttpRequest, ticket: Ticket, said: str = "", *, level: Loudness = "done"
) -> HttpResponse:
    """Everything on the page that an act may have changed, to be put in its place; ``said`` is shown as a message.

    A page other than the ticket's own, such as an intervention's, is loaded anew instead.
    """
    if urlsplit(request.headers.get("HX-Current-URL", "")).path not in (
        "",
        reverse("desk:ticket", args=[ticket.number]),
    ):
        if said:
            messages.add_message(request, messages.ERROR if level == "error" else messages.SUCCESS, said)
        return cast(HttpResponse, HttpResponseClientRefresh())
    response = _parts(request, ticket)
    return toast(response, said, level=level) if said else response


def _parts(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    user = cast(User, request.user)
    fresh = get_ticket(user, ticket.number)
    context = page_context(request, fresh, timezone.now())
    response = render(request, "desk/tickets/_fragments.html", context)
    response["HX-Reswap"] = "none"
    return response


def shown_on(request: HttpRequest) -> str:
    """Which tab of the timeline the page shows, by its address; a fragment is asked for with it."""
    asked = request.GET.get("show")
    if asked is None:
        asked = parse_qs(urlsplit(request.headers.get("HX-Current-URL", "")).query).get("show", [""])[0]
    return asked if asked in SHOWN else "all"


def page_context(request: HttpRequest, ticket: Ticket, now: datetime) -> dict[str, Any]:
    """The context of the page and of each of its fragments."""
    user = cast(User, request.user)
    rows = rows_of(ticket, user)
    interventions = list(reversed(rows.interventions))
    show = shown_on(request)
    items = timeline(ticket, user, rows=rows)
    works = ticket.merged_into_id is None
    return {
        "ticket": ticket,
        "now": now,
        "mark": mark_of(ticket, rows.entries),
        "live_every": LIVE_EVERY,
        "faces": faces_of(ticket, clock_view(ticket, now, with_openings=True)),
        "since": since_of(ticket, interventions, rows.suspensions),
        "milestones": milestones_of(ticket),
        "self_closing": self_closing_of(ticket, user),
        "verdict": verdict_of(ticket),
        "call_taking": banners_of(ticket),
        "commitment": commitment_of(ticket),
        "contract_note": contract_note(ticket),
        "supplier": supplier_side(ticket, user, now),
        "desired": day_words(ticket.desired_on) if ticket.desired_on else "",
        "interventions": [InterventionLine(row, now, user) for row in interventions],
        "next_action": next_action(ticket, interventions),
        "suspensions": rows.suspensions,
        "custom": shown_values(ticket),
        "attachments": [File(row) for row in reversed(rows.attachments) if not row.is_inline],
        "show": show,
        "tabs": tabs_of(ticket, items),
        "entries": entries_of(ticket, items, show, now),
        "acts": page_acts(ticket, user, now, interventions),
        **linked_context(ticket, user, now),
        "beside": beside(ticket, user),
        **merger_context(ticket, user),
        "duplicates": duplicates_of(ticket, user, rows.entries),
        "may_edit": works and user.has_right(Right.EDIT_TICKETS),
        "may_attach": works and (user.has_right(Right.EDIT_TICKETS) or user.has_right(Right.INTERVENE)),
        "may_write_notes": works and user.has_right(Right.WRITE_NOTES),
        "words": {
            "edit_context": _("Edit contract and product"),
            "edit_people": _("Edit requester, user and pilot"),
            "edit_details": _("Edit the details"),
            "edit_descriptions": _("Edit the descriptions"),
            "edit_custom": _("Edit the further fields"),
        },
    }


@dataclass(frozen=True)
class Since:
    """Since when the ticket has stood in its phase."""

    word: str
    at: datetime | None


def since_of(
    ticket: Ticket, interventions: Sequence[Intervention], suspensions: Sequence[Suspension]
) -> Since:
    """Since when the ticket has been in its phase, and how it came there."""
    since = pgettext("phase", "since")
    match Phase(ticket.phase):
        case Phase.CREATED:
            return Since(since, ticket.entered_at)
        case Phase.SUSPENDED:
            return Since(since, ticket.suspended_since)
        case Phase.RESOLVED:
            return Since(since, ticket.resolved_at)
        case Phase.CLOSED_BY_CUSTOMER:
            return Since(since, ticket.closed_by_customer_at)
        case Phase.CLOSED_INTERNALLY:
            return Since(since, ticket.closed_internally_at)
    pauses = {row.ended_at: row for row in suspensions if row.ended_at}
    if pauses:
        last = max(pauses)
        reopened = pauses[last].kind == SuspensionKind.REOPENED
        return Since(pgettext("phase", "reopened") if reopened else pgettext("phase", "resumed"), last)
    starts = [row.started_at for row in interventions if row.started_at and not row.type.is_intake]
    return Since(since, min(starts, default=None))


@dataclass(frozen=True)
class Milestone:
    """One of the three dated milestones (Spec T3)."""

    label: str
    at: datetime | None


def milestones_of(ticket: Ticket) -> list[Milestone]:
    """The milestones in their order, reached or not."""
    return [
        Milestone(_("Resolved"), ticket.resolved_at),
        Milestone(_("Closed by customer"), ticket.closed_by_customer_at),
        Milestone(_("Closed internally"), ticket.closed_internally_at),
    ]


def self_closing_of(ticket: Ticket, user: User) -> dict[str, Any]:
    """Whether a resolved ticket closes by itself, when, and whether somebody holds that off (Spec T28)."""
    if ticket.phase != Phase.RESOLVED:
        return {}
    return {
        "closes_at": closes_by_itself_at(ticket) if ticket.closing_announced_at else None,
        # While nothing closes by itself in the company, there is nothing to be held off.
        "is_held": ticket.closing_is_held and closing_rule().is_on,
        "may_hold": user.has_right(Right.CLOSE_TICKETS),
    }


_VERDICTS = {Coverage.COVERED: "covered", Coverage.OUT_OF_SCOPE: "out", Coverage.PAY_PER_INCIDENT: "incident"}


def verdict_of(ticket: Ticket) -> dict[str, Any]:
    """The coverage verdict with its reason (Spec T8)."""
    return {"code": _VERDICTS[Coverage(ticket.coverage)], "why": reason_sentence(ticket.coverage_reason)}


def commitment_of(ticket: Ticket) -> dict[str, str]:
    """Which commitment applies and why (Spec C9)."""
    version = ticket.commitment_version
    if version is None:
        planned = _("Opened by a plan: what was promised is the day.")
        return {"text": _("None applies"), "why": planned if ticket.channel == Channel.PLAN else ""}
    parts = [str(version.commitment)]
    if version.response_amount is not None:
        parts.append(
            _("response %(time)s") % {"time": guarantee_text(version.response_amount, version.response_unit)}
        )
    if version.resolution_amount is not None:
        text = guarantee_text(version.resolution_amount, version.resolution_unit)
        parts.append(_("resolution %(time)s") % {"time": text})
    level = Level(ticket.commitment_level).label if ticket.commitment_level else ""
    why = _("From the %(level)s, for severity %(severity)s") % {"level": level, "severity": ticket.severity}
    return {"text": ", ".join(parts), "why": why if level else ""}


def day_words(day: date) -> str:
    """« 31 Mar 2027 »."""
    return written(day)


def contract_note(ticket: Ticket) -> str:
    """The contract's status and end, in a few words."""
    contract = ticket.contract
    if contract is None:
        return ""
    status = str(contract.get_status_display())
    if contract.end_on is None:
        return status
    return _("%(status)s until %(day)s") % {"status": status, "day": day_words(contract.end_on)}


class InterventionLine:
    """An intervention in the list of the page."""

    def __init__(self, row: Intervention, now: datetime, user: User) -> None:
        self.row, self.running = row, row.is_running
        self.checklist = Checklist(row, user)
        #: An open intervention shows that its ticket stands still (Spec T23).
        self.is_suspended = row.ticket.phase == Phase.SUSPENDED and not (row.is_finished or row.is_archived)
        self.url = reverse("desk:intervention", args=[row.ticket.number, row.number])
        self.nobody = _("Nobody yet")
        self.seconds: int | None = None
        self.effort = (row.planned_effort or 0) * 60
        self.at: datetime | None
        if row.started_at:
            self.seconds = int(((row.ended_at or now) - row.started_at).total_seconds())
        if row.ended_at:
            self.icon, self.word, self.at = "check", pgettext("intervention", "finished"), row.ended_at
        elif row.started_at:
            self.icon, self.word, self.at = (
                "running",
                pgettext("intervention", "running since"),
                row.started_at,
            )
        elif row.ticket.phase == Phase.CLOSED_INTERNALLY:
            self.icon, self.word, self.at = "ban", pgettext("intervention", "not done"), None
        elif row.planned_start_at:
            self.icon, self.word, self.at = (
                "calendar",
                pgettext("intervention", "planned"),
                row.planned_start_at,
            )
        else:
            self.icon, self.word, self.at = "calendar", pgettext("intervention", "to plan"), None


class File:
    """An attachment in the list of the page."""

    def __init__(self, row: Attachment) -> None:
        self.row = row
        self.url = reverse("desk:attachment", args=[row.secret, row.name])
        self.is_image = row.content_type in ("image/png", "image/jpeg", "image/gif", "image/webp")
        self.opens = self.is_image or row.content_type == "application/pdf"
        self.kind = type_word(row.name, row.content_type)
        self.icon = "file-type-pdf" if row.content_type == "application/pdf" else "paperclip"
        self.seen = _("The customer sees it") if row.is_external else _("Internal")


def next_action(ticket: Ticket, interventions: Sequence[Intervention]) -> dict[str, Any]:
    """What is to be done next: the running intervention, else the next planned one, else a word on what is missing."""
    work = [
        row for row in interventions if not row.type.is_intake and not row.is_finished and not row.is_archived
    ]
    if ticket.phase == Phase.SUSPENDED:
        waits = _("Resume the ticket when what it waits for has come")
        return {"what": waits, "word": pgettext("phase", "suspended since"), "when": ticket.suspended_since}
    running = next((row for row in work if row.is_running), None)
    if running is not None:
        word = pgettext("intervention", "running since")
        return {"what": str(running), "word": word, "when": running.started_at, "who": running.assignee}
    if ticket.phase == Phase.CLOSED_INTERNALLY:
        return {"what": _("Nothing is left to do")}
    if work:
        row = min(
            work,
            key=lambda row: (
                row.planned_start_at is None,
                row.planned_start_at or ticket.entered_at,
                row.number,
            ),
        )
        word = pgettext("intervention", "planned")
        return {"what": str(row), "word": word, "when": row.planned_start_at, "who": row.assignee or row.team}
    if ticket.phase == Phase.RESOLVED:
        return {"what": _("Close the ticket once it is confirmed")}
    if ticket.phase == Phase.CLOSED_BY_CUSTOMER:
        return {"what": _("Close the ticket internally once all is done")}
    intake = next((row for row in interventions if row.type.is_intake and not row.is_finished), None)
    if intake is not None:
        return {
            "what": _("Finish the intake, or start an intervention"),
            "word": pgettext("intervention", "intake running since"),
            "when": intake.started_at,
            "who": intake.assignee,
        }
    return {"what": _("Nothing is open on it: add an intervention")}


__all__ = ["SuspensionKind", "fragments", "get_ticket", "mark_of", "page_context", "shown_on"]
