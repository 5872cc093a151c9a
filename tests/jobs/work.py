"""Tasks for the tests of the queue; workers in other processes import them by this path."""

import os
import time
from datetime import timedelta
from pathlib import Path

from django_tasks import task

from cadran.jobs.periodic import periodic
from cadran.jobs.worker import GiveUp, JobContext


def note(folder: str, word: str) -> None:
    with (Path(folder) / "notes").open("a") as file:
        file.write(word + "\n")


@task()
def write_down(folder: str, word: str) -> str:
    note(folder, word)
    return word.upper()


@task()
def fall_over(folder: str) -> None:
    note(folder, "tried")
    raise ValueError("it broke")


@task()
def give_up(folder: str) -> None:
    note(folder, "tried")
    raise GiveUp("no use")


@task(takes_context=True)
def count_up(context: JobContext, total: int) -> int:
    for done in range(1, total + 1):
        context.progress(done, total, f"{done} of {total}")
    return total


@task()
def hang_once(folder: str) -> None:
    """The first attempt hangs until a file `release` appears; a later one ends at once."""
    if (Path(folder) / "notes").exists():
        note(folder, f"second {os.getpid()}")
        return
    note(folder, f"first {os.getpid()}")
    for _moment in range(600):
        if (Path(folder) / "release").exists():
            return
        time.sleep(0.05)


@periodic(every=timedelta(minutes=5))
@task()
def tick() -> str:
    return "tock"
