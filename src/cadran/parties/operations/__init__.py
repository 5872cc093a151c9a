"""Writes on customers, sites, contacts, agents, teams, suppliers and projects."""

from .agents import AgentDetails, StandInDetails, TeamDetails, name_stand_in, save_agent, save_team
from .call_taking import CallTakingDetails, CallTakingRuleDetails, set_call_taking
from .companies import (
    ProjectDetails,
    SupplierContactDetails,
    SupplierDetails,
    save_project,
    save_supplier,
    save_supplier_contact,
)
from .customers import (
    ContactDetails,
    CustomerDetails,
    SiteDetails,
    save_contact,
    save_customer,
    save_site,
)
from .notes import add_note_image, clear_forgotten_note_images

__all__ = [
    "AgentDetails",
    "CallTakingDetails",
    "CallTakingRuleDetails",
    "ContactDetails",
    "CustomerDetails",
    "ProjectDetails",
    "SiteDetails",
    "StandInDetails",
    "SupplierContactDetails",
    "SupplierDetails",
    "TeamDetails",
    "add_note_image",
    "clear_forgotten_note_images",
    "name_stand_in",
    "save_agent",
    "save_contact",
    "save_customer",
    "save_project",
    "save_site",
    "save_supplier",
    "save_supplier_contact",
    "save_team",
    "set_call_taking",
]
