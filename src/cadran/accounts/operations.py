"""Writes on users, profiles and sign-in links."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.core.compare import take
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.journal import record, record_many
from cadran.core.permissions import refuse_unless
from cadran.core.reference import before_retiring, next_position, take_turn_of
from cadran.core.writing import refuse_all, take_seen

from .models import Density, Language, Profile, SignInLink, Theme, User
from .rights import SUPPLIED_PROFILES, Right, expand

#: How long a one-time sign-in link can be used.
LINK_LIFETIME = timedelta(hours=24)


class LinkRefused(CadranError):
    """A one-time link that is unknown, used or too old."""

    code = "link_refused"


def _hash(secret: str) -> str:
    # The secret has 256 random bits: a plain hash can't be searched, and looking it up needs no salt.
    return hashlib.sha256(secret.encode()).hexdigest()


def _needs_right(by: User | None) -> None:
    refuse_unless(by is None or by.has_right(Right.EDIT_AGENTS), Right.EDIT_AGENTS)


def _needs_self_or_right(user: User, by: User | None) -> None:
    if by is None or by.pk != user.pk:
        _needs_right(by)


def ensure_supplied_profiles(*, by: User | None, at: datetime) -> None:
    """Create the supplied profiles that don't exist (Spec R1); existing ones keep what a company made of them.

    Raises ``NotAllowed``.
    """
    _needs_right(by)
    with transaction.atomic():
        take_turn_of(Profile)
        there = set(Profile.objects.values_list("code", flat=True))
        made = Profile.objects.bulk_create(
            Profile(
                code=code,
                name_fr=french,
                name_en=english,
                position=position,
                rights=[right.value for right in rights],
            )
            for position, (code, (french, english, rights)) in enumerate(SUPPLIED_PROFILES.items(), 1)
            if code not in there
        )
        facts = [(profile.pk, {"code": profile.code}) for profile in made]
        record_many(subject_kind="profile", kind="profile.created", facts=facts, by=by, at=at)


def create_user(
    *,
    email: str,
    name: str,
    profiles: Sequence[Profile],
    by: User | None,
    at: datetime,
    password: str | None = None,
    language: str = "",
    time_zone: str = "Europe/Paris",
) -> User:
    """Create somebody who can sign in; without ``password`` only by a one-time link. Raises ``InvalidInput``."""
    _needs_right(by)
    email = _checked_email(email)
    if not name.strip():
        raise InvalidInput(_("Type the person’s name."), field="name")
    with transaction.atomic():
        take_turn_of(Profile)
        _refuse_taken(email)
        user = User(email=email, name=name.strip(), language=language, time_zone=time_zone, created_at=at)
        if password is None:
            user.set_unusable_password()
        else:
            _check_password(password, user)
            user.set_password(password)
        user.save()
        user.profiles.set(profiles)
        record(
            subject_kind="user",
            subject_id=user.pk,
            kind="user.created",
            by=by,
            at=at,
            data={"email": email, "profiles": [profile.code for profile in profiles]},
        )
    return user


def _checked_email(email: str) -> str:
    email = User.objects.normalize_email(email.strip())
    try:
        validate_email(email)
    except ValidationError:
        raise InvalidInput(_("Type an e-mail address such as name@example.com."), field="email") from None
    return email


def _refuse_taken(email: str, but: User | None = None) -> None:
    others = User.objects.filter(email__iexact=email)
    if but is not None:
        others = others.exclude(pk=but.pk)
    if others.exists():
        raise InvalidInput(
            _("Somebody already signs in with %(email)s. Type another address."),
            field="email",
            params={"email": email},
        )


def edit_user(*, user: User, email: str, name: str, language: str, by: User | None, at: datetime) -> User:
    """Change how somebody signs in and is called. Raises ``NotAllowed`` or ``InvalidInput``."""
    _needs_right(by)
    email = _checked_email(email)
    if language not in ("", *Language.values):
        raise InvalidInput(_("Choose one of the values offered."), field="language")
    with transaction.atomic():
        take_turn_of(Profile)
        _refuse_taken(email, but=user)
        before = {"email": user.email, "name": user.name, "language": user.language}
        after = {"email": email, "name": name.strip() or user.name, "language": language}
        if before == after:
            return user
        User.objects.filter(pk=user.pk).update(**after)
        record(
            subject_kind="user",
            subject_id=user.pk,
            kind="user.edited",
            by=by,
            at=at,
            data={"before": before, "after": after},
        )
    user.email, user.name, user.language = after["email"], after["name"], after["language"]
    return user


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as refused:
        raise InvalidInput(" ".join(refused.messages), field="password") from None


def set_password(*, user: User, password: str, by: User | None, at: datetime) -> User:
    """Give ``user`` a new password; one’s own, or with the right to edit agents. Raises ``InvalidInput``."""
    _needs_self_or_right(user, by)
    _check_password(password, user)
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        record(subject_kind="user", subject_id=user.pk, kind="user.password_set", by=by, at=at)
    return user


def create_sign_in_link(*, user: User, by: User | None, at: datetime) -> str:
    """A fresh one-time secret for ``user``, usable once within :data:`LINK_LIFETIME`.

    Returned in clear this once; only its hash is stored. Raises ``InvalidInput`` for somebody who may not sign in.
    """
    _needs_right(by)
    if not user.is_active:
        raise InvalidInput(_("%(name)s may not sign in. Allow it first."), params={"name": user.name})
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        SignInLink.objects.create(
            user=user, secret_hash=_hash(secret), created_at=at, expires_at=at + LINK_LIFETIME
        )
        record(subject_kind="user", subject_id=user.pk, kind="user.link_created", by=by, at=at)
    return secret


def use_sign_in_link(*, secret: str, at: datetime) -> User:
    """The person whose link this is; the link can't be used again. Raises :class:`LinkRefused`."""
    with transaction.atomic():
        links = SignInLink.objects.filter(
            secret_hash=_hash(secret), used_at=None, expires_at__gt=at, user__is_active=True
        )
        if not links.update(used_at=at):
            raise LinkRefused(
                _(
                    "This link was used already, or is too old. Ask for a new one, or sign in with your password."
                )
            )
        user = SignInLink.objects.select_related("user").get(secret_hash=_hash(secret)).user
        record(subject_kind="user", subject_id=user.pk, kind="user.signed_in_by_link", by=user, at=at)
    return user


def set_preferences(
    *,
    user: User,
    by: User,
    at: datetime,
    language: str | None = None,
    theme: str | None = None,
    time_zone: str | None = None,
    density: str | None = None,
) -> User:
    """Change how the desk looks for one person; None leaves a preference as it is.

    One's own, or with the right to edit agents. Raises ``NotAllowed`` or ``InvalidInput``.
    """
    _needs_self_or_right(user, by)
    accepted: dict[str, tuple[str | None, Any]] = {
        "language": (language, Language.values),
        "theme": (theme, Theme.values),
        "time_zone": (time_zone, available_timezones()),
        "density": (density, Density.values),
    }
    changes = {name: value for name, (value, _values) in accepted.items() if value is not None}
    for name, value in changes.items():
        if value not in accepted[name][1]:
            raise InvalidInput(_("Choose one of the values offered."), field=name)
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(**changes)
        for name, value in changes.items():
            setattr(user, name, value)
    return user


def remember_choice(*, user: User, key: str, value: Any, by: User, at: datetime) -> None:
    """Remember a small choice of one person (a filter left on, a panel left open). Raises ``NotAllowed``."""
    _needs_self_or_right(user, by)
    with transaction.atomic():
        fresh = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        fresh.choices = {**fresh.choices, key: value}
        fresh.save(update_fields=["choices"])
    user.choices = fresh.choices


def save_profile(
    *,
    profile: Profile | None,
    code: str,
    name_fr: str,
    name_en: str,
    rights: Sequence[str],
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> Profile:
    """Create or change a profile; refuses to leave nobody able to edit profiles.

    ``seen`` is the ``row_version`` that the editor saw. Raises ``NotAllowed``, ``InvalidInputs`` or ``Stale``.
    """
    _needs_right(by)
    with transaction.atomic():
        take_turn_of(Profile)
        if profile is None:
            row = Profile(position=next_position(Profile))
        else:
            row = Profile.objects.get(pk=profile.pk)
            take_seen(row, seen)
        before = list(row.rights)
        _check_profile(row, code=code, name_fr=name_fr, rights=rights)
        row.code, row.name_fr, row.name_en = code, name_fr.strip(), name_en.strip()
        row.rights = sorted(set(rights))
        row.save()
        _refuse_lock_out()
        record(
            subject_kind="profile",
            subject_id=row.pk,
            kind="profile.saved",
            by=by,
            at=at,
            data={"code": code, "before": before, "after": row.rights},
        )
    return row


def _check_profile(row: Profile, *, code: str, name_fr: str, rights: Sequence[str]) -> None:
    refused: list[CadranError] = []
    if not name_fr.strip():
        refused.append(InvalidInput(_("Type the profile’s French name."), field="name_fr"))
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", code):
        refused.append(
            InvalidInput(
                _("Type a code of small letters, figures and hyphens, such as night-shift."), field="code"
            )
        )
    elif Profile.objects.filter(code=code).exclude(pk=row.pk).exists():
        refused.append(
            InvalidInput(_("Another profile has the code %(code)s."), field="code", params={"code": code})
        )
    unknown = sorted(set(expand(list(rights))) - set(Right.values))
    if unknown:
        refused.append(
            InvalidInput(_("Unknown right: %(code)s."), field="rights", params={"code": unknown[0]})
        )
    refuse_all(refused)


def retire_profile(*, profile: Profile, is_retired: bool, by: User | None, at: datetime) -> Profile:
    """Take a profile out of use, or back; a retired one gives no right. Refuses to lock everybody out."""
    _needs_right(by)
    with transaction.atomic():
        take_turn_of(Profile)
        if take(profile, is_retired=not is_retired):
            Profile.objects.filter(pk=profile.pk).update(is_retired=is_retired)
            _refuse_lock_out()
            record(
                subject_kind="profile",
                subject_id=profile.pk,
                kind="profile.retired" if is_retired else "profile.restored",
                by=by,
                at=at,
                data={"code": profile.code},
            )
    profile.is_retired = is_retired
    return profile


def set_profiles(*, user: User, profiles: Sequence[Profile], by: User | None, at: datetime) -> User:
    """Give ``user`` exactly these profiles. Refuses to leave nobody able to edit profiles."""
    _needs_right(by)
    with transaction.atomic():
        take_turn_of(Profile)
        before = sorted(user.profiles.values_list("code", flat=True))
        user.profiles.set(profiles)
        _refuse_lock_out()
        record(
            subject_kind="user",
            subject_id=user.pk,
            kind="user.profiles_set",
            by=by,
            at=at,
            data={"before": before, "after": sorted(profile.code for profile in profiles)},
        )
    user.__dict__.pop("rights", None)
    return user


def set_active(*, user: User, is_active: bool, by: User | None, at: datetime) -> User:
    """Let somebody sign in, or no longer. Refuses to leave nobody able to edit profiles."""
    _needs_right(by)
    with transaction.atomic():
        take_turn_of(Profile)
        User.objects.filter(pk=user.pk).update(is_active=is_active)
        _refuse_lock_out()
        record(
            subject_kind="user",
            subject_id=user.pk,
            kind="user.activated" if is_active else "user.deactivated",
            by=by,
            at=at,
        )
    user.is_active = is_active
    user.__dict__.pop("rights", None)
    return user


def _refuse_lock_out() -> None:
    """Raise when the running transaction would leave nobody who may edit profiles.

    Whatever changes who may sign in with which profiles takes the turn of the profiles first: of two administrators
    who each take the right from the other, the second is judged by what the first has left.
    """
    users = User.objects.prefetch_related("profiles")
    if users and not any(user.has_right(Right.EDIT_AGENTS) for user in users):
        raise InvalidInput(
            _("Nobody could edit profiles any more. Leave the right %(code)s to at least one person."),
            params={"code": Right.EDIT_AGENTS.value},
        )


before_retiring(Profile, lambda _profile: _refuse_lock_out())
