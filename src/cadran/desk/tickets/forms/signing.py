"""The form under a service report: who signs it, where, in which language, and the signature (Spec T14)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cadran.tickets.operations import Signing

from .base import DeskForm

PAPER_TYPES = "image/*,application/pdf"


class SigningForm(DeskForm):
    """What is typed before the signature; proposed from the requester and the site. The operation judges it."""

    remarks = forms.CharField(
        label=_("Customer’s remarks"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    signer_name = forms.CharField(
        label=_("Name"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    signer_function = forms.CharField(label=_("Function"), required=False)
    place = forms.CharField(label=_("Place"), required=False)
    language = forms.ChoiceField(label=_("Language of the report"), choices=settings.LANGUAGES)
    signature = forms.CharField(label=_("Signature"), required=False, widget=forms.HiddenInput())
    paper = forms.FileField(
        label=_("Report signed on paper"),
        help_text=_("A photograph or scan of it takes the place of the signature above."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": PAPER_TYPES}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    def prepare(self) -> None:
        requester, site = self.ticket.requester, self.ticket.site
        self.initial = {
            **self.initial,
            "signer_name": str(requester or ""),
            "signer_function": requester.function if requester else "",
            "place": site.city if site else "",
            "language": requester.language if requester else settings.LANGUAGE_CODE,
        }

    @property
    def written_in(self) -> str:
        """The language chosen, or proposed."""
        chosen = self["language"].value()
        return str(chosen if chosen in dict(settings.LANGUAGES) else self.initial["language"])

    def signing(self) -> Signing:
        """What the operation needs."""
        typed: dict[str, Any] = {
            name: value for name, value in self.cleaned_data.items() if name not in ("seen", "paper")
        }
        return Signing(**typed, paper=self.cleaned_data.get("paper") or None)
