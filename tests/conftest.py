"""What every test gets."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings

# Tests prove rules, never speed: a busy machine must not fail them.
settings.register_profile("cadran", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("cadran")

CHROMIUM = next(
    (path for path in map(Path, ("/usr/bin/chromium", "/usr/bin/chromium-browser")) if path.exists()), None
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what this machine or database cannot run; `make test` says so, and CI refuses it."""
    for item in items:
        if item.get_closest_marker("browser") and CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="needs Chromium (apt-get install chromium)"))
        if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
            item.add_marker(pytest.mark.skip(reason="proves something of PostgreSQL alone"))


@pytest.fixture(autouse=True, scope="session")
def _emptied_by_deleting() -> Iterator[None]:
    """PostgreSQL takes over a second to truncate all tables after a test that commits; they hold few rows."""

    def deleting(_style: object, tables: Iterable[str], **_options: object) -> list[str]:
        return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables]

    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "postgresql":
            patch.setattr(connection.ops, "sql_flush", deleting)
        yield


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A request leaves its reader's language and time zone behind in the thread; each test begins with none."""
    translation.activate("en")
    timezone.deactivate()
    yield
    translation.deactivate_all()
    timezone.deactivate()


@pytest.fixture(autouse=True)
def _no_memory_between_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    """The cache is a table: a rolled-back test leaves nothing, one that commits is cleaned up here."""
    yield
    if "transactional_db" in request.fixturenames:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM cadran_cache")
