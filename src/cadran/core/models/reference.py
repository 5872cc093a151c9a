"""Reference data: rows that a company edits in its settings, in two languages, ordered, retired rather than deleted."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .scoped import ScopedQuerySet


class Bilingual(models.Model):
    """A name in French and in English; a missing one is replaced by the other."""

    name_fr = models.CharField(_("French name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        french_first = (get_language() or "fr").startswith("fr")
        return (self.name_fr or self.name_en) if french_first else (self.name_en or self.name_fr)


class ReferenceQuerySet(ScopedQuerySet):
    def in_use(self) -> Self:
        """The rows that may be chosen today: all but the retired ones."""
        return self.filter(is_retired=False)


class ReferenceRow(Bilingual):
    """A row of reference data (Spec T1): ``code`` is its stable identity, ``position`` its order.

    ``edited_with`` is the code of the right that its operations ask for; the one of reference data unless a model
    says otherwise.
    """

    edited_with: ClassVar[str] = "190001"

    code = models.SlugField(_("code"), max_length=60, unique=True)
    position = models.PositiveIntegerField(_("order"), default=0)
    is_retired = models.BooleanField(_("retired"), default=False)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    objects: Any = ReferenceQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "id"]
