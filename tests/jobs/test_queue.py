"""The queue: enqueueing, retrying, fencing, coming round, progress."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist

from cadran.jobs import leases, periodic
from cadran.jobs.models import Job, JobStatus
from cadran.jobs.tasks import forget_old_jobs
from cadran.jobs.worker import JobContext, LeaseLost, run, run_due

from . import work

pytestmark = pytest.mark.django_db


def notes(folder: Path) -> list[str]:
    file = folder / "notes"
    return file.read_text().split("\n")[:-1] if file.exists() else []


def make_due() -> None:
    Job.objects.update(run_after=timezone.now() - timedelta(seconds=1))


def test_a_job_runs_once_and_keeps_its_result(tmp_path: Path) -> None:
    """A due job runs, once, and its return value can be read."""
    result = work.write_down.enqueue(str(tmp_path), "hello")
    assert result.status == TaskResultStatus.READY
    assert run_due() == 1
    assert run_due() == 0
    result.refresh()
    assert (result.status, result.return_value, result.attempts) == (TaskResultStatus.SUCCESSFUL, "HELLO", 1)
    assert notes(tmp_path) == ["hello"]


def test_a_rolled_back_transaction_enqueues_nothing(tmp_path: Path) -> None:
    """The row is written in the caller's transaction: no commit, no job."""
    with pytest.raises(RuntimeError), transaction.atomic():
        work.write_down.enqueue(str(tmp_path), "never")
        raise RuntimeError
    assert run_due() == 0
    assert not Job.objects.exists()


def test_a_deferred_job_waits_and_urgent_ones_go_first(tmp_path: Path) -> None:
    """`run_after` holds a job back; a higher priority goes before an older job."""
    work.write_down.using(run_after=timezone.now() + timedelta(hours=1)).enqueue(str(tmp_path), "later")
    work.write_down.enqueue(str(tmp_path), "plain")
    work.write_down.using(priority=10).enqueue(str(tmp_path), "urgent")
    assert run_due() == 2
    assert notes(tmp_path) == ["urgent", "plain"]


def test_a_failing_job_is_tried_again_with_growing_delay_then_fails(tmp_path: Path) -> None:
    """Each attempt waits longer than the one before; after the last, the job has failed with its errors kept."""
    result = work.fall_over.enqueue(str(tmp_path))
    waits = []
    for _attempt in range(leases.MAX_ATTEMPTS):
        assert run_due() == 1
        job = Job.objects.get()
        waits.append(job.run_after - timezone.now())
        make_due()
    assert run_due() == 0
    assert all(earlier < later for earlier, later in pairwise(waits[:-1]))
    result.refresh()
    assert result.status == TaskResultStatus.FAILED
    assert len(notes(tmp_path)) == leases.MAX_ATTEMPTS
    assert result.errors[-1].exception_class is ValueError


def test_a_job_that_gives_up_is_not_tried_again(tmp_path: Path) -> None:
    """GiveUp ends the job at once."""
    work.give_up.enqueue(str(tmp_path))
    run_due()
    make_due()
    assert run_due() == 0
    assert Job.objects.get().status == JobStatus.FAILED


def test_a_worker_whose_lease_ran_out_changes_nothing_any_more(tmp_path: Path) -> None:
    """The fencing token: after another worker took the job, the first can neither renew, report nor finish."""
    work.count_up.enqueue(1)
    now = timezone.now()
    first = leases.take(worker="one", queues=["default"], now=now)
    assert first is not None
    assert leases.take(worker="two", queues=["default"], now=now) is None
    second = leases.take(worker="two", queues=["default"], now=now + leases.LEASE + timedelta(seconds=1))
    assert second is not None and second.attempts == 2
    assert not leases.renew(first, now=now)
    with pytest.raises(LeaseLost):
        JobContext(task_result=None, job=first).progress(1, 2)  # type: ignore[arg-type]
    run(first)
    assert Job.objects.get().status == JobStatus.RUNNING
    run(second)
    assert Job.objects.get().status == JobStatus.SUCCESSFUL


def test_a_job_that_ends_its_worker_each_time_fails_in_the_end() -> None:
    """A job nobody survives is not handed out for ever."""
    work.count_up.enqueue(1)
    now = timezone.now()
    for _attempt in range(leases.MAX_ATTEMPTS):
        assert leases.take(worker="one", queues=["default"], now=now) is not None
        now += leases.LEASE + timedelta(seconds=1)
    assert leases.take(worker="one", queues=["default"], now=now) is None
    assert Job.objects.get().status == JobStatus.FAILED


def test_progress_is_readable_while_it_runs() -> None:
    """Done, total and a text stand in the row."""
    result = work.count_up.enqueue(3)
    run_due()
    job = Job.objects.get(key=result.id)
    assert (job.progress_done, job.progress_total, job.progress_text) == (3, 3, "3 of 3")


def test_a_periodic_task_comes_round_in_one_row() -> None:
    """Planting twice makes one row; after a run it waits for its next turn; a task that is gone loses its row."""
    now = timezone.now()
    Job.objects.create(
        key="gone",
        task="nowhere.task",
        queue="default",
        periodic_name="nowhere.task",
        enqueued_at=now,
        run_after=now,
    )
    periodic.plant(now=now)
    periodic.plant(now=now)
    assert Job.objects.filter(periodic_name__isnull=False).count() == len(periodic.registry)
    run_due()
    row = Job.objects.get(periodic_name=work.tick.module_path)
    assert row.status == JobStatus.READY
    assert timedelta(minutes=4) < row.run_after - timezone.now() <= timedelta(minutes=5)
    assert run_due() == 0


def test_old_jobs_are_forgotten() -> None:
    """Ended jobs go after 14 days; waiting ones stay however old."""
    work.count_up.enqueue(1)
    run_due()
    work.count_up.enqueue(1)
    Job.objects.update(finished_at=None, enqueued_at=timezone.now() - timedelta(days=40))
    Job.objects.filter(status=JobStatus.SUCCESSFUL).update(finished_at=timezone.now() - timedelta(days=15))
    assert forget_old_jobs.call() == 1
    assert Job.objects.get().status == JobStatus.READY


def test_an_unknown_result_is_refused() -> None:
    """Asking for a job that does not exist raises what the task API documents."""
    with pytest.raises(TaskResultDoesNotExist):
        work.tick.get_result("nothing")
