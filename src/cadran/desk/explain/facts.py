"""An explanation as plain facts: the page and its PDF say the same because both are drawn from these (Spec C14)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from cadran.accounts.models import User
from cadran.core.instants import zone_words
from cadran.desk.components.strips import TimeStrip
from cadran.desk.components.words import duration_text
from cadran.desk.tickets.faces import face_of
from cadran.tickets.clock import Kind
from cadran.tickets.models import Ticket
from cadran.tickets.queries import Explanation, explain_ticket

from . import words
from .drawing import StripWords, day_words, draw


def facts_of(ticket: Ticket, guarantee: Kind, reader: User, now: datetime) -> dict[str, Any]:
    """Answer, strip, ledger, rules and what moved it, in the active language and the schedule's zone.

    The reader's own zone serves where no schedule applies.
    """
    explanation = explain_ticket(ticket, guarantee, now)
    version = explanation.schedule_version
    zone = ZoneInfo(version.layout["time_zone"]) if version else ZoneInfo(reader.time_zone)
    facts: dict[str, Any] = {
        "ticket": ticket,
        "guarantee": guarantee,
        "now": now,
        "zone": zone_words(zone),
        "face": face_of(explanation.view),
        "explanation": explanation,
        "answer": words.answer_of(explanation, ticket, zone),
        "sum": sum_of(explanation),
        "warns": words.short_instant(explanation.view.warns_at, zone) if explanation.view.warns_at else "",
        "rules": rules_of(explanation, ticket),
        "moves": [(words.short_instant(move.at, zone), move) for move in words.moves_of(explanation, zone)],
        "printed": words.long_instant(now, zone),
        "considered": words.considered_of(explanation),
    }
    if explanation.ledger is not None and version is not None:
        ledger = words.LedgerWords(explanation, explanation.ledger)
        facts["rows"], facts["exact"] = ledger.rows(), ledger.to_the_second
        facts["of"] = duration_text(explanation.ledger.guarantee_seconds or 0)
        facts["strip"] = strip_of(explanation, now)
        facts["agreement"] = words.agreement_of(explanation, now.astimezone(zone).strftime("%H:%M"))
    return facts


def sum_of(explanation: Explanation) -> dict[str, str] | None:
    """« 8 h 00 − 3 h 46 = 4 h 14 »: guaranteed, used, left."""
    view = explanation.view
    if view.total_seconds is None or view.left_seconds is None:
        return None
    # Cut to the minute as the gauge cuts it; what is used is the rest, so that the line adds up as it reads.
    left = int(view.left_seconds / 60) * 60 if abs(view.left_seconds) >= 60 else view.left_seconds
    return {
        "total": duration_text(view.total_seconds),
        "used": duration_text(view.total_seconds - left),
        "left": duration_text(left),
    }


def rules_of(explanation: Explanation, ticket: Ticket) -> dict[str, Any]:
    """The rules used: commitment, schedules and their versions, holidays, the orange threshold."""
    version, schedule = explanation.commitment_version, explanation.schedule_version
    action = explanation.action_version
    if action and schedule and action.pk == schedule.pk:
        action = None  # time is lost on the schedule that counts
    return {
        "guarantee": words.guarantee_words(explanation),
        "commitment": version.commitment if version else None,
        "commitment_version": version.number if version else None,
        "why": words.commitment_why(explanation, ticket),
        "schedule": schedule.schedule if schedule else None,
        "schedule_version": schedule.number if schedule else None,
        "week": words.weekly_words(schedule.layout) if schedule else [],
        "holidays": schedule.schedule.calendar if schedule else None,
        "action": action.schedule if action else None,
        "action_version": action.number if action else None,
        "action_week": words.weekly_words(action.layout) if action else [],
        "starts": words.start_rule(explanation.started_from),
        "warning": duration_text(version.warning_minutes * 60) if version else "",
    }


def strip_of(explanation: Explanation, now: Any) -> TimeStrip:
    """The time strip of an explanation."""
    ledger, version = explanation.ledger, explanation.schedule_version
    assert ledger is not None
    assert version is not None
    name = _("Response clock") if explanation.guarantee == "response" else _("Resolution clock")
    last = ledger.lines[-1].date if ledger.lines else ledger.local_start.date()
    days = {"clock": name, "first": day_words(ledger.local_start.date()), "last": day_words(last)}
    strip_words = StripWords(
        title=_("%(clock)s from %(first)s to %(last)s") % days,
        text=_("%(counted)s counted, %(lost)s lost to suspensions. The table below says the same.")
        % {"counted": duration_text(ledger.counted_seconds), "lost": duration_text(ledger.lost_seconds)},
        schedule=_("reception schedule") if explanation.guarantee == "response" else _("action schedule"),
        started=words.start_words(explanation.started_from),
    )
    return draw(ledger, version, now, words=strip_words)
