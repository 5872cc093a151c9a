"""What the company has added to tickets: two fields of its own, and the checklist of a visit (Spec T30)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cadran.catalogue.models import Asset, Nature
from cadran.tickets.choices import FieldKind
from cadran.tickets.models import CustomChoice, CustomField, Intervention, InterventionType
from cadran.tickets.operations import (
    mark_checklist,
    save_checklist_item,
    save_custom_choice,
    save_custom_field,
)

#: code, French, English
WINDOWS = (
    ("window-morning", "Matin, 8 h – 12 h", "Morning, 8:00–12:00"),
    ("window-afternoon", "Après-midi, 13 h – 17 h", "Afternoon, 13:00–17:00"),
    ("window-evening", "Après la fermeture", "After closing time"),
)
#: code, French, English, whether it must be ticked
VISIT = (
    ("visit-badge", "Se présenter à l’accueil du site", "Report to the site’s reception", False),
    ("visit-backup", "Vérifier la dernière sauvegarde", "Check the last backup", True),
    ("visit-tag", "Relever le numéro d’inventaire", "Note the asset tag", True),
    ("visit-test", "Faire un essai avec l’utilisateur", "Test it with the user", True),
    ("visit-tidy", "Laisser le poste propre", "Leave the place tidy", False),
)
#: Natures that a technician may have to come for.
_NATURES = ("incident", "installation")


@dataclass
class OwnFields:
    """The company's own fields and what may be chosen in them."""

    tag: CustomField | None = None
    window: CustomField | None = None
    windows: list[CustomChoice] = field(default_factory=list)


def make_own_fields(at: datetime) -> OwnFields:
    """The asset tag and the agreed time window, on incidents and installations, and the visit's checklist."""
    natures = {"natures": list(Nature.objects.filter(code__in=_NATURES))}
    tag, window = (
        save_custom_field(field=None, values=values, many=natures, by=None, at=at)
        for values in (
            {"code": "asset-tag", "name_fr": "Numéro d’inventaire", "name_en": "Asset tag", "kind": FieldKind.TEXT},
            {"code": "window", "name_fr": "Créneau convenu", "name_en": "Agreed time window",
             "kind": FieldKind.CHOICE, "is_external": True},
        )
    )  # fmt: skip
    windows = [
        save_custom_choice(
            choice=None, values={**_names(code, french, english), "field": window}, by=None, at=at
        )
        for code, french, english in WINDOWS
    ]
    visit = InterventionType.objects.get(code="on-site-visit")
    for code, french, english, is_required in VISIT:
        values = {**_names(code, french, english), "type": visit, "is_required": is_required}
        save_checklist_item(item=None, values=values, by=None, at=at)
    return OwnFields(tag, window, windows)


def _names(code: str, french: str, english: str) -> dict[str, Any]:
    return {"code": code, "name_fr": french, "name_en": english}


def values_for(own: OwnFields, asset: Asset, nature: Nature) -> Mapping[CustomField, Any]:
    """What the adviser notes for a ticket on the asset: its tag on hardware, a window now and then."""
    if own.tag is None or own.window is None or nature.code not in _NATURES:
        return {}
    values: dict[CustomField, Any] = {}
    if asset.product.type.code in ("server", "workstation", "printer", "network"):
        values[own.tag] = f"INV-{20000 + asset.pk * 37 % 10000}"
        if asset.pk % 3 == 0:
            values[own.window] = own.windows[asset.pk % len(own.windows)]
    return values


def ticks_of(intervention: Intervention) -> dict[int, bool]:
    """What a technician has ticked by the end of a visit: all that must be, mostly the rest as well."""
    checks = intervention.checks.filter(checked_at=None)
    return {check.pk: True for check in checks if check.is_required or (intervention.pk + check.position) % 4}


def tick_begun_visits(at: datetime) -> None:
    """Who is on a visit just now has ticked the first two items."""
    visits = Intervention.objects.filter(
        started_at__isnull=False, ended_at=None, is_archived=False, checks__isnull=False
    ).distinct()
    for visit in visits.select_related("ticket", "assignee__user"):
        first = list(visit.checks.filter(checked_at=None)[:2])
        by = visit.assignee.user if visit.assignee is not None else None
        mark_checklist(intervention=visit, marked={check.pk: True for check in first}, by=by, at=at)
