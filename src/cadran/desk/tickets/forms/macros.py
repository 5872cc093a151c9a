"""Applying a macro: which one, its text as it is to read, and what the person saw of the fields it sets (T30)."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cadran.core.errors import CadranError, Stale
from cadran.tickets.choices import MacroPlace
from cadran.tickets.models import Intervention, Macro, Ticket
from cadran.tickets.queries.macros import FIELDS, MacroShown, macros_for, running_for, show_macro

from .base import DeskForm
from .fields import RowField, is_key, json_in


class MacroForm(DeskForm):
    """The macro and its text. ``filled_for`` names the macro that the text was filled in for, as it was then."""

    macro = RowField(Macro.objects.none(), label=_("Macro"))
    text = forms.CharField(label=_("Text"), required=False, widget=forms.Textarea)
    filled_for = forms.CharField(required=False, widget=forms.HiddenInput)
    base = forms.CharField(required=False, widget=forms.HiddenInput)

    def prepare(self) -> None:
        self.fields["macro"].queryset = macros_for(self.person)  # type: ignore[attr-defined]
        self.running: Intervention | None = running_for(self.ticket, self.person)
        self.shown: MacroShown | None = None
        self.changed = False
        self.chosen = self._chosen()
        if self.chosen is not None:
            self._show(self.chosen)

    def _chosen(self) -> Macro | None:
        key = str(self["macro"].value() or "")
        found: Macro | None = macros_for(self.person).filter(pk=key).first() if is_key(key) else None
        return found

    def _show(self, macro: Macro) -> None:
        """What it would do; another macro than before brings its own text."""
        try:
            self.shown = show_macro(macro, self.ticket, getattr(self.person, "agent", None), at=self.now)
        except CadranError as refused:
            self.unfilled = refused
            return
        seen, stamp = str(self.data.get("filled_for", "")), f"{macro.pk}.{macro.row_version}"
        if seen.split(".")[0] != str(macro.pk):
            self.retype(text=self.shown.text, filled_for=stamp, base=dump_fields(self.ticket))
        elif seen != stamp:
            self.changed = True
            self.retype(filled_for=stamp)

    def clean(self) -> dict[str, Any]:
        if self.changed:
            sentence = _(
                "Somebody has changed this macro since you opened it. Your text stays; look at what it sets now, then "
                "apply it."
            )
            self.add_error(None, sentence)
        return super().clean()

    @property
    def into(self) -> str:
        """Where the text goes: ``external_report``, ``internal_report`` or ``note``; empty without a text."""
        macro = self.chosen
        return macro.place if macro is not None and (macro.text_fr or macro.text_en) else ""

    @property
    def lacks_intervention(self) -> bool:
        """Whether the text has no running report to go into."""
        return self.into not in ("", MacroPlace.NOTE) and self.running is None

    def refuse(self, error: CadranError) -> None:
        """Show a refusal; who was told what is stored now has seen it."""
        super().refuse(error)
        if isinstance(error, Stale):
            self.retype(base=dump_fields(self.ticket))

    def seen(self) -> dict[str, Any]:
        """The fields as the person saw them."""
        raw = json_in(self.cleaned_data["base"])
        keys = raw if isinstance(raw, dict) else {}
        return {name: self._row(name, keys[name]) for name in FIELDS if name in keys}

    def _row(self, name: str, key: Any) -> Any:
        model: Any = Ticket._meta.get_field(name).related_model
        return model.objects.visible_to(self.person).filter(pk=key).first() if isinstance(key, int) else None


def dump_fields(ticket: Ticket) -> str:
    """What a macro may set, as it is now, for the hidden control."""
    return json.dumps({name: getattr(ticket, f"{name}_id") for name in FIELDS})
