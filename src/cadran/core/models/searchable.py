"""A folded copy of what a row is looked up by, kept in the row itself."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from cadran.core.text import fold

from .scoped import ScopedQuerySet


class SearchableQuerySet(ScopedQuerySet):
    def matching(self, words: str) -> Self:
        """The rows that contain every one of ``words``, accents and case ignored; all of them for no word."""
        rows = self
        for word in fold(words).split()[:10]:
            rows = rows.filter(search_key__contains=word)
        return rows


class Searchable(models.Model):
    search_key = models.TextField(editable=False, default="", blank=True)

    objects: Any = SearchableQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_key = fold(" ".join(filter(None, self.search_words())))
        fields = kwargs.get("update_fields")
        if fields is not None:
            kwargs["update_fields"] = {*fields, "search_key"}
        super().save(*args, **kwargs)

    def search_words(self) -> list[str]:
        """The texts by which the row is looked up; its name first, since lists are ordered by the folded texts."""
        raise NotImplementedError
