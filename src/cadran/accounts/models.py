"""Users, their profiles and one-time sign-in links."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from cadran.core.models import ReferenceRow

from .rights import Right, expand


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Language(models.TextChoices):
    FRENCH = "fr", "Français"
    ENGLISH = "en", "English"


class Density(models.TextChoices):
    COMPACT = "compact", _("Compact")
    REGULAR = "regular", _("Regular")
    RELAXED = "relaxed", _("Relaxed")


class Profile(ReferenceRow):
    """A bundle of rights (Spec R1). ``rights`` holds codes; a code ending in ``**`` stands for a whole module."""

    edited_with: ClassVar[str] = Right.EDIT_AGENTS.value

    rights = models.JSONField(_("rights"), default=list)

    class Meta(ReferenceRow.Meta):
        verbose_name = _("profile")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """Somebody who can sign in, by e-mail address."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=2, choices=Language, blank=True)
    theme = models.CharField(_("theme"), max_length=10, choices=Theme, default=Theme.SYSTEM)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Paris")
    density = models.CharField(_("row height"), max_length=10, choices=Density, default=Density.REGULAR)
    choices = models.JSONField(_("remembered choices"), default=dict, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    created_at = models.DateTimeField()
    profiles = models.ManyToManyField(Profile, verbose_name=_("profiles"), blank=True, related_name="users")

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def rights(self) -> frozenset[str]:
        """The codes of every right that the person's profiles give; empty for who may not sign in."""
        if not self.is_active:
            return frozenset()
        given: frozenset[str] = frozenset()
        for profile in self.profiles.all():
            if not profile.is_retired:
                given |= expand(profile.rights)
        return given

    def has_right(self, right: str | Right) -> bool:
        """Whether one of the person's profiles gives ``right``."""
        return str(right) in self.rights

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.pop("rights", None)
        super().refresh_from_db(*args, **kwargs)


class SignInLink(models.Model):
    """A link that signs its person in once. Only a hash of its secret is stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_in_links")
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user} until {self.expires_at:%Y-%m-%d %H:%M}"
