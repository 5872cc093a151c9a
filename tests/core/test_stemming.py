"""Stems of French and English words (Spec S2, S5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.core.stemming import stems_of, words_with


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("impressions", "impression"),
        ("Échéances", "echeance"),
        ("bloquée", "bloquées"),
        ("factures", "facture"),
        ("printers", "printer"),
        ("crashed", "crash"),
        ("connexions", "Connexion"),
        ("sauvegardes", "sauvegarde"),
    ],
)
def test_forms_of_a_word_share_their_stem(one: str, other: str) -> None:
    """Spec S2."""
    assert stems_of(one) == stems_of(other) != []


def test_words_that_say_nothing_are_left_out() -> None:
    """Spec S5."""
    assert stems_of("Bonjour, je ne peux pas me connecter, merci. Please help me with the VPN.") == [
        *stems_of("peux connecter help"),
        "vpn",
    ]
    assert stems_of("") == stems_of("le la les !?") == []


def test_codes_stay_whole_beside_their_parts() -> None:
    """Spec S5."""
    assert stems_of("Erreur ORA-00942 sur 10.2.1")[1:4] == ["ora-00942", "ora", "00942"]


@given(st.text())
def test_any_text_gives_short_stems_once_each(text: str) -> None:
    """Spec S2: whatever is typed, each stem comes once, none is empty or longer than a word."""
    stems = stems_of(text)
    assert len(stems) == len(set(stems))
    assert all(0 < len(one) <= 45 for one in stems)


def test_words_are_shown_as_they_were_typed() -> None:
    """What two texts have in common, in the words of one of them (Spec S5)."""
    stems = stems_of("ecran figee ORA-00942")
    assert words_with("L’Écran figé, encore figé : ora-00942.", stems) == ["Écran", "figé", "ora-00942"]
