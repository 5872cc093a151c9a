"""Tags, followers, mentions and macros on the ticket's page (Spec T30)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from cadran.accounts.rights import Right
from cadran.catalogue.models import Priority
from cadran.tickets.choices import MacroPlace
from cadran.tickets.models import State, Tag, Ticket
from cadran.tickets.operations import change_followers, edit_ticket, save_macro, tag_ticket
from tests.desk.work import TEN, signed_in
from tests.factories.desk import Desk, colleague, mention, paris
from tests.factories.trade import a_row
from tests.tickets.operations.test_macros import a_macro

from .conftest import buttons, get, post, text_of


def tags_of(ticket: Ticket) -> set[str]:
    return {str(tag) for tag in ticket.tags.all()}


def test_tags_are_chosen_and_made_in_the_dialog(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Only what one added or took away is sent; a colleague's addition meanwhile stands (Spec T17)."""
    first, second, third = (a_row(Tag, code) for code in ("vpn", "quai", "mail"))
    tag_ticket(ticket=ticket, added=[first], by=desk.user, at=TEN)
    dialog = get(browser, ticket, "tags/").content.decode()
    assert f'<option value="{first.pk}" selected>' in dialog
    tag_ticket(ticket=ticket, added=[third], by=desk.user, at=TEN)
    answer = post(browser, ticket, "tags/", seen=str(first.pk), tags=[str(second.pk), "new:Salle 12"])
    assert answer.status_code == 200
    assert tags_of(ticket) == {"Quai", "Mail", "Salle 12"}
    assert "Salle 12" in text_of(answer)


def test_a_refused_word_comes_back_with_what_was_typed(browser: Client, ticket: Ticket) -> None:
    """Spec R7."""
    answer = post(browser, ticket, "tags/", seen="", tags=["new:" + "x" * 41])
    assert answer.status_code == 422
    assert "at most 40 characters" in text_of(answer)
    assert f'value="new:{"x" * 41}" selected' in answer.content.decode()


def test_the_picker_offers_a_new_tag_only_for_a_new_word(browser: Client, desk: Desk) -> None:
    """Another spelling proposes the tag that exists (Spec T30)."""
    a_row(Tag, "wi-fi", name_fr="Wi-Fi")

    def offered(words: str, kind: str = "tag_or_new", by: Client = browser) -> list[str]:
        found = by.get(f"/pick/{kind}/", {"q": words})
        return [f"{one['text']}{one['hint']}" for one in json.loads(found.content)["results"]]

    assert offered("wifi") == ["Wi-Fi"]
    assert offered("wif") == ["Wi-Fi", "wifnew tag"]
    assert offered("wif", "tag") == ["Wi-Fi"]
    opener = signed_in(colleague(desk, Right.SEE_TICKETS, Right.OPEN_TICKETS))
    assert offered("wif", by=opener) == ["Wi-Fi"]


def test_one_click_follows_and_stops(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T30."""
    assert "Stop following" in text_of(post(browser, ticket, "follow/", on="1"))
    assert list(ticket.followers.all()) == [desk.agent]
    post(browser, ticket, "follow/", on="0")
    assert not ticket.followers.exists()
    reader = signed_in(colleague(desk, Right.SEE_TICKETS))
    assert post(reader, ticket, "follow/", on="1").status_code == 200
    assert post(reader, ticket, "followers/", seen="", followers=[desk.agent.pk]).status_code == 403
    assert ticket.followers.count() == 1


def test_colleagues_are_added_and_taken_off_in_the_dialog(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Who began to follow meanwhile stays (Spec T17)."""
    nadia, omar = (
        colleague(desk, Right.SEE_TICKETS, email=f"{name}@example.com").agent for name in ("nadia", "omar")
    )
    change_followers(ticket=ticket, added=[desk.agent, omar], by=desk.user, at=TEN)
    post(browser, ticket, "followers/", seen=str(desk.agent.pk), followers=[nadia.pk])
    assert set(ticket.followers.all()) == {nadia, omar}


def test_a_macro_shows_what_it_will_do_and_does_it(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Chosen, its text stands there to be changed, and fields before and after; then all at once (Spec T30)."""
    state = State.objects.first()
    macro = a_macro(text_en="<p>Hello {{ requester.name }}</p>", state=state)
    assert "apply_macro" in buttons(get(browser, ticket, ""))
    dialog = post(browser, ticket, "macro/?refresh=1", macro=macro.pk)
    assert "Hello Roche" in text_of(dialog)
    assert str(state) in text_of(dialog)
    assert not ticket.notes.exists()
    typed = {
        "macro": macro.pk,
        "filled_for": f"{macro.pk}.{macro.row_version}",
        "text": "<p>Hello you</p>",
        "base": base_of(dialog),
    }
    done = post(browser, ticket, "macro/", **typed)
    assert done.status_code == 200, text_of(done)
    assert ticket.notes.get().body == "<p>Hello you</p>"
    assert "by the macro Answer" in text_of(done)
    assert Ticket.objects.get().state == state


def base_of(dialog: Any) -> str:
    form = dialog.context["form"]
    return str(form["base"].value())


def test_what_changed_meanwhile_is_told_once(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """The second sees what the first changed, then decides (Spec T17)."""
    first, second = Priority.objects.exclude(pk=ticket.priority_id)[:2]
    macro = a_macro(priority=second)
    base = base_of(post(browser, ticket, "macro/?refresh=1", macro=macro.pk))
    edit_ticket(ticket=ticket, changes={"priority": first}, base={}, by=desk.user, at=TEN)
    typed = {"macro": macro.pk, "filled_for": f"{macro.pk}.{macro.row_version}", "text": ""}
    refused = post(browser, ticket, "macro/", base=base, **typed)
    assert refused.status_code == 422
    assert str(first) in text_of(refused)
    assert post(browser, ticket, "macro/", base=base_of(refused), **typed).status_code == 200
    assert Ticket.objects.get().priority == second


def test_a_macro_changed_meanwhile_is_told_once(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """What it sets now is shown before it is applied, and the text that was typed stays (Spec T17)."""
    first, second = Priority.objects.exclude(pk=ticket.priority_id)[:2]
    macro = a_macro(priority=first)
    opened = post(browser, ticket, "macro/?refresh=1", macro=macro.pk).context["form"]
    save_macro(macro=macro, values={"priority": second}, many={}, by=None, at=TEN)
    typed = {"macro": macro.pk, "text": "<p>Mine</p>", "base": str(opened["base"].value())}
    refused = post(browser, ticket, "macro/", filled_for=opened["filled_for"].value(), **typed)
    assert refused.status_code == 422
    assert "Somebody has changed this macro" in text_of(refused)
    form = refused.context["form"]
    assert (form["text"].value(), str(second) in text_of(refused)) == ("<p>Mine</p>", True)
    assert post(browser, ticket, "macro/", filled_for=form["filled_for"].value(), **typed).status_code == 200
    assert Ticket.objects.get().priority == second


def test_a_text_goes_into_the_running_report_and_leads_to_finishing(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Without a running intervention the dialog says so before (Spec T30)."""
    macro = a_macro(text_en="<p>Hi</p>", place=MacroPlace.EXTERNAL_REPORT)
    ticket.interventions.update(ended_at=TEN)
    assert "No intervention is running" in text_of(post(browser, ticket, "macro/?refresh=1", macro=macro.pk))
    work = desk.work(ticket, TEN)
    typed = {
        "macro": macro.pk,
        "filled_for": f"{macro.pk}.{macro.row_version}",
        "text": "<p>Hi</p>",
        "base": "",
    }
    answer = post(browser, ticket, "macro/", then="finish", **typed)
    assert f"interventions/{work.number}/finish/" in answer["HX-Trigger"]
    work.refresh_from_db()
    assert work.external_report == "<p>Hi</p>"


def test_an_external_text_is_offered_external_macros_alone(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """What is written for colleagues never comes near the customer's report (Spec T14)."""
    a_macro(text_en="<p>Out {{ ticket.number }}</p>", place=MacroPlace.EXTERNAL_REPORT)
    a_macro(code="inside", name_fr="Dedans", text_en="<p>In</p>")
    a_macro(code="silent", name_fr="Muet", state=State.objects.first())

    def offered(query: str) -> list[str]:
        return [one["html"] for one in get(browser, ticket, f"macro/texts/{query}").json()["results"]]

    assert offered("") == ["<p>Out DEM-1</p>"]
    assert offered("?seen=internal") == ["<p>Out DEM-1</p>", "<p>In</p>"]
    assert offered("?seen=internal&q=ded") == ["<p>In</p>"]
    assert offered("?seen=internal&q=zz") == []


@pytest.mark.parametrize("rights", [(), (Right.EDIT_TICKETS,), (Right.WRITE_NOTES,), (Right.INTERVENE,)])
def test_macros_are_offered_to_who_may_do_something(desk: Desk, ticket: Ticket, rights: Any) -> None:
    """Spec R2."""
    reader = signed_in(colleague(desk, Right.SEE_TICKETS, *rights))
    assert ("apply_macro" in buttons(get(reader, ticket, ""))) is bool(rights)


def test_the_list_shows_tags_and_narrows_by_them(browser: Client, desk: Desk) -> None:
    """All of the chosen ones; followed by me or not (Spec S1, T30)."""
    first, second = a_row(Tag, "vpn"), a_row(Tag, "quai")
    both, one, _none = (desk.open(paris("2026-03-02 09:00")) for _number in range(3))
    tag_ticket(ticket=both, added=[first, second], by=desk.user, at=TEN)
    tag_ticket(ticket=one, added=[first], by=desk.user, at=TEN)
    change_followers(ticket=one, added=[desk.agent], by=desk.user, at=TEN)

    def listed(query: str) -> set[str]:
        page = browser.get(f"/tickets/?view=all&{query}").content.decode()
        return {number for number in ("DEM-1", "DEM-2", "DEM-3") if f">{number}<" in page}

    assert listed(f"tags={first.pk}") == {"DEM-1", "DEM-2"}
    assert listed(f"tags={first.pk}&tags={second.pk}") == {"DEM-1"}
    assert listed("followed=yes") == {"DEM-2"}
    assert listed("followed=no") == {"DEM-1", "DEM-3"}
    assert listed("tags=x") == {"DEM-1", "DEM-2", "DEM-3"}
    page = browser.get(f"/tickets/?view=all&tags={first.pk}&tags={second.pk}")
    assert "Vpn, Quai" in text_of(page)


def test_a_mention_is_a_chip_in_the_note(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """The mark stays in the timeline and in the draft (Spec T17)."""
    post(browser, ticket, "notes/", body=f"<p>{mention(desk.agent)}</p>")
    assert mention(desk.agent) in get(browser, ticket, "feed/?show=notes").content.decode()
