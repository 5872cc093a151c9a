"""What calls meet in the demo company: notes, warnings, one blocked customer, questions of a few assets."""

from __future__ import annotations

from datetime import datetime, timedelta

from cadran.catalogue.models import Asset
from cadran.catalogue.severity_alerts import alerts_of, set_severity_alerts
from cadran.parties.models import CallTakingCondition, CallTakingEffect, Customer
from cadran.parties.operations import (
    CallTakingDetails,
    CallTakingRuleDetails,
    ContactDetails,
    CustomerDetails,
    save_contact,
    save_customer,
    set_call_taking,
)
from cadran.tickets.choices import Phase
from cadran.tickets.models import Ticket
from cadran.tickets.operations import edit_ticket

from .world import World

WARNED, BLOCKED, NOTED = "Fromageries Berthier", "Hôtel Beaurivage", "Clinique Saint-Aubin"
_NOTE = (
    "<p><strong>Bloc opératoire</strong> : ne jamais intervenir à distance sans l’accord du cadre de garde, "
    "poste 4410.</p><p>Accès au bâtiment B par la cour, badge à l’accueil.</p>"
)
_CONTACT_NOTE = "<p>Joignable après 14 h ; préfère le téléphone au courriel.</p>"
_QUESTIONS = (
    "Combien de personnes ne peuvent plus travailler ?",
    "La dernière sauvegarde a-t-elle réussi, et quand ?",
)
_ANSWERS = ("Tout l’atelier, une quinzaine de personnes.", "Oui, cette nuit à 3 h 10.")


def prepare_call_taking(world: World, now: datetime) -> None:
    """Give customers and assets what an adviser meets while taking a call; after the last call was played."""
    at = now - timedelta(minutes=30)
    _take_notes(world.customers[NOTED], at)
    warn = CallTakingRuleDetails(
        CallTakingEffect.WARN, CallTakingCondition.UNPAID, "Rappeler le règlement en attente"
    )
    block = CallTakingRuleDetails(
        CallTakingEffect.BLOCK, CallTakingCondition.UNPAID, "Passer l’appel au service comptable (poste 4021)"
    )
    _owe(world.customers[WARNED], 1_284_00, 47, warn, at)
    _owe(world.customers[BLOCKED], 9_630_50, 128, block, at)
    for asset in [one for one in world.assets if one.product.type.code == "server"][:6]:
        set_severity_alerts(
            asset=asset,
            questions={world.severities[3]: _QUESTIONS, world.severities[2]: _QUESTIONS[:1]},
            by=world.managers[world.team_of(asset.customer).pk].user,
            at=at,
        )
    _answer_once(world, at)


def _owe(customer: Customer, cents: int, days: int, rule: CallTakingRuleDetails, at: datetime) -> None:
    details = CallTakingDetails(at.date() - timedelta(days=days), cents, [rule])
    set_call_taking(customer=customer, details=details, by=None, at=at)


def _take_notes(customer: Customer, at: datetime) -> None:
    details = CustomerDetails(
        name=customer.name,
        kind=customer.kind,
        phone=customer.phone,
        email=customer.email,
        language=customer.language,
        note=_NOTE,
    )
    save_customer(customer=customer, details=details, by=None, at=at)
    contact = customer.contacts.order_by("id")[0]
    person = ContactDetails(
        last_name=contact.last_name,
        first_name=contact.first_name,
        site=contact.site,
        function=contact.function,
        email=contact.email,
        phone=contact.phone,
        mobile=contact.mobile,
        language=contact.language,
        note=_CONTACT_NOTE,
    )
    save_contact(customer=customer, contact=contact, details=person, by=None, at=at)


def _answer_once(world: World, at: datetime) -> None:
    """A ticket whose severity rises: its asset asks, the adviser answers."""
    blocking = world.severities[3]
    asking: list[Asset] = [asset for asset in world.assets if alerts_of(asset, blocking)]
    ticket = (
        Ticket.objects.filter(
            asset__in=asking, phase__in=(Phase.CREATED, Phase.IN_PROGRESS), entered_at__lt=at
        )
        .exclude(severity=blocking)
        .order_by("-entered_at")
        .first()
    )
    if ticket is None or ticket.asset is None:
        return
    answers = {
        alert.pk: text for alert, text in zip(alerts_of(ticket.asset, blocking), _ANSWERS, strict=True)
    }
    adviser = ticket.pilot or world.advisers[0]
    changes = {"severity": blocking}
    edit_ticket(ticket=ticket, changes=changes, base={}, answers=answers, by=adviser.user, at=at)
