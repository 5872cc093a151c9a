"""Ticket templates of the demo company, tickets opened from them, and one duplicated (Spec T16)."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from cadran.catalogue.models import Nature, Severity
from cadran.core.reference import retire_reference_row, save_reference_row
from cadran.tickets.choices import OPEN_PHASES
from cadran.tickets.models import InterventionType, State, Status, Tag, TemplateGroup, Ticket, TicketTemplate
from cadran.tickets.operations import TemplateDetails, open_ticket, retire_template, save_template
from cadran.tickets.queries import fields_from_template, fields_from_ticket

from .working_hours import random_working_instant
from .world import World

#: Group: code, French and English name.
GROUPS = (
    ("visits", "Visites préventives", "Preventive visits"),
    ("backups", "Sauvegardes", "Backups"),
    ("workplaces", "Postes et comptes", "Workplaces and accounts"),
    ("updates", "Mises à jour", "Updates"),
)


class TemplateSeed(NamedTuple):
    group: str
    name: str
    title: str
    nature: str
    severity: str
    team: str
    first_type: str
    external: str
    internal: str = ""
    state: str = ""
    tags: tuple[str, ...] = ()
    to_qualify: bool = False


TEMPLATES = (
    TemplateSeed(
        "visits",
        "Visite préventive trimestrielle",
        "Visite préventive du trimestre",
        "installation",
        "minor",
        "field",
        "on-site-visit",
        "<p>Visite d’entretien prévue au contrat : relevé des serveurs, des onduleurs et des sauvegardes.</p>",
        "<ul><li>Espace disque et journaux</li><li>Autonomie des onduleurs</li><li>Restauration d’un fichier</li></ul>",
    ),
    TemplateSeed(
        "visits",
        "Contrôle annuel du réseau",
        "Contrôle annuel du réseau",
        "installation",
        "minor",
        "systems",
        "control",
        "<p>Contrôle des commutateurs, des bornes et de la ligne de secours.</p>",
        "<p>Comparer les versions installées avec celles de l’éditeur.</p>",
        tags=("wi-fi",),
    ),
    TemplateSeed(
        "backups",
        "Contrôle mensuel des sauvegardes",
        "Contrôle mensuel des sauvegardes",
        "installation",
        "minor",
        "systems",
        "control",
        "<p>Lecture des rapports du mois et restauration d’essai.</p>",
        tags=("backup",),
    ),
    TemplateSeed(
        "backups",
        "Sauvegarde en échec",
        "La sauvegarde de la nuit a échoué",
        "incident",
        "major",
        "systems",
        "remote-diagnosis",
        "<p>Le rapport de la nuit signale un échec.</p>",
        "<p>Demander le code d’erreur et la place libre sur la cible.</p>",
        tags=("backup",),
    ),
    TemplateSeed(
        "workplaces",
        "Mot de passe oublié",
        "Mot de passe à réinitialiser",
        "question",
        "minor",
        "support-rhone",
        "",
        "<p>Mot de passe oublié ; identité vérifiée par rappel au numéro enregistré.</p>",
        tags=("account",),
    ),
    TemplateSeed(
        "workplaces",
        "Nouveau poste de travail",
        "Préparer un poste pour un nouvel arrivant",
        "installation",
        "minor",
        "field",
        "on-site-visit",
        "<p>Nom, fonction et date d’arrivée :</p><p>Applications à installer :</p>",
        "<p>Vérifier le stock avant de promettre une date.</p>",
        state="awaiting-delivery",
        to_qualify=True,
    ),
    TemplateSeed(
        "workplaces",
        "Départ d’un collaborateur",
        "Fermer les accès d’un collaborateur qui part",
        "change",
        "minor",
        "support-rhone",
        "remote-work",
        "<p>Nom et dernier jour :</p>",
        "<p>Fermer les comptes le soir du dernier jour, pas avant.</p>",
        tags=("account",),
    ),
    TemplateSeed(
        "updates",
        "Mise à jour d’une application métier",
        "Mise à jour de l’application",
        "change",
        "minor",
        "applications",
        "control",
        "<p>Version actuelle, version voulue et créneau convenu :</p>",
        "<p>Sauvegarde avant, essai avec l’utilisateur après.</p>",
        tags=("update",),
    ),
)
#: What was asked for once and is offered no longer.
RETIRED = "Départ d’un collaborateur"
#: Templates that tickets were opened from in the last days, one after the other.
USED = (
    "Mot de passe oublié",
    "Sauvegarde en échec",
    "Mise à jour d’une application métier",
    "Mot de passe oublié",
)


def save_templates(world: World, at: datetime) -> None:
    """Eight templates in four groups. One holds a state that was retired since; one is retired itself."""
    groups = {
        code: save_reference_row(
            model=TemplateGroup,
            row=None,
            values={"code": code, "name_fr": french, "name_en": english},
            by=None,
            at=at,
        )
        for code, french, english in GROUPS
    }
    waiting = {"code": "awaiting-delivery", "name_fr": "Attente de livraison", "name_en": "Awaiting delivery"}
    state = save_reference_row(model=State, row=None, values=waiting, by=None, at=at)
    for seed in TEMPLATES:
        details = TemplateDetails(
            name=seed.name,
            group=groups[seed.group],
            title=seed.title,
            nature=Nature.objects.get(code=seed.nature),
            severity=Severity.objects.get(code=seed.severity),
            team=world.teams[seed.team],
            status=Status.objects.get(code="to-qualify") if seed.to_qualify else None,
            state=state if seed.state else None,
            first_type=InterventionType.objects.filter(code=seed.first_type).first(),
            external_description=seed.external,
            internal_description=seed.internal,
            tags=list(Tag.objects.filter(code__in=seed.tags)),
        )
        template = save_template(template=None, details=details, by=None, at=at)
        if seed.name == RETIRED:
            retire_template(template=template, retired=True, by=None, at=at)
    retire_reference_row(row=state, by=None, at=at)


def use_templates(world: World, now: datetime) -> None:
    """Tickets of the last two days that began with a template, and one that is a copy of another."""
    chance = Random(16)
    templates = {one.name: one for one in TicketTemplate.objects.all()}
    instants = sorted(random_working_instant(chance, now - timedelta(days=2), now) for _name in USED)
    for name, instant in zip(USED, instants, strict=True):
        asset = chance.choice(world.assets)
        contract, service = world.contract_of(asset, instant.date())
        adviser = chance.choice(world.advisers)
        context = {
            "customer": asset.customer,
            "site": asset.site,
            "requester": chance.choice(world.contacts[asset.customer_id]),
            "contract": contract,
            "service": service,
            "asset": asset,
        }
        start = fields_from_template(templates[name], at=instant, context=context)
        open_ticket(
            fields=start.fields,
            team=start.team or world.team_of(asset.customer),
            by=adviser.user,
            at=instant,
            form_opened_at=instant - timedelta(minutes=2),
            details=start.details,
        )
    original = Ticket.objects.filter(phase__in=OPEN_PHASES, requester__is_active=True).order_by("-id")[
        len(USED)
    ]
    start = fields_from_ticket(original, at=now)
    adviser = world.advisers[0]
    team = start.team or original.team
    open_ticket(fields=start.fields, team=team, by=adviser.user, at=now, details=start.details)
