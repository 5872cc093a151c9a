"""How long the desk's pages take: `.venv/bin/python bench/pages.py`.

Makes a data folder of its own with the demo company, serves it as `make run` does (one web process), signs in, and
asks for each page in turn over one kept-alive connection. Prints a table for RESULTS.md: median, 95th percentile,
bytes, and the ratio to `/healthz` in the same run, the least this server can do. Stops what it started.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CADRAN = [sys.executable, "-m", "cadran"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Browser:
    """One connection, one session."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookies: dict[str, str] = {}

    def ask(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Status and body of one request; cookies are kept."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(
            method, path, body or None, {"Cookie": cookie, "Accept-Language": "fr", **(headers or {})}
        )
        answer = self.connection.getresponse()
        content = answer.read()
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, value = header.split(";", 1)[0].split("=", 1)
            self.cookies[name] = value
        return answer.status, content

    def sign_in(self, link: str) -> None:
        """Follow a one-time link and press its button."""
        path = link.split("/", 3)[3]
        _status, page = self.ask("GET", f"/{path}")
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if token is None:
            raise SystemExit("the sign-in link's page has no form")
        status, _page = self.ask(
            "POST",
            f"/{path}",
            f"csrfmiddlewaretoken={token[1].decode()}",
            {"Content-Type": "application/x-www-form-urlencoded", "Referer": link},
        )
        if status != 302:
            raise SystemExit(f"signing in answered {status}")


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure(browser: Browser, path: str, rounds: int) -> tuple[list[float], int]:
    """Milliseconds of `rounds` requests after three that don't count, and the bytes of the last answer."""
    times, size = [], 0
    for turn in range(rounds + 3):
        begin = time.perf_counter()
        status, content = browser.ask("GET", path)
        elapsed = (time.perf_counter() - begin) * 1000
        if status != 200:
            raise SystemExit(f"{path} answered {status}")
        if turn >= 3:
            times.append(elapsed)
            size = len(content)
    return times, size


def _ticket_with_most_work(data: Path, environment: dict[str, str]) -> str:
    code = (
        "from cadran.tickets.models import Ticket;from django.db.models import Count;"
        "print(Ticket.objects.annotate(n=Count('interventions')).order_by('-n','pk').first().number)"
    )
    found = subprocess.run(
        [*CADRAN, "manage", "shell", "--no-imports", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.strip().splitlines()[-1]


def run(rounds: int) -> None:
    """Serve, measure, print."""
    with tempfile.TemporaryDirectory(prefix="cadran-bench-") as folder:
        port = _free_port()
        environment = {**os.environ, "CADRAN_DATA": folder, "PORT": str(port)}
        begin = time.perf_counter()
        subprocess.run([*CADRAN, "demo"], env=environment, check=True, stdout=subprocess.DEVNULL)
        loaded = time.perf_counter() - begin
        email = "marc.chevalier@novalys.example"
        link = subprocess.run(
            [*CADRAN, "link", email], env=environment, capture_output=True, text=True, check=True
        )
        number = _ticket_with_most_work(Path(folder), environment)
        server = subprocess.Popen([*CADRAN, "serve"], env=environment, stdout=subprocess.DEVNULL)
        try:
            browser = Browser(port)
            for _try in range(100):
                try:
                    if browser.ask("GET", "/healthz")[0] == 200:
                        break
                except OSError:
                    browser = Browser(port)
                    time.sleep(0.1)
            browser.sign_in(link.stdout.strip().splitlines()[-1])
            _print_table(browser, number, rounds, loaded)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)


def _print_table(browser: Browser, number: str, rounds: int, loaded: float) -> None:
    pages = {
        "the least: /healthz": "/healthz",
        "my day": "/",
        "tickets, open": "/tickets/",
        "tickets, all, by resolution": "/tickets/?view=all&sort=resolution",
        "tickets, two words": "/tickets/?view=all&q=sauvegarde%20nuit",
        "ticket": f"/tickets/{number}/",
        "explanation": f"/tickets/{number}/clock/resolution/",
        "new ticket": "/tickets/new/",
        "picker, 3 letters": "/pick/customer/?q=fro",
        "customers": "/customers/",
        "contracts": "/contracts/",
        "settings": "/settings/",
    }
    print(
        f"{date.today():%Y-%m-%d}, {os.cpu_count()} cores, CPython {sys.version.split()[0]}, "
        f"SQLite, {rounds} requests each;"
    )
    print(f"the demo company loaded in {loaded:.1f} s\n")
    print("| page | p50 ms | p95 ms | bytes | × the least |\n|---|---:|---:|---:|---:|")
    least = 0.0
    for name, path in pages.items():
        times, size = measure(browser, path, rounds)
        middle = statistics.median(times)
        least = least or middle
        print(f"| {name} | {middle:.1f} | {_percentile(times, 0.95):.1f} | {size:,} | {middle / least:.0f} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60, help="requests of each page that count")
    run(parser.parse_args().rounds)
