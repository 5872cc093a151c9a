"""Known errors: what they hold, and how they are found by what is typed (Spec T33, S5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.known_errors import (
    KnownErrorDetails,
    errors_alike,
    errors_holding,
    index_known_errors,
    save_known_error,
)
from cadran.catalogue.models import KnownError, Product, ProductVersion
from cadran.catalogue.operations import ProductVersionDetails, save_product_version
from cadran.core.errors import InvalidInput, InvalidInputs, NotAllowed, Stale
from cadran.core.models import IndexedStem
from tests.factories.desk import a_desk
from tests.factories.trade import MONDAY, a_product, person

pytestmark = pytest.mark.django_db


def a_version(product: Product, number: str = "1.0") -> ProductVersion:
    details = ProductVersionDetails(version=number)
    return save_product_version(product=product, version=None, details=details, by=None, at=MONDAY)


def an_error(title: str, product: Product | None = None, **typed: Any) -> KnownError:
    found = product or Product.objects.first() or a_product()
    details = replace(KnownErrorDetails(title=title, product=found), **typed)
    return save_known_error(known_error=None, details=details, by=None, at=MONDAY)


def titles(text: str, **asked: Any) -> list[str]:
    if "user" not in asked:
        known = User.objects.filter(email="reader@example.com").first()
        asked["user"] = known or person(Right.SEE_ASSETS, email="reader@example.com")
    typed = {"product": None, "version": None, **asked}
    return [one.known_error.title for one in errors_alike(text=text, **typed)]


def test_it_holds_what_is_known(db: None) -> None:
    """Product, versions, symptom, workaround, solution; no picture; a number of its own (Spec T33)."""
    product = a_product()
    version = a_version(product)
    error = an_error(
        "Impression vide",
        product,
        versions=(version,),
        symptom='<p>Page blanche<img src="/attachments/abcdefghijklmnopqrstuvwx"></p><script>x</script>',
        workaround="<p>Redémarrer le spouleur</p>",
        is_published=True,
    )
    assert error.code == "ERR-00001"
    assert list(error.versions.all()) == [version]
    assert error.symptom == "<p>Page blanche</p>"
    assert error.is_published
    assert an_error("Autre", product, code="Err 404").code == "Err 404"


def test_what_does_not_fit_is_refused(db: None) -> None:
    """Spec R7."""
    foreign = a_version(a_product("crm"))
    with pytest.raises(InvalidInput) as refused:
        an_error("Impression vide", a_product(), versions=(foreign,))
    assert refused.value.field == "versions"
    with pytest.raises(InvalidInputs):
        save_known_error(
            known_error=None, details=KnownErrorDetails(title=" ", product=None), by=None, at=MONDAY
        )
    reader = person(Right.SEE_ASSETS, Right.EDIT_ASSETS)
    with pytest.raises(NotAllowed):
        save_known_error(
            known_error=None,
            details=KnownErrorDetails(title="X", product=a_product("x")),
            by=reader,
            at=MONDAY,
        )
    assert not KnownError.objects.exists()


def test_the_second_editor_is_told(db: None) -> None:
    """Spec T17."""
    error = an_error("Impression vide")
    details = KnownErrorDetails(title="Impression blanche", product=error.product, code=error.code)
    save_known_error(known_error=KnownError.objects.get(), details=details, by=None, at=MONDAY)
    with pytest.raises(Stale):
        save_known_error(known_error=error, details=replace(details, title="Vide"), by=None, at=MONDAY)


def test_it_is_found_by_its_words_at_once(db: None) -> None:
    """Accents, case and endings ignored; changed words found anew, retired ones no longer (Spec S5)."""
    error = an_error("Écran figé à la réception d’une commande", symptom="<p>Le curseur clignote</p>")
    an_error("Lenteur à la clôture de paie")
    assert titles("ecran figee en RECEPTION de commandes") == ["Écran figé à la réception d’une commande"]
    assert titles("curseur clignotant") == ["Écran figé à la réception d’une commande"]
    assert titles("rien à voir") == []
    details = KnownErrorDetails(title="Panne secteur", product=error.product, code=error.code)
    error = save_known_error(known_error=error, details=details, by=None, at=MONDAY)
    assert titles("curseur clignotant") == []
    save_known_error(known_error=error, details=replace(details, is_retired=True), by=None, at=MONDAY)
    assert titles("panne secteur") == []
    assert not IndexedStem.objects.filter(subject_id=error.pk).exists()


def test_without_a_product_one_common_word_is_not_enough(db: None) -> None:
    """Spec S5, T33: “slow” is said of every product; with the product one word will do."""
    erp = a_product()
    an_error("Lenteur à la clôture de paie", erp, symptom="<p>Le calcul tourne</p>")
    assert titles("lenteur sur la messagerie") == []
    assert titles("lenteur sur la messagerie", product=erp) == ["Lenteur à la clôture de paie"]
    assert titles("lenteur du calcul de paie") == ["Lenteur à la clôture de paie"]
    assert titles("lenteur") == ["Lenteur à la clôture de paie"]


def test_product_and_version_narrow(db: None) -> None:
    """Spec S5."""
    erp, crm = a_product(), a_product("crm")
    old, new = a_version(erp, "1.0"), a_version(erp, "2.0")
    an_error("Blocage au démarrage", erp, versions=(old,))
    an_error("Blocage au démarrage du CRM", crm)
    assert len(titles("blocage démarrage")) == 2
    assert titles("blocage démarrage", product=erp) == ["Blocage au démarrage"]
    assert titles("blocage démarrage", product=erp, version=old) == ["Blocage au démarrage"]
    assert titles("blocage démarrage", product=erp, version=new) == []


def test_only_what_the_person_may_see(db: None) -> None:
    """Spec R3."""
    an_error("Blocage au démarrage")
    assert titles("blocage", user=person(Right.SEE_TICKETS, email="blind@example.com")) == []


def test_those_of_an_older_version_are_found_too(db: None) -> None:
    """Saved before there was an index; looked through once, then left alone; retired ones stay out (Spec S5)."""
    an_error("Imprimante muette")
    an_error("Imprimante lente", is_retired=True)
    IndexedStem.objects.all().delete()
    assert titles("imprimante") == []
    assert index_known_errors(by=None, at=MONDAY) == 1
    assert titles("imprimante") == ["Imprimante muette"]
    assert index_known_errors(by=None, at=MONDAY) == 0
    with pytest.raises(NotAllowed):
        index_known_errors(by=person(Right.SEE_ASSETS, email="other@example.com"), at=MONDAY)


def test_it_is_looked_up_in_any_form_of_its_words(db: None) -> None:
    """Accents, case, plurals and articles don't matter, every telling word does; the solution counts (Spec S2, S6)."""
    an_error("Étiquette imprimée de travers", solution="<p>Nettoyer les capteurs</p>")
    retired = an_error("Étiquettes perdues", is_retired=True)
    rows = KnownError.objects.order_by("pk")

    def found(words: str) -> list[str]:
        return [row.title for row in errors_holding(rows, words)]

    assert found("les ETIQUETTES imprimées") == found("capteur") == ["Étiquette imprimée de travers"]
    assert found("étiquett") == ["Étiquette imprimée de travers", retired.title]
    assert found("étiquette réseau") == found("les des") == []
    assert len(found("")) == 2


def test_one_that_is_used_keeps_its_product(db: None) -> None:
    """Tickets have it with their product: another one is refused with a sentence, and nothing moves (Spec T33)."""
    desk = a_desk()
    other = a_product("crm")
    error = an_error("Impression vide", desk.product)
    details = KnownErrorDetails(title="Impression vide", product=other)
    save_known_error(known_error=error, details=replace(details, product=desk.product), by=None, at=MONDAY)
    desk.open(known_error=error)
    with pytest.raises(InvalidInput, match="stays with it") as refused:
        save_known_error(known_error=error, details=details, by=None, at=MONDAY)
    assert refused.value.field == "product"
    error.refresh_from_db()
    assert error.product == desk.product
    unused = an_error("Page blanche", desk.product)
    moved = save_known_error(
        known_error=unused, details=replace(details, title="Page blanche"), by=None, at=MONDAY
    )
    assert moved.product == other
