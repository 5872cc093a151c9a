"""A profile and its rights (Spec R1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cadran.accounts.rights import GROUPS, Right, RightGroup
from cadran.desk.records.seen import RowForm

from ..common import code_from, fix_code


@dataclass(frozen=True)
class RightRow:
    """One right, or a whole module (``1403**``), in a group of the form or of the matrix."""

    code: str
    label: Any
    is_module: bool
    checked: bool = False


def module_code(group: RightGroup) -> str:
    """``1403**`` for the voucher books: every right of the group, those of later releases too."""
    codes = [right.value for right in group.rights]
    same = (len({code[:length] for code in codes}) == 1 for length in range(1, 5))
    length = sum(same)
    return f"{codes[0][:length]}**"


class ProfileForm(RowForm):
    """Names, code and rights."""

    name_fr = forms.CharField(label=_("French name"), max_length=120)
    name_en = forms.CharField(label=_("English name"), max_length=120, required=False)
    code = forms.CharField(label=_("Code"), max_length=60)
    rights = forms.MultipleChoiceField(
        label=_("Rights"),
        required=False,
        choices=[
            *((right.value, right.label) for right in Right),
            *((module_code(group), group.label) for group in GROUPS),
        ],
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fix_code(self, self.row)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["code"] = code_from(data.get("code", ""), data.get("name_en", ""), data.get("name_fr", ""))
        return data

    @property
    def values(self) -> dict[str, Any]:
        """The profile as the operation takes it; only of a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}

    def groups(self) -> Iterator[tuple[RightGroup, list[RightRow]]]:
        """The rights to tick, in the groups of the matrix."""
        chosen = set(self["rights"].value() or [])
        for group in GROUPS:
            module = module_code(group)
            rows = [
                RightRow(right.value, right.label, False, right.value in chosen) for right in group.rights
            ]
            if len(rows) > 1:
                rows.insert(
                    0, RightRow(module, _("The whole module, later rights too"), True, module in chosen)
                )
            yield group, rows
