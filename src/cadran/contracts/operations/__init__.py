"""Writes on contracts, commitments and schedules."""

from ..details import (
    CalendarDetails,
    CommitmentDetails,
    ContractDetails,
    ExceptionDetails,
    LineDetails,
    ScheduleDetails,
    ServiceDetails,
    SupplierContractDetails,
    service_from_template,
)
from .calendars import (
    add_holiday,
    refresh_calendar,
    refresh_every_calendar,
    remove_holiday,
    save_calendar,
    set_holiday_worked,
)
from .commitments import save_commitment, set_commitment_choices
from .contracts import create_contract_and_project, save_contract, save_service
from .lines import delete_line, save_line, update_lines
from .schedules import save_schedule
from .suppliers import save_supplier_contract

__all__ = [
    "CalendarDetails",
    "CommitmentDetails",
    "ContractDetails",
    "ExceptionDetails",
    "LineDetails",
    "ScheduleDetails",
    "ServiceDetails",
    "SupplierContractDetails",
    "add_holiday",
    "create_contract_and_project",
    "delete_line",
    "refresh_calendar",
    "refresh_every_calendar",
    "remove_holiday",
    "save_calendar",
    "save_commitment",
    "save_contract",
    "save_line",
    "save_schedule",
    "save_service",
    "save_supplier_contract",
    "service_from_template",
    "set_commitment_choices",
    "set_holiday_worked",
    "update_lines",
]
