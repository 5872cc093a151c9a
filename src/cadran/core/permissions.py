"""Refusals for want of a right, in a sentence that names it (Spec R1, R7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from .errors import NotAllowed

_labels: dict[str, Any] = {}


def name_rights(labels: Mapping[str, Any]) -> None:
    """Tell what the rights are called: code -> name, translated when it is shown."""
    _labels.update(labels)


def refuse_unless(allowed: bool, right: str) -> None:
    """Raise ``NotAllowed``, naming ``right``, unless ``allowed``."""
    if not allowed:
        raise NotAllowed(
            _("You lack the right “%(right)s” (%(code)s). Ask an administrator for it."),
            params={"right": _labels.get(str(right), right), "code": str(right)},
        )
