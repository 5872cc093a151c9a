"""Who stands behind the demo company's assets: suppliers with their contacts and contracts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from cadran.catalogue.models import Asset
from cadran.contracts.details import SupplierContractDetails
from cadran.contracts.models import Schedule
from cadran.contracts.operations import save_supplier_contract
from cadran.parties.models import Supplier
from cadran.parties.operations import (
    SupplierContactDetails,
    SupplierDetails,
    save_supplier,
    save_supplier_contact,
)

if TYPE_CHECKING:
    from .world import World


class SupplierSeed(NamedTuple):
    """``contacts``: name and function of each."""

    name: str
    domain: str
    phone: str
    contacts: tuple[tuple[str, str], ...]


class SupplierContractSeed(NamedTuple):
    """``starts`` and ``ends`` in days from today; promises as amount and unit; ``only``: how many assets at most."""

    supplier: str
    label: str
    reference: str
    products: tuple[str, ...]
    starts: int
    ends: int | None
    response: tuple[int | None, str] = (None, "hour")
    resolution: tuple[int | None, str] = (None, "hour")
    schedule: str = ""
    only: int | None = None
    note: str = ""


SUPPLIERS = (
    SupplierSeed(
        "Serveurs Altaïr",
        "altair.example",
        "01 55 00 20 00",
        (("Inès Caron", "Support matériel"), ("Bruno Lacaze", "Responsable de compte")),
    ),
    SupplierSeed(
        "Réseaux Valmont",
        "valmont.example",
        "04 76 00 31 00",
        (("Yann Prigent", "Centre d’appels"), ("Sonia Meyer", "Ingénieure réseau")),
    ),
    SupplierSeed(
        "Éditions Logivia", "logivia.example", "02 40 00 45 00", (("Farah Haddad", "Support éditeur"),)
    ),
)

_SERVERS = ("ALT-S200", "ALT-S400", "ALT-NAS", "VIRTUO")
CONTRACTS = (
    SupplierContractSeed(
        "Serveurs Altaïr", "Maintenance matérielle, pièces et main-d’œuvre", "ALT-88120", _SERVERS, -300, 250,
        (4, "hour"), (1, "day"), "office", note="Donner le numéro de série avant toute commande de pièce.",
    ),
    SupplierContractSeed(
        "Réseaux Valmont", "Échange avancé des équipements réseau", "VAL-2231", ("VAL-FW", "VAL-SW", "VAL-AP"),
        -320, 45, (2, "hour"), (8, "hour"), "extended",
    ),
    SupplierContractSeed(
        "Éditions Logivia", "Support éditeur Logivia", "LGV-7734", ("LT-WMS", "LT-COMPTA", "LT-PAIE"), -500, None,
        (4, "hour"), schedule="office",
    ),
    SupplierContractSeed(
        "Serveurs Altaïr", "Astreinte de nuit du serveur principal", "ALT-90455", _SERVERS, -120, 240,
        (1, "hour"), (6, "hour"), "always", only=1,
    ),
    SupplierContractSeed(
        "Serveurs Altaïr", "Extension de garantie S200", "ALT-70013", ("ALT-S200",), -760, -30, (8, "hour"),
    ),
)  # fmt: skip


def make_supplies(world: World, at: datetime, today: date) -> None:
    """Name the suppliers' people and enter their contracts, one of them ended and one soon to end."""
    suppliers = {seed.name: _supplier(seed, at) for seed in SUPPLIERS}
    schedules = {schedule.code: schedule for schedule in Schedule.objects.all()}
    for number, seed in enumerate(CONTRACTS, 1):
        _contract(world, number, seed, suppliers[seed.supplier], schedules.get(seed.schedule), at, today)


def _supplier(seed: SupplierSeed, at: datetime) -> Supplier:
    supplier = save_supplier(
        supplier=Supplier.objects.get(name=seed.name),
        details=SupplierDetails(name=seed.name, phone=seed.phone, email=f"support@{seed.domain}"),
        by=None,
        at=at,
    )
    for place, (name, function) in enumerate(seed.contacts, 1):
        save_supplier_contact(
            supplier=supplier,
            contact=None,
            details=SupplierContactDetails(
                name=name,
                function=function,
                phone=f"{seed.phone[:-2]}{place:02d}",
                email=f"contact{place}@{seed.domain}",
            ),
            by=None,
            at=at,
        )
    return supplier


def _contract(
    world: World,
    number: int,
    seed: SupplierContractSeed,
    supplier: Supplier,
    schedule: Schedule | None,
    at: datetime,
    today: date,
) -> None:
    assets: list[Asset] = [asset for asset in world.assets if asset.product.code in seed.products]
    start = today + timedelta(days=seed.starts)
    save_supplier_contract(
        contract=None,
        details=SupplierContractDetails(
            number=f"CF-{start.year}-{number:03d}",
            label=seed.label,
            supplier=supplier,
            reference=seed.reference,
            start_on=start,
            end_on=None if seed.ends is None else today + timedelta(days=seed.ends),
            assets=assets[: seed.only],
            contacts=list(supplier.contacts.order_by("pk")[:1]),
            response_amount=seed.response[0],
            response_unit=seed.response[1],
            resolution_amount=seed.resolution[0],
            resolution_unit=seed.resolution[1],
            schedule=schedule,
            note=seed.note,
        ),
        by=None,
        at=at,
    )
