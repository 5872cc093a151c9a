"""Several people at the same time, each on a connection of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections

from cadran.core.errors import CadranError


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do the acts in as many threads, begun together; what each returned, or the refusal that it raised."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            gate.wait(20)
            return act()
        except CadranError as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def refusals(results: Sequence[Any]) -> list[CadranError]:
    """Those of the results of :func:`at_once` that are refusals."""
    return [result for result in results if isinstance(result, CadranError)]
