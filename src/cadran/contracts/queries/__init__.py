"""Reads of contracts, commitments and schedules."""

from cadran.contracts.clock import layout_of, schedule_of

from .commitments import (
    CommitmentChosen,
    Considered,
    choices_of,
    choose_commitment,
    commitment_warnings,
    current_versions,
)
from .coverage import (
    ContractCoverage,
    contract_coverage,
    coverage_sentence,
    covers,
    running_contracts,
    running_contracts_of,
)
from .schedules import DayOpenings, day_openings, newest_versions, next_four_weeks
from .suppliers import (
    SupplierDue,
    SupplierDues,
    only_supplier_contract,
    running_supplier_contracts,
    stands_behind,
    supplier_dues,
)

__all__ = [
    "CommitmentChosen",
    "Considered",
    "ContractCoverage",
    "DayOpenings",
    "SupplierDue",
    "SupplierDues",
    "choices_of",
    "choose_commitment",
    "commitment_warnings",
    "contract_coverage",
    "coverage_sentence",
    "covers",
    "current_versions",
    "day_openings",
    "layout_of",
    "newest_versions",
    "next_four_weeks",
    "only_supplier_contract",
    "running_contracts",
    "running_contracts_of",
    "running_supplier_contracts",
    "schedule_of",
    "stands_behind",
    "supplier_dues",
]
