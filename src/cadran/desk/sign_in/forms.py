"""The sign-in form."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail address and password, in our words; allauth checks and throttles."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = pgettext_lazy("sign-in", "E-mail address")
        login.error_messages["required"] = _("Type your e-mail address.")
        login.error_messages["invalid"] = _("Type an e-mail address such as name@example.com.")
        login.widget.attrs = {"autocomplete": "username", "autofocus": True, "maxlength": "254"}
        self.fields["password"] = forms.CharField(
            label=pgettext_lazy("sign-in", "Password"),
            strip=False,
            max_length=500,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            error_messages={"required": _("Type your password.")},
        )
        self.fields["remember"].label = _("Stay signed in on this device")
        self.order_fields(["login", "password", "remember"])
