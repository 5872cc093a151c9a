"""Tags, followers and macros of the demo company (Spec T30)."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from cadran.core.reference import save_reference_row
from cadran.core.text import fold
from cadran.tickets.choices import OPEN_PHASES, Hue, MacroPlace
from cadran.tickets.models import State, Tag, Ticket
from cadran.tickets.operations import change_followers, save_macro, tag_ticket

from .world import World


class TagSeed(NamedTuple):
    code: str
    name_fr: str
    name_en: str
    hue: Hue
    #: Words of a title that give a ticket the tag.
    words: tuple[str, ...]


TAGS = (
    TagSeed("printing", "Impression", "Printing", Hue.TEAL, ("imprim", "toner", "print")),
    TagSeed("vpn", "Accès distant", "Remote access", Hue.INDIGO, ("vpn", "distance", "remote")),
    TagSeed("mail", "Messagerie", "Mail", Hue.BLUE, ("messagerie", "mail", "outlook", "courriel")),
    TagSeed("backup", "Sauvegarde", "Backup", Hue.GREEN, ("sauvegard", "backup", "restaur")),
    TagSeed("slow", "Lenteur", "Slowness", Hue.OCHRE, ("lent", "slow", "ralenti")),
    TagSeed("wi-fi", "Wi-Fi", "Wi-Fi", Hue.VIOLET, ("wi-fi", "wifi", "borne")),
    TagSeed("telephony", "Téléphonie", "Telephony", Hue.SLATE, ("telephon", "standard", "phone", "appel")),
    TagSeed("account", "Compte et mot de passe", "Account", Hue.ROSE, ("mot de passe", "compte", "password")),
    TagSeed("update", "Mise à jour", "Update", Hue.BLUE, ("mise a jour", "update", "version")),
    TagSeed("end-of-month", "Clôture mensuelle", "End of month", Hue.OCHRE, ("paie", "facture", "compta", "invoice")),
    TagSeed("vip", "Direction", "Executives", Hue.ROSE, ()),
    TagSeed("recurring", "Déjà vu", "Seen before", Hue.SLATE, ()),
)  # fmt: skip


class MacroSeed(NamedTuple):
    code: str
    name_fr: str
    name_en: str
    place: MacroPlace
    text_fr: str
    text_en: str


_HELLO_FR = "<p>Bonjour{% if requester.name %} {{ requester.name }}{% endif %},</p>"
_HELLO_EN = "<p>{% if requester.name %}Dear {{ requester.name }}{% else %}Hello{% endif %},</p>"
_BYE_FR = "<p>Cordialement,<br>{{ agent.name }}<br>{{ company.name }}</p>"
_BYE_EN = "<p>Kind regards,<br>{{ agent.name }}<br>{{ company.name }}</p>"
MACROS = (
    MacroSeed(
        "taken-in-hand",
        "Prise en charge",
        "Taken in hand",
        MacroPlace.EXTERNAL_REPORT,
        _HELLO_FR + "<p>Nous avons pris en charge votre demande {{ ticket.number }} (« {{ ticket.title }} »)."
        "{% if ticket.resolution_due %} Nous la résoudrons au plus tard le {{ ticket.resolution_due }}."
        "{% endif %}</p>" + _BYE_FR,
        _HELLO_EN + "<p>We are working on your request {{ ticket.number }} (“{{ ticket.title }}”)."
        "{% if ticket.resolution_due %} We will resolve it by {{ ticket.resolution_due }}.{% endif %}</p>"
        + _BYE_EN,
    ),
    MacroSeed(
        "please-confirm",
        "Merci de confirmer",
        "Please confirm",
        MacroPlace.EXTERNAL_REPORT,
        _HELLO_FR + "<p>Tout fonctionne de notre côté. Pouvez-vous nous le confirmer ?</p>" + _BYE_FR,
        _HELLO_EN + "<p>All works on our side. Could you please confirm it?</p>" + _BYE_EN,
    ),
    MacroSeed(
        "details-wanted",
        "Précisions demandées",
        "Details wanted",
        MacroPlace.EXTERNAL_REPORT,
        _HELLO_FR + "<p>Pour avancer, il nous faudrait :</p><ul><li>le message exact à l’écran ;</li>"
        "<li>l’heure à laquelle il est apparu ;</li><li>le poste concerné.</li></ul>" + _BYE_FR,
        _HELLO_EN + "<p>To go on we need:</p><ul><li>the exact message on the screen;</li>"
        "<li>when it appeared;</li><li>the workstation concerned.</li></ul>" + _BYE_EN,
    ),
    MacroSeed(
        "hand-over",
        "Passage de relais",
        "Hand-over",
        MacroPlace.NOTE,
        "<p><b>Fait :</b> …</p><p><b>Reste à faire :</b> …</p>"
        "<p><b>Client à prévenir :</b> {{ requester.name }}</p>",
        "<p><b>Done:</b> …</p><p><b>Left to do:</b> …</p><p><b>Customer to tell:</b> {{ requester.name }}</p>",
    ),
    MacroSeed(
        "major-breakdown",
        "Panne majeure",
        "Major breakdown",
        MacroPlace.NOTE,
        "<p>Panne majeure chez {{ customer.name }} : prévenir la direction, rappeler toutes les heures.</p>",
        "<p>Major breakdown at {{ customer.name }}: tell the management, call back every hour.</p>",
    ),
    MacroSeed(
        "to-the-systems-team",
        "Vers l’équipe systèmes",
        "To the systems team",
        MacroPlace.INTERNAL_REPORT,
        "<p>Transmis à l’équipe systèmes le {{ today.date }} : vérifications de base faites.</p>",
        "<p>Handed to the systems team on {{ today.date }}: basic checks are done.</p>",
    ),
)


def save_tags(at: datetime) -> None:
    """The words that the company files its tickets under."""
    for seed in TAGS:
        values = {
            "code": seed.code,
            "name_fr": seed.name_fr,
            "name_en": seed.name_en,
            "hue": seed.hue.value,
        }
        save_reference_row(model=Tag, row=None, values=values, by=None, at=at)


def save_macros(world: World, at: datetime) -> None:
    """Six canned answers: to customers, for colleagues, and some that set fields too."""
    sets: dict[str, dict[str, Any]] = {
        "please-confirm": {"state": State.objects.in_use().first()},
        "major-breakdown": {
            "severity": world.severities[3],
            "priority": world.priorities[3],
            "tags": [Tag.objects.get(code="vip")],
        },
        "to-the-systems-team": {
            "team": world.teams["systems"],
            "teams": [world.teams["support-rhone"], world.teams["support-paris"]],
        },
    }
    for seed in MACROS:
        values = {**seed._asdict(), "place": seed.place.value, **sets.get(seed.code, {})}
        lists = {name: values.pop(name, []) for name in ("tags", "teams")}
        save_macro(macro=None, values=values, many=lists, by=None, at=at)


def file_tickets(world: World, now: datetime, chance: Random) -> None:
    """Tag the open tickets by what they are about; managers and colleagues follow some of them."""
    tags = {tag.code: tag for tag in Tag.objects.all()}
    for ticket in Ticket.objects.filter(phase__in=OPEN_PHASES).select_related("team", "assignee"):
        title = fold(ticket.title)
        fitting = [tags[seed.code] for seed in TAGS if any(word in title for word in seed.words)]
        if chance.random() < 0.1:
            fitting.append(tags["recurring"])
        by = (ticket.assignee or world.managers[ticket.team_id]).user
        at = min(now, ticket.entered_at + timedelta(minutes=10))
        if fitting:
            tag_ticket(ticket=ticket, added=fitting, by=by, at=at)
        if chance.random() < 0.2:
            follower = chance.choice([*world.members[ticket.team_id], world.managers[ticket.team_id]])
            change_followers(ticket=ticket, added=[follower], by=follower.user, at=at)
