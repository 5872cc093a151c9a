from .fields import CustomValue, InterventionCheck
from .links import FormerNumber, Merger, TicketLink
from .plans import Plan, PlanOccurrence
from .reports import ServiceReport
from .settings import (
    ChecklistItem,
    CustomChoice,
    CustomField,
    InterventionType,
    Macro,
    State,
    Status,
    SuspensionReason,
    Tag,
    TemplateGroup,
)
from .templates import TicketTemplate
from .ticket import Ticket, TicketQuerySet
from .work import Attachment, Intervention, Note, ResourceRequest, Suspension

__all__ = [
    "Attachment",
    "ChecklistItem",
    "CustomChoice",
    "CustomField",
    "CustomValue",
    "FormerNumber",
    "Intervention",
    "InterventionCheck",
    "InterventionType",
    "Macro",
    "Merger",
    "Note",
    "Plan",
    "PlanOccurrence",
    "ResourceRequest",
    "ServiceReport",
    "State",
    "Status",
    "Suspension",
    "SuspensionReason",
    "Tag",
    "TemplateGroup",
    "Ticket",
    "TicketLink",
    "TicketQuerySet",
    "TicketTemplate",
]
