"""Reads of accounts."""

from __future__ import annotations

from django.db.models import QuerySet

from .models import Profile, User
from .rights import Right, expand


def users_with(right: Right) -> QuerySet[User]:
    """Those who may sign in and whose profiles give ``right``."""
    giving = [profile.pk for profile in Profile.objects.in_use() if right in expand(profile.rights)]
    found: QuerySet[User] = User.objects.filter(is_active=True, profiles__in=giving).distinct()
    return found
