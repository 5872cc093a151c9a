"""The `django_tasks` backend that keeps its queue in the application's own database."""

from typing import Any

from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks.signals import task_enqueued
from django_tasks.utils import get_random_id, normalize_json

from cadran.jobs.models import Job


class DatabaseBackend(BaseTaskBackend):
    """Queues a task by a row written in the caller's transaction: it runs if, and only if, that one commits."""

    supports_defer = True
    supports_async_task = True
    supports_get_result = True
    supports_priority = True

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        """Write the row and return its result handle. Raises InvalidTaskError for a task that cannot run."""
        self.validate_task(task)
        now = timezone.now()
        job = Job.objects.create(
            key=get_random_id(),
            task=task.module_path,
            queue=task.queue_name,
            priority=task.priority,
            args=normalize_json(list(args)),
            kwargs=normalize_json(dict(kwargs)),
            enqueued_at=now,
            run_after=task.run_after or now,
        )
        result = result_of(job, task)
        task_enqueued.send(type(self), task_result=result)
        return result

    def get_result(self, result_id: str) -> TaskResult[Any]:
        """The result handle of the job with this key. Raises TaskResultDoesNotExist."""
        job = Job.objects.filter(key=result_id).first()
        if job is None:
            raise TaskResultDoesNotExist(result_id)
        return result_of(job, import_string(job.task))


def result_of(job: Job, task: Task[Any, Any]) -> TaskResult[Any]:
    """What `django_tasks` shows of a job."""
    result: TaskResult[Any] = TaskResult(
        task=task,
        id=job.key,
        status=TaskResultStatus(job.status),
        enqueued_at=job.enqueued_at,
        started_at=job.started_at,
        last_attempted_at=job.last_attempted_at,
        finished_at=job.finished_at,
        args=job.args,
        kwargs=job.kwargs,
        backend=task.backend,
        errors=[TaskError(**error) for error in job.errors],
        worker_ids=list(job.workers),
    )
    object.__setattr__(result, "_return_value", job.return_value)
    return result
