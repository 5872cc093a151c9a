"""The questions that an asset asks when a ticket on it gets a severity (Spec T13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.journal import record
from cadran.core.permissions import refuse_unless
from cadran.core.writing import refuse_all, save_row

from .models import Asset, Severity, SeverityAlert
from .rules import may_edit_assets

_LENGTH = 300
#: More would be an interrogation; the form has a line for each.
_MOST = 10
_Key = tuple[int, str]


def alerts_of(asset: Asset | None, severity: Severity | None) -> list[SeverityAlert]:
    """What must be answered for a ticket on ``asset`` of that severity, in the order in which it is asked."""
    if asset is None or severity is None:
        return []
    return list(
        SeverityAlert.objects.filter(asset=asset, severity=severity).select_related("asset").order_by("id")
    )


def set_severity_alerts(
    *,
    asset: Asset,
    questions: Mapping[Severity, Sequence[str]],
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> Asset:
    """Set all questions of an asset, by severity; others it had are removed, those that stay keep their key.

    ``seen``: the asset's ``row_version`` that the editor saw. Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or
    ``InvalidInputs``.
    """
    refuse_unless(may_edit_assets(by), Right.EDIT_ASSETS)
    severities = {severity.pk: severity for severity in questions}
    wanted = _wanted(questions)
    with transaction.atomic():
        stored = {(one.severity_id, one.question): one for one in _alerts(asset)}
        severities |= {one.severity_id: one.severity for one in stored.values()}
        gone = [one for key, one in stored.items() if key not in wanted]
        new = [key for key in wanted if key not in stored]
        told = {
            "removed": [_told(one.severity, one.question) for one in gone],
            "added": [_told(severities[severity], question) for severity, question in new],
        }
        saved = save_row(
            row=asset,
            values={},
            by=by,
            at=at,
            seen=seen,
            data={"severity_alerts": told} if gone or new else None,
        )
        for alert in gone:
            _remove(alert, by=by, at=at)
        for severity, question in new:
            row = SeverityAlert(asset=saved, severity=severities[severity])
            save_row(row=row, values={"question": question}, by=by, at=at)
    return saved


def _alerts(asset: Asset) -> list[SeverityAlert]:
    return list(SeverityAlert.objects.filter(asset=asset).select_related("asset", "severity"))


def _wanted(questions: Mapping[Severity, Sequence[str]]) -> list[_Key]:
    """The questions as stored, each once. Raises ``InvalidInput`` or ``InvalidInputs``."""
    errors: list[CadranError] = []
    wanted: dict[_Key, None] = {}
    for severity, typed in questions.items():
        texts = [text.strip() for text in typed if text.strip()]
        field = f"severity_{severity.pk}"
        if len(texts) > _MOST:
            errors.append(
                InvalidInput(
                    _("At most %(limit)s questions can be asked for a severity. Leave some out."),
                    field=field,
                    params={"limit": _MOST},
                )
            )
        if any(len(text) > _LENGTH for text in texts):
            errors.append(
                InvalidInput(
                    _("A question has at most %(limit)s characters. Shorten it."),
                    field=field,
                    params={"limit": _LENGTH},
                )
            )
        wanted |= dict.fromkeys((severity.pk, text) for text in texts)
    refuse_all(errors)
    return list(wanted)


def _told(severity: Severity, question: str) -> dict[str, str]:
    return {"severity": severity.code, "question": question}


def _remove(alert: SeverityAlert, *, by: User | None, at: datetime) -> None:
    record(
        subject_kind="severity_alert",
        subject_id=alert.pk,
        kind="severity_alert.deleted",
        by=by,
        at=at,
        data={"name": alert.question, "asset": str(alert.asset), "severity": alert.severity.code},
    )
    alert.delete()
