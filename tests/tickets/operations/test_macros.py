"""Macros: written in the settings, applied to tickets in one act (Spec T30)."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from cadran.accounts.rights import Right
from cadran.catalogue.models import Priority
from cadran.core.errors import CadranError, InvalidInput, InvalidInputs, NotAllowed, Stale
from cadran.core.models import JournalEntry
from cadran.core.reference import retire_reference_row
from cadran.parties.models import Contact, Team
from cadran.tickets.choices import MacroPlace, Phase
from cadran.tickets.models import Macro, State, Tag, Ticket
from cadran.tickets.operations import (
    InterventionDetails,
    add_intervention,
    apply_macro,
    close_ticket,
    edit_ticket,
    save_macro,
)
from cadran.tickets.queries import timeline
from cadran.tickets.queries.macros import (
    PLACEHOLDERS,
    macro_text,
    macro_values,
    macros_for,
    running_for,
    show_macro,
)
from tests.factories.desk import ALL, Desk, colleague, mention, paris
from tests.factories.trade import a_row

AT = paris("2026-03-02 10:00")


def a_macro(by: Any = None, **typed: Any) -> Macro:
    lists = {name: typed.pop(name, []) for name in ("teams", "tags")}
    values = {"code": "answer", "name_fr": "Réponse", "name_en": "Answer", "place": MacroPlace.NOTE, **typed}
    return save_macro(macro=None, values=values, many=lists, by=by, at=AT)


def test_a_macro_is_saved_sanitised(desk: Desk) -> None:
    """Its texts are rich texts with placeholders (Spec T14, T30)."""
    macro = a_macro(text_fr='<p onclick="x()">Bonjour {{ requester.name }}</p>')
    assert macro.text_fr == "<p>Bonjour {{ requester.name }}</p>"
    assert JournalEntry.objects.filter(kind="macro.created").count() == 1


def test_mistakes_of_both_texts_are_refused_where_they_stand(desk: Desk) -> None:
    """Unknown placeholders and broken syntax, each beside its text; nothing is saved (Spec R7)."""
    with pytest.raises(InvalidInputs) as refused:
        a_macro(text_fr="<p>a</p><p>{{ ticket.internal }}</p>", text_en="{% if ticket.number %}")
    assert [(one.field, "Line" in one.message) for one in refused.value.errors] == [
        ("text_fr", True),
        ("text_en", True),
    ]
    with pytest.raises(InvalidInput, match="does nothing"):
        a_macro()
    with pytest.raises(NotAllowed):
        a_macro(by=desk_reader(desk), text_fr="x")
    assert not Macro.objects.exists()


def desk_reader(desk: Desk) -> Any:
    return colleague(desk, Right.SEE_TICKETS, email="reader@example.com")


def test_a_macro_does_all_it_is_for_in_one_act(desk: Desk) -> None:
    """Note, fields and tags at once; each row of the timeline names the macro (Spec T4, T30)."""
    ticket = desk.open(AT)
    tag, state = a_row(Tag, "vpn"), State.objects.in_use().first()
    high = Priority.objects.exclude(pk=ticket.priority_id).first()
    macro = a_macro(
        text_fr="<p>x</p>", severity=desk.severity("blocking"), priority=high, state=state, tags=[tag]
    )
    text = f"<p>Typed {mention(desk.agent)}</p>"
    apply_macro(ticket=ticket, macro=macro, text=text, by=desk.user, at=AT)
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert (ticket.severity.code, ticket.priority, ticket.state) == ("blocking", high, state)
    assert list(ticket.tags.all()) == [tag]
    note = ticket.notes.get()
    assert (note.body, list(note.mentions.all())) == (text, [desk.agent])
    rows = JournalEntry.objects.of("ticket", ticket.pk).filter(kind__in=[
        "ticket.macro_applied", "ticket.edited", "ticket.status_changed", "ticket.tagged"])  # fmt: skip
    assert rows.count() == 4
    assert {row.data["macro"]["fr"] for row in rows} == {"Réponse"}
    assert "Someone applied the macro Answer." in [item.text for item in timeline(ticket, desk.user)]
    assert JournalEntry.objects.filter(kind="ticket.commitment_applied").exists()


def test_a_text_goes_behind_what_the_running_report_says(desk: Desk) -> None:
    """The external report of the running intervention; without one nothing moves (Spec T30)."""
    ticket = desk.open(AT)
    macro = a_macro(text_fr="<p>x</p>", place=MacroPlace.EXTERNAL_REPORT, state=State.objects.first())
    planned = add_intervention(
        ticket=ticket, details=InterventionDetails(type=desk.type()), by=desk.user, at=AT
    )
    for intervention in (None, planned):
        with pytest.raises(InvalidInput, match="No intervention is running"):
            apply_macro(
                ticket=ticket, macro=macro, text="<p>b</p>", intervention=intervention, by=desk.user, at=AT
            )
    ticket.refresh_from_db()
    assert ticket.state is None
    details = InterventionDetails(type=desk.type(), external_report="<p>a</p>")
    work = add_intervention(ticket=ticket, details=details, by=desk.user, at=AT, start=True)
    assert running_for(ticket, desk.user) == work
    apply_macro(ticket=ticket, macro=macro, text="<p>b</p>", intervention=work, by=desk.user, at=AT)
    work.refresh_from_db()
    assert (work.external_report, work.internal_report) == ("<p>a</p><p>b</p>", "")
    desk.finish(work, AT)
    with pytest.raises(Stale):
        apply_macro(ticket=ticket, macro=macro, text="<p>c</p>", intervention=work, by=desk.user, at=AT)


@pytest.mark.parametrize("spoilt", ["status", "team", "right", "note", "other team", "retired", "severity"])
def test_what_the_phase_or_a_right_refuses_moves_nothing(desk: Desk, spoilt: str) -> None:
    """The whole act is refused with a sentence (Spec T30, R2)."""
    ticket = desk.open(AT)
    other = Team.objects.create(code="other", name_fr="Autre")
    typed: dict[str, Any] = {"text_fr": "<p>x</p>", "tags": [a_row(Tag, "vpn")]}
    typed |= {"priority": Priority.objects.exclude(pk=ticket.priority_id).first()}
    by = desk.user
    match spoilt:
        case "status":
            typed["status"] = desk.status("resolved")
        case "team":
            typed["team"] = other
            by = colleague(desk, Right.SEE_TICKETS, Right.EDIT_TICKETS, Right.WRITE_NOTES)
        case "right":
            by = colleague(desk, Right.SEE_TICKETS, Right.WRITE_NOTES)
        case "note":
            by = colleague(desk, Right.SEE_TICKETS, Right.EDIT_TICKETS)
        case "other team":
            typed["teams"] = [other]
        case "severity":
            typed["severity"] = a_row(type(desk.severity()), "gone")
    macro = a_macro(**typed)
    if spoilt == "retired":
        retire_reference_row(row=macro, by=None, at=AT)
    if spoilt == "severity":
        retire_reference_row(row=macro.severity, by=None, at=AT)
    rows = JournalEntry.objects.count()
    with pytest.raises(CadranError) as refused:
        apply_macro(ticket=ticket, macro=macro, text="<p>x</p>", by=by, at=AT)
    assert refused.value.message
    stored = Ticket.objects.get(pk=ticket.pk)
    assert (stored.priority_id, stored.row_version) == (ticket.priority_id, ticket.row_version)
    assert not stored.tags.exists()
    assert not stored.notes.exists()
    assert JournalEntry.objects.count() == rows


def test_a_closed_ticket_keeps_its_team(desk: Desk) -> None:
    """The phase refuses what it would refuse by hand (Spec T2)."""
    ticket = desk.resolve(desk.open(AT), paris("2026-03-02 11:00"))
    at = paris("2026-03-02 12:00")
    from cadran.tickets.choices import Closing

    close_ticket(
        ticket=ticket, closing=Closing.INTERNALLY, closed_at=at, status=None, state=None, by=desk.user, at=at
    )
    assert ticket.phase == Phase.CLOSED_INTERNALLY
    macro = a_macro(team=Team.objects.create(code="other", name_fr="Autre"))
    with pytest.raises(CadranError):
        apply_macro(ticket=ticket, macro=macro, text="", by=desk.user, at=at)


def test_what_somebody_changed_meanwhile_is_not_overwritten(desk: Desk) -> None:
    """The second is told what the first made of it (Spec T17)."""
    ticket = desk.open(AT)
    first, second = Priority.objects.exclude(pk=ticket.priority_id)[:2]
    macro = a_macro(priority=second)
    base = {"priority": ticket.priority}
    edit_ticket(ticket=ticket, changes={"priority": first}, base={}, by=desk.user, at=AT)
    with pytest.raises(Stale, match=str(first)):
        apply_macro(ticket=ticket, macro=macro, text="", base=base, by=desk.user, at=AT)
    apply_macro(ticket=ticket, macro=macro, text="", base={"priority": first}, by=desk.user, at=AT)
    with pytest.raises(InvalidInput, match="would change nothing"):
        apply_macro(ticket=ticket, macro=macro, text="", by=desk.user, at=AT)


def test_a_text_is_filled_in_in_the_requesters_language(desk: Desk) -> None:
    """French for a French requester whoever answers; without a requester the customer's; a lone text serves both."""
    ticket = desk.open(AT)
    text = "<p>{{ requester.last_name }}, {{ ticket.number }}: {{ ticket.resolution_due }}</p>"
    macro = a_macro(text_fr=f"Bonjour {text}", text_en=f"Hello {text}", place=MacroPlace.EXTERNAL_REPORT)
    with translation.override("en"):
        assert macro_text(macro, ticket, desk.agent, at=AT).startswith(
            "Bonjour <p>Roche, DEM-1: 2 mars 2026 18:00"
        )
    Contact.objects.update(language="en")
    assert macro_text(macro, Ticket.objects.get(), desk.agent, at=AT).startswith("Hello")
    ticket = Ticket.objects.get()
    ticket.requester = None
    assert macro_text(macro, ticket, None, at=AT).startswith("Bonjour <p>,")
    macro.text_fr = ""
    assert macro_text(macro, ticket, None, at=AT).startswith("Hello")


def test_a_text_reaches_nothing_that_is_internal(desk: Desk) -> None:
    """The values are plain words, exactly those documented; none comes from an internal field (Spec T14)."""
    ticket = desk.open(AT, internal_description="<p>SECRET</p>")
    ticket.team.public_name = ""
    values = macro_values(ticket, desk.agent, at=AT)
    flat = {f"{group}.{name}": value for group, found in values.items() for name, value in found.items()}
    assert set(flat) == set(PLACEHOLDERS)
    assert all(type(value) is str for value in flat.values())
    assert "SECRET" not in "".join(flat.values())
    assert flat["team.name"] == ""


def test_each_is_offered_the_macros_of_their_teams(desk: Desk) -> None:
    """Those for all, and those of a team that one works in, each once (Spec T30)."""
    nadia = colleague(desk, *ALL)
    stranger = colleague(desk, *ALL, email="far@example.com", member=False)
    a_macro(text_fr="x")
    a_macro(code="ours", name_fr="Nous", text_fr="x", teams=[desk.team])
    assert [len(macros_for(one)) for one in (desk.user, nadia, stranger)] == [2, 2, 1]


def test_what_a_macro_would_do_is_shown_before(desk: Desk) -> None:
    """Only what is not so already, with what it is now (Spec T30)."""
    ticket = desk.open(AT)
    tag = a_row(Tag, "vpn")
    macro = a_macro(text_en="<p>Hi</p>", severity=ticket.severity, nature=ticket.nature, tags=[tag],
                    team=Team.objects.create(code="other", name_fr="Autre"))  # fmt: skip
    shown = show_macro(macro, ticket, desk.agent, at=AT)
    assert shown.text == "<p>Hi</p>"
    assert [(one.field, one.before, one.after) for one in shown.settings] == [
        ("team", "Support", "Autre"),
        ("tags", "", "Vpn"),
    ]
