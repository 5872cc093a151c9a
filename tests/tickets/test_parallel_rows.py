"""Acts on a ticket and on what it refers to, at the same time: nothing is lost, nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from cadran.core.errors import InvalidInput, Stale
from cadran.core.models import JournalEntry
from cadran.tickets.choices import FieldKind, LinkRole, Phase
from cadran.tickets.models import Attachment, CustomField, CustomValue, Intervention, Plan, Tag, Ticket
from cadran.tickets.operations import (
    ClosedByThemselves,
    Part,
    add_attachment,
    add_note,
    assign_ticket,
    auto_closing,
    cascade_resolution,
    clear_forgotten_attachments,
    close_quiet_tickets,
    close_ticket,
    edit_custom_values,
    edit_ticket,
    link_tickets,
    merge_ticket,
    open_due_tickets,
    open_planned_ticket,
    pause_plan,
    reopen_ticket,
    save_custom_field,
    split_ticket,
    tag_ticket,
    undo_merger,
    unlink_tickets,
)
from cadran.tickets.queries.merging import holdings_of
from tests.factories.desk import Desk, a_desk, paris
from tests.factories.parallel import at_once, refusals
from tests.tickets.operations.test_auto_closing import CLOSING, NOTICE, look, resolved, switch_on
from tests.tickets.operations.test_custom_fields import a_choice, a_field
from tests.tickets.operations.test_plans import a_plan

AT = paris("2026-03-02 10:00")
HOUR = timedelta(hours=1)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(transactional_db: None, settings: Any, tmp_path: Path) -> Desk:
    settings.MEDIA_ROOT = tmp_path
    return a_desk()


def fresh(ticket: Ticket) -> Ticket:
    found: Ticket = Ticket.objects.get(pk=ticket.pk)
    return found


def test_a_field_changes_its_kind_while_it_gets_its_first_value(desk: Desk) -> None:
    """A value always is of its field's kind; who comes second is told (Spec T30)."""
    ticket, field = desk.open(AT), a_field("floor")
    mine, theirs = (CustomField.objects.get(pk=field.pk) for _one in range(2))
    results = at_once(
        lambda: edit_custom_values(
            ticket=fresh(ticket), changes={mine: "third"}, base={}, by=desk.user, at=AT
        ),
        lambda: save_custom_field(field=theirs, values={"kind": FieldKind.NUMBER}, many={}, by=None, at=AT),
    )
    (refused,) = refusals(results)
    assert isinstance(refused, Stale | InvalidInput)
    field.refresh_from_db()
    assert CustomValue.objects.count() == (field.kind == FieldKind.TEXT)


def test_values_of_the_same_fields_on_many_tickets(desk: Desk) -> None:
    """Whatever the order in which they are typed, nobody waits for ever (house: operations)."""
    fields = [a_field("floor"), a_field("meters", FieldKind.NUMBER), a_field("place", FieldKind.CHOICE)]
    values = dict(zip(fields, ("third", Decimal(3), a_choice(fields[2], "left")), strict=True))
    tickets = [desk.open(AT) for _one in range(4)]

    def putting(ticket: Ticket, turned: bool) -> Callable[[], Any]:
        changes = dict(reversed(values.items())) if turned else values
        return lambda: edit_custom_values(ticket=fresh(ticket), changes=changes, base={}, by=desk.user, at=AT)

    assert not refusals(at_once(*(putting(one, bool(n % 2)) for n, one in enumerate(tickets))))
    assert CustomValue.objects.count() == 12


def test_work_done_while_the_round_of_closings_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was begun and finished since the round looked counts: the ticket is looked at anew (Spec T28)."""
    switch_on()
    ticket = resolved(desk)
    look(NOTICE)
    plain = auto_closing.self_closing

    def meanwhile(found: Ticket, rule: Any) -> Any:
        monkeypatch.setattr(auto_closing, "self_closing", plain)
        desk.finish(desk.work(fresh(ticket), CLOSING - HOUR), CLOSING)
        return plain(found, rule)

    monkeypatch.setattr(auto_closing, "self_closing", meanwhile)
    assert close_quiet_tickets(by=None, at=CLOSING) == ClosedByThemselves()
    assert fresh(ticket).phase == Phase.RESOLVED
    assert look(CLOSING) == ClosedByThemselves()


def test_two_rounds_of_closings(desk: Desk) -> None:
    """Each ticket is announced once and closed once (Spec T28)."""
    switch_on()
    for _one in range(3):
        resolved(desk)
    for at, kind in ((NOTICE, "ticket.closing_announced"), (CLOSING, "ticket.closed_by_itself")):
        assert not refusals(at_once(*[lambda at=at: look(at)] * 3))
        assert JournalEntry.objects.filter(kind=kind).count() == 3
    assert set(Ticket.objects.values_list("phase", flat=True)) == {Phase.CLOSED_BY_CUSTOMER}


def test_a_plan_paused_while_its_tickets_open(desk: Desk) -> None:
    """Nothing opens once the pause was answered: each ticket came before it (Spec T31)."""
    plan = a_plan(desk)
    mine = Plan.objects.get(pk=plan.pk)
    results = at_once(
        lambda: open_due_tickets(by=None, at=AT),
        lambda: pause_plan(plan=mine, by=desk.user, at=AT),
        lambda: open_planned_ticket(
            plan=Plan.objects.get(pk=plan.pk), due_on=date(2026, 3, 2), by=desk.user, at=AT
        ),
    )
    assert all(one.message for one in refusals(results))
    assert Ticket.objects.count() <= 1
    told = list(JournalEntry.objects.filter(kind__in=("plan.paused", "ticket.opened")).order_by("id"))
    assert plan.occurrences.filter(ticket__isnull=False).count() == Ticket.objects.count()
    assert [row.kind for row in told].count("plan.paused") == 1


def test_a_changed_plan_opens_nothing_by_hand(desk: Desk) -> None:
    """Whoever looks at the plan as it was is told, and nothing opens (Spec T17, T31)."""
    plan = a_plan(desk)
    seen = Plan.objects.get(pk=plan.pk)
    pause_plan(plan=plan, by=desk.user, at=AT)
    with pytest.raises(Stale, match="changed meanwhile"):
        open_planned_ticket(plan=seen, due_on=date(2026, 3, 2), by=desk.user, at=AT)
    assert not Ticket.objects.exists()


def test_a_file_for_work_that_has_moved(desk: Desk) -> None:
    """The file would stand on one ticket and its intervention on another: it is refused (Spec T15, T29)."""
    ticket = desk.open(AT)
    work = desk.work(ticket, AT + HOUR)
    desk.finish(work, AT + 2 * HOUR)
    more = desk.work(ticket, AT + 3 * HOUR)
    desk.finish(more, AT + 4 * HOUR)
    seen = Intervention.objects.select_related("ticket").get(pk=more.pk)
    part = Part(
        title="Scanner", nature=desk.nature, severity=desk.severity(), received_at=AT, interventions=[more]
    )
    split_ticket(ticket=fresh(ticket), part=part, by=desk.user, at=AT + 5 * HOUR)
    with pytest.raises(Stale, match="moved to another ticket"):
        add_attachment(
            ticket=None, intervention=seen, name="a.txt", content=ContentFile(b"a"), is_external=False,
            by=desk.user, at=AT + 5 * HOUR,
        )  # fmt: skip
    assert not Attachment.objects.exists()


def test_a_forgotten_image_is_claimed_while_it_is_cleared(desk: Desk) -> None:
    """An image that a note shows is never removed: it was claimed first, or it is gone and nothing holds it (T14)."""
    for _round in range(3):
        ticket = desk.open(AT)
        image = add_attachment(
            ticket=None, name="a.png", content=ContentFile(PNG), is_external=False, is_inline=True,
            by=desk.user, at=AT,
        )  # fmt: skip
        body = f'<p><img src="/attachments/{image.secret}/a.png" alt=""></p>'
        results = at_once(
            lambda: clear_forgotten_attachments(before=AT + HOUR, by=None, at=AT + HOUR),
            lambda ticket=ticket, body=body: add_note(ticket=fresh(ticket), body=body, by=desk.user, at=AT),
        )
        assert not refusals(results)
        assert results[0] + ticket.attachments.count() == 1
        assert image.file.storage.exists(image.file.name) == bool(ticket.attachments.count())


def test_merged_while_all_else_happens_to_it(desk: Desk) -> None:
    """Splitting, linking, assigning, editing and closing come before the merger or are refused (Spec T29)."""
    now = AT + 6 * HOUR
    for _round in range(2):
        one, kept, other = (desk.open(AT) for _one in range(3))
        for start in (1, 3):
            desk.finish(desk.work(one, AT + start * HOUR), AT + (start + 1) * HOUR)
        second = one.interventions.get(number=3)
        part = Part(
            title="Scanner", nature=desk.nature, severity=desk.severity(), received_at=AT,
            interventions=[second],
        )  # fmt: skip
        before = holdings_of(one) + holdings_of(kept)
        results = at_once(
            lambda one=one, kept=kept: merge_ticket(
                ticket=fresh(one), into=fresh(kept), reason="Same", by=desk.user, at=now
            ),
            lambda one=one, part=part: split_ticket(ticket=fresh(one), part=part, by=desk.user, at=now),
            lambda one=one, other=other: link_tickets(
                ticket=fresh(other), other=fresh(one), role=LinkRole.CHILD, by=desk.user, at=now
            ),
            lambda one=one: edit_ticket(
                ticket=fresh(one), changes={"title": "New"}, base={}, by=desk.user, at=now
            ),
            lambda one=one: assign_ticket(
                ticket=fresh(one), team=desk.team, assignee=desk.agent, by=desk.user, at=now
            ),
        )
        assert all(refused.message for refused in refusals(results))
        merged = fresh(one)
        split = Ticket.objects.filter(parent_links__parent__in=[one, kept]).exclude(pk=other.pk).first()
        holdings = holdings_of(merged) + holdings_of(kept)
        assert merged.merged_into is None or not any(vars(holdings_of(merged)).values())
        if split is None:
            assert holdings.interventions == before.interventions
        else:
            assert holdings.interventions + split.interventions.filter(type__is_intake=False).count() == (
                before.interventions
            )


def test_undone_while_work_goes_on(desk: Desk) -> None:
    """What goes back and what stays adds up, whoever came first (Spec T29)."""
    now = AT + 3 * HOUR
    for _round in range(2):
        one, kept = desk.open(AT), desk.open(AT)
        work = desk.work(one, AT + HOUR)
        merge_ticket(ticket=fresh(one), into=fresh(kept), reason="Same", by=desk.user, at=AT + 2 * HOUR)
        seen = Intervention.objects.select_related("ticket").get(pk=work.pk)
        results = at_once(
            lambda one=one: undo_merger(ticket=fresh(one), by=desk.user, at=now),
            lambda seen=seen: desk.finish(seen, now),
            lambda kept=kept: add_note(ticket=fresh(kept), body="<p>x</p>", by=desk.user, at=now),
            lambda kept=kept: close_ticket(
                ticket=fresh(kept), closing="internally", closed_at=now, status=None, state=None,
                by=desk.user, at=now,
            ),
        )  # fmt: skip
        assert all(refused.message for refused in refusals(results))
        assert one.interventions.count() + kept.interventions.count() == 3
        assert fresh(one).merged_into is None
        assert (one.notes.count(), kept.notes.count()) == (0, 1)


def test_new_words_on_tickets_that_are_linked_and_merged(desk: Desk) -> None:
    """Tickets, the turn of the tags, that of the links: taken in one order, so that nobody waits for ever."""
    one, two, three = (desk.open(AT) for _one in range(3))

    def tagging(ticket: Ticket, *words: str) -> Callable[[], Any]:
        return lambda: tag_ticket(ticket=fresh(ticket), words=words, by=desk.user, at=AT)

    results = at_once(
        tagging(one, "quai", "vpn"),
        tagging(two, "VPN", "Quai"),
        lambda: link_tickets(ticket=fresh(two), other=fresh(one), role=LinkRole.PARENT, by=desk.user, at=AT),
        lambda: merge_ticket(ticket=fresh(three), into=fresh(two), reason="Same", by=desk.user, at=AT),
        tagging(three, "quai"),
    )
    assert len(refusals(results)) <= 1
    assert Tag.objects.count() == 2


def test_a_cascade_run_twice_while_its_parent_changes(desk: Desk) -> None:
    """Each child follows once, and only as long as it is a child of a resolved parent (Spec T10)."""
    parent = desk.open(AT)
    children = [desk.open(AT) for _one in range(3)]
    for child in children:
        link_tickets(ticket=parent, other=child, role=LinkRole.CHILD, by=desk.user, at=AT)
    desk.resolve(fresh(parent), AT + HOUR)
    now = AT + 2 * HOUR

    def run() -> Any:
        rows = [fresh(child) for child in children]
        return cascade_resolution(parent=fresh(parent), children=rows, order="one", by=desk.user, at=now)

    results = at_once(
        run,
        run,
        lambda: unlink_tickets(ticket=fresh(parent), other=fresh(children[2]), by=desk.user, at=now),
        lambda: reopen_ticket(
            ticket=fresh(parent), reason="Again", status=None, state=None, copy=None, by=desk.user, at=now
        ),
    )
    assert all(one.message for one in refusals(results))
    for child in children:
        told = JournalEntry.objects.of("ticket", child.pk).filter(kind="ticket.followed_parent").count()
        assert told == child.interventions.filter(resolved_ticket=True).count()
        assert told == (fresh(child).phase == Phase.RESOLVED)
        assert told <= 1
