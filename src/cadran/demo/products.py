"""The demo company's catalogue: what it maintains for its customers. Products and suppliers are invented."""

from __future__ import annotations

from typing import NamedTuple


class ProductSeed(NamedTuple):
    code: str
    name: str
    type: str
    supplier: str
    versions: tuple[tuple[str, str], ...] = ()


PRODUCT_TYPES = (
    ("server", "Serveur", "Server"),
    ("workstation", "Poste de travail", "Workstation"),
    ("printer", "Imprimante", "Printer"),
    ("network", "Réseau", "Network"),
    ("business-software", "Logiciel métier", "Business software"),
    ("mail", "Messagerie", "Mail"),
    ("backup", "Sauvegarde", "Backup"),
    ("telephony", "Téléphonie", "Telephony"),
)

SUPPLIERS = (
    "Éditions Logivia",
    "Orvia France",
    "Réseaux Valmont",
    "Bureautique Lécuyer",
    "Telcom Union",
    "Serveurs Altaïr",
)

PRODUCTS = (
    ProductSeed(
        "LT-WMS",
        "LogiTrans WMS",
        "business-software",
        "Éditions Logivia",
        (("8.2", ""), ("8.3", ""), ("8.4", "1"), ("8.4", "2")),
    ),
    ProductSeed(
        "LT-COMPTA",
        "Logivia Compta",
        "business-software",
        "Éditions Logivia",
        (("2024", ""), ("2025", ""), ("2026", "1")),
    ),
    ProductSeed(
        "LT-PAIE", "Logivia Paie", "business-software", "Éditions Logivia", (("11", "3"), ("12", "1"))
    ),
    ProductSeed(
        "MEDIX", "Medix Dossier patient", "business-software", "Orvia France", (("5.0", ""), ("5.1", "4"))
    ),
    ProductSeed("CAISSO", "Caisso", "business-software", "Orvia France", (("3.7", ""), ("3.8", "2"))),
    ProductSeed(
        "ORV-BKP", "Orvia Backup", "backup", "Orvia France", (("12.0", ""), ("12.1", "2"), ("12.1", "3"))
    ),
    ProductSeed("ORV-VAULT", "Orvia Coffre distant", "backup", "Orvia France", (("2.3", ""),)),
    ProductSeed(
        "ALT-S200", "Altaïr S200", "server", "Serveurs Altaïr", (("BIOS 1.18", ""), ("BIOS 1.20", ""))
    ),
    ProductSeed("ALT-S400", "Altaïr S400", "server", "Serveurs Altaïr", (("BIOS 2.02", ""),)),
    ProductSeed("ALT-NAS", "Altaïr NAS 8", "server", "Serveurs Altaïr", (("6.1", "9"), ("6.2", ""))),
    ProductSeed("VIRTUO", "Virtuo Hyperviseur", "server", "Serveurs Altaïr", (("7.0", "3"), ("8.0", "1"))),
    ProductSeed("PC-PRO", "Poste Bureau Pro", "workstation", "Bureautique Lécuyer"),
    ProductSeed("PC-PORT", "Portable Nomade 14", "workstation", "Bureautique Lécuyer"),
    ProductSeed("PC-CAISSE", "Poste de caisse", "workstation", "Bureautique Lécuyer"),
    ProductSeed("IMP-L30", "Laser L30", "printer", "Bureautique Lécuyer", (("fw 3.12", ""), ("fw 3.15", ""))),
    ProductSeed("IMP-MF70", "Multifonction MF70", "printer", "Bureautique Lécuyer", (("fw 1.4", ""),)),
    ProductSeed("IMP-ETI", "Étiqueteuse E4", "printer", "Bureautique Lécuyer"),
    ProductSeed("VAL-FW", "Pare-feu Valmont 60", "network", "Réseaux Valmont", (("9.4", ""), ("9.6", "1"))),
    ProductSeed("VAL-SW", "Commutateur Valmont 48", "network", "Réseaux Valmont", (("4.0", ""),)),
    ProductSeed("VAL-AP", "Borne Wi-Fi Valmont", "network", "Réseaux Valmont", (("2.8", ""),)),
    ProductSeed("MSG-H", "Messagerie hébergée", "mail", "Orvia France"),
    ProductSeed("MSG-AS", "Filtre antispam", "mail", "Orvia France"),
    ProductSeed("TEL-IPBX", "Standard Telcom IP", "telephony", "Telcom Union", (("10", ""), ("11", "2"))),
    ProductSeed("TEL-FIX", "Poste fixe Telcom", "telephony", "Telcom Union"),
)
