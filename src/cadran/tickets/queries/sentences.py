"""The sentences of the timeline: one per kind of journal row, told in the reader's language (Spec T4)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cadran.contracts.models import Level
from cadran.core.models import JournalEntry

from ..choices import ClockState, Coverage
from ..models import Ticket
from .coverage import in_reader_language, reason_sentence

ICONS: dict[str, str] = {
    "opened": "ticket",
    "edited": "pencil",
    "coverage_judged": "shield-check",
    "commitment_applied": "gauge",
    "clock_recomputed": "gauge",
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
    "external_description": "eye",
    "internal_description": "lock",
    "external_report": "eye",
    "internal_report": "lock",
    "closing_report": "report",
    "note": "lock",
    "attachment": "paperclip",
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
    "clock_recomputed": _("The clocks were computed anew: %(why)s."),
}
_WITHOUT_COMMITMENT = _("No commitment applies any more.")
_ASSIGNED_TEAM = _("%(author)s gave the ticket to the team %(team)s.")
_STATE_CHANGED = _("%(author)s changed the state to %(state)s.")
_STATE_DROPPED = _("%(author)s removed the state.")
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
REASONS: dict[str, Any] = {
    "edited": _("the ticket’s context changed"),
    "schedule": _("a schedule changed"),
    "commitment": _("the ticket moved to the current version of its commitment"),
}
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
        case "intervention_finished" if data.get("by_itself"):
            return _INTAKE_ENDED
        case "responded":
            return _RESPONDED.get(data.get("clock", ""), _RESPONDED_PLAIN)
        case "resolved":
            return _RESOLVED.get(data.get("clock", ""), _SENTENCES["resolved"])
        case "resumed" if not data.get("lost_seconds"):
            return _RESUMED_PLAIN
    return _SENTENCES.get(code, _UNKNOWN)


def shown_params(entry: JournalEntry) -> dict[str, str]:
    """Everything a row's sentence may name, in the reader's language."""
    data = entry.data
    found = {"author": entry.author_name or "Cadran"}
    for name in ("team", "status", "before", "state", "reason", "commitment", "severity", "assignee"):
        if name in data and not isinstance(data[name], list):
            found[name] = in_reader_language(data[name])
    if "intervention" in data:
        found["intervention"] = data.get("label") or in_reader_language(data.get("type"))
    if "changes" in data:
        found["changes"] = ", ".join(field_label(change["field"]) for change in data["changes"])
    if data.get("level"):
        found["level"] = str(Level(data["level"]).label)
    if "coverage" in data:
        found["verdict"] = str(Coverage(data["coverage"]).label)
        found["why"] = reason_sentence(data["reason"]) if isinstance(data.get("reason"), dict) else ""
    if entry.kind == "ticket.clock_recomputed":
        found["why"] = recomputation_text(data)
    if data.get("due_at"):
        found["due"] = instant_text(data["due_at"])
    if data.get("appointment_at"):
        found["appointment"] = instant_text(data["appointment_at"])
    if data.get("lost_seconds"):
        found["lost"] = duration_text(data["lost_seconds"])
    return found


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
    return date_format(timezone.localtime(datetime.fromisoformat(text)), "SHORT_DATETIME_FORMAT")


def duration_text(seconds: int) -> str:
    """« 6 h 30 », « 12 min »."""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes:02}" if hours else f"{minutes} min"


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
                return date_format(date.fromisoformat(value))
            if "T" in value:
                return instant_text(value)
        except ValueError:
            pass
    return in_reader_language(value)
