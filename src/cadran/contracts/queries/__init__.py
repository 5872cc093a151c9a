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
from .schedules import DayOpenings, next_four_weeks

__all__ = [
    "CommitmentChosen",
    "Considered",
    "ContractCoverage",
    "DayOpenings",
    "choices_of",
    "choose_commitment",
    "commitment_warnings",
    "contract_coverage",
    "coverage_sentence",
    "covers",
    "current_versions",
    "layout_of",
    "next_four_weeks",
    "running_contracts",
    "running_contracts_of",
    "schedule_of",
]
