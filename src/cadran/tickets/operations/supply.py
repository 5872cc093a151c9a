"""The reference data that an empty company starts from (Spec T1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.models import Nature, Priority, Severity
from cadran.core.journal import record_many
from cadran.core.reference import take_turn_of

from .. import rules
from ..choices import Hue, Phase
from ..models import InterventionType, State, Status, SuspensionReason

# code, French, English, further fields
_Rows = tuple[tuple[str, str, str, dict[str, Any]], ...]

STATUSES: _Rows = (
    ("created", "Créée", "Created", {"phase": Phase.CREATED, "hue": Hue.SLATE, "is_default": True}),
    ("to-qualify", "À qualifier", "To qualify", {"phase": Phase.CREATED, "hue": Hue.OCHRE}),
    ("in-progress", "En cours", "In progress", {"phase": Phase.IN_PROGRESS, "hue": Hue.BLUE, "is_default": True}),
    ("diagnosis", "Diagnostic en cours", "Diagnosis under way", {"phase": Phase.IN_PROGRESS, "hue": Hue.BLUE}),
    ("development", "En développement", "In development", {"phase": Phase.IN_PROGRESS, "hue": Hue.INDIGO}),
    ("control", "En contrôle", "Being tested", {"phase": Phase.IN_PROGRESS, "hue": Hue.VIOLET}),
    ("suspended", "Suspendue", "Suspended", {"phase": Phase.SUSPENDED, "hue": Hue.SLATE, "is_default": True}),
    ("waiting-customer", "En attente du client", "Waiting for customer", {"phase": Phase.SUSPENDED, "hue": Hue.OCHRE}),
    ("waiting-supplier", "En attente du fournisseur", "Waiting for supplier",
     {"phase": Phase.SUSPENDED, "hue": Hue.OCHRE}),
    ("resolved", "Résolue", "Resolved", {"phase": Phase.RESOLVED, "hue": Hue.TEAL, "is_default": True}),
    ("closed-by-customer", "Clôturée par le client", "Closed by customer",
     {"phase": Phase.CLOSED_BY_CUSTOMER, "hue": Hue.GREEN, "is_default": True}),
    ("closed", "Clôturée", "Closed", {"phase": Phase.CLOSED_INTERNALLY, "hue": Hue.GREEN, "is_default": True}),
    ("cancelled", "Annulée", "Cancelled", {"phase": Phase.CLOSED_INTERNALLY, "hue": Hue.ROSE}),
)  # fmt: skip
STATES: _Rows = (
    ("answer-to-send", "Réponse à envoyer", "Answer to send", {}),
    ("to-call-back", "À rappeler", "To call back", {}),
    ("no-further-action", "Sans suite", "No further action", {}),
)
NATURES: _Rows = (
    ("incident", "Incident", "Incident", {}),
    ("fix", "Correction", "Fix", {}),
    ("change", "Évolution", "Change", {}),
    ("question", "Question", "Question", {}),
    ("installation", "Installation", "Installation", {}),
)
SEVERITIES: _Rows = (
    ("blocking", "Bloquante", "Blocking", {"level": 3}),
    ("major", "Majeure", "Major", {"level": 2, "is_default": True}),
    ("minor", "Mineure", "Minor", {"level": 1}),
)
PRIORITIES: _Rows = (
    ("priority-1", "Priorité 1", "Priority 1", {}),
    ("priority-2", "Priorité 2", "Priority 2", {}),
    ("priority-3", "Priorité 3", "Priority 3", {"is_default": True}),
    ("priority-4", "Priorité 4", "Priority 4", {}),
)
INTERVENTION_TYPES: _Rows = (
    ("intake", "Saisie", "Intake", {"is_intake": True, "counts_as_response": False}),
    ("remote-diagnosis", "Diagnostic à distance", "Remote diagnosis", {"status": "diagnosis"}),
    ("remote-work", "Intervention à distance", "Remote work", {}),
    ("on-site-visit", "Passage sur site", "On-site visit", {}),
    ("development", "Développement", "Development", {"status": "development"}),
    ("control", "Test et contrôle", "Test and control", {"counts_as_response": False, "status": "control"}),
    ("call", "Appel téléphonique", "Telephone call", {}),
)
SUSPENSION_REASONS: _Rows = (
    ("waiting-for-customer", "Attente du client", "Waiting for customer",
     {"waits_for_customer": True, "status": "waiting-customer"}),
    ("waiting-for-supplier", "Attente du fournisseur", "Waiting for supplier", {"status": "waiting-supplier"}),
    ("appointment", "Rendez-vous pris", "Appointment made", {}),
    ("waiting-for-part", "Attente d’une pièce", "Waiting for a part", {}),
)  # fmt: skip


def supply_reference_data(*, by: User | None, at: datetime) -> int:
    """Create the supplied statuses, states, natures, severities, priorities, types and reasons that don't exist.

    Existing rows keep what a company made of them; a default is supplied only where none is set. Returns how many
    rows were created.
    """
    rules.require(by, Right.EDIT_REFERENCE_DATA)
    with transaction.atomic():
        created = sum(
            _supply(model, rows, by=by, at=at)
            for model, rows in (
                (Status, STATUSES),
                (State, STATES),
                (Nature, NATURES),
                (Severity, SEVERITIES),
                (Priority, PRIORITIES),
                (InterventionType, INTERVENTION_TYPES),
                (SuspensionReason, SUSPENSION_REASONS),
            )
        )
    return created


def _supply(model: Any, rows: _Rows, *, by: User | None, at: datetime) -> int:
    take_turn_of(model)
    there = {row.code: row for row in model.objects.all()}
    statuses = {status.code: status for status in Status.objects.all()}
    made = []
    for position, (code, french, english, further) in enumerate(rows, 1):
        if code in there:
            continue
        values = dict(further)
        if isinstance(values.get("status"), str):
            values["status"] = statuses.get(values["status"])
        _keep_unique(values, there.values())
        there[code] = model(code=code, name_fr=french, name_en=english, position=position * 10, **values)
        made.append(there[code])
    made = model.objects.bulk_create(made)
    kind = model._meta.model_name
    facts = [(row.pk, {"code": row.code}) for row in made]
    record_many(subject_kind=kind, kind=f"{kind}.supplied", facts=facts, by=by, at=at)
    return len(made)


def _keep_unique(values: dict[str, Any], there: Iterable[Any]) -> None:
    """Leave a default or the intake to the row that has it already; every phase has a default of its own."""
    if values.get("is_default"):
        phase = values.get("phase")
        values["is_default"] = not any(
            row.is_default and (phase is None or row.phase == phase) for row in there
        )
    if values.get("is_intake"):
        values["is_intake"] = not any(row.is_intake for row in there)
