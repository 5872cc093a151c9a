"""The dialog of what an asset asks for each severity (Spec T13)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cadran.accounts.access import needs
from cadran.accounts.rights import Right
from cadran.catalogue.models import Asset, Severity, SeverityAlert
from cadran.catalogue.severity_alerts import set_severity_alerts
from cadran.desk.components.answers import sent
from cadran.desk.records.dialogs import answer
from cadran.desk.records.forms import RecordForm
from cadran.desk.settings.common import now, person


class AlertsForm(RecordForm):
    """The questions of an asset: a text for each severity, a question a line."""

    def prepare(self) -> None:
        alerts = list(SeverityAlert.objects.visible_to(self.user).filter(asset=self.row).order_by("id"))
        asked = {alert.severity_id for alert in alerts}
        rows = Severity.objects.visible_to(self.user).filter(Q(is_retired=False) | Q(pk__in=asked))
        self.severities: list[Severity] = list(rows)
        for severity in self.severities:
            name = f"severity_{severity.pk}"
            self.fields[name] = forms.CharField(
                label=str(severity), required=False, widget=forms.Textarea(attrs={"rows": 3})
            )
            questions = [alert.question for alert in alerts if alert.severity_id == severity.pk]
            self.initial[name] = "\n".join(questions)

    @property
    def texts(self) -> list[Any]:
        """The fields of the severities, in their order."""
        return [self[f"severity_{severity.pk}"] for severity in self.severities]

    @property
    def questions(self) -> dict[Severity, list[str]]:
        """What the operation is given; only of a valid form."""
        return {
            severity: self.cleaned_data[f"severity_{severity.pk}"].splitlines()
            for severity in self.severities
        }


@needs(Right.SEE_ASSETS, Right.EDIT_ASSETS)
@require_http_methods(["GET", "POST"])
def alerts(request: HttpRequest, number: str) -> HttpResponseBase:
    """Change what an asset asks."""
    user, at = person(request), now()
    row: Asset = get_object_or_404(Asset.objects.visible_to(user), number=number)
    form = AlertsForm(sent(request), user=user, row=row)
    page = reverse("desk:asset", args=[row.number])
    return answer(
        request,
        form=form,
        template="desk/assets/alerts.html",
        act=lambda: set_severity_alerts(
            asset=row, questions=form.questions, by=user, at=at, seen=form.version_seen
        ),
        told=lambda saved: _("The questions of %(name)s are saved.") % {"name": saved},
        go=lambda _saved: page,
        back=page,
        more={"asset": row},
    )
