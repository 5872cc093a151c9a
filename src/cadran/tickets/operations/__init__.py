"""The only ways to write to tickets (house: operations)."""

from ..context import (
    Finish,
    InterventionDetails,
    NewLink,
    OpeningDetails,
    ResourceRequestDetails,
    TicketFields,
)
from ..errors import (
    AnswerNeeded,
    Conflict,
    CustomerBlocked,
    EditConflict,
    InvalidInput,
    InvalidInputs,
    NotAllowed,
    Stale,
    TransitionRefused,
)
from ..planning import PlanDetails, PlanRule
from .alike import index_resolved_tickets
from .attachments import add_attachment, clear_forgotten_attachments
from .auto_closing import ClosedByThemselves, close_quiet_tickets, hold_closing
from .cascades import Followed, cascade_closing, cascade_resolution, order_cascade
from .checklists import mark_checklist, save_checklist_item
from .closing import cancel_ticket, close_ticket
from .commitments import move_to_current_commitment
from .custom_fields import edit_custom_values, save_custom_choice, save_custom_field
from .distribution import assign_ticket, take_ticket
from .editing import change_status, edit_ticket, recompute_ticket
from .finishing import finish_intervention
from .followers import change_followers
from .interventions import add_intervention, edit_intervention, start_intervention
from .known_errors import make_known_error
from .links import link_tickets, unlink_tickets
from .macros import apply_macro, save_macro
from .merging import merge_ticket, undo_merger
from .notes import add_note
from .opening import open_ticket
from .plans import (
    OccurrenceRefused,
    open_due_tickets,
    open_planned_ticket,
    pause_plan,
    resume_plan,
    save_plan,
)
from .recomputing import recompute_for_schedule, recompute_stragglers
from .reopening import reopen_ticket
from .sending import TicketMessage, prepare_ticket_message
from .service_reports import Signing, sign_service_report
from .splitting import Part, split_ticket
from .statuses import save_status
from .supply import supply_reference_data
from .suspending import resume_ticket, suspend_ticket
from .tags import tag_ticket
from .templates import TemplateDetails, make_template, retire_template, save_template

__all__ = [
    "AnswerNeeded",
    "ClosedByThemselves",
    "Conflict",
    "CustomerBlocked",
    "EditConflict",
    "Finish",
    "Followed",
    "InterventionDetails",
    "InvalidInput",
    "InvalidInputs",
    "NewLink",
    "NotAllowed",
    "OccurrenceRefused",
    "OpeningDetails",
    "Part",
    "PlanDetails",
    "PlanRule",
    "ResourceRequestDetails",
    "Signing",
    "Stale",
    "TemplateDetails",
    "TicketFields",
    "TicketMessage",
    "TransitionRefused",
    "add_attachment",
    "add_intervention",
    "add_note",
    "apply_macro",
    "assign_ticket",
    "cancel_ticket",
    "cascade_closing",
    "cascade_resolution",
    "change_followers",
    "change_status",
    "clear_forgotten_attachments",
    "close_quiet_tickets",
    "close_ticket",
    "edit_custom_values",
    "edit_intervention",
    "edit_ticket",
    "finish_intervention",
    "hold_closing",
    "index_resolved_tickets",
    "link_tickets",
    "make_known_error",
    "make_template",
    "mark_checklist",
    "merge_ticket",
    "move_to_current_commitment",
    "open_due_tickets",
    "open_planned_ticket",
    "open_ticket",
    "order_cascade",
    "pause_plan",
    "prepare_ticket_message",
    "recompute_for_schedule",
    "recompute_stragglers",
    "recompute_ticket",
    "reopen_ticket",
    "resume_plan",
    "resume_ticket",
    "retire_template",
    "save_checklist_item",
    "save_custom_choice",
    "save_custom_field",
    "save_macro",
    "save_plan",
    "save_status",
    "save_template",
    "sign_service_report",
    "split_ticket",
    "start_intervention",
    "supply_reference_data",
    "suspend_ticket",
    "tag_ticket",
    "take_ticket",
    "undo_merger",
    "unlink_tickets",
]
