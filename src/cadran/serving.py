"""`cadran serve`: look before leaping, prepare the data folder, then web and background work in one process tree.

The background threads live in this process, the web server in its child. The child watches this process, so that
even `kill -9` here frees the port.
"""

import errno
import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from cadran.environment import Environment

try:
    import fcntl
except ImportError:  # Windows: no file locks of this kind; the port check alone must do
    fcntl = None  # type: ignore[assignment]


class CannotServe(Exception):
    """Something stands in the way; the message says what, and how to mend it."""


def check_data_folder(environment: Environment) -> None:
    """Make the data folder if need be. Raises CannotServe when nothing can be written there."""
    folder = environment.data
    probe = folder / f".write-check-{os.getpid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CannotServe(
            f"Cadran cannot write in its data folder {folder} ({error.strerror or error}).\n"
            "Give the current user the right to write there, or choose another folder: "
            "CADRAN_DATA=/path/to/folder"
        ) from None


def check_port(environment: Environment) -> None:
    """Raises CannotServe when the port is taken or may not be used, or the address is not this machine's."""
    host, port = environment.host, environment.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise CannotServe(
                f"The current user may not listen on port {port}; ports below 1024 are reserved.\n"
                "Choose a higher one: PORT=8000"
            ) from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotServe(
                    f"Port {port} on {host} is taken by another program.\n"
                    f"Stop that program, or choose another port: PORT={port + 1 if port < 65535 else 8000}"
                ) from None
            raise CannotServe(
                f"Cadran cannot listen on {host} ({error.strerror or error}).\n"
                "HOST must be an address of this machine: 127.0.0.1 for this machine alone, "
                "0.0.0.0 for its networks."
            ) from None


@contextmanager
def sole_use(environment: Environment) -> Iterator[IO[str] | None]:
    """Hold the data folder's lock, with our address in it. Raises CannotServe when another Cadran has it."""
    if fcntl is None or environment.database_url:
        yield None  # on a database server, several processes may share one folder
        return
    path = environment.data / "serve.lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            where = file.read().strip() or "another address"
            raise CannotServe(
                f"Cadran is already running with the data folder {environment.data}, at {where}.\n"
                "Use that one, stop it first, or choose another folder: CADRAN_DATA=/path/to/folder"
            ) from None
        file.truncate(0)
        file.write(environment.address + "\n")
        file.flush()
        yield file


def running_address(environment: Environment) -> str:
    """Where the Cadran that holds the data folder's lock answers; empty when none does."""
    path = environment.data / "serve.lock"
    if fcntl is None or environment.database_url or not path.is_file():
        return ""
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return file.read().strip()
    return ""  # whoever wrote the address has ended


def supply_what_a_company_starts_from() -> None:
    """Into an empty database: the supplied profiles and reference data (Spec R1, T1); nothing where some stand."""
    from django.utils import timezone

    from cadran.accounts.operations import ensure_supplied_profiles
    from cadran.tickets.models import Status
    from cadran.tickets.operations import supply_reference_data

    if Status.objects.exists():
        return
    now = timezone.now().replace(microsecond=0)
    ensure_supplied_profiles(by=None, at=now)
    supply_reference_data(by=None, at=now)


def prepare_database(environment: Environment) -> None:
    """Bring the database up to date, with what a company starts from. Raises CannotServe when it does not answer."""
    from django.core.management import call_command
    from django.db import DatabaseError, connection

    if connection.vendor == "postgresql":
        check_database_server(environment)
    lock = 0x0CADBA5E
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":  # several processes may start at the same time
                cursor.execute("SELECT pg_advisory_lock(%s)", [lock])
            try:
                if not _is_up_to_date():
                    call_command("migrate", verbosity=0, interactive=False)
                    call_command("createcachetable", verbosity=0)
                supply_what_a_company_starts_from()
            finally:
                if connection.vendor == "postgresql":
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])
    except DatabaseError as error:
        first_line = str(error).strip().split("\n")[0]
        where = "at DATABASE_URL" if connection.vendor == "postgresql" else connection.settings_dict["NAME"]
        raise CannotServe(f"The database {where} could not be brought up to date: {first_line}") from None


def _is_up_to_date() -> bool:
    """Whether every migration on disk is recorded, told by names alone: loading them takes longer than a start may."""
    from django.apps import apps
    from django.conf import settings
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    tables = connection.introspection.table_names()
    if (
        MigrationRecorder.Migration._meta.db_table not in tables
        or settings.CACHES["default"]["LOCATION"] not in tables
    ):
        return False
    recorded = set(MigrationRecorder(connection).applied_migrations())
    return all(
        (app.label, found.stem) in recorded
        for app in apps.get_app_configs()
        for found in Path(app.path, "migrations").glob("[0-9]*.py")
    )


def check_database_server(environment: Environment) -> None:
    """Raises CannotServe at once when PostgreSQL cannot be reached; the pool would try for 20 seconds."""
    import psycopg

    try:
        psycopg.connect(environment.database_url, connect_timeout=5).close()
    except psycopg.Error as error:
        first_line = str(error).strip().split("\n")[0]
        raise CannotServe(
            f"The database at DATABASE_URL does not answer: {first_line}\n"
            "Start it, or correct the address: DATABASE_URL=postgres://user:password@host:5432/name"
        ) from None


def prepare_static_files() -> None:
    """Collect, hash and compress the static files, only when one of them changed since the last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    if settings.DEBUG:
        return
    digest = sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    root = Path(settings.STATIC_ROOT)
    mark = root / ".made-from"
    if mark.is_file() and mark.read_text("ascii") == digest.hexdigest():
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=root.is_dir())
    mark.write_text(digest.hexdigest(), "ascii")


def close_connections() -> None:
    """Close every database connection, so that the web child does not inherit one."""
    from django.db import connections

    connections.close_all()
    for connection in connections.all(initialized_only=True):
        with suppress(AttributeError):
            connection.close_pool()  # type: ignore[attr-defined]


def load_web_application(parent: int, lock: IO[str] | None) -> Any:
    """In the web child: begin to watch the parent, let go of its lock, and hand out the application."""
    if hasattr(os, "setsid"):
        os.setsid()  # Ctrl-C reaches the parent alone, which then stops us once; two signals could stall the stop
    if lock is not None:
        os.close(lock.fileno())

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.25)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(3)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    import cadran.urls  # noqa: F401  the first page need not wait for it
    from cadran.wsgi import application

    # What is loaded stays: looked through again and again, it would make every long page longer still.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    return application


def serve(environment: Environment, *, lock: IO[str] | None, started: Callable[[], None]) -> int:
    """Serve until SIGINT or SIGTERM; `started` is called once the port listens. Returns an exit code."""
    from functools import partial

    from granian.constants import Interfaces
    from granian.server.mp import MPServer

    from cadran.jobs.worker import Worker

    worker = Worker(threads=environment.worker_threads)

    class Server(MPServer):
        def startup(self, *arguments: Any) -> None:
            super().startup(*arguments)  # type: ignore[no-untyped-call]
            worker.start()
            started()

    server = Server(
        "cadran.wsgi:application",
        address=environment.host,
        port=environment.port,
        interface=Interfaces.WSGI,
        blocking_threads=environment.web_threads,
        blocking_threads_idle_timeout=600,
        backlog=1024,
        log_enabled=environment.debug,
        websockets=False,
        workers_kill_timeout=10,
    )
    close_connections()
    try:
        server.serve(
            target_loader=partial(load_web_application, os.getpid(), lock),
            wrap_loader=False,
        )
    except SystemExit as end:
        print("The web server stopped by itself; the lines above say why.", file=sys.stderr)
        worker.stop(grace=5)
        return int(end.code or 0)
    worker.stop(grace=5)
    return 0


def work(environment: Environment) -> int:
    """Run background work alone, until SIGINT or SIGTERM."""
    from cadran.jobs.worker import Worker

    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    worker = Worker(threads=environment.worker_threads)
    worker.start()
    print(
        f"Cadran works in the background with {environment.worker_threads} threads. Stop: Ctrl-C", flush=True
    )
    stopping.wait()
    worker.stop()
    return 0
