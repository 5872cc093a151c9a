from .commitments import ClockStart, Commitment, CommitmentChoice, CommitmentVersion, GuaranteeUnit, Level
from .contracts import (
    Billing,
    Contract,
    ContractLine,
    ContractStatus,
    ContractType,
    Periodicity,
    Renewal,
    Service,
    ServiceTemplate,
)
from .schedules import Holiday, HolidayCalendar, Schedule, ScheduleException, ScheduleVersion
from .suppliers import SupplierContract

__all__ = [
    "Billing",
    "ClockStart",
    "Commitment",
    "CommitmentChoice",
    "CommitmentVersion",
    "Contract",
    "ContractLine",
    "ContractStatus",
    "ContractType",
    "GuaranteeUnit",
    "Holiday",
    "HolidayCalendar",
    "Level",
    "Periodicity",
    "Renewal",
    "Schedule",
    "ScheduleException",
    "ScheduleVersion",
    "Service",
    "ServiceTemplate",
    "SupplierContract",
]
