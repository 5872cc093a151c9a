"""The only ways to write to tickets (house: operations)."""

from ..context import Finish, InterventionDetails, ResourceRequestDetails, TicketFields
from ..errors import Conflict, EditConflict, InvalidInput, InvalidInputs, NotAllowed, Stale, TransitionRefused
from .attachments import add_attachment, clear_forgotten_attachments
from .closing import cancel_ticket, close_ticket
from .commitments import move_to_current_commitment
from .distribution import assign_ticket, take_ticket
from .editing import change_status, edit_ticket, recompute_ticket
from .finishing import finish_intervention
from .interventions import add_intervention, edit_intervention, start_intervention
from .notes import add_note
from .opening import open_ticket
from .recomputing import recompute_for_schedule, recompute_stragglers
from .reopening import reopen_ticket
from .statuses import save_status
from .supply import supply_reference_data
from .suspending import resume_ticket, suspend_ticket

__all__ = [
    "Conflict",
    "EditConflict",
    "Finish",
    "InterventionDetails",
    "InvalidInput",
    "InvalidInputs",
    "NotAllowed",
    "ResourceRequestDetails",
    "Stale",
    "TicketFields",
    "TransitionRefused",
    "add_attachment",
    "add_intervention",
    "add_note",
    "assign_ticket",
    "cancel_ticket",
    "change_status",
    "clear_forgotten_attachments",
    "close_ticket",
    "edit_intervention",
    "edit_ticket",
    "finish_intervention",
    "move_to_current_commitment",
    "open_ticket",
    "recompute_for_schedule",
    "recompute_stragglers",
    "recompute_ticket",
    "reopen_ticket",
    "resume_ticket",
    "save_status",
    "start_intervention",
    "supply_reference_data",
    "suspend_ticket",
    "take_ticket",
]
