"""Two people who edit the same record: field by field, nothing is overwritten unseen (Spec T17).

A form remembers what it was drawn with. Is the record another one by the time it is sent, then what was left alone
takes what the others stored, what they left alone stays as typed, and a field that both changed is asked about.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from typing import Any, Self

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import QueryDict
from django.utils.choices import flatten_choices
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadran.accounts.models import User
from cadran.core.instants import written
from cadran.core.richtext import ATTACHMENTS, sanitise
from cadran.core.writing import LastChange, last_changes
from cadran.desk.components.conflicts import Choice
from cadran.desk.tickets.forms.fields import is_key, json_in

#: What a control sends: nothing, one text, or several.
Texts = Sequence[str]

_ASKED = gettext_lazy(
    "%(who)s changed the same fields meanwhile. Choose for each which text or value stays, then save again."
)


class RichField(forms.CharField):
    """A text with bold, lists and links; cleaned to what may be stored of it (Spec T14)."""

    widget = forms.Textarea

    def __init__(self, *, images: str = ATTACHMENTS, **options: Any) -> None:
        self.images = images
        super().__init__(**options)

    def clean(self, value: Any) -> str:
        return self.tidy(super().clean(value))

    def tidy(self, html: str) -> str:
        """``html`` as it may be stored and shown, with its own kind of ``images`` alone."""
        return sanitise(html, images=self.images)


@dataclass(frozen=True)
class Seen:
    """What a form was drawn with: the record's ``row_version``, and by field what its control held."""

    version: int | None = None
    values: dict[str, list[str]] = dataclass_field(default_factory=dict)


class SeenField(forms.Field):
    """The hidden control that sends back what the form was drawn with; the bare version will do."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def to_python(self, value: Any) -> Seen:
        if not value:
            return Seen()
        held = json_in(value)
        told = held if isinstance(held, dict) else {"version": held}
        given = told.get("values")
        lists = given.items() if isinstance(given, dict) else ()
        values = {name: [str(one) for one in texts] for name, texts in lists if isinstance(texts, list)}
        return Seen(_version(told.get("version")), values)


def _version(held: Any) -> int:
    """The version as it was told; one that no record has where it can't be read, so that it counts as an old one."""
    return held if type(held) is int and 0 <= held < 2**63 else -1


class SeenRow(forms.BaseForm):
    """Makes a form on ``row`` remember what it was drawn with. The form declares ``seen``, a :class:`SeenField`.

    ``conflicts``: the fields that others changed as well as the person, to be chosen from.
    """

    user: User
    row: Any
    data: QueryDict
    conflicts: Sequence[Choice] = ()

    def anew(self, data: Any = None) -> Self:
        """The same form on the record as it is now, with ``data`` typed or as it is first drawn."""
        return type(self)(data, user=self.user, row=self.row)  # type: ignore[call-arg]

    def is_valid(self) -> bool:
        """Whether it can be saved, with what others stored meanwhile in the fields that were left alone."""
        if self.is_bound:
            self._settle()
            if self.row is not None and self.row.row_version != self._seen.version:
                self._catch_up()
        return super().is_valid()

    def was_overtaken(self) -> bool:
        """Whether others have stored something since the form looked last, so that it is to be checked once more."""
        if self.row is None:
            return False
        try:
            self.row.refresh_from_db()
        except ObjectDoesNotExist:
            return False
        return bool(self._seen.values) and self.row.row_version != self._seen.version

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        if field_name == "seen":
            return self.mark()
        return super().get_initial_for_field(field, field_name)

    def mark(self) -> str:
        """What the hidden control holds when the form is first drawn."""
        if self.row is None:
            return ""
        values = {name: self.drawn(name) for name in self.compared()}
        return json.dumps({"version": self.row.row_version, "values": values}, ensure_ascii=False)

    @property
    def version_seen(self) -> int | None:
        """The ``row_version`` that the editor saw, or that what was typed was compared with."""
        return self._seen.version

    @property
    def _seen(self) -> Seen:
        return SeenField().to_python(self.data.get("seen"))

    # ---- the parts that are compared: one for each field, unless a form has more

    def compared(self) -> Iterable[str]:
        """The names of what can be typed."""
        return [name for name, one in self.fields.items() if name != "seen" and not one.disabled]

    def drawn(self, name: str) -> list[str]:
        """What the control sends when it is left as it was drawn."""
        bound = self[name]
        value, widget = bound.field.prepare_value(bound.initial), bound.field.widget
        if isinstance(widget, forms.CheckboxInput):
            return ["on"] if widget.check_test(value) else []
        shown = widget.format_value(value)
        return _filled(shown if isinstance(shown, list | tuple) else [shown])

    def typed(self, name: str) -> list[str]:
        """What the control sent."""
        key = self.add_prefix(name)
        if isinstance(self.fields[name].widget, forms.CheckboxInput):
            return ["on"] if key in self.data else []
        return _filled(self.data.getlist(key))

    def put(self, data: Any, name: str, texts: Texts) -> None:
        """Let the control have sent ``texts``."""
        key = self.add_prefix(name)
        data.pop(key, None)
        if texts:
            data.setlist(key, list(texts))

    def label_of(self, name: str) -> str:
        """What the part is called."""
        return str(self[name].label)

    def meaning(self, name: str, texts: Texts) -> Any:
        """The same for texts that mean the same, such as “1,50” and “1,5” for a number."""
        one = self.fields[name]
        if isinstance(one, forms.ChoiceField | forms.ModelChoiceField):
            return frozenset(texts)
        text = "\n".join(texts).replace("\r\n", "\n").strip()
        if isinstance(one, RichField):
            return one.tidy(text)
        try:
            return one.to_python(text)
        except forms.ValidationError:
            return text

    def in_words(self, name: str, texts: Texts) -> str:
        """What was chosen or typed, as people read it."""
        one = self.fields[name]
        if isinstance(one, forms.BooleanField):
            return _("yes") if texts else _("no")
        if not texts:
            return _("nothing")
        if isinstance(one, forms.ModelChoiceField):
            rows = one.queryset.model.objects.visible_to(self.user)  # type: ignore[union-attr]
            found = rows.filter(pk__in=[text for text in texts if is_key(text)])
            return ", ".join(str(one.label_from_instance(row)) for row in found)
        if isinstance(one, forms.ChoiceField):
            offered: Iterable[Any] = flatten_choices(one.choices)  # type: ignore[arg-type]
            return ", ".join(str(label) for key, label in offered if str(key) in texts)
        if isinstance(one, RichField):
            return mark_safe(one.tidy(texts[0]))  # noqa: S308  it has just been sanitised
        day = self.meaning(name, texts) if isinstance(one, forms.DateField) else None
        return written(day) if isinstance(day, date) else "\n".join(texts)

    def last_changes(self, names: Sequence[str], saves: int) -> dict[str, LastChange]:
        """Who last changed the parts ``names``, ``saves`` versions having come since the form was drawn."""
        return last_changes(self.row, names, saves=saves)

    # ---- meeting what others stored

    def _settle(self) -> None:
        """Where the person chose what somebody else stored, that is what they typed."""
        seen = self._seen.values
        kept = [name for name in seen if self.data.get(f"keep_{name}") == "theirs"]
        if kept:
            data = self.data.copy()
            for name in kept:
                data.pop(f"keep_{name}")
                self.put(data, name, seen[name])
            self._retype(data)

    def _catch_up(self) -> None:
        """Look at the record as it is now, field by field; ask about those that both changed."""
        seen = self._seen
        if not seen.values:
            return
        fresh = self.anew()
        data, both, known = self.data.copy(), [], set(self.compared()) & set(seen.values)
        for name in fresh.compared():
            theirs = fresh.drawn(name)
            if name not in known:
                fresh.put(data, name, theirs)
                continue
            base, mine = seen.values[name], self.typed(name)
            was, now, wanted = (fresh.meaning(name, texts) for texts in (base, theirs, mine))
            if wanted == was:
                fresh.put(data, name, theirs)
            elif now not in (was, wanted):
                both.append((name, base, theirs, mine))
        data["seen"] = fresh.mark()
        self._retype(data)
        if both:
            self._ask(both, self.row.row_version - (seen.version or 0))

    def _retype(self, data: QueryDict) -> None:
        """Become the form on the record as it is now, which may offer other choices, with ``data`` typed."""
        self.__dict__ = {**vars(self), **vars(self.anew(data)), "conflicts": (), "_bound_fields_cache": {}}

    def _ask(self, both: Sequence[tuple[str, Texts, Texts, Texts]], saves: int) -> None:
        told = self.last_changes([name for name, *_texts in both], saves)
        self.conflicts = [self._choice(*one, told[one[0]]) for one in both]
        who = sorted({one.by_name for one in self.conflicts if one.by_name})
        asked = _ASKED % {"who": ", ".join(who) or _("Somebody else")}
        self.add_error(None, asked)

    def _choice(self, name: str, base: Texts, theirs: Texts, mine: Texts, last: LastChange) -> Choice:
        return Choice(
            field=name,
            label=self.label_of(name),
            base=self.in_words(name, base),
            theirs=self.in_words(name, theirs),
            mine=self.in_words(name, mine),
            by_name=last.by_name,
            at=last.at,
            is_long=isinstance(getattr(self.fields.get(name), "widget", None), forms.Textarea),
        )


def _filled(texts: Iterable[Any]) -> list[str]:
    return [str(text) for text in texts if text not in (None, "")]


class RowForm(SeenRow, forms.Form):
    """A form that creates a record, or changes ``row`` in the version its editor saw."""

    seen = SeenField()

    def __init__(
        self, *args: Any, user: User, row: Any = None, initial: dict[str, Any] | None = None, **options: Any
    ) -> None:
        self.user, self.row = user, row
        super().__init__(*args, **options)
        self.initial = {**({} if row is None else self.stored(row)), **(initial or {})}

    def stored(self, row: Any) -> dict[str, Any]:
        """What the fields start with."""
        values: dict[str, Any] = {}
        for name, field in self.fields.items():
            if not hasattr(row, name):
                continue
            if isinstance(field, forms.ModelMultipleChoiceField):
                values[name] = [one.pk for one in getattr(row, name).all()]
            elif isinstance(field, forms.ModelChoiceField):
                values[name] = getattr(row, f"{name}_id")
            else:
                values[name] = getattr(row, name)
        return values
