"""Threads that run jobs: each takes one, keeps its lease alive while it runs, and writes down the end."""

import logging
import os
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, close_old_connections, connections
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks.base import Task, TaskContext
from django_tasks.signals import task_finished, task_started
from django_tasks.utils import get_exception_traceback, get_module_path, get_random_id, normalize_json

from cadran.jobs import leases
from cadran.jobs.backend import DatabaseBackend, result_of
from cadran.jobs.models import Job, JobStatus
from cadran.jobs.periodic import plant, registry

logger = logging.getLogger(__name__)
PAUSE = 0.5  # seconds between two looks at an empty queue


class LeaseLost(Exception):
    """The job was given to another worker: stop, write nothing more."""


class GiveUp(Exception):
    """Raised by a task whose failure no further attempt can mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobContext(TaskContext):
    """What a task with `takes_context=True` gets as its first argument."""

    job: Job

    def progress(self, done: int, total: int | None = None, text: str = "") -> None:
        """Show how far the job is; outside a transaction, or nobody sees it before that ends.

        Raises LeaseLost when another worker has the job by now.
        """
        if not leases.move(self.job, progress_done=done, progress_total=total, progress_text=text[:200]):
            raise LeaseLost(str(self.job))


class Worker:
    """Runs jobs in `threads` threads of this process until `stop`."""

    def __init__(self, *, threads: int, queues: Sequence[str] = ("default",)) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{get_random_id()[:6]}"[:64]
        self.queues = list(queues)
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._held: dict[int, Job] = {}
        self._lock = threading.Lock()
        targets = [self._work] * threads + [self._keep_leases]
        self._threads = [threading.Thread(target=target, daemon=True) for target in targets]

    def start(self) -> None:
        """Register the periodic tasks and start the threads."""
        plant(now=timezone.now())
        for thread in self._threads:
            thread.start()

    def stop(self, *, grace: float = 10.0) -> None:
        """Take no further job, wait `grace` seconds for the running ones, give the others back."""
        self._stopping.set()
        deadline = time.monotonic() + grace
        for thread in self._threads[:-1]:
            thread.join(max(0.0, deadline - time.monotonic()))
        with self._lock:
            left = list(self._held.values())
        for job in left:
            leases.release(job, now=timezone.now())
        self._ended.set()
        self._threads[-1].join(grace)

    def run_one(self) -> bool:
        """Take and run one due job in this thread; False when none is due."""
        job = leases.take(worker=self.name, queues=self.queues, now=timezone.now())
        if job is None:
            return False
        with self._lock:
            self._held[job.pk] = job
        try:
            run(job)
        finally:
            with self._lock:
                self._held.pop(job.pk, None)
        return True

    def _work(self) -> None:
        while not self._stopping.is_set():
            close_old_connections()
            try:
                found = self.run_one()
            except DatabaseError:
                logger.exception("The database did not answer; the worker tries again.")
                found = False
            if not found:
                self._stopping.wait(PAUSE)
        connections.close_all()

    def _keep_leases(self) -> None:
        while not self._ended.wait(leases.LEASE.total_seconds() / 3):
            close_old_connections()
            with self._lock:
                held = list(self._held.values())
            for job in held:
                try:
                    if not leases.renew(job, now=timezone.now()):
                        logger.warning("Another worker has taken over %s.", job)
                except DatabaseError:
                    logger.exception("The lease of %s could not be lengthened.", job)
        connections.close_all()


def run(job: Job) -> None:
    """Run a taken job and record how it ended, unless somebody else has it by then."""
    entry = registry.get(job.periodic_name or "")
    again_after = entry.every if entry else None
    try:
        task: Task[Any, Any] = import_string(job.task)
        result = result_of(job, task)
        task_started.send(sender=DatabaseBackend, task_result=result)
        leading = [JobContext(task_result=result, job=job)] if task.takes_context else []
        returned = normalize_json(task.call(*leading, *job.args, **job.kwargs))
    except LeaseLost:
        logger.warning("Another worker has taken over %s; this one stopped.", job)
        return
    except Exception as error:
        described = {
            "exception_class_path": get_module_path(type(error)),
            "traceback": get_exception_traceback(error),
        }
        logger.warning("Attempt %s at %s failed: %s", job.attempts, job.task, error, exc_info=error)
        leases.fail(
            job,
            error=described,
            now=timezone.now(),
            again_after=again_after,
            final=isinstance(error, GiveUp | ImportError),
        )
        return
    if not leases.finish(job, return_value=returned, now=timezone.now(), again_after=again_after):
        logger.warning("%s ended after its lease had; its result is dropped.", job)
        return
    job.refresh_from_db()
    if job.status == JobStatus.SUCCESSFUL:
        task_finished.send(sender=DatabaseBackend, task_result=result_of(job, task))


def run_due(*, limit: int = 1000) -> int:
    """Run what is due in this thread, with what it enqueues, and return how many jobs ran."""
    worker = Worker(threads=0)
    for count in range(limit):
        if not worker.run_one():
            return count
    return limit
