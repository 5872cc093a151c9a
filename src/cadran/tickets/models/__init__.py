from .settings import InterventionType, State, Status, SuspensionReason
from .ticket import Ticket, TicketQuerySet
from .work import Attachment, Intervention, Note, ResourceRequest, Suspension

__all__ = [
    "Attachment",
    "Intervention",
    "InterventionType",
    "Note",
    "ResourceRequest",
    "State",
    "Status",
    "Suspension",
    "SuspensionReason",
    "Ticket",
    "TicketQuerySet",
]
