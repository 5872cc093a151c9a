"""Who follows a ticket, and what it is filed under: sets, of which only what one added or took away is sent (T17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.parties.models import Agent
from cadran.tickets.models import Tag

from .base import DeskForm
from .fields import RowsField, is_key

#: What a word that may make a new tag begins with, where others have a key.
NEW = "new:"


@dataclass(frozen=True)
class TagsTyped:
    """The tags that were chosen, and the words that may make new ones."""

    tags: list[Tag]
    words: list[str]


class TagsField(RowsField):
    """Tags, chosen or typed; cleaned to :class:`TagsTyped`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Tag.objects.none(), required=False, label=_("Tags"), **options)

    def offer(self, user: User, now: Sequence[int] = ()) -> None:
        """Those in use, and those that are chosen already."""
        self.queryset = Tag.objects.visible_to(user).filter(Q(is_retired=False) | Q(pk__in=now))

    def clean(self, value: Any) -> Any:
        typed = [str(one) for one in value or ()]
        rows = super().clean([one for one in typed if not one.startswith(NEW)])
        return TagsTyped(list(rows), [one.removeprefix(NEW) for one in typed if one.startswith(NEW)])


class _SetForm(DeskForm):
    """A set of rows of a ticket; ``seen``, a hidden control, holds those that stood there when it was drawn."""

    name: str
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def put_seen(self, keys: list[int]) -> None:
        """Begin with what the ticket has."""
        self.initial.setdefault(self.name, keys)
        self.initial["seen"] = " ".join(str(key) for key in keys)

    def moved(self, chosen: Any, model: Any) -> dict[str, list[Any]]:
        """What was added to and taken from what the person saw."""
        seen = {int(key) for key in self.cleaned_data["seen"].split() if is_key(key)}
        keys = {row.pk for row in chosen}
        return {
            "added": [row for row in chosen if row.pk not in seen],
            "removed": list(model.objects.visible_to(self.person).filter(pk__in=seen - keys)),
        }


class TagsForm(_SetForm):
    """Tags (Spec T30)."""

    name = "tags"
    tags = TagsField()

    def prepare(self) -> None:
        keys = [tag.pk for tag in self.ticket.tags.all()]
        self.fields["tags"].offer(self.person, keys)  # type: ignore[attr-defined]
        self.put_seen(keys)

    def changes(self) -> dict[str, Any]:
        """What the operation is given."""
        typed: TagsTyped = self.cleaned_data["tags"]
        return {**self.moved(typed.tags, Tag), "words": typed.words}


class FollowersForm(_SetForm):
    """Followers (Spec T30)."""

    name = "followers"
    followers = RowsField(Agent.objects.none(), label=_("Followers"), required=False)

    def prepare(self) -> None:
        keys = [agent.pk for agent in self.ticket.followers.all()]
        rows = Agent.objects.visible_to(self.person)
        self.fields["followers"].queryset = rows.filter(Q(is_active=True) | Q(pk__in=keys))  # type: ignore[attr-defined]
        self.put_seen(keys)

    def changes(self) -> dict[str, Any]:
        """What the operation is given."""
        return self.moved(list(self.cleaned_data["followers"]), Agent)
