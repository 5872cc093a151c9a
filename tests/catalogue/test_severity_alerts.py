"""The questions that an asset asks for a severity (Spec T13)."""

from __future__ import annotations

import pytest

from cadran.accounts.rights import Right
from cadran.catalogue.models import Asset, SeverityAlert
from cadran.catalogue.severity_alerts import alerts_of, set_severity_alerts
from cadran.core.errors import InvalidInput, NotAllowed, Stale
from cadran.core.models import JournalEntry
from tests.factories.trade import MONDAY, a_customer, a_severity, an_asset, person

pytestmark = pytest.mark.django_db


def test_questions_are_kept_by_severity_and_told() -> None:
    """Spec T13, T4: several for a severity; what stays keeps its key, so that a form half typed still fits."""
    asset, major, minor = an_asset(a_customer()), a_severity("major"), a_severity("minor")
    first = {major: ["Is production down?", " Since when? ", ""], minor: ["Who noticed?"]}
    set_severity_alerts(asset=asset, questions=first, by=None, at=MONDAY)
    kept = alerts_of(asset, major)[0]
    assert [one.question for one in alerts_of(asset, major)] == ["Is production down?", "Since when?"]
    second = {major: ["Is production down?", "Is production down?"]}
    set_severity_alerts(asset=asset, questions=second, by=None, at=MONDAY)
    assert alerts_of(asset, major) == [kept] and alerts_of(asset, minor) == []
    told = JournalEntry.objects.of("asset", asset.pk).filter(kind="asset.changed").order_by("id")
    assert [len(row.data["severity_alerts"]["removed"]) for row in told] == [0, 2]


def test_the_same_again_writes_nothing() -> None:
    """Saving what is stored leaves version and journal as they are."""
    asset, major = an_asset(a_customer()), a_severity("major")
    set_severity_alerts(asset=asset, questions={major: ["Why?"]}, by=None, at=MONDAY)
    version, rows = asset.row_version, JournalEntry.objects.count()
    set_severity_alerts(asset=asset, questions={major: ["Why?"]}, by=None, at=MONDAY)
    assert (asset.row_version, JournalEntry.objects.count()) == (version, rows)


@pytest.mark.parametrize("questions", [["x" * 301], [str(n) for n in range(11)]])
def test_too_much_is_refused_and_nothing_moves(questions: list[str]) -> None:
    """A question fits a line, and there are ten at most."""
    asset, major = an_asset(a_customer()), a_severity("major")
    with pytest.raises(InvalidInput) as refused:
        set_severity_alerts(asset=asset, questions={major: questions}, by=None, at=MONDAY)
    assert refused.value.field == f"severity_{major.pk}"
    assert not SeverityAlert.objects.exists() and Asset.objects.get().row_version == 0


def test_the_second_to_save_is_told() -> None:
    """Spec T17: who saw an older version of the asset changes nothing."""
    asset, major = an_asset(a_customer()), a_severity("major")
    set_severity_alerts(asset=asset, questions={major: ["Why?"]}, by=None, at=MONDAY, seen=0)
    with pytest.raises(Stale):
        set_severity_alerts(
            asset=Asset.objects.get(), questions={major: ["How?"]}, by=None, at=MONDAY, seen=0
        )
    assert [one.question for one in alerts_of(asset, major)] == ["Why?"]


def test_only_who_edits_assets_sets_them() -> None:
    """Spec R2: the right to see assets is not enough."""
    asset, reader = an_asset(a_customer()), person(Right.SEE_ASSETS)
    with pytest.raises(NotAllowed):
        set_severity_alerts(asset=asset, questions={a_severity(): ["Why?"]}, by=reader, at=MONDAY)
