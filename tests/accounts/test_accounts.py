"""Rights, profiles, people and one-time links."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cadran.accounts.models import Profile, SignInLink, User
from cadran.accounts.operations import (
    LINK_LIFETIME,
    LinkRefused,
    create_sign_in_link,
    create_user,
    ensure_supplied_profiles,
    remember_choice,
    save_profile,
    set_active,
    set_password,
    set_preferences,
    set_profiles,
    use_sign_in_link,
)
from cadran.accounts.rights import GROUPS, SUPPLIED_PROFILES, Right, expand
from cadran.core.errors import InvalidInput, NotAllowed
from cadran.core.models import JournalEntry
from cadran.core.reference import retire_reference_row
from tests.factories.trade import MONDAY, person

pytestmark = pytest.mark.django_db


def an_administrator(email: str = "admin@example.com") -> User:
    ensure_supplied_profiles(by=None, at=MONDAY)
    profile = Profile.objects.get(code="administrator")
    return create_user(email=email, name="Admin", profiles=[profile], by=None, at=MONDAY)


def test_a_code_with_two_stars_stands_for_its_module() -> None:
    """Spec R1: 1403** is all of the voucher books' rights, and nothing else."""
    assert expand(["1403**"]) == {f"14030{n}" for n in range(1, 6)}
    assert expand(["1403**", "060346"]) > {"060346"}
    assert expand([]) == frozenset()


def test_the_matrix_shows_each_right_once_and_the_supplied_profiles_have_only_known_ones() -> None:
    """Spec R1: the manual's codes are there; an auditor only looks; an administrator of the desk isn't a customer."""
    shown = [right for group in GROUPS for right in group.rights]
    assert sorted(shown) == sorted(Right)
    assert {"060346", "060353", "060354", "141341", "141342", "147012"} < set(Right.values)
    assert all("SEE" in right.name for right in SUPPLIED_PROFILES["auditor"][2])
    assert Right.PORTAL_MESSAGES not in SUPPLIED_PROFILES["administrator"][2]


@pytest.mark.parametrize("code", ["support-agent", "team-manager"])
def test_who_answers_the_telephone_may_create_a_customer(code: str) -> None:
    """Spec T7: a prospect, a site or a contact that is missing is created from the ticket’s form."""
    assert Right.EDIT_CUSTOMERS in SUPPLIED_PROFILES[code][2]


def test_supplied_profiles_are_made_once_and_left_alone() -> None:
    """Spec R1: what a company made of them stays."""
    ensure_supplied_profiles(by=None, at=MONDAY)
    Profile.objects.filter(code="auditor").update(rights=[])
    ensure_supplied_profiles(by=None, at=MONDAY)
    assert Profile.objects.count() == len(SUPPLIED_PROFILES)
    assert Profile.objects.get(code="auditor").rights == []


def test_rights_come_from_all_profiles_in_use_of_somebody_active() -> None:
    """Spec R1: profiles add up; a retired profile and a closed account give nothing."""
    admin = an_administrator()
    user = person(Right.SEE_TICKETS)
    more = Profile.objects.create(code="vouchers", name_fr="Chéquiers", rights=["1403**"])
    set_profiles(user=user, profiles=[*user.profiles.all(), more], by=admin, at=MONDAY)
    assert user.has_right(Right.SEE_TICKETS) and user.has_right(Right.PRINT_VOUCHER_BOOKS)
    retire_reference_row(row=more, by=admin, at=MONDAY)
    assert User.objects.get(pk=user.pk).rights == {Right.SEE_TICKETS}
    set_active(user=user, is_active=False, by=admin, at=MONDAY)
    assert user.rights == frozenset()


def test_nobody_can_lock_everybody_out() -> None:
    """Spec R1: somebody can always edit profiles, whichever way the last one would lose that."""
    admin = an_administrator()
    profile = admin.profiles.get()
    for attempt in (
        lambda: set_profiles(user=admin, profiles=[], by=admin, at=MONDAY),
        lambda: set_active(user=admin, is_active=False, by=admin, at=MONDAY),
        lambda: save_profile(
            profile=profile, code=profile.code, name_fr="A", name_en="", rights=[], by=admin, at=MONDAY
        ),
        lambda: retire_reference_row(row=Profile.objects.get(pk=profile.pk), by=admin, at=MONDAY),
    ):
        with pytest.raises(InvalidInput, match="Nobody could edit profiles any more"):
            attempt()
        assert User.objects.get(pk=admin.pk).has_right(Right.EDIT_AGENTS)
    second = an_administrator("second@example.com")
    set_active(user=second, is_active=False, by=admin, at=MONDAY)
    assert not User.objects.get(pk=second.pk).rights


def test_people_and_profiles_need_their_right() -> None:
    """Spec R2: who may not edit profiles can't give themselves more."""
    somebody = person(Right.EDIT_CONTRACTS)
    for attempt in (
        lambda: set_profiles(user=somebody, profiles=[], by=somebody, at=MONDAY),
        lambda: save_profile(
            profile=None, code="x", name_fr="X", name_en="", rights=[], by=somebody, at=MONDAY
        ),
        lambda: create_sign_in_link(user=somebody, by=somebody, at=MONDAY),
        lambda: create_user(email="x@example.com", name="X", profiles=[], by=somebody, at=MONDAY),
    ):
        with pytest.raises(NotAllowed, match="190003"):
            attempt()
    assert somebody.profiles.count() == 1


def test_unknown_rights_and_taken_codes_are_refused() -> None:
    """Spec R7: a profile holds known rights and a code of its own."""
    admin = an_administrator()
    with pytest.raises(InvalidInput, match="Unknown right: 999999"):
        save_profile(profile=None, code="x", name_fr="X", name_en="", rights=["999999"], by=admin, at=MONDAY)
    with pytest.raises(InvalidInput, match="Another profile has the code auditor"):
        save_profile(profile=None, code="auditor", name_fr="X", name_en="", rights=[], by=admin, at=MONDAY)


def test_a_link_signs_in_once() -> None:
    """Spec F1: a one-time link; the second use is refused, and only a hash is stored."""
    user = person()
    secret = create_sign_in_link(user=user, by=None, at=MONDAY)
    assert secret not in SignInLink.objects.get().secret_hash
    assert use_sign_in_link(secret=secret, at=MONDAY) == user
    with pytest.raises(LinkRefused, match="used already, or is too old"):
        use_sign_in_link(secret=secret, at=MONDAY)
    assert JournalEntry.objects.filter(kind="user.signed_in_by_link").count() == 1


def test_a_link_that_is_too_old_unknown_or_of_somebody_inactive_is_refused() -> None:
    """Spec F1, R7: one sentence for all of them, so that a guess learns nothing."""
    user = person()
    secret = create_sign_in_link(user=user, by=None, at=MONDAY)
    last_moment = MONDAY + LINK_LIFETIME - timedelta(seconds=1)
    for typed, at in ((secret, MONDAY + LINK_LIFETIME), ("", MONDAY), ("guess", MONDAY)):
        with pytest.raises(LinkRefused):
            use_sign_in_link(secret=typed, at=at)
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(LinkRefused):
        use_sign_in_link(secret=secret, at=MONDAY)
    user.refresh_from_db()
    with pytest.raises(InvalidInput, match="may not sign in"):
        create_sign_in_link(user=user, by=None, at=MONDAY)
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert use_sign_in_link(secret=secret, at=last_moment) == user


@pytest.mark.parametrize("password", ["", "short", "password", "12345678901234"])
def test_a_weak_password_is_refused(password: str) -> None:
    """Spec R7: with the reason, and the former password stays."""
    user = person()
    set_password(user=user, password="four-odd-horses-jump", by=None, at=MONDAY)
    with pytest.raises(InvalidInput) as refused:
        set_password(user=user, password=password, by=None, at=MONDAY)
    assert refused.value.field == "password"
    assert User.objects.get().check_password("four-odd-horses-jump")


@pytest.mark.parametrize(
    ("email", "name", "field"),
    [("nobody", "X", "email"), ("SOMEONE@example.com", "X", "email"), ("x@example.com", " ", "name")],
)
def test_people_have_an_address_of_their_own_and_a_name(email: str, name: str, field: str) -> None:
    """Spec R7: an address is taken whatever its case."""
    person()
    with pytest.raises(InvalidInput) as refused:
        create_user(email=email, name=name, profiles=[], by=None, at=MONDAY)
    assert refused.value.field == field
    assert User.objects.count() == 1


def test_preferences_and_supplied_profiles_are_nobody_elses() -> None:
    """Spec R2: one changes one's own preferences; others' and the supplied profiles need the right on agents."""
    mine, other = person(), person(email="other@example.com")
    for act in (
        lambda: set_preferences(user=mine, theme="dark", by=other, at=MONDAY),
        lambda: remember_choice(user=mine, key="x", value=1, by=other, at=MONDAY),
        lambda: ensure_supplied_profiles(by=other, at=MONDAY),
    ):
        with pytest.raises(NotAllowed):
            act()
    mine.refresh_from_db()
    assert (mine.theme, mine.choices) == (User().theme, {})
    assert not Profile.objects.filter(code="auditor").exists()
    administrator = person(Right.EDIT_AGENTS, email="admin@example.com")
    assert set_preferences(user=mine, theme="dark", by=administrator, at=MONDAY).theme == "dark"
