"""The `cadran` command as a person meets it: started as a program, on a data folder of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

from cadran.accounts.models import Profile, User
from cadran.cli import main
from cadran.environment import Environment, secret_key
from cadran.serving import running_address, sole_use, supply_what_a_company_starts_from
from cadran.settings.reference import configuration_page
from cadran.tickets.choices import Phase
from cadran.tickets.models import InterventionType, Status

ROOT = Path(__file__).parents[1]


def surroundings(data: Path, **more: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CADRAN_", "DATABASE_", "DJANGO_"))
    }
    return {**kept, "CADRAN_DATA": str(data), "PYTHONPATH": str(ROOT / "src"), **more}


def cadran(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cadran", *arguments],
        env=surroundings(data, **more),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answer(port: int, path: str = "/healthz") -> int:
    """The status code, 0 when nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            status: int = response.status
            return status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def wait_until_answers(port: int, wanted: bool, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while bool(answer(port)) is not wanted:
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


@contextlib.contextmanager
def served(data: Path, port: int, **more: str) -> Iterator[subprocess.Popen[str]]:
    """`cadran serve`, ready to answer."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cadran", "serve"],
        env=surroundings(data, PORT=str(port), **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_until_answers(port, True)
        yield process
    finally:
        process.kill()
        process.communicate()
        wait_until_answers(port, False)


@pytest.fixture
def database_url() -> Iterator[str]:
    """An empty database of the kind the tests run on; "" stands for SQLite in the data folder."""
    if connection.vendor != "postgresql":
        yield ""
        return
    name = f"cadran_serve_{os.getpid()}"
    server = os.environ["DATABASE_URL"]
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_serve_from_nothing_after_a_kill_and_to_a_clean_end(tmp_path: Path, database_url: str) -> None:
    """Spec F1: an empty folder becomes a running Cadran; kill -9 frees the port; SIGTERM ends it cleanly."""
    port = free_port()
    with served(tmp_path / "data", port, DATABASE_URL=database_url) as process:
        if not database_url:
            second = cadran(tmp_path / "data", "serve", PORT=str(free_port()))
            assert second.returncode == 1
            assert f"already running with the data folder {tmp_path / 'data'}" in second.stderr
            assert f"http://127.0.0.1:{port}" in second.stderr
        process.kill()
        process.wait()
        wait_until_answers(port, False, seconds=5)
    with served(tmp_path / "data", port, DATABASE_URL=database_url) as process:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=15)
        assert process.returncode == 0
        assert f"Cadran is ready: http://127.0.0.1:{port}" in output
        assert "cadran user add" in output and "Traceback" not in output


def test_a_taken_port_is_told_before_anything_is_touched(tmp_path: Path) -> None:
    """A sentence says which port is taken and how to choose another; no database is made."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = cadran(tmp_path, "serve", PORT=str(port))
    assert refused.returncode == 1
    assert f"Port {port} on 127.0.0.1 is taken" in refused.stderr and "PORT=" in refused.stderr
    assert not list(tmp_path.glob("*.sqlite3"))


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A sentence names the folder and the variable to choose another."""
    (tmp_path / "file").touch()
    refused = cadran(tmp_path / "file" / "data", "serve")
    assert refused.returncode == 1
    assert f"cannot write in its data folder {tmp_path / 'file' / 'data'}" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("PORT", "eight", "PORT"),
        ("PORT", "70000", "PORT"),
        ("CADRAN_SECRET_KEY", "short", "32 characters"),
        ("CADRAN_BASE_URL", "desk.example", "http:// or https://"),
        ("DATABASE_URL", "mysql://x", "postgres://"),
        ("CADRAN_LANGUAGE", "de", "CADRAN_LANGUAGE"),
    ],
)
def test_a_wrong_variable_is_named(tmp_path: Path, name: str, value: str, complaint: str) -> None:
    """Each variable that cannot be used gets a sentence with its name, and no traceback."""
    refused = cadran(tmp_path, "check", **{name: value})
    assert refused.returncode == 1
    assert name in refused.stderr and complaint in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_database_server_that_does_not_answer_is_told_at_once(tmp_path: Path) -> None:
    """No waiting for a pool's time-out: a sentence within seconds."""
    begin = time.monotonic()
    address = f"postgres://nobody@127.0.0.1:{free_port()}/nothing"
    refused = cadran(tmp_path, "migrate", DATABASE_URL=address)
    assert refused.returncode == 1
    assert "does not answer" in refused.stderr and "Traceback" not in refused.stderr
    assert time.monotonic() - begin < 15


def test_a_link_names_the_server_that_runs(tmp_path: Path) -> None:
    """Spec F1: the address of whoever holds the data folder, whatever PORT says here; else the variables' own."""
    holder = Environment(CADRAN_DATA=tmp_path, PORT=8123, DATABASE_URL="", CADRAN_BASE_URL="")
    asks = Environment(CADRAN_DATA=tmp_path, PORT=8000, DATABASE_URL="")
    assert running_address(asks) == ""
    with sole_use(holder):
        assert running_address(asks) == "http://127.0.0.1:8123"
    assert running_address(asks) == ""


@pytest.mark.django_db
def test_an_empty_database_gets_what_a_company_starts_from() -> None:
    """Spec R1, T1: profiles and reference data, once; what a company took away stays away."""
    supply_what_a_company_starts_from()
    assert Profile.objects.filter(code="administrator").exists()
    assert set(Status.objects.values_list("phase", flat=True)) == {phase.value for phase in Phase}
    InterventionType.objects.filter(is_intake=False).delete()
    supply_what_a_company_starts_from()
    assert InterventionType.objects.count() == 1


@pytest.mark.django_db
def test_the_first_administrator_gets_a_link_and_no_password(capsys: pytest.CaptureFixture[str]) -> None:
    """Spec R4: the administrator is made without a default password, and signs in by a one-time link."""

    def said(*arguments: str) -> tuple[int, str]:
        return main(arguments), capsys.readouterr().out

    code, output = said("user", "add", "ada@example.com", "Ada Byron", "--profile", "administrator")
    assert code == 0 and "/sign-in/" in output
    assert not User.objects.get().has_usable_password()
    assert "ada@example.com\tAda Byron\tadministrator" in said("user", "list")[1]
    code, output = said("user", "add", "ADA@example.com", "Somebody", "--profile", "administrator")
    assert code == 1 and "already signs in" in output
    code, output = said("user", "add", "b@example.com", "B", "--profile", "king")
    assert code == 1 and "There is no profile king" in output
    assert "/sign-in/" in said("link", "ada@example.com")[1]
    assert said("link", "nobody@example.com")[0] == 1
    assert User.objects.count() == 1


def test_the_secret_key_is_made_once_and_kept_to_the_owner(tmp_path: Path) -> None:
    """Without a given key one is made, the same from then on, readable by its owner alone."""
    environment = Environment(CADRAN_DATA=tmp_path / "data", CADRAN_SECRET_KEY="")
    key = secret_key(environment)
    assert len(key) > 40 and secret_key(environment) == key
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o777 == 0o600
    assert secret_key(Environment(CADRAN_DATA=tmp_path, CADRAN_SECRET_KEY="k" * 40)) == "k" * 40


def test_the_table_of_variables_is_current() -> None:
    """docs/configuration.md is what `make docs` writes."""
    assert (ROOT / "docs" / "configuration.md").read_text("utf-8") == configuration_page()


def test_the_clock_command_needs_no_django(tmp_path: Path) -> None:
    """Computing a due date loads no framework, so that it works anywhere and at once."""
    program = (
        "import sys; from cadran.cli import build_parser; build_parser(); print('django' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=surroundings(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"


def test_a_demo_company_that_fails_to_load_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It loads in a process of its own: a server forked after documents were drawn would never draw one."""
    from cadran import cli, serving

    asked: list[list[str]] = []
    monkeypatch.setattr(serving, "close_connections", lambda: None)
    monkeypatch.setattr(
        subprocess, "run", lambda words, **_how: asked.append(words) or subprocess.CompletedProcess(words, 1)
    )
    with pytest.raises(serving.CannotServe, match="demo company"):
        cli._load_demo_apart()
    assert asked == [[sys.executable, "-m", "cadran", "demo"]]


def test_loading_tells_how_far_it_has_come(capsys: pytest.CaptureFixture[str]) -> None:
    """Each tenth once, in one line that ends with the last."""
    from cadran import cli

    tell = cli._progress()
    for part in (0, 0.05, 0.31, 0.32, 0.85, 1):
        tell(part)
    assert capsys.readouterr().out == "   30 %   80 %  100 %\n"
