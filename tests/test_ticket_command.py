"""`cadran ticket open`: a ticket from a script or a monitoring alarm (Spec T5, T13)."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from cadran import cli
from cadran.catalogue.severity_alerts import set_severity_alerts
from cadran.core.business_rules import set_business_rule
from cadran.parties.models import CallTakingCondition, CallTakingEffect
from cadran.parties.operations import CallTakingDetails, CallTakingRuleDetails, set_call_taking
from cadran.tickets.business_rules import INTAKE_TEAM
from cadran.tickets.models import Ticket
from tests.factories.desk import Desk, a_desk, paris
from tests.factories.trade import MONDAY, a_customer

pytestmark = pytest.mark.django_db
RECEIVED = ("--received-at", "2026-03-02T10:00")


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(cli, "set_up_django", lambda: None)
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY + timedelta(hours=3))
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    desk = a_desk()
    set_business_rule(definition=INTAKE_TEAM, value=desk.team.pk, by=None, at=MONDAY)
    return desk


def run(desk: Desk, *more: str, severity: str = "major", customer: str = "") -> int:
    number = customer or desk.customer.number
    return cli.main(
        ["ticket", "open", "--customer", number, "--title", "Disk full", "--severity", severity, *more]
    )


def test_it_opens_as_the_form_would_and_says_what_is_due(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Spec T6: site, contract and service follow from the asset; the number stands alone in the first line."""
    assert run(desk, "--asset", desk.asset.number, *RECEIVED, "--description", "91 %\n<b>used</b>") == 0
    ticket = Ticket.objects.get()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == ticket.number and len(lines) == 3 and "2026" in lines[1]
    assert (ticket.site, ticket.contract, ticket.service, ticket.product, ticket.team) == (
        desk.site, desk.contract, desk.service, desk.product, desk.team,
    )  # fmt: skip
    assert ticket.received_at == paris("2026-03-02 10:00") and ticket.channel == "api"
    assert "&lt;b&gt;" in ticket.external_description and ticket.nature == desk.nature


def test_everything_can_be_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row by what people know of it; the description from the standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO("From the log"))
    desk.requester.email = "roche@example.com"
    desk.requester.save()
    named = (
        "--site", desk.site.name, "--requester", "Roche@example.com", "--contract", desk.contract.number.lower(),
        "--service", desk.service.label, "--nature", "incident", "--team", "support", "--channel", "mail",
        "--description", "-",
    )  # fmt: skip
    assert run(desk, *named) == 0
    ticket = Ticket.objects.get()
    assert (ticket.requester, ticket.contract, ticket.service) == (
        desk.requester,
        desk.contract,
        desk.service,
    )
    assert ticket.channel == "mail" and "From the log" in ticket.external_description


def test_what_nothing_bears_is_refused_line_by_line(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, a sentence each on the standard error, with what there is; nothing is opened."""
    assert run(desk, "--site", "Moon", "--team", "nobody", "--asset", "A-0", severity="dire") == 1
    told = capsys.readouterr()
    assert not told.out and len(told.err.splitlines()) == 4
    assert "blocking" in told.err and "Moon" in told.err and "support" in told.err
    assert run(desk, customer="C-0") == 1
    assert "C-0" in capsys.readouterr().err
    assert not Ticket.objects.exists()


def test_a_blocked_customer_is_refused_here_too(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spec T13: the operation's own sentence, in the terminal's language."""
    blocked = a_customer("Fonderie Noire")
    rule = CallTakingRuleDetails(CallTakingEffect.BLOCK, CallTakingCondition.ALWAYS, "Voir la direction")
    set_call_taking(customer=blocked, details=CallTakingDetails(rules=[rule]), by=None, at=MONDAY)
    assert run(desk, customer=blocked.number) == 1
    assert capsys.readouterr().err.startswith(
        "No ticket can be opened for Fonderie Noire. Voir la direction."
    )
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert run(desk, customer=blocked.number) == 1
    assert "Fonderie Noire" in capsys.readouterr().err
    assert not Ticket.objects.exists()


def test_what_the_asset_asks_is_answered_in_order(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Spec T13: without an answer the questions are told; with them the ticket opens."""
    questions = {desk.severity(): ["Which disk?", "Since when?"]}
    set_severity_alerts(asset=desk.asset, questions=questions, by=None, at=MONDAY)
    asset = ("--asset", desk.asset.number)
    assert run(desk, *asset, "--answer", "sda") == 1
    assert "Since when?" in capsys.readouterr().err and not Ticket.objects.exists()
    assert run(desk, *asset, "--answer", "sda", "--answer", "9:40") == 0


@pytest.mark.parametrize("more", [("--received-at", "yesterday"), ("--channel", "pigeon"), ("--size", "3")])
def test_misuse_is_told_apart(desk: Desk, more: tuple[str, str]) -> None:
    """Exit code 2, as of every command that is used wrongly."""
    with pytest.raises(SystemExit) as ended:
        run(desk, *more)
    assert ended.value.code == 2 and not Ticket.objects.exists()
