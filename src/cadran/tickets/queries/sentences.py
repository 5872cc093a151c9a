"""The sentences of the timeline: one per kind of journal row, told in the reader's language (Spec T4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadran.contracts.models import Level
from cadran.core.instants import INSTANT, written
from cadran.core.models import JournalEntry

from ..choices import ClockState, Coverage
from ..models import Ticket
from .coverage import in_reader_language, reason_sentence
from .filing_sentences import FILING_CODES, filing_sentence
from .link_sentences import LINK_CODES, link_sentence, numbers_text, reasons_text
from .merging import moved_text
from .starting import left_outs_text

ICONS: dict[str, str] = {
    "opened": "ticket",
    "edited": "pencil",
    "coverage_judged": "shield-check",
    "commitment_applied": "gauge",
    "clock_recomputed": "gauge",
    "supplier_linked": "truck",
    "supplier_dropped": "truck",
    "status_changed": "tag",
    "assigned": "user",
    "taken": "user",
    "intervention_added": "calendar",
    "intervention_started": "player-play",
    "intervention_edited": "pencil",
    "intervention_finished": "check",
    "responded": "gauge",
    "response_withdrawn": "gauge",
    "resolved": "phase-resolved",
    "suspended": "player-pause",
    "appointment_made": "calendar",
    "resumed": "player-track-next",
    "closed_by_customer": "phase-closed",
    "closed_internally": "phase-closed",
    "cancelled": "x",
    "reopened": "rotate",
    "opened_by_plan": "calendar",
    "closing_announced": "phase-closed",
    "closing_held": "lock",
    "closing_released": "phase-closed",
    "closing_withdrawn": "phase-closed",
    "closed_by_itself": "phase-closed",
    "external_description": "eye",
    "internal_description": "lock",
    "external_report": "eye",
    "internal_report": "lock",
    "closing_report": "report",
    "tagged": "tag",
    "followed": "eye",
    "macro_applied": "wand",
    "note": "lock",
    "attachment": "paperclip",
    "service_report_signed": "file-certificate",
    "answered": "help-circle",
    "asked": "help-circle",
    "merged": "git-merge",
    "took_over": "git-merge",
    "merger_undone": "refresh",
    "gave_back": "refresh",
    "split_off": "split",
    "split_from": "split",
    "message_prepared": "mail",
    "linked": "sitemap",
    "unlinked": "sitemap",
    "copied": "copy",
    "duplicated": "copy",
    "from_template": "template",
    "from_template_partly": "template",
    "made_template": "template",
    "made_known_error": "bug",
    "followed_parent": "sitemap",
    "children_followed": "sitemap",
}

_SENTENCES: dict[str, Any] = {
    "opened": _("%(author)s opened the ticket for the team %(team)s."),
    "edited": _("%(author)s changed %(changes)s."),
    "coverage_judged": _("The coverage verdict is %(verdict)s. %(why)s"),
    "commitment_applied": _(
        "The commitment %(commitment)s applies: it comes from the %(level)s, for severity %(severity)s."
    ),
    "status_changed": _("%(author)s changed the status from %(before)s to %(status)s."),
    "assigned": _("%(author)s gave the ticket to %(assignee)s, team %(team)s."),
    "taken": _("%(author)s took the ticket."),
    "intervention_added": _("%(author)s added the intervention %(intervention)s."),
    "intervention_started": _("%(author)s started %(intervention)s."),
    "intervention_edited": _("%(author)s changed the intervention %(intervention)s: %(changes)s."),
    "intervention_finished": _("%(author)s finished %(intervention)s."),
    "responded": _("The response was given in time."),
    "response_withdrawn": _("The intervention no longer counts as response: the response clock goes on."),
    "resolved": _("%(author)s resolved the ticket."),
    "suspended": _("%(author)s suspended the ticket: %(reason)s."),
    "appointment_made": _("%(author)s noted an appointment on %(appointment)s."),
    "resumed": _("%(author)s resumed the ticket; %(lost)s of working time were lost."),
    "closed_by_customer": _("%(author)s closed the ticket on the customer’s side."),
    "closed_internally": _("%(author)s closed the ticket internally."),
    "cancelled": _("%(author)s cancelled the ticket: %(reason)s"),
    "reopened": _("%(author)s reopened the ticket: %(reason)s"),
    "opened_by_plan": _("The plan %(plan)s opened the ticket for %(planned_on)s."),
    "closing_announced": _("The closing was announced: without news the ticket closes on %(closes)s."),
    "closing_held": _("%(author)s keeps the ticket from closing by itself."),
    "closing_released": _("%(author)s lets the ticket close by itself again."),
    "closing_withdrawn": _("The closing that was announced is off: tickets no longer close by themselves."),
    "closed_by_itself": _(
        "Nothing happened for %(days)s working days after the resolution, so the ticket closed."
    ),
    "clock_recomputed": _("The clocks were computed anew: %(why)s."),
    "supplier_linked": _(
        "The supplier contract %(contract)s was linked by itself: no other running one covers the asset %(asset)s."
    ),
    "supplier_dropped": _(
        "The supplier contract %(contract)s was unlinked by itself: it doesn’t cover what the ticket is about now."
    ),
    "macro_applied": _("%(author)s applied the macro %(macro)s."),
    "copied": _("%(author)s opened the ticket as a copy of %(other)s."),
    "duplicated": _("%(author)s duplicated the ticket: %(other)s is a copy of it."),
    "from_template": _("%(author)s opened the ticket from the template “%(template)s”."),
    "from_template_partly": _("%(author)s opened the ticket from the template “%(template)s”. %(left_out)s"),
    "made_template": _("%(author)s made the template “%(template)s” from the ticket."),
    "made_known_error": _("%(author)s made the known error “%(known_error)s” from the ticket."),
    "answered": _("%(author)s answered what %(asset)s asks for severity %(severity)s."),
    "asked": _("%(asset)s asks for severity %(severity)s; nobody was there to answer."),
    "merged": _("%(author)s merged the ticket into %(other)s, which took over %(moved)s: %(reason)s"),
    "took_over": _("%(author)s merged %(other)s into this ticket, which took over %(moved)s: %(reason)s"),
    "merger_undone": _("%(author)s undid the merger into %(other)s. What came back: %(moved)s."),
    "gave_back": _("%(author)s undid the merger of %(other)s. What went back to it: %(moved)s."),
    "split_off": _("%(author)s split %(other)s off this ticket. What went along: %(moved)s."),
    "split_from": _("%(author)s split this ticket off %(other)s. What came along: %(moved)s."),
    "service_report_signed": _("%(signer)s signed the service report of %(intervention)s in %(place)s."),
    "message_prepared": _("%(author)s prepared a mail for %(recipients)s: “%(title)s”, with %(files)s."),
}
_SIGNED_ON_PAPER = _(
    "%(author)s added the service report of %(intervention)s that %(signer)s signed on paper in %(place)s."
)
_FAX_PREPARED = _("%(author)s prepared a fax for %(recipients)s: “%(title)s”, with %(files)s.")
_WITHOUT_COMMITMENT = _("No commitment applies any more.")
_ASSIGNED_TEAM = _("%(author)s gave the ticket to the team %(team)s.")
_STATE_CHANGED = _("%(author)s changed the state to %(state)s.")
_STATE_DROPPED = _("%(author)s removed the state.")
_FINISHED_WITH_LIST = {
    False: _("%(author)s finished %(intervention)s; ticked: %(checked)s."),
    True: _("%(author)s finished %(intervention)s; ticked: %(checked)s; left open: %(unchecked)s."),
}
_FINISHED_UNTICKED = _("%(author)s finished %(intervention)s; nothing was ticked, left open: %(unchecked)s.")
_ENDED_WITH_TICKET = _("%(intervention)s ended as the ticket was cancelled.")
_INTAKE_ENDED = _("The intake ended by itself.")
_RESPONDED = {
    ClockState.MISSED.value: _("The response was given late; it was due on %(due)s."),
    ClockState.MET.value: _SENTENCES["responded"],
}
_RESPONDED_PLAIN = _("The response was given.")
_RESOLVED = {
    ClockState.MET.value: _("%(author)s resolved the ticket in time."),
    ClockState.MISSED.value: _("%(author)s resolved the ticket late; it was due on %(due)s."),
}
_RESUMED_PLAIN = _("%(author)s resumed the ticket; no working time was lost.")
_RESUMED_SOON = _("%(author)s resumed the ticket; less than a minute of working time was lost.")
REASONS: dict[str, Any] = {
    "edited": _("the ticket’s context changed"),
    "schedule": _("a schedule changed"),
    "merger_undone": _("the merger was undone"),
    "commitment": _("the ticket moved to the current version of its commitment"),
}
#: Acts whose sentence ends with the reason that somebody typed.
_ENDS_WITH_REASON = ("cancelled", "reopened", "merged", "took_over")
#: What moved a schedule, where it is known (Spec C13).
_CAUSES: dict[str, Any] = {
    "schedule": _("%(who)s changed the schedule %(schedule)s"),
    "calendar": _("the holiday calendar of the schedule %(schedule)s changed (%(who)s)"),
    "holiday_added": _("%(who)s added the holiday %(holiday)s of %(date)s (schedule %(schedule)s)"),
    "holiday_removed": _("%(who)s removed the holiday %(holiday)s of %(date)s (schedule %(schedule)s)"),
    "holiday_worked": _(
        "%(who)s marked the holiday %(holiday)s of %(date)s as worked (schedule %(schedule)s)"
    ),
    "holiday_closed": _(
        "%(who)s marked the holiday %(holiday)s of %(date)s as closed again (schedule %(schedule)s)"
    ),
}
_SCHEDULE_MOVED = _("the schedule %(schedule)s changed")
_NO_DUE = _("without due date")
_UNKNOWN = _("%(author)s acted on the ticket.")


def sentence_of(entry: JournalEntry) -> Any:
    """The template of a row's sentence, lazy; its parameters come from :func:`shown_params`."""
    code, data = entry.kind.removeprefix("ticket."), entry.data
    match code:
        case "commitment_applied" if not data.get("commitment"):
            return _WITHOUT_COMMITMENT
        case "assigned" if not data.get("assignee"):
            return _ASSIGNED_TEAM
        case "status_changed" if data.get("before") == data.get("status"):
            return _STATE_CHANGED if data.get("state") else _STATE_DROPPED
        case "intervention_finished":
            return _finished_sentence(data)
        case "responded":
            return _RESPONDED.get(data.get("clock", ""), _RESPONDED_PLAIN)
        case "resolved":
            return _RESOLVED.get(data.get("clock", ""), _SENTENCES["resolved"])
        case _ if code in LINK_CODES:
            return link_sentence(code, data)
        case "resumed":
            return _resumed_sentence(data)
        case _ if code in FILING_CODES:
            return filing_sentence(code, data)
        case "service_report_signed" if data.get("on_paper"):
            return _SIGNED_ON_PAPER
        case "message_prepared" if data.get("message_kind") == "fax":
            return _FAX_PREPARED
    return _SENTENCES.get(code, _UNKNOWN)


def _resumed_sentence(data: Mapping[str, Any]) -> Any:
    """What the suspension cost; less than a minute would read as nothing."""
    lost = data.get("lost_seconds") or 0
    if not lost:
        return _RESUMED_PLAIN
    return _RESUMED_SOON if lost < 60 else _SENTENCES["resumed"]


def _finished_sentence(data: Mapping[str, Any]) -> Any:
    """How an intervention was finished: by itself, with its ticket, or with what was ticked and left open."""
    if data.get("by_itself"):
        return _INTAKE_ENDED
    if data.get("with_ticket"):
        return _ENDED_WITH_TICKET
    if data.get("checked"):
        return _FINISHED_WITH_LIST[bool(data.get("unchecked"))]
    return _FINISHED_UNTICKED if data.get("unchecked") else _SENTENCES["intervention_finished"]


def shown_params(entry: JournalEntry) -> dict[str, str]:
    """Everything a row's sentence may name, in the reader's language."""
    data = entry.data
    found = {"author": entry.author_name or "Cadran"}
    for name in (
        "team",
        "status",
        "before",
        "state",
        "reason",
        "commitment",
        "severity",
        "assignee",
        "other",
        "asset",
    ):
        if name in data and not isinstance(data[name], list):
            found[name] = in_reader_language(data[name])
    for name in ("added", "removed", "checked", "unchecked", "recipients", "files"):
        if isinstance(data.get(name), list):
            found[name] = ", ".join(in_reader_language(one) for one in data[name])
    found.update(_last_words(entry))
    if "intervention" in data:
        found["intervention"] = data.get("label") or in_reader_language(data.get("type"))
    if "changes" in data:
        found["changes"] = ", ".join(changed_label(change) for change in data["changes"])
    if data.get("level"):
        found["level"] = str(Level(data["level"]).label)
    if "coverage" in data:
        found["verdict"] = str(Coverage(data["coverage"]).label)
        found["why"] = reason_sentence(data["reason"]) if isinstance(data.get("reason"), dict) else ""
    if entry.kind == "ticket.clock_recomputed":
        found["why"] = recomputation_text(data)
    for name, (param, text) in _SHOWN.items():
        if data.get(name):
            found[param] = text(data[name])
    return found


def _last_words(entry: JournalEntry) -> dict[str, str]:
    """The reason that somebody typed, where it ends the sentence: with a full stop, unless it has its own."""
    if entry.kind.removeprefix("ticket.") not in _ENDS_WITH_REASON:
        return {}
    text = str(entry.data.get("reason", ""))
    return {"reason": text if text.endswith((".", "!", "?", "…", ":")) else f"{text}."}


def recomputation_text(data: dict[str, Any]) -> str:
    """Why the clocks were computed anew: what changed and who did it, as far as the row knows."""
    cause = data.get("cause") or {}
    if not cause.get("schedule"):
        return str(REASONS.get(data["reason"], data["reason"]))
    template = _CAUSES.get(cause.get("what", ""), _SCHEDULE_MOVED)
    holiday = {
        "fr": cause.get("holiday_fr", ""),
        "en": cause.get("holiday_en") or cause.get("holiday_fr", ""),
    }
    return str(template) % {
        "who": cause.get("who") or "Cadran",
        "schedule": in_reader_language(cause["schedule"]),
        "holiday": in_reader_language(holiday),
        "date": value_text(cause.get("date")),
    }


def instant_text(text: str | None) -> str:
    """A stored instant in the reader's zone and language."""
    if not text:
        return str(_NO_DUE)
    return written(timezone.localtime(datetime.fromisoformat(text)), INSTANT)


def duration_text(seconds: int) -> str:
    """« 6 h 30 », « 12 min »."""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes:02}" if hours else f"{minutes} min"


def changed_label(change: Mapping[str, Any]) -> str:
    """What a change calls its field: a custom field by the names that it had, another one as the desk calls it."""
    return in_reader_language(change["label"]) if "label" in change else field_label(change["field"])


def field_label(name: str) -> str:
    """The name of a ticket's or intervention's field in the reader's language."""
    from ..models import Intervention

    if name in _FIELD_LABELS:
        return str(_FIELD_LABELS[name])
    for model in (Ticket, Intervention):
        for found in model._meta.get_fields():
            if found.name == name:
                return str(getattr(found, "verbose_name", name))
    return name


_FIELD_LABELS = {
    "pay_per_incident_override": _("pay per incident"),
    "out_of_scope_override": _("out of scope"),
    "resource_requests": _("resource requests"),
}


def value_text(value: Any) -> str:
    """A value of a change as the journal kept it, for the reader: names, yes and no, dates and instants."""
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, str):
        try:
            if len(value) == 10:
                return written(date.fromisoformat(value))
            if "T" in value:
                return instant_text(value)
        except ValueError:
            pass
    return in_reader_language(value)


#: What a row keeps -> the parameter of its sentence, and how it reads.
_SHOWN: dict[str, tuple[str, Callable[[Any], str]]] = {
    "macro": ("macro", in_reader_language),
    "due_at": ("due", instant_text),
    "contract": ("contract", str),
    "asset": ("asset", str),
    "moved": ("moved", moved_text),
    "appointment_at": ("appointment", instant_text),
    "lost_seconds": ("lost", duration_text),
    "done": ("done", numbers_text),
    "left": ("left", reasons_text),
    "plan": ("plan", str),
    "signer": ("signer", str),
    "place": ("place", str),
    "title": ("title", str),
    "template": ("template", str),
    "known_error": ("known_error", str),
    "left_out": ("left_out", left_outs_text),
    "planned_on": ("planned_on", value_text),
    "days": ("days", str),
    "closes_at": ("closes", instant_text),
}
