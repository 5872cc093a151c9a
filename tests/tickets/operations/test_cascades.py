"""Children that follow their parent: resolved or closed as it was, each in an act of its own (Spec T10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from cadran.accounts.rights import Right
from cadran.core.models import JournalEntry
from cadran.jobs.models import Job
from cadran.tickets.choices import Cascade, Closing, LinkRole, Phase
from cadran.tickets.errors import InvalidInput, NotAllowed
from cadran.tickets.models import Intervention, Ticket
from cadran.tickets.operations import (
    Followed,
    InterventionDetails,
    add_intervention,
    cancel_ticket,
    cascade_closing,
    cascade_resolution,
    close_ticket,
    link_tickets,
    order_cascade,
    reopen_ticket,
    suspend_ticket,
    unlink_tickets,
)
from cadran.tickets.queries import timeline
from cadran.tickets.queries.cascades import Course, cascade_of, fates_of
from tests.factories.desk import Desk, a_desk, colleague, paris

NINE = paris("2026-03-02 09:00")
TEN = paris("2026-03-02 10:00")
ELEVEN = paris("2026-03-02 11:00")


@pytest.fixture
def desk(db: None) -> Desk:
    return a_desk()


@pytest.fixture
def parent(desk: Desk) -> Ticket:
    """DEM-1, received at nine, resolved at ten by a visit, with a report."""
    ticket = desk.open(NINE)
    work = desk.work(ticket, NINE, "on-site-visit")
    report = '<p>The switch was changed.</p><p><img src="/attachments/x/a.png"></p>'
    desk.finish(work, TEN, resolved=True, external_report=report)
    return work.ticket


def child_of(desk: Desk, parent: Ticket, received_at: datetime = NINE) -> Ticket:
    child = desk.open(received_at)
    link_tickets(ticket=parent, other=child, role=LinkRole.CHILD, by=desk.user, at=received_at)
    return child


def resolve(desk: Desk, parent: Ticket, *children: Ticket, **more: Any) -> Followed:
    options: dict[str, Any] = {"by": desk.user, "at": ELEVEN, **more}
    return cascade_resolution(parent=parent, children=children, **options)


def close(desk: Desk, parent: Ticket, closing: Closing = Closing.INTERNALLY, at: datetime = ELEVEN) -> Ticket:
    return close_ticket(
        ticket=parent, closing=closing, closed_at=at, status=None, state=None, by=desk.user, at=at
    )


def fresh(ticket: Ticket) -> Ticket:
    found: Ticket = Ticket.objects.get(pk=ticket.pk)
    return found


def snapshot() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Ticket, Intervention, JournalEntry)]


def test_a_child_is_resolved_by_an_intervention_of_its_own(desk: Desk, parent: Ticket) -> None:
    """Spec T10, T19: of a plain type, at the parent's end; its resolution is an intervention's end.

    Its customer had no visit, whatever the parent's had.
    """
    child = child_of(desk, parent)
    followed = resolve(
        desk, parent, child, external_report="<p>Changed.</p><p><img src='/attachments/x/a.png'></p>"
    )
    assert (followed.done, followed.left) == (["DEM-2"], [])
    stored, work = fresh(child), child.interventions.get(resolved_ticket=True)
    assert (stored.phase, stored.resolved_at, stored.responded_at) == (Phase.RESOLVED, TEN, TEN)
    assert (work.started_at, work.ended_at, work.type.code) == (TEN, TEN, "remote-work")
    acts = [item.code for item in timeline(child, desk.user) if item.code.startswith("intervention_")][-3:]
    assert acts == ["intervention_added", "intervention_started", "intervention_finished"]
    assert work.external_report == "<p>Changed.</p><p></p>"
    assert (stored.resolution_clock, stored.response_clock) == ("met", "met")


def test_the_timelines_name_each_other_for_staff_alone(desk: Desk, parent: Ticket) -> None:
    """Spec T10, T14: an entry of its own; the rows that a customer may read don't name the parent."""
    child = child_of(desk, parent)
    resolve(desk, parent, child)
    texts = [item.text for item in timeline(child, desk.user)]
    assert "Someone resolved the ticket together with its parent DEM-1." in texts
    assert "Someone resolved children of the ticket too: DEM-2." in [
        item.text for item in timeline(parent, desk.user)
    ]
    for row in JournalEntry.objects.of("ticket", child.pk).filter(is_internal=False):
        assert "DEM-1" not in str(row.data), row.kind


def test_a_suspended_child_resumes_and_running_work_stays_open(desk: Desk, parent: Ticket) -> None:
    """Spec T10, T23: resolving ends the suspension at that instant; an intervention at work goes on."""
    waiting, worked = child_of(desk, parent), child_of(desk, parent)
    suspend_ticket(ticket=waiting, began_at=NINE, reason=desk.reason(), status=None, by=desk.user, at=NINE)
    running = desk.work(worked, NINE)
    notes = {fate.ticket.number: fate.notes for fate in fates_of(parent, Cascade.RESOLUTION, desk.user)}
    assert notes["DEM-2"] == ("Its suspension ends at that instant.",)
    assert notes["DEM-3"] == ("The intervention “Remote work” stays open.",)
    assert resolve(desk, parent, waiting, worked).done == ["DEM-2", "DEM-3"]
    assert waiting.suspensions.get().ended_at == TEN
    assert fresh(waiting).phase == fresh(worked).phase == Phase.RESOLVED
    running.refresh_from_db()
    assert running.ended_at is None


def test_a_child_received_later_is_resolved_as_of_its_reception(desk: Desk, parent: Ticket) -> None:
    """Spec T19: no milestone lies before the reception."""
    late = child_of(desk, parent, paris("2026-03-02 10:20"))
    assert resolve(desk, parent, late).done == ["DEM-2"]
    assert fresh(late).resolved_at == paris("2026-03-02 10:20")


def test_children_in_every_phase(desk: Desk, parent: Ticket) -> None:
    """Spec T2, T10: those whose phase does not allow it are left with the sentence of the table; the others follow."""
    created, resolved, closed, cancelled, waiting = (child_of(desk, parent) for _one in range(5))
    desk.resolve(resolved, TEN)
    desk.resolve(closed, TEN, closed_internally=True)
    cancel_ticket(ticket=cancelled, closed_at=TEN, status=None, state=None, reason="No", by=desk.user, at=TEN)
    suspend_ticket(
        ticket=waiting, began_at=ELEVEN, reason=desk.reason(), status=None, by=desk.user, at=ELEVEN
    )
    fates = {fate.ticket.number: fate.course for fate in fates_of(parent, Cascade.RESOLUTION, desk.user)}
    assert fates == {"DEM-2": Course(TEN), "DEM-3": None, "DEM-4": None, "DEM-5": None, "DEM-6": None}
    before = {
        one.pk: Ticket.objects.filter(pk=one.pk).values().get() for one in (resolved, closed, cancelled)
    }
    followed = resolve(desk, parent, created, resolved, closed, cancelled, waiting)
    assert followed.done == ["DEM-2"]
    assert [one["number"] for one in followed.left] == ["DEM-3", "DEM-4", "DEM-5", "DEM-6"]
    assert followed.left[0]["why"]["en"].startswith("DEM-3 is resolved.")
    assert followed.left[3]["why"]["en"].startswith("DEM-6 was suspended after that instant.")
    assert followed.left[0]["why"]["fr"] != followed.left[0]["why"]["en"]
    assert {key: Ticket.objects.filter(pk=key).values().get() for key in before} == before
    assert "Left as they were: DEM-3 is resolved." in timeline(parent, desk.user)[-1].text


def test_closing_takes_resolved_children_along(desk: Desk, parent: Ticket) -> None:
    """Spec T10, T26: internally, both closings are dated; one resolved later closes as of then."""
    early, late = child_of(desk, parent), child_of(desk, parent)
    desk.resolve(early, TEN)
    desk.resolve(late, paris("2026-03-02 11:30"))
    close(desk, parent)
    followed = cascade_closing(
        parent=parent, children=[early, late], by=desk.user, at=paris("2026-03-02 12:00")
    )
    assert (followed.done, followed.left) == (["DEM-2", "DEM-3"], [])
    assert (fresh(early).closed_by_customer_at, fresh(early).closed_internally_at) == (ELEVEN, ELEVEN)
    assert fresh(late).closed_internally_at == paris("2026-03-02 11:30")
    assert timeline(early, desk.user)[-1].text == "Someone closed the ticket together with its parent DEM-1."


@pytest.mark.parametrize("closing", list(Closing))
def test_closing_takes_children_of_every_phase_along_in_one_go(
    desk: Desk, parent: Ticket, closing: Closing
) -> None:
    """Spec T10, T26: those still at work are resolved as of the parent's resolution, then closed as of its closing.

    What is closed already stays as it is, and so does what was suspended after that instant.
    """
    created, worked, waiting, resolved, over, cancelled, later = (child_of(desk, parent) for _one in range(7))
    desk.finish(desk.work(worked, NINE), TEN)
    suspend_ticket(ticket=waiting, began_at=NINE, reason=desk.reason(), status=None, by=desk.user, at=NINE)
    desk.resolve(resolved, TEN)
    desk.resolve(over, TEN, closed_internally=True)
    cancel_ticket(ticket=cancelled, closed_at=TEN, status=None, state=None, reason="No", by=desk.user, at=TEN)
    suspend_ticket(ticket=later, began_at=ELEVEN, reason=desk.reason(), status=None, by=desk.user, at=ELEVEN)
    close(desk, parent, closing)
    followers = (created, worked, waiting, resolved)
    whole = Course(TEN, ELEVEN)
    fates = {fate.ticket.pk: fate.course for fate in fates_of(parent, Cascade.CLOSING, desk.user)}
    expected: dict[int, Course | None] = dict.fromkeys((over.pk, cancelled.pk, later.pk))
    assert fates == expected | dict.fromkeys((one.pk for one in followers), whole) | {
        resolved.pk: Course(closed_at=ELEVEN)
    }
    stay = [Ticket.objects.filter(pk=one.pk).values().get() for one in (over, cancelled, later)]
    followed = cascade_closing(
        parent=parent,
        children=[*followers, over, cancelled, later],
        external_report="<p>Changed.</p>",
        by=desk.user,
        at=ELEVEN,
    )
    assert followed.done == [one.number for one in followers]
    assert [one["number"] for one in followed.left] == [over.number, cancelled.number, later.number]
    for one in map(fresh, followers):
        assert (one.phase, one.resolved_at) == (parent.phase, TEN)
        assert (one.closed_by_customer_at, one.closed_internally_at) == (
            ELEVEN,
            ELEVEN if closing == Closing.INTERNALLY else None,
        )
    report = created.interventions.get(resolved_ticket=True).external_report
    assert (report, resolved.interventions.get(resolved_ticket=True).external_report) == (
        "<p>Changed.</p>",
        "",
    )
    codes = [item.code for item in timeline(created, desk.user)]
    assert codes.count("followed_parent") == 1
    assert [Ticket.objects.filter(pk=one.pk).values().get() for one in (over, cancelled, later)] == stay


def test_a_child_on_which_work_runs_is_not_closed_internally(desk: Desk, parent: Ticket) -> None:
    """Spec T2, T10: that would say that all is done; by the customer it may be closed, and the work goes on."""
    child = child_of(desk, parent)
    running = desk.work(child, NINE)
    close(desk, parent)
    left = fates_of(parent, Cascade.CLOSING, desk.user)[0]
    sentence = (
        "Work on DEM-2 is still running: Remote work (2). Finish it before the ticket is closed internally."
    )
    assert (left.course, left.notes) == (None, (sentence,))
    before = Ticket.objects.filter(pk=child.pk).values().get()
    followed = cascade_closing(parent=parent, children=[child], by=desk.user, at=ELEVEN)
    assert (followed.done, followed.left[0]["why"]["en"]) == ([], sentence)
    assert Ticket.objects.filter(pk=child.pk).values().get() == before
    assert child.interventions.count() == 2, "nothing moved"
    desk.finish(Intervention.objects.get(pk=running.pk), TEN)
    assert cascade_closing(parent=parent, children=[child], by=desk.user, at=ELEVEN).done == ["DEM-2"]


def test_planned_work_of_a_child_that_is_closed_internally_is_named(desk: Desk, parent: Ticket) -> None:
    """Spec T2, T10: it will not be done any more; closed by the customer it still can be."""
    atwork, resolved = child_of(desk, parent), child_of(desk, parent)
    desk.resolve(resolved, TEN)
    for child in (atwork, resolved):
        details = InterventionDetails(type=desk.type("development"))
        add_intervention(ticket=child, details=details, by=desk.user, at=TEN)
    sentence = "The planned intervention “Development” will not be done any more."
    close(desk, parent, Closing.BY_CUSTOMER)
    assert [fate.notes for fate in fates_of(parent, Cascade.CLOSING, desk.user)] == [(), ()]
    close(desk, fresh(parent))
    assert [fate.notes for fate in fates_of(fresh(parent), Cascade.CLOSING, desk.user)] == [(sentence,)] * 2


def test_a_child_received_after_the_closing_is_closed_as_of_its_reception(desk: Desk, parent: Ticket) -> None:
    """Spec T19, T26: no milestone lies before the reception, nor a closing before the resolution."""
    close(desk, parent, at=TEN)
    late = child_of(desk, parent, paris("2026-03-02 10:20"))
    assert cascade_closing(parent=parent, children=[late], by=desk.user, at=ELEVEN).done == ["DEM-2"]
    stored = fresh(late)
    assert {stored.resolved_at, stored.closed_by_customer_at, stored.closed_internally_at} == {
        stored.received_at
    }


def test_closing_by_the_customer_and_then_internally(desk: Desk, parent: Ticket) -> None:
    """Spec T26: as the parent is closed, step by step; a child further than the parent is left."""
    child = child_of(desk, parent)
    desk.resolve(child, TEN)
    close(desk, parent, Closing.BY_CUSTOMER)
    options: dict[str, Any] = {"parent": parent, "children": [child], "by": desk.user, "at": ELEVEN}
    assert cascade_closing(**options).done == ["DEM-2"]
    assert fresh(child).phase == Phase.CLOSED_BY_CUSTOMER
    assert cascade_closing(**options).done == []
    close(desk, parent)
    assert cascade_closing(**options).done == ["DEM-2"]
    assert fresh(child).phase == Phase.CLOSED_INTERNALLY


def test_a_resolution_on_the_telephone_has_a_type_for_its_children(desk: Desk) -> None:
    """Spec T12: the intake is no type to add; the first one that the child may have serves."""
    parent = desk.open(NINE)
    child = child_of(desk, parent)
    desk.finish(parent.interventions.get(), TEN, resolved=True)
    assert resolve(desk, fresh(parent), child).done == ["DEM-2"]
    assert not child.interventions.get(resolved_ticket=True).type.is_intake


def test_nothing_follows_a_parent_that_is_not_there_yet(desk: Desk) -> None:
    """Spec T10: neither an open, nor a cancelled, nor a reopened one; nothing moves."""
    parent = desk.open(NINE)
    child = child_of(desk, parent)
    cancelled = desk.open(NINE)
    cancel_ticket(ticket=cancelled, closed_at=TEN, status=None, state=None, reason="No", by=desk.user, at=TEN)
    before = snapshot()
    for one in (parent, cancelled):
        for act in (cascade_resolution, cascade_closing, order_cascade):
            more = {"cascade": "closing"} if act is order_cascade else {}
            with pytest.raises(InvalidInput, match="can’t follow it"):
                act(parent=one, children=[child], by=desk.user, at=ELEVEN, **more)  # type: ignore[operator]
    with pytest.raises(InvalidInput, match="is not closed"):
        cascade_closing(parent=desk.resolve(parent, TEN), children=[child], by=desk.user, at=ELEVEN)
    assert before[0][1] == snapshot()[0][1]
    assert fresh(child).phase == Phase.CREATED


def test_a_ticket_that_is_no_child_is_left(desk: Desk, parent: Ticket) -> None:
    """Spec T10: unlinked meanwhile, it stays as it is."""
    child = child_of(desk, parent)
    unlink_tickets(ticket=parent, other=child, by=desk.user, at=TEN)
    followed = resolve(desk, parent, child)
    assert followed.left == [{"number": "DEM-2", "why": followed.left[0]["why"]}]
    assert "no child of DEM-1 any more" in followed.left[0]["why"]["en"]
    assert fresh(child).phase == Phase.CREATED


def test_a_refusal_in_the_middle_leaves_nothing_half_done(
    desk: Desk, parent: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """House: the intervention, its end and the timeline of a child stand or fall together."""
    from cadran.tickets.operations import cascades

    first, second = child_of(desk, parent), child_of(desk, parent)
    real = cascades.finish_intervention

    def fail_once(**given: Any) -> Any:
        if given["intervention"].ticket.pk == first.pk:
            raise InvalidInput("%(number)s can’t.", params={"number": first.number})
        return real(**given)

    monkeypatch.setattr(cascades, "finish_intervention", fail_once)
    before = (
        Intervention.objects.filter(ticket=first).count(),
        JournalEntry.objects.of("ticket", first.pk).count(),
    )
    followed = resolve(desk, parent, first, second)
    assert (followed.done, [one["number"] for one in followed.left]) == (["DEM-3"], ["DEM-2"])
    assert (
        Intervention.objects.filter(ticket=first).count(),
        JournalEntry.objects.of("ticket", first.pk).count(),
    ) == before


def test_an_interrupted_cascade_goes_on_where_it_stopped(desk: Desk, parent: Ticket) -> None:
    """House: killing the process loses nothing and does nothing twice."""
    children = [child_of(desk, parent) for _one in range(3)]

    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        resolve(desk, parent, *children, order="a", progress=stop)
    again = resolve(desk, parent, *children, order="a")
    assert (again.done, again.left) == (["DEM-2", "DEM-3", "DEM-4"], [])
    assert Intervention.objects.filter(resolved_ticket=True).count() == 4
    assert JournalEntry.objects.filter(kind="ticket.children_followed").count() == 1


def test_a_parent_reopened_meanwhile_stops_the_rest(desk: Desk, parent: Ticket) -> None:
    """Spec T27: what was the cause is not mended; its other children stay open."""
    first, second = child_of(desk, parent), child_of(desk, parent)

    def reopen(done: int, _total: int) -> None:
        if done == 1:
            reopen_ticket(
                ticket=fresh(parent),
                reason="Still",
                status=None,
                state=None,
                copy=None,
                by=desk.user,
                at=ELEVEN,
            )

    followed = resolve(desk, parent, first, second, progress=reopen)
    assert (followed.done, [one["number"] for one in followed.left]) == (["DEM-2"], ["DEM-3"])
    assert fresh(second).phase == Phase.CREATED


@pytest.mark.parametrize(
    ("rights", "may_resolve", "may_close"),
    [
        ((Right.SEE_TICKETS,), False, False),
        ((Right.INTERVENE,), True, False),
        ((Right.SEE_TICKETS, Right.CLOSE_TICKETS), False, True),
    ],
)
def test_rights(desk: Desk, rights: tuple[Right, ...], may_resolve: bool, may_close: bool) -> None:
    """Spec R2: those that the act on the child itself would need; who may only close leaves who is at work."""
    parent = desk.resolve(desk.open(NINE), TEN, closed_internally=True)
    at_work, resolved = child_of(desk, parent), child_of(desk, parent)
    desk.resolve(resolved, TEN)
    person = colleague(desk, *rights)
    before = snapshot()
    if not may_close:
        with pytest.raises(NotAllowed):
            cascade_closing(parent=parent, children=[at_work, resolved], by=person, at=ELEVEN)
    if not may_resolve:
        with pytest.raises(NotAllowed):
            resolve(desk, parent, at_work, by=person)
    assert snapshot() == before
    if may_resolve:
        assert resolve(desk, parent, at_work, by=person).done == ["DEM-2"]
    if may_close:
        fates = {fate.ticket.number: fate for fate in fates_of(parent, Cascade.CLOSING, person)}
        assert fates["DEM-2"].notes[0].startswith("DEM-2 is not resolved.")
        followed = cascade_closing(parent=parent, children=[at_work, resolved], by=person, at=ELEVEN)
        assert (followed.done, [one["number"] for one in followed.left]) == (["DEM-3"], ["DEM-2"])
        assert fresh(at_work).phase == Phase.CREATED


def run_jobs(at: datetime = ELEVEN) -> None:
    """What the worker does with the cascades that wait."""
    from cadran.tickets import tasks

    for job in Job.objects.filter(task="cadran.tickets.tasks.cascade", status="READY"):
        context = type("Context", (), {"progress": staticmethod(lambda _done, _total: None)})
        value = tasks.cascade.func(context, *job.args, **job.kwargs)
        Job.objects.filter(pk=job.pk).update(status="SUCCESSFUL", return_value=value, finished_at=at)


def test_ordered_it_runs_in_the_background_once(desk: Desk, parent: Ticket) -> None:
    """Spec T10: one cascade on a parent at a time; its progress and outcome can be read."""
    child = child_of(desk, parent)
    order: dict[str, Any] = {"parent": parent, "children": [child], "cascade": "resolution", "by": desk.user}
    order_cascade(**order, external_report="<p>Done.</p>", at=ELEVEN)
    under_way = cascade_of(parent, ELEVEN)
    assert under_way is not None
    assert (under_way.is_running, under_way.percent) == (True, 0)
    with pytest.raises(InvalidInput, match="are following it already"):
        order_cascade(**order, at=ELEVEN)
    run_jobs()
    outcome = cascade_of(parent, ELEVEN)
    assert outcome is not None
    assert (outcome.is_running, outcome.failed, outcome.cascade) == (False, False, Cascade.RESOLUTION)
    assert (outcome.followed, outcome.left) == (("DEM-2",), ())
    assert child.interventions.get(resolved_ticket=True).external_report == "<p>Done.</p>"
    with pytest.raises(InvalidInput, match="Choose at least one child"):
        order_cascade(**{**order, "children": []}, at=ELEVEN)


def test_two_hundred_children_are_previewed_in_two_queries(
    desk: Desk, parent: Ticket, django_assert_num_queries: Any
) -> None:
    """House: the same for one child and for many."""
    for count in (1, 3):
        for _one in range(count):
            desk.work(child_of(desk, parent), NINE)
        with django_assert_num_queries(2):
            fates_of(parent, Cascade.RESOLUTION, desk.user)


def test_a_mandatory_checklist_was_gone_through_at_the_parent(desk: Desk) -> None:
    """Spec T10, T30: the child's intervention has no list of its own."""
    from cadran.tickets.operations import mark_checklist, save_checklist_item

    values = {
        "type": desk.type(),
        "code": "try",
        "name_fr": "Essayer",
        "name_en": "Try it",
        "is_required": True,
    }
    save_checklist_item(item=None, values=values, by=desk.user, at=NINE)
    parent = desk.open(NINE)
    child = child_of(desk, parent)
    work = desk.work(parent, NINE)
    mark_checklist(intervention=work, marked={work.checks.get().pk: True}, by=desk.user, at=NINE)
    desk.finish(work, TEN, resolved=True)
    assert resolve(desk, work.ticket, child).done == ["DEM-2"]
    assert not child.interventions.get(resolved_ticket=True).checks.exists()
