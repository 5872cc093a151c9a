"""Business-time clocks: schedules, instants, guarantees and suspensions in; due dates, time left and a ledger out.

Pure: never reads the time, stores nothing, knows no framework. See README.md.
"""

from slaclock.batch import NEVER, due_batch, due_batch_array
from slaclock.deadline import (
    DEFAULT_WARNING_MINUTES,
    Clock,
    Colour,
    NoDueBecause,
    compute,
    due_if_resumed_at,
)
from slaclock.errors import (
    ClockError,
    GuaranteeError,
    InstantError,
    ScheduleError,
    SuspensionError,
    VectorFileError,
)
from slaclock.explain import Ledger, Line, LineCode, Moved, explain
from slaclock.guarantee import Guarantee, Unit
from slaclock.layout import NeverOpenReason
from slaclock.notation import Note, NoteCode, Opening, format_opening, parse_opening, read_typed, read_week
from slaclock.schedule import (
    OpenInterval,
    Schedule,
    add_working_seconds,
    due_at,
    is_open,
    next_opening,
    openings,
    working_seconds,
)
from slaclock.suspension import Suspension, lost_seconds

__all__ = [
    "DEFAULT_WARNING_MINUTES",
    "NEVER",
    "Clock",
    "ClockError",
    "Colour",
    "Guarantee",
    "GuaranteeError",
    "InstantError",
    "Ledger",
    "Line",
    "LineCode",
    "Moved",
    "NeverOpenReason",
    "NoDueBecause",
    "Note",
    "NoteCode",
    "OpenInterval",
    "Opening",
    "Schedule",
    "ScheduleError",
    "Suspension",
    "SuspensionError",
    "Unit",
    "VectorFileError",
    "add_working_seconds",
    "compute",
    "due_at",
    "due_batch",
    "due_batch_array",
    "due_if_resumed_at",
    "explain",
    "format_opening",
    "is_open",
    "lost_seconds",
    "next_opening",
    "openings",
    "parse_opening",
    "read_typed",
    "read_week",
    "working_seconds",
]
