"""Writes on customers, sites, contacts, agents, teams, suppliers and projects."""

from .agents import AgentDetails, TeamDetails, save_agent, save_team
from .companies import ProjectDetails, SupplierDetails, save_project, save_supplier
from .customers import (
    ContactDetails,
    CustomerDetails,
    SiteDetails,
    save_contact,
    save_customer,
    save_site,
)

__all__ = [
    "AgentDetails",
    "ContactDetails",
    "CustomerDetails",
    "ProjectDetails",
    "SiteDetails",
    "SupplierDetails",
    "TeamDetails",
    "save_agent",
    "save_contact",
    "save_customer",
    "save_project",
    "save_site",
    "save_supplier",
    "save_team",
]
