"""Tasks that come round by themselves."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from django.utils.module_loading import autodiscover_modules
from django_tasks.base import Task
from django_tasks.utils import get_random_id

from cadran.jobs.models import Job

AnyTask = TypeVar("AnyTask", bound=Task[Any, Any])


class Periodic(NamedTuple):
    """A registered task and the time between the end of one run and the next."""

    task: Task[Any, Any]
    every: timedelta


registry: dict[str, Periodic] = {}


def periodic(*, every: timedelta) -> Callable[[AnyTask], AnyTask]:
    """Run the task again and again, `every` so often, on one worker at a time. Put it above `@task()`."""

    def register(task: AnyTask) -> AnyTask:
        registry[task.module_path] = Periodic(task, every)
        return task

    return register


def plant(*, now: datetime) -> None:
    """Find every app's `tasks.py`; give each periodic task its one row and drop rows of tasks that are gone."""
    autodiscover_modules("tasks")
    Job.objects.filter(periodic_name__isnull=False).exclude(periodic_name__in=registry).delete()
    for name, entry in registry.items():
        Job.objects.get_or_create(
            periodic_name=name,
            defaults={
                "key": get_random_id(),
                "task": name,
                "queue": entry.task.queue_name,
                "priority": entry.task.priority,
                "enqueued_at": now,
                "run_after": now,
            },
        )
