"""One's own preferences."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Self
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import Density, Language, Theme, User


@lru_cache(maxsize=1)
def time_zones() -> list[tuple[str, str]]:
    """The zones of the tz database that stand for a place, by name; UTC first."""
    names = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class PreferencesForm(forms.Form):
    """How the desk looks and speaks for one person (Spec F5)."""

    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zones,
        help_text=_("Instants are shown in it; due dates are explained in their schedule’s own zone."),
    )
    density = forms.ChoiceField(label=_("Row height"), choices=Density.choices)

    @classmethod
    def of(cls, user: User) -> Self:
        """The form filled with what the person chose."""
        return cls(
            initial={
                "language": user.language or "",
                "theme": user.theme,
                "time_zone": user.time_zone,
                "density": user.density,
            }
        )


class PasswordForm(forms.Form):
    """A new password; the present one is asked of who has one."""

    present = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters, not only figures, not a common word or your name."),
    )
    again = forms.CharField(
        label=_("New password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not user.has_usable_password():
            del self.fields["present"]

    def clean_present(self) -> str:
        present: str = self.cleaned_data["present"]
        if not self.user.check_password(present):
            raise forms.ValidationError(_("This isn’t your present password. Type it again."))
        return present

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two new passwords differ. Type the same one twice."))
        return data
