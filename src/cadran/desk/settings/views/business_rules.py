"""Business rules: one typed form for all (glossary)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cadran.accounts.access import needs
from cadran.accounts.rights import Right
from cadran.core.business_rules import set_business_rules
from cadran.desk.components.answers import sent

from ..common import attempt, now, person
from ..forms.business_rules import BusinessRulesForm


@needs(Right.EDIT_BUSINESS_RULES)
@require_http_methods(["GET", "POST"])
def business_rules(request: HttpRequest) -> HttpResponse:
    """Every rule with its value; all are saved or none."""
    form = BusinessRulesForm(sent(request), user=person(request))
    if request.method == "POST" and form.is_valid():
        user, at = person(request), now()
        changed = attempt(
            form,
            lambda: set_business_rules(values=form.values(), by=user, at=at, seen=form.version_seen),
        )
        if changed is not None:
            messages.success(request, _("The business rules are saved."))
            return redirect("desk:settings_business_rules")
    status = 422 if form.errors else 200
    return render(request, "desk/settings/business_rules.html", {"form": form}, status=status)
