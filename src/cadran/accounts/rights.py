"""The rights: fine-grained functions that profiles bundle and every page, act and menu entry declares (Spec R1, R2).

Codes of six digits come from the manual where it gives one; ours continue its numbering: 0603 time, 1402 contracts,
1403 voucher books, 1413 tickets, 1470 portal, 1001 customers, 1002 assets and products, 1900 settings.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadran.core.permissions import name_rights


class Right(models.TextChoices):
    """One function that a profile may give; the value is its code."""

    SEE_TICKETS = "141301", _("See tickets")
    OPEN_TICKETS = "141302", pgettext_lazy("right", "Open tickets")
    EDIT_TICKETS = "141303", _("Edit tickets")
    INTERVENE = "141304", _("Add, start and finish interventions")
    SUSPEND_TICKETS = "141305", _("Suspend and resume tickets")
    CLOSE_TICKETS = "141306", _("Close tickets")
    CANCEL_TICKETS = "141307", _("Cancel tickets")
    REOPEN_TICKETS = "141308", _("Reopen tickets")
    DISTRIBUTE_TICKETS = "141309", _("Distribute the work of a team")
    OVERRIDE_COVERAGE = "141310", _("Override the coverage verdict")
    WRITE_NOTES = "141311", _("Write internal notes")
    MERGE_TICKETS = "141312", _("Merge and split tickets")
    EDIT_TEMPLATES = "141313", _("Edit ticket templates")
    EDIT_PLANS = "141314", _("Edit the plans of recurring tickets")
    SEND_TICKETS = "141315", _("Send tickets by mail or fax")
    MESSAGES = "141341", _("Read and write messages on tickets")
    BLOCK_MESSAGES = "141342", _("Block and unblock messages on tickets")
    PORTAL_MESSAGES = "147012", _("Portal: read and write messages on tickets")
    BOOK_FUTURE_TIME = "060346", _("Timesheet: enter time in the future")
    SUBMIT_WEEK = "060353", _("Timesheet: submit the week")
    SUBMIT_MONTH = "060354", _("Timesheet: submit the month")
    INSERT_VOUCHER_BOOKS = "140301", _("Voucher books: insert")
    MODIFY_VOUCHER_BOOKS = "140302", _("Voucher books: modify")
    DELETE_VOUCHER_BOOKS = "140303", _("Voucher books: delete")
    SEARCH_VOUCHER_BOOKS = "140304", _("Voucher books: search")
    PRINT_VOUCHER_BOOKS = "140305", _("Voucher books: print")
    SEE_CONTRACTS = "140201", _("See contracts")
    EDIT_CONTRACTS = "140202", _("Create and edit contracts")
    SEE_CUSTOMERS = "100101", _("See customers, sites and contacts")
    EDIT_CUSTOMERS = "100102", _("Create and edit customers, sites and contacts")
    SEE_ASSETS = "100201", _("See products and assets")
    EDIT_ASSETS = "100202", _("Create and edit products and assets")
    EDIT_KNOWN_ERRORS = "100203", _("Create and edit known errors")
    EDIT_REFERENCE_DATA = "190001", _("Edit reference data (statuses, natures, severities ...)")
    EDIT_SCHEDULES = "190002", _("Edit schedules, holidays and commitments")
    EDIT_AGENTS = "190003", _("Edit teams, agents and profiles")
    EDIT_BUSINESS_RULES = "190004", _("Edit business rules")


@dataclass(frozen=True)
class RightGroup:
    """Rights that the matrix shows together."""

    label: object
    rights: tuple[Right, ...]


GROUPS = (
    RightGroup(_("Tickets"), tuple(r for r in Right if r.value.startswith("1413"))),
    RightGroup(_("Contracts"), tuple(r for r in Right if r.value.startswith("1402"))),
    RightGroup(_("Customers and assets"), tuple(r for r in Right if r.value.startswith("100"))),
    RightGroup(_("Voucher books"), tuple(r for r in Right if r.value.startswith("1403"))),
    RightGroup(_("Time"), tuple(r for r in Right if r.value.startswith("0603"))),
    RightGroup(_("Portal"), tuple(r for r in Right if r.value.startswith("147"))),
    RightGroup(_("Settings"), tuple(r for r in Right if r.value.startswith("190"))),
)

_SEE = (Right.SEE_TICKETS, Right.SEE_CONTRACTS, Right.SEE_CUSTOMERS, Right.SEE_ASSETS)
_AGENT = (
    *_SEE,
    Right.OPEN_TICKETS,
    Right.EDIT_TICKETS,
    Right.INTERVENE,
    Right.SUSPEND_TICKETS,
    Right.CLOSE_TICKETS,
    Right.CANCEL_TICKETS,
    Right.REOPEN_TICKETS,
    Right.OVERRIDE_COVERAGE,
    Right.WRITE_NOTES,
    Right.SEND_TICKETS,
    Right.EDIT_KNOWN_ERRORS,
    # Who answers the telephone registers the unknown caller, and the machine, on the spot (Spec T7).
    Right.EDIT_CUSTOMERS,
    Right.EDIT_ASSETS,
    Right.MESSAGES,
    Right.SEARCH_VOUCHER_BOOKS,
    Right.SUBMIT_WEEK,
    Right.SUBMIT_MONTH,
)
_CONTRACTS = (
    *_SEE,
    Right.EDIT_CONTRACTS,
    Right.EDIT_CUSTOMERS,
    Right.EDIT_ASSETS,
    Right.EDIT_KNOWN_ERRORS,
    Right.EDIT_PLANS,
    Right.EDIT_SCHEDULES,
    Right.INSERT_VOUCHER_BOOKS,
    Right.MODIFY_VOUCHER_BOOKS,
    Right.DELETE_VOUCHER_BOOKS,
    Right.SEARCH_VOUCHER_BOOKS,
    Right.PRINT_VOUCHER_BOOKS,
)

#: Supplied profiles (Spec R1): code -> (French name, English name, rights).
SUPPLIED_PROFILES: dict[str, tuple[str, str, tuple[Right, ...]]] = {
    "support-agent": ("Agent de support", "Support agent", _AGENT),
    "team-manager": (
        "Responsable de groupe",
        "Team manager",
        (
            *_AGENT,
            Right.DISTRIBUTE_TICKETS,
            Right.MERGE_TICKETS,
            Right.EDIT_TEMPLATES,
            Right.EDIT_PLANS,
            Right.BLOCK_MESSAGES,
        ),
    ),
    "contract-manager": ("Responsable des contrats", "Contract manager", _CONTRACTS),
    "administrator": (
        "Administrateur",
        "Administrator",
        tuple(right for right in Right if right is not Right.PORTAL_MESSAGES),
    ),
    "portal-customer": ("Client du portail", "Portal customer", (Right.PORTAL_MESSAGES,)),
    "auditor": ("Auditeur (lecture seule)", "Read-only auditor", _SEE),
}


def expand(codes: list[str]) -> frozenset[str]:
    """The rights that ``codes`` give; ``1403**`` stands for every right that begins with ``1403`` (Spec R1)."""
    given: set[str] = set()
    for code in codes:
        if code.endswith("**"):
            given.update(right.value for right in Right if right.value.startswith(code[:-2]))
        else:
            given.add(code)
    return frozenset(given)


name_rights({right.value: right.label for right in Right})
