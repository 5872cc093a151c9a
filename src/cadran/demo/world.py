"""The demo company before its first call: people, customers, assets, schedules, commitments and contracts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from cadran.accounts.models import Profile
from cadran.accounts.operations import create_user, ensure_supplied_profiles
from cadran.catalogue.models import Asset, Nature, Priority, Product, ProductType, ProductVersion, Severity
from cadran.catalogue.operations import (
    AssetDetails,
    ProductDetails,
    ProductVersionDetails,
    save_asset,
    save_product,
    save_product_version,
)
from cadran.contracts.models import Contract, ContractType, Service
from cadran.contracts.queries import contract_coverage
from cadran.core.business_rules import COMPANY_NAME, set_business_rule
from cadran.core.reference import save_reference_row
from cadran.core.text import fold
from cadran.parties.models import Agent, Contact, Customer, Site, Supplier, Team
from cadran.parties.operations import (
    AgentDetails,
    ContactDetails,
    CustomerDetails,
    SiteDetails,
    SupplierDetails,
    TeamDetails,
    save_agent,
    save_contact,
    save_customer,
    save_site,
    save_supplier,
    save_team,
)
from cadran.tickets.business_rules import INTAKE_TEAM
from cadran.tickets.models import InterventionType, SuspensionReason
from cadran.tickets.operations import supply_reference_data

from .company import AGENTS, COMPANY, CUSTOMERS, TEAMS, CustomerSeed
from .known_errors import save_known_errors
from .own_fields import OwnFields, make_own_fields
from .products import PRODUCT_TYPES, PRODUCTS, SUPPLIERS, ProductSeed
from .supply import make_supplies
from .undertakings import make_promises

ASSETS = 150
_PREFIXES = {
    "server": "SRV",
    "workstation": "PC",
    "printer": "IMP",
    "network": "NET",
    "business-software": "APP",
    "mail": "MSG",
    "backup": "BKP",
    "telephony": "TEL",
}


@dataclass
class World:
    """What the calls are about and who takes them."""

    teams: dict[str, Team] = field(default_factory=dict)
    members: dict[int, list[Agent]] = field(default_factory=dict)
    managers: dict[int, Agent] = field(default_factory=dict)
    advisers: list[Agent] = field(default_factory=list)
    customers: dict[str, Customer] = field(default_factory=dict)
    customer_teams: dict[int, Team] = field(default_factory=dict)
    contacts: dict[int, list[Contact]] = field(default_factory=dict)
    assets: list[Asset] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    services_of: dict[int, list[tuple[Contract, Service]]] = field(default_factory=dict)
    contracts_of: dict[int, list[Contract]] = field(default_factory=dict)
    natures: dict[str, Nature] = field(default_factory=dict)
    severities: dict[int, Severity] = field(default_factory=dict)
    priorities: dict[int, Priority] = field(default_factory=dict)
    types: dict[str, InterventionType] = field(default_factory=dict)
    reasons: list[SuspensionReason] = field(default_factory=list)
    own: OwnFields = field(default_factory=OwnFields)

    @property
    def field_team(self) -> Team:
        return self.teams["field"]

    def team_of(self, customer: Customer) -> Team:
        """The team that looks after a customer."""
        return self.customer_teams[customer.pk]

    def contract_of(self, asset: Asset, day: date) -> tuple[Contract | None, Service | None]:
        """What an adviser would choose: the service that covers the asset, of a contract that runs that day.

        Without such a service the contract alone, which leaves the ticket out of scope; without a contract, nothing.
        """
        for contract, service in self.services_of.get(asset.pk, []):
            if contract_coverage(contract, day).covers:
                return contract, service
        for contract in self.contracts_of.get(asset.customer_id, []):
            if contract_coverage(contract, day).covers:
                return contract, None
        return None, None


def build(now: datetime, chance: Random) -> World:
    """Found the company, some months before its first call that is still remembered."""
    at = now - timedelta(days=120)
    world = World()
    ensure_supplied_profiles(by=None, at=at)
    supply_reference_data(by=None, at=at)
    set_business_rule(definition=COMPANY_NAME, value=COMPANY, by=None, at=at)
    _people(world, at)
    set_business_rule(definition=INTAKE_TEAM, value=world.teams["support-rhone"].pk, by=None, at=at)
    _reference(world, at)
    products = _products(at)
    for seed in CUSTOMERS:
        _customer(world, seed, at)
    _assets(world, products, at, chance)
    make_promises(world, at, now.date(), chance)
    make_supplies(world, at, now.date())
    return world


def _address(first_name: str, last_name: str, domain: str) -> str:
    name = re.sub(r"[^a-z.]+", "-", f"{fold(first_name)}.{fold(last_name)}")
    return f"{name}@{domain}"


def _people(world: World, at: datetime) -> None:
    profiles = {profile.code: profile for profile in Profile.objects.all()}
    agents: dict[str, list[Agent]] = {seed.code: [] for seed in TEAMS}
    managers: dict[str, Agent] = {}
    for index, seed in enumerate(AGENTS):
        email = _address(seed.first_name, seed.last_name, "novalys.example")
        user = create_user(
            email=email,
            name=f"{seed.first_name} {seed.last_name}",
            profiles=[profiles[seed.profile]],
            by=None,
            at=at,
        )
        agent = save_agent(
            agent=None,
            details=AgentDetails(
                first_name=seed.first_name,
                last_name=seed.last_name,
                function=seed.function,
                email=email,
                phone=f"04 72 00 10 {index + 10:02d}",
                user=user,
            ),
            by=None,
            at=at,
        )
        if seed.profile == "team-manager":
            managers[seed.team] = agent
        if seed.profile in ("support-agent", "team-manager"):
            agents[seed.team].append(agent)
        if seed.function.startswith("Téléconseil"):
            world.advisers.append(agent)
    for group in TEAMS:
        team = save_team(
            team=None,
            details=TeamDetails(
                code=group.code,
                name_fr=group.name_fr,
                name_en=group.name_en,
                public_name=group.public_name,
                manager=managers[group.code],
                members=agents[group.code],
            ),
            by=None,
            at=at,
        )
        world.teams[group.code] = team
        world.managers[team.pk] = managers[group.code]
        world.members[team.pk] = [one for one in agents[group.code] if one not in world.advisers]


def _reference(world: World, at: datetime) -> None:
    for code, french, english in PRODUCT_TYPES:
        save_reference_row(
            model=ProductType,
            row=None,
            values={"code": code, "name_fr": french, "name_en": english},
            by=None,
            at=at,
        )
    save_reference_row(
        model=ContractType,
        row=None,
        values={"code": "managed", "name_fr": "Infogérance", "name_en": "Managed services"},
        by=None,
        at=at,
    )
    world.natures = {nature.code: nature for nature in Nature.objects.all()}
    world.severities = {severity.level: severity for severity in Severity.objects.all()}
    priorities = list(Priority.objects.all())
    world.priorities = {3: priorities[0], 2: priorities[1], 1: priorities[2]}
    types = {row.code: row for row in InterventionType.objects.all()}
    world.types = {
        "remote": types["remote-diagnosis"],
        "on_site": types["on-site-visit"],
        "check": types["control"],
        "development": types["development"],
    }
    world.reasons = list(SuspensionReason.objects.all())
    world.own = make_own_fields(at)


def _products(at: datetime) -> dict[str, Product]:
    types = {row.code: row for row in ProductType.objects.all()}
    suppliers: dict[str, Supplier] = {
        name: save_supplier(supplier=None, details=SupplierDetails(name=name), by=None, at=at)
        for name in SUPPLIERS
    }
    products = {}
    for seed in PRODUCTS:
        product = save_product(
            product=None,
            details=ProductDetails(
                code=seed.code, name=seed.name, type=types[seed.type], supplier=suppliers[seed.supplier]
            ),
            by=None,
            at=at,
        )
        products[seed.code] = product
        for age, (version, revision) in enumerate(reversed(seed.versions), 1):
            save_product_version(
                product=product,
                version=None,
                details=ProductVersionDetails(
                    version=version, revision=revision, released_on=at.date() - timedelta(days=150 * age)
                ),
                by=None,
                at=at,
            )
    save_known_errors(products, at)
    return products


def _customer(world: World, seed: CustomerSeed, at: datetime) -> None:
    number = len(world.customers) + 1
    sites: list[Site] = []
    customer: Customer | None = None
    for name, address, postal_code, city in seed.sites:
        country = "GB" if not postal_code[:1].isdigit() else "FR"
        details = SiteDetails(
            name=name, address=address, postal_code=postal_code, city=city, country=country, is_main=not sites
        )
        if customer is None:
            customer = save_customer(
                customer=None,
                details=CustomerDetails(
                    name=seed.name,
                    phone=f"04 78 {number:02d} 00 00",
                    email=f"contact@{seed.domain}",
                    language=seed.language,
                    main_site=details,
                ),
                by=None,
                at=at,
            )
            sites.append(customer.sites.get(is_main=True))
        else:
            sites.append(save_site(customer=customer, site=None, details=details, by=None, at=at))
    assert customer is not None, f"{seed.name} needs a site"
    world.customers[seed.name] = customer
    world.customer_teams[customer.pk] = world.teams[seed.team]
    world.contacts[customer.pk] = [
        save_contact(
            customer=customer,
            contact=None,
            details=ContactDetails(
                first_name=first_name,
                last_name=last_name,
                function=function,
                site=sites[place % len(sites)],
                email=_address(first_name, last_name, seed.domain),
                phone=f"04 78 {number:02d} 00 {place + 11:02d}",
                language=seed.language,
            ),
            by=None,
            at=at,
        )
        for place, (first_name, last_name, function) in enumerate(seed.contacts)
    ]


def _assets(world: World, products: dict[str, Product], at: datetime, chance: Random) -> None:
    """Spread the assets over the customers; each gets a workstation, a server or a network first."""
    seeds = {seed.code: seed for seed in PRODUCTS}
    versions = {
        code: list(ProductVersion.objects.filter(product=product)) for code, product in products.items()
    }
    by_type: dict[str, list[ProductSeed]] = {}
    for seed in PRODUCTS:
        by_type.setdefault(seed.type, []).append(seed)
    order = [
        "workstation",
        "server",
        "network",
        "backup",
        "business-software",
        "printer",
        "mail",
        "telephony",
    ]
    customers = list(world.customers.values())
    for index in range(ASSETS):
        customer = customers[index % len(customers)]
        kind = order[(index // len(customers) + index) % len(order)]
        seed = seeds[chance.choice(by_type[kind]).code]
        sites = list(customer.sites.all())
        site = sites[index % len(sites)]
        short = re.sub(r"[^A-Z]", "", fold(customer.name).upper())[:3]
        number = index // len(customers) + 1
        version = chance.choice(versions[seed.code]) if versions[seed.code] else None
        world.assets.append(
            save_asset(
                asset=None,
                details=AssetDetails(
                    name=f"{_PREFIXES[kind]}-{short}-{number:02d}, {seed.name}",
                    product=products[seed.code],
                    version=version,
                    customer=customer,
                    site=site,
                    environment="production" if chance.random() < 0.85 else "test",
                    serial_number=f"{chance.randrange(16**8):08X}",
                    installed_on=at.date() - timedelta(days=chance.randint(30, 1500)),
                ),
                by=None,
                at=at,
            )
        )
