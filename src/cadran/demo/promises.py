"""The demo company's schedules, commitments and contracts."""

from __future__ import annotations

from typing import NamedTuple

_OFFICE = "09:00-12:30, 13:30-18:00"
_WEEKDAYS = (1, 2, 3, 4, 5)
_EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


class ScheduleSeed(NamedTuple):
    code: str
    name_fr: str
    name_en: str
    time_zone: str
    calendar: str
    days: tuple[int, ...]
    openings: str


CALENDARS = (
    ("fr", "France", "France", "FR", ""),
    ("fr-am", "France, Alsace-Moselle", "France, Alsace-Moselle", "FR", "57"),
    ("gb-eng", "Angleterre", "England", "GB", "ENG"),
)

SCHEDULES = (
    ScheduleSeed("office", "Bureau 9 h-18 h, pause à midi", "Office 9-18, lunch break", "Europe/Paris", "fr", _WEEKDAYS, _OFFICE),
    ScheduleSeed("reception", "Réception 8 h-19 h", "Reception 8-19", "Europe/Paris", "fr", _WEEKDAYS, "08:00-19:00"),
    ScheduleSeed("extended", "Étendu 7 h-21 h, samedi compris", "Extended 7-21, Saturday too", "Europe/Paris", "fr", (1, 2, 3, 4, 5, 6), "07:00-21:00"),
    ScheduleSeed("always", "24 h sur 24", "Round the clock", "Europe/Paris", "", _EVERY_DAY, "00:00-24:00"),
    ScheduleSeed("nights", "Nuits de semaine", "Weeknights", "Europe/Paris", "fr", _WEEKDAYS, "22:00-06:00"),
    ScheduleSeed("alsace", "Bureau Alsace-Moselle", "Alsace-Moselle office", "Europe/Paris", "fr-am", _WEEKDAYS, _OFFICE),
    ScheduleSeed("london", "Bureau de Londres", "London office", "Europe/London", "gb-eng", _WEEKDAYS, "09:00-17:30"),
)  # fmt: skip


class CommitmentSeed(NamedTuple):
    """Amounts with their unit: ``4h``, ``30m``, ``2d``; empty for no such guarantee."""

    code: str
    name_fr: str
    name_en: str
    response: str
    resolution: str
    reception: str
    action: str
    warning_minutes: int = 120
    resolution_start: str = "reception"


COMMITMENTS = (
    CommitmentSeed("bronze", "Bronze", "Bronze", "8h", "3d", "office", "office"),
    CommitmentSeed("silver", "Argent", "Silver", "4h", "2d", "office", "office"),
    CommitmentSeed("silver-major", "Argent majeur", "Silver major", "2h", "8h", "reception", "office"),
    CommitmentSeed("gold", "Or", "Gold", "1h", "8h", "reception", "office"),
    CommitmentSeed("gold-blocking", "Or bloquant", "Gold blocking", "30m", "4h", "reception", "extended", 60),
    CommitmentSeed("platinum", "Platine", "Platinum", "30m", "4h", "always", "always", 60),
    CommitmentSeed("response-only", "Prise en charge seule", "Response only", "4h", "", "office", "office"),
    CommitmentSeed("alsace", "Alsace-Moselle", "Alsace-Moselle", "4h", "2d", "alsace", "alsace"),
    CommitmentSeed("london", "Londres", "London", "2h", "1d", "london", "london"),
    CommitmentSeed("repair", "Réparation", "Repair", "2h", "6h", "reception", "office", 90, "response"),
)


class ServiceSeed(NamedTuple):
    """What a service covers, and its commitments: (severity level or None for all others, commitment)."""

    code: str
    name_fr: str
    name_en: str
    product_types: tuple[str, ...]
    team: str


SERVICES = (
    ServiceSeed("users", "Support aux utilisateurs", "User support", ("workstation", "printer", "mail"), ""),
    ServiceSeed("servers", "Infogérance des serveurs", "Managed servers", ("server",), "systems"),
    ServiceSeed("backup", "Sauvegarde et reprise", "Backup and recovery", ("backup",), "systems"),
    ServiceSeed(
        "network", "Réseau et téléphonie", "Network and telephony", ("network", "telephony"), "systems"
    ),
    ServiceSeed(
        "applications", "Support applicatif", "Application support", ("business-software",), "applications"
    ),
)


class ContractSeed(NamedTuple):
    """A contract of a customer. ``starts`` and ``ends`` count days from today; ``grade`` names its commitments."""

    customer: str
    label: str
    services: tuple[str, ...]
    grade: str
    starts: int = -400
    ends: int | None = 330
    status: str = "running"
    beneficiaries: tuple[str, ...] = ()


#: Grade -> commitments by severity level; None stands for every other severity.
GRADES: dict[str, tuple[tuple[int | None, str], ...]] = {
    "bronze": ((None, "bronze"),),
    "silver": ((3, "silver-major"), (2, "silver-major"), (None, "silver")),
    "gold": ((3, "gold-blocking"), (2, "gold"), (None, "silver")),
    "platinum": ((3, "platinum"), (2, "gold"), (None, "silver")),
    "response": ((None, "response-only"),),
    "alsace": ((None, "alsace"),),
    "london": ((None, "london"),),
    "repair": ((3, "repair"), (None, "silver")),
}

_ALL = ("users", "servers", "backup", "network", "applications")

CONTRACTS = (
    ContractSeed("Transports Delaunay", "Infogérance", _ALL, "silver", -600, 130),
    ContractSeed("Clinique Saint-Aubin", "Infogérance et dossier patient", _ALL, "platinum", -800, 295),
    ContractSeed("Moreau & Associés", "Bureautique et réseau", ("users", "network", "backup"), "bronze", -300, 65),
    ContractSeed("Fromageries Berthier", "Infogérance", ("users", "servers", "backup", "network"), "gold", -500, 230),
    ContractSeed("Mairie de Tassin", "Marché d’assistance", ("users", "servers", "network"), "silver", -700, 25),
    ContractSeed("Pharmacie des Halles", "Caisse et officine", ("users", "applications", "backup"), "gold", -260, 105),
    ContractSeed("Lycée Jean-Perrin", "Assistance", ("users", "network"), "bronze", -420, 310),
    ContractSeed("Imprimerie Garnier", "Infogérance", ("users", "servers", "backup"), "silver", -350, 15),
    ContractSeed("Hôtel Beaurivage", "Réseau et téléphonie", ("users", "network"), "repair", -190, 175),
    ContractSeed("Groupe Ardent BTP", "Contrat de groupe", _ALL, "gold", -900, 195, beneficiaries=("Ardent Location",)),
    ContractSeed("Coopérative des Monts du Forez", "Gestion et magasins", ("users", "applications", "servers"), "silver", -640, 90),
    ContractSeed("Textiles Vernay", "Infogérance de l’usine", ("users", "servers", "network", "backup"), "gold", -310, 55),
    ContractSeed("Notaires du Parc", "Bureautique", ("users", "backup"), "response", -130, 235),
    ContractSeed("Association Les Tilleuls", "Assistance", ("users", "network", "applications"), "bronze", -220, 145),
    ContractSeed("Mécanique de précision Jourdan", "Infogérance", ("users", "servers", "backup"), "repair", -450, 280),
    ContractSeed("Alpes Énergie Services", "Infogérance 24 h sur 24", _ALL, "platinum", -365, 365),
    ContractSeed("Banque coopérative du Vexin", "Infogérance des agences", _ALL, "platinum", -730, 3),
    ContractSeed("Théâtre de la Boussole", "Assistance", ("users", "network"), "bronze", -90, 275),
    ContractSeed("Laboratoires Orsène", "Infogérance", _ALL, "gold", -520, 210),
    ContractSeed("Agence Lumen", "Postes et sauvegarde", ("users", "backup"), "silver", -150, 215),
    ContractSeed("Assurances Mutuelles de l’Oise", "Infogérance", ("users", "servers", "backup", "network"), "gold", -610, 120),
    ContractSeed("Boulangeries Pétrin & Cie", "Caisses des boutiques", ("users", "applications"), "repair", -280, 85),
    ContractSeed("Logistique Val-de-Seine", "Entrepôt", _ALL, "gold", -560, 170),
    ContractSeed("Université de Marne-Nord", "Support du campus", ("users", "servers", "network"), "silver", -410, 320),
    ContractSeed("Northgate Freight Ltd", "Managed services", _ALL, "london", -330, 40),
    ContractSeed("Hartwell Instruments", "Managed services", ("users", "servers", "backup"), "silver", -240, 125),
    ContractSeed("Strasbourg Habitat", "Infogérance", ("users", "servers", "network", "applications"), "alsace", -480, 250),
    ContractSeed("Éditions du Confluent", "Bureautique", ("users", "backup"), "bronze", -700, -20),
    ContractSeed("Plastiques Rhodaniens", "Infogérance", ("users", "servers"), "silver", -500, 200, "on_hold"),
    ContractSeed("Verrerie de la Loue", "Assistance", ("users", "applications"), "silver", 12, 377, "signed"),
)  # fmt: skip
