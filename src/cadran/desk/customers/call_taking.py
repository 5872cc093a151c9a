"""The dialog of what a customer's calls meet: unpaid invoices, warnings and blocks (Spec T13)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cadran.accounts.access import needs
from cadran.accounts.rights import Right
from cadran.desk.components.answers import sent
from cadran.desk.records.dialogs import answer
from cadran.desk.records.forms import DayField, RecordForm
from cadran.desk.records.money import EurosField
from cadran.desk.settings.common import now, person
from cadran.parties.models import CallTakingCondition, CallTakingEffect, Customer
from cadran.parties.operations import CallTakingDetails, CallTakingRuleDetails, set_call_taking


def _message(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 300})
    )


class CallTakingForm(RecordForm):
    """What is unpaid, and a message for each rule; a rule without one doesn't exist."""

    unpaid_since = DayField(label=gettext_lazy("Invoices unpaid since"), required=False)
    unpaid_cents = EurosField(label=gettext_lazy("Amount unpaid, in euros"), required=False)
    warn_unpaid = _message(gettext_lazy("Warn with"))
    block_unpaid = _message(gettext_lazy("Refuse new tickets with"))
    warn_always = _message(gettext_lazy("Warn with"))
    block_always = _message(gettext_lazy("Refuse new tickets with"))

    def stored(self, row: Customer) -> dict[str, Any]:
        rules = {f"{rule.effect}_{rule.condition}": rule.message for rule in row.call_taking_rules.all()}
        return {**super().stored(row), **rules}

    def label_of(self, name: str) -> str:
        """Where two editors meet no heading stands above the field, so its words come along."""
        label, condition = super().label_of(name), name.partition("_")[2]
        if condition not in CallTakingCondition.values:
            return label
        return f"{CallTakingCondition(condition).label} · {label}"

    @property
    def details(self) -> CallTakingDetails:
        """What the operation is given; only of a valid form."""
        typed = self.values
        rules = [
            CallTakingRuleDetails(effect, condition, typed[f"{effect.value}_{condition.value}"])
            for effect in CallTakingEffect
            for condition in CallTakingCondition
        ]
        return CallTakingDetails(typed["unpaid_since"], typed["unpaid_cents"], rules)


@needs(Right.SEE_CUSTOMERS, Right.EDIT_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def call_taking(request: HttpRequest, number: str) -> HttpResponseBase:
    """Change what calls of a customer meet."""
    user, at = person(request), now()
    row: Customer = get_object_or_404(Customer.objects.visible_to(user), number=number)
    form = CallTakingForm(sent(request), user=user, row=row)
    page = reverse("desk:customer", args=[row.number])
    return answer(
        request,
        form=form,
        template="desk/customers/call_taking.html",
        act=lambda: set_call_taking(
            customer=row, details=form.details, by=user, at=at, seen=form.version_seen
        ),
        told=lambda saved: _("The call-taking rules of %(name)s are saved.") % {"name": saved},
        go=lambda _saved: page,
        back=page,
        more={"customer": row},
    )
