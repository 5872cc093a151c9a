"""Rows alike, found by the stems they share (Spec S5)."""

from __future__ import annotations

import pytest
from django.db import transaction

from cadran.core.likeness import COMMON, forget_texts, index_texts, rows_alike, surely_alike
from cadran.core.models import IndexedStem

pytestmark = pytest.mark.django_db


def keep(subject: int, title: str, text: str = "", scope: int | None = None) -> None:
    with transaction.atomic():
        index_texts(subject_kind="sample", subject_id=subject, texts=[(title, 3), (text, 1)], scope=scope)


def alike(text: str, **asked: int) -> list[int]:
    return [one.subject_id for one in rows_alike(subject_kind="sample", text=text, **asked)]


def test_rare_words_say_more_than_common_ones() -> None:
    """Spec S5: what many rows share counts little, the title more than the text."""
    keep(1, "Imprimante bloquée", "Le bac reste vide")
    keep(2, "Imprimante lente", "Ne démarre pas")
    keep(3, "Imprimante muette")
    keep(4, "Écran noir", "La file est bloquée par l’imprimante")
    assert alike("imprimantes bloquées") == [1, 3, 2, 4]
    assert alike("BLOQUEE")[0] == 1
    found = rows_alike(subject_kind="sample", text="Une imprimante bloquée")[0]
    assert len(found.stems) == 2
    assert alike("rien de tel") == []
    assert alike("") == []


def test_faint_ones_are_left_out() -> None:
    """Spec S5: a row less than a quarter as alike as the best one says nothing."""
    keep(1, "Sauvegarde de nuit en échec", "Volume plein")
    keep(2, "Imprimante", "Panne de nuit")
    assert alike("sauvegarde nuit échec volume") == [1]
    assert alike("panne") == [2]


def test_scope_leaving_out_and_forgetting() -> None:
    """Spec S5: same product first is the caller's question; a row is not alike to itself."""
    keep(1, "VPN coupé", scope=7)
    keep(2, "VPN coupé", scope=8)
    assert alike("vpn", scope=7) == [1]
    assert alike("vpn", without=1) == [2]
    forget_texts(subject_kind="sample", subject_id=2)
    assert alike("vpn") == [1]


def test_indexing_again_writes_only_what_changed() -> None:
    """Spec S5."""
    keep(1, "VPN coupé", "depuis lundi")
    first = dict(IndexedStem.objects.values_list("stem", "pk"))
    keep(1, "VPN coupé", "depuis mardi")
    second = dict(IndexedStem.objects.values_list("stem", "pk"))
    assert {stem for stem in first if first[stem] == second.get(stem)} == set(first) & set(second)
    assert len(set(first) ^ set(second)) == 2


@pytest.mark.django_db(transaction=True)
def test_indexing_is_part_of_the_saving(transactional_db: None) -> None:
    """House: never beside the transaction that saves the row."""
    with pytest.raises(transaction.TransactionManagementError):
        index_texts(subject_kind="sample", subject_id=1, texts=[])


def test_common_words_cost_no_more_and_stand_alone_only_if_need_be() -> None:
    """Spec S5: only the newest of the rows that share a common word are looked at."""
    IndexedStem.objects.bulk_create(
        IndexedStem(subject_kind="sample", subject_id=number, stem="imprim", weight=3)
        for number in range(1, COMMON + 50)
    )
    keep(9000, "Imprimante fantôme")
    assert alike("imprimante")[0] == 9000
    assert len(alike("imprimante")) == COMMON
    assert alike("fantôme imprimante") == [9000]


def test_what_is_surely_the_same_matter() -> None:
    """Spec S5: two rare words of which one is in the heading, a code, or every word typed; never one of several."""
    keep(1, "Caisse bloquée", "Le tiroir reste fermé, erreur ORA-00942")
    keep(2, "Sauvegarde e-mail lente", "Volume plein")
    for number in range(3, 8):
        keep(number, "Poste lent", f"Salle {number}")

    def sure(text: str) -> set[int]:
        found = rows_alike(subject_kind="sample", text=text)
        return {one.subject_id for one in surely_alike(found, text, known=7, naming=1, heading=3)}

    assert sure("La caisse est bloquée depuis ce matin") == {1}
    assert sure("caisse enregistreuse neuve") == set()
    assert sure("caisse") == sure("caisse tiroir, puis plus aucun écran") == {1}
    assert sure("tiroir resté ouvert") == set()
    assert sure("message ora-00942 à la réception") == {1}
    assert sure("ouvrir un e-mail reçu") == set()
    assert sure("poste très lent en salle de réunion") == set()
