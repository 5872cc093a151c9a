"""Reads of tickets: clocks, deductions, the timeline, what may be done."""

from .actions import Action, actions_for
from .changes import Change
from .clocks import ClockView, TicketClocks, clock_view, clock_views, guarantee_text
from .coverage import CoverageJudged, in_reader_language, judge_coverage, reason_sentence
from .custom_fields import (
    HeldValue,
    custom_fields_of,
    custom_text,
    custom_values_of,
    number_text,
    shown_values,
)
from .deduction import Deduction, DuePreview, deduce, default_team
from .explaining import Explanation, Ledger, Line, explain_ticket
from .filling import Filled, fill_in
from .lists import (
    available_types,
    last_work,
    requests_of,
    status_of_cancelling,
    statuses_of,
    suspension_reasons,
    teams_led_by,
    tickets_of_agent,
    to_distribute,
    to_take,
    with_nothing_open,
    worked_on,
)
from .previews import DayOpening, ResumePreview, openings_on, resume_preview
from .sending import proposed_letter
from .sentences import field_label, recomputation_text, value_text
from .starting import USUAL, LeftOut, Start, left_out_text, usual
from .templates import (
    TEMPLATE_ROWS,
    details_from_template,
    fields_from_template,
    fields_from_ticket,
    parts_to_mend,
)
from .timeline import TimelineItem, timeline

__all__ = [
    "TEMPLATE_ROWS",
    "USUAL",
    "Action",
    "Change",
    "ClockView",
    "CoverageJudged",
    "DayOpening",
    "Deduction",
    "DuePreview",
    "Explanation",
    "Filled",
    "HeldValue",
    "Ledger",
    "LeftOut",
    "Line",
    "ResumePreview",
    "Start",
    "TicketClocks",
    "TimelineItem",
    "actions_for",
    "available_types",
    "clock_view",
    "clock_views",
    "custom_fields_of",
    "custom_text",
    "custom_values_of",
    "deduce",
    "default_team",
    "details_from_template",
    "explain_ticket",
    "field_label",
    "fields_from_template",
    "fields_from_ticket",
    "fill_in",
    "guarantee_text",
    "in_reader_language",
    "judge_coverage",
    "last_work",
    "left_out_text",
    "number_text",
    "openings_on",
    "parts_to_mend",
    "proposed_letter",
    "reason_sentence",
    "recomputation_text",
    "requests_of",
    "resume_preview",
    "shown_values",
    "status_of_cancelling",
    "statuses_of",
    "suspension_reasons",
    "teams_led_by",
    "tickets_of_agent",
    "timeline",
    "to_distribute",
    "to_take",
    "usual",
    "value_text",
    "with_nothing_open",
    "worked_on",
]
