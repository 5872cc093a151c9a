"""The demo company's promises made rows: schedules, commitments, contracts with their services and lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from cadran.contracts.details import (
    CalendarDetails,
    CommitmentDetails,
    ContractDetails,
    LineDetails,
    ScheduleDetails,
    ServiceDetails,
)
from cadran.contracts.models import (
    Commitment,
    Contract,
    ContractStatus,
    ContractType,
    HolidayCalendar,
    Schedule,
)
from cadran.contracts.openings import read_week
from cadran.contracts.operations import (
    save_calendar,
    save_commitment,
    save_contract,
    save_line,
    save_schedule,
    save_service,
    set_commitment_choices,
)
from cadran.parties.models import Customer
from cadran.parties.operations import ProjectDetails, save_project

from .promises import (
    CALENDARS,
    COMMITMENTS,
    CONTRACTS,
    GRADES,
    SCHEDULES,
    SERVICES,
    CommitmentSeed,
    ContractSeed,
)

if TYPE_CHECKING:
    from .world import World

_UNITS = {"m": "minute", "h": "hour", "d": "day"}


def make_promises(world: World, at: datetime, today: date, chance: Random) -> None:
    calendars: dict[str, HolidayCalendar] = {
        code: save_calendar(
            calendar=None,
            details=CalendarDetails(
                code=code, name_fr=french, name_en=english, country=country, region=region
            ),
            by=None,
            at=at,
        )
        for code, french, english, country, region in CALENDARS
    }
    schedules: dict[str, Schedule] = {}
    for seed in SCHEDULES:
        week = read_week(dict.fromkeys(seed.days, seed.openings))
        schedules[seed.code] = save_schedule(
            schedule=None,
            details=ScheduleDetails(
                code=seed.code,
                name_fr=seed.name_fr,
                name_en=seed.name_en,
                time_zone=seed.time_zone,
                calendar=calendars.get(seed.calendar),
                weekly=week.weekly,
            ),
            by=None,
            at=at,
        )
    commitments = {one.code: _commitment(one, schedules, at) for one in COMMITMENTS}
    for contract_seed in CONTRACTS:
        _contract(world, contract_seed, commitments, at, today, chance)


def _amount(text: str) -> tuple[int | None, str]:
    return (int(text[:-1]), _UNITS[text[-1]]) if text else (None, "hour")


def _commitment(seed: CommitmentSeed, schedules: dict[str, Schedule], at: datetime) -> Commitment:
    response, response_unit = _amount(seed.response)
    resolution, resolution_unit = _amount(seed.resolution)
    return save_commitment(
        commitment=None,
        details=CommitmentDetails(
            code=seed.code,
            name_fr=seed.name_fr,
            name_en=seed.name_en,
            response_amount=response,
            response_unit=response_unit,
            resolution_amount=resolution,
            resolution_unit=resolution_unit,
            resolution_start=seed.resolution_start,
            reception_schedule=schedules[seed.reception],
            action_schedule=schedules[seed.action],
            warning_minutes=seed.warning_minutes,
        ),
        by=None,
        at=at,
    )


def _contract(
    world: World,
    seed: ContractSeed,
    commitments: dict[str, Commitment],
    at: datetime,
    today: date,
    chance: Random,
) -> None:
    customer = world.customers[seed.customer]
    beneficiaries = [world.customers[name] for name in seed.beneficiaries]
    year = (today + timedelta(days=seed.starts)).year
    project = save_project(
        project=None,
        details=ProjectDetails(
            code=f"AFF-{2200 + len(world.contracts)}",
            name=f"{seed.label} {customer.name}"[:150],
            customer=customer,
        ),
        by=None,
        at=at,
    )
    contract = save_contract(
        contract=None,
        details=ContractDetails(
            number=f"CT-{year}-{len(world.contracts) + 1:03d}",
            label=seed.label,
            customer=customer,
            beneficiaries=beneficiaries,
            sites=list(customer.sites.all()),
            maintenance_site=customer.sites.get(is_main=True),
            project=project,
            type=ContractType.objects.get(code="managed"),
            status=seed.status,
            start_on=today + timedelta(days=seed.starts),
            end_on=None if seed.ends is None else today + timedelta(days=seed.ends),
            renewal="tacit" if chance.random() < 0.7 else "none",
            technical_manager=world.team_of(customer).manager,
        ),
        by=None,
        at=at,
    )
    world.contracts.append(contract)
    for one in [customer, *beneficiaries]:
        world.contracts_of.setdefault(one.pk, []).append(contract)
    _services(world, seed, contract, [customer, *beneficiaries], at)
    choices = [
        (world.severities[level] if level else None, commitments[code]) for level, code in GRADES[seed.grade]
    ]
    set_commitment_choices(holder=contract, choices=choices, by=None, at=at)
    if seed.status == ContractStatus.RUNNING:
        _lines(contract, at, chance)


def _services(
    world: World, seed: ContractSeed, contract: Contract, customers: Sequence[Customer], at: datetime
) -> None:
    for position, service_seed in enumerate((one for one in SERVICES if one.code in seed.services), 1):
        assets = [
            asset
            for asset in world.assets
            if asset.customer in customers and asset.product.type.code in service_seed.product_types
        ]
        english = contract.customer.language == "en"
        service = save_service(
            contract=contract,
            service=None,
            details=ServiceDetails(
                label=service_seed.name_en if english else service_seed.name_fr,
                position=position,
                assets=assets,
                products=sorted({asset.product for asset in assets}, key=lambda product: product.pk),
                default_team=world.teams.get(service_seed.team) or world.team_of(contract.customer),
                default_severity=world.severities[2],
            ),
            by=None,
            at=at,
        )
        for asset in assets:
            world.services_of.setdefault(asset.pk, []).append((contract, service))


def _lines(contract: Contract, at: datetime, chance: Random) -> None:
    for service in contract.services.all():
        save_line(
            contract=contract,
            line=None,
            details=LineDetails(
                label=service.label,
                quantity=Decimal(max(1, service.assets.count())),
                unit_price_cents=chance.randint(8, 90) * 1000,
                valid_from=contract.start_on,
                valid_until=contract.end_on,
            ),
            by=None,
            at=at,
        )
