"""Reads of tickets: clocks, deductions, the timeline, what may be done."""

from .actions import Action, actions_for
from .changes import Change
from .clocks import ClockView, TicketClocks, clock_view, clock_views, guarantee_text
from .coverage import CoverageJudged, in_reader_language, judge_coverage, reason_sentence
from .deduction import Deduction, DuePreview, deduce, default_team
from .explaining import Explanation, Ledger, Line, explain_ticket
from .filling import Filled, fill_in, running_contracts_for
from .lists import (
    available_types,
    requests_of,
    status_of_cancelling,
    statuses_of,
    suspension_reasons,
    teams_led_by,
    tickets_of_agent,
    to_distribute,
    to_take,
    with_nothing_open,
)
from .previews import DayOpening, ResumePreview, openings_on, resume_preview
from .sentences import field_label, recomputation_text, value_text
from .timeline import TimelineItem, timeline

__all__ = [
    "Action",
    "Change",
    "ClockView",
    "CoverageJudged",
    "DayOpening",
    "Deduction",
    "DuePreview",
    "Explanation",
    "Filled",
    "Ledger",
    "Line",
    "ResumePreview",
    "TicketClocks",
    "TimelineItem",
    "actions_for",
    "available_types",
    "clock_view",
    "clock_views",
    "deduce",
    "default_team",
    "explain_ticket",
    "field_label",
    "fill_in",
    "guarantee_text",
    "in_reader_language",
    "judge_coverage",
    "openings_on",
    "reason_sentence",
    "recomputation_text",
    "requests_of",
    "resume_preview",
    "running_contracts_for",
    "status_of_cancelling",
    "statuses_of",
    "suspension_reasons",
    "teams_led_by",
    "tickets_of_agent",
    "timeline",
    "to_distribute",
    "to_take",
    "value_text",
    "with_nothing_open",
]
