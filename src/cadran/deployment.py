"""What `cadran check` looks at."""

from collections.abc import Iterator

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from cadran.core.messages import PACKAGE
from cadran.environment import Environment

#: Deployment checks of Django that do not fit an address without https, which has its own line below.
ABOUT_HTTPS = {"security.W004", "security.W008", "security.W012", "security.W016", "security.W021"}


def findings(environment: Environment) -> Iterator[tuple[bool, str]]:
    """(good or not, a full sentence) for each thing looked at."""
    yield True, f"The data folder {environment.data} can be written."
    try:
        pending = MigrationExecutor(connection).migration_plan(
            MigrationExecutor(connection).loader.graph.leaf_nodes()
        )
    except DatabaseError as error:
        yield False, f"The database does not answer: {str(error).strip().splitlines()[0]}"
        return
    yield True, f"The database answers ({connection.vendor})."
    if pending:
        yield False, f"The database lacks {len(pending)} migrations. Run: cadran migrate"
    else:
        yield True, "The database is up to date."
    compiled = all(path.with_suffix(".mo").is_file() for path in PACKAGE.glob("**/locale/*/LC_MESSAGES/*.po"))
    yield (
        compiled,
        "The translations are compiled."
        if compiled
        else "Compile the translations: cadran messages --compile",
    )
    yield (
        not settings.DEBUG,
        "CADRAN_DEBUG is off." if not settings.DEBUG else "Switch CADRAN_DEBUG off in production.",
    )
    secure = settings.CADRAN_BASE_URL.startswith("https://")
    yield (
        secure,
        f"People reach Cadran by HTTPS at {settings.CADRAN_BASE_URL}."
        if secure
        else f"Set CADRAN_BASE_URL to the https:// address people use; it is {settings.CADRAN_BASE_URL} now.",
    )
    for message in checks.run_checks(include_deployment_checks=True):
        if message.level >= checks.WARNING and message.id not in ABOUT_HTTPS:
            yield False, f"{message.msg} {message.hint or ''}".strip()
