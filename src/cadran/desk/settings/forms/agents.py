"""An agent and how they sign in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import Language, Profile, User
from cadran.desk.records.seen import RowForm
from cadran.parties.models import Agent
from cadran.parties.operations import AgentDetails
from cadran.parties.operations.sign_in import SignInDetails


class AgentForm(RowForm):
    """Name and reach; with ``signs_in`` also profiles and language."""

    first_name = forms.CharField(label=_("First name"), max_length=80)
    last_name = forms.CharField(label=_("Last name"), max_length=80)
    function = forms.CharField(label=_("Function"), max_length=120, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        error_messages={"invalid": _("Type an e-mail address such as name@example.com.")},
    )
    is_active = forms.BooleanField(
        label=_("Works here: may be chosen as assignee, pilot or manager"), required=False, initial=True
    )
    signs_in = forms.BooleanField(label=_("Signs in with this e-mail address"), required=False, initial=True)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As the browser asks")), *Language.choices]
    )
    profiles = forms.ModelMultipleChoiceField(
        label=_("Profiles"),
        queryset=Profile.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        profiles: Any = self.fields["profiles"]
        given = self.initial.get("profiles", [])
        profiles.queryset = Profile.objects.visible_to(self.user).filter(
            Q(is_retired=False) | Q(pk__in=given)
        )

    def stored(self, row: Agent) -> dict[str, Any]:
        user = row.user
        return {
            **super().stored(row),
            "email": user.email if user else row.email,
            "signs_in": bool(user and user.is_active),
            "language": user.language if user else "",
            "profiles": list(user.profiles.values_list("pk", flat=True)) if user else [],
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("signs_in") and not data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Type the e-mail address they sign in with."))
        if data.get("signs_in") and not data.get("profiles"):
            self.add_error("profiles", _("Tick at least one profile: without any, nothing may be done."))
        return data

    @property
    def details(self) -> AgentDetails:
        """The agent as the operation takes it; only of a valid form."""
        names = ("first_name", "last_name", "function", "phone", "email", "is_active")
        return AgentDetails(**{name: self.cleaned_data[name] for name in names})

    def sign_in(self, user: User | None) -> SignInDetails | None:
        """How the agent signs in; None for somebody who doesn't and never did. Only of a valid form."""
        data = self.cleaned_data
        if not data["signs_in"] and user is None:
            return None
        profiles = data["profiles"] if data["signs_in"] or user is None else user.profiles.all()
        return SignInDetails(
            email=data["email"] or (user.email if user else ""),
            profiles=list(profiles),
            language=data["language"],
            may_sign_in=data["signs_in"],
        )
