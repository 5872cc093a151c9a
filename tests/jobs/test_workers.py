"""Real workers: two at once, one killed in the middle of a job."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, connections
from django.utils import timezone

from cadran.jobs import leases
from cadran.jobs.models import Job, JobStatus
from cadran.jobs.worker import Worker, run_due

from . import work

pytestmark = pytest.mark.django_db(transaction=True)

PROGRAM = """
import os, sys, time
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from cadran.jobs.worker import Worker
Worker(threads=1).start()
print("ready", flush=True)
time.sleep(60)
"""


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def other_process() -> Iterator[subprocess.Popen[str]]:
    root = Path(__file__).parents[2]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(root)}
    name = str(connection.settings_dict["NAME"])
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, name], stdout=subprocess.PIPE, text=True, env=environment, cwd=root
    )
    yield process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_two_workers_share_the_work_without_running_anything_twice(tmp_path: Path) -> None:
    """Four threads of two workers run forty jobs, each exactly once."""
    for number in range(40):
        work.write_down.enqueue(str(tmp_path), f"job {number}")
    workers = [Worker(threads=2), Worker(threads=2)]
    for worker in workers:
        worker.start()
    wait_for(lambda: Job.objects.filter(status=JobStatus.SUCCESSFUL).count() == 40)
    for worker in workers:
        worker.stop()
    lines = (tmp_path / "notes").read_text().split("\n")[:-1]
    assert sorted(lines) == sorted(f"job {number}" for number in range(40))
    assert set(Job.objects.filter(status=JobStatus.SUCCESSFUL).values_list("attempts", flat=True)) == {1}


def test_the_job_of_a_killed_worker_is_taken_again(
    tmp_path: Path, other_process: subprocess.Popen[str]
) -> None:
    """kill -9 in the middle of a job: nobody has it until the lease ends, then another worker runs it."""
    assert other_process.stdout is not None and other_process.stdout.readline() == "ready\n"
    work.hang_once.enqueue(str(tmp_path))
    wait_for((tmp_path / "notes").exists)
    other_process.send_signal(signal.SIGKILL)
    other_process.wait()
    hanging = Job.objects.filter(task=work.hang_once.module_path)
    assert hanging.get().status == JobStatus.RUNNING
    run_due()
    assert hanging.get().attempts == 1
    hanging.update(leased_until=timezone.now() - timedelta(seconds=1))
    run_due()
    assert (hanging.get().status, hanging.get().attempts) == (JobStatus.SUCCESSFUL, 2)
    assert (tmp_path / "notes").read_text().count("second") == 1


def test_a_running_job_keeps_its_lease_and_is_given_back_at_the_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The heartbeat lengthens the lease of a long job; a stopping worker hands it back at once."""
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=0.6))
    before = threading.active_count()
    work.hang_once.enqueue(str(tmp_path))
    worker = Worker(threads=1)
    worker.start()
    wait_for((tmp_path / "notes").exists)
    hanging = Job.objects.get(task=work.hang_once.module_path)
    assert hanging.leased_until is not None
    later = hanging.leased_until + leases.LEASE
    wait_for(Job.objects.filter(pk=hanging.pk, leased_until__gt=later).exists)
    hanging.refresh_from_db()
    assert (hanging.status, hanging.attempts) == (JobStatus.RUNNING, 1)
    worker.stop(grace=0.3)
    hanging.refresh_from_db()
    assert hanging.status == JobStatus.READY
    assert hanging.run_after <= timezone.now()
    (tmp_path / "release").touch()
    wait_for(lambda: threading.active_count() == before)
    hanging.refresh_from_db()
    assert hanging.status == JobStatus.READY


def test_jobs_enqueued_at_the_same_time_all_arrive(tmp_path: Path) -> None:
    """Threads writing side by side wait for each other instead of failing."""

    def enqueue(number: int) -> None:
        work.write_down.enqueue(str(tmp_path), f"job {number}")
        connections.close_all()

    threads = [threading.Thread(target=enqueue, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert run_due() == 8
