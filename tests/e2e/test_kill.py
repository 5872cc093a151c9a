"""The process dies at any moment: what was answered is there, whole (Spec T5; docs/architecture.md)."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.test_cli import database_url, free_port, served, surroundings

__all__ = ["database_url"]

COMPANY = """
import json
from django.utils import timezone
from cadran.accounts.models import Profile
from cadran.accounts.operations import create_sign_in_link, create_user, ensure_supplied_profiles
from cadran.catalogue.models import Nature, Severity
from cadran.parties.operations import CustomerDetails, TeamDetails, save_customer, save_team
from cadran.tickets.operations import supply_reference_data
at = timezone.now().replace(microsecond=0)
ensure_supplied_profiles(by=None, at=at)
supply_reference_data(by=None, at=at)
user = create_user(
    email="a@example.com", name="A", profiles=[Profile.objects.get(code="administrator")], by=None, at=at
)
team = save_team(team=None, details=TeamDetails(code="t", name_fr="T"), by=None, at=at)
customer = save_customer(customer=None, details=CustomerDetails(name="C"), by=None, at=at)
fields = {"customer": customer.pk, "team": team.pk, "severity": Severity.objects.first().pk}
fields["nature"] = Nature.objects.first().pk
print(json.dumps({"secret": create_sign_in_link(user=user, by=None, at=at), **fields}))
"""

STORED = """
import json
from cadran.core.models import JournalEntry
from cadran.tickets.models import Ticket
print(json.dumps([
    [t.number, t.title, t.interventions.count(),
     JournalEntry.objects.of("ticket", t.pk).filter(kind="ticket.opened").count()]
    for t in Ticket.objects.order_by("pk")
]))
"""


def told(data: Path, code: str, database: str) -> Any:
    """What a script prints in the served company's database, as JSON on its last line."""
    ran = subprocess.run(
        [sys.executable, "-m", "cadran", "manage", "shell", "--no-imports", "-c", code],
        env=surroundings(data, DATABASE_URL=database),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.strip().splitlines()[-1])


class Caller:
    """A browser of its own connection; the session is shared."""

    def __init__(self, port: int, cookies: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.port, self.cookies = port, cookies

    def ask(self, path: str, form: dict[str, Any] | None = None) -> tuple[http.client.HTTPResponse, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
            headers |= {"Referer": f"http://127.0.0.1:{self.port}{path}"}
        body = None if form is None else urlencode(form)
        self.connection.request("GET" if form is None else "POST", path, body, headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";", 1)[0].split("=", 1)
            self.cookies[name] = value
        return response, text

    def hidden(self, text: str, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]+)"', text)
        assert found, f"no {name} in the page"
        return found[1]

    def send(self, path: str, form: dict[str, Any]) -> http.client.HTTPResponse:
        """Fill in the form of a page and send it."""
        _response, page = self.ask(path)
        given = {"csrfmiddlewaretoken": self.hidden(page, "csrfmiddlewaretoken")}
        if "mark" in form:
            given["mark"] = self.hidden(page, "mark")
        return self.ask(path, form | given)[0]


def call_until_dead(
    port: int, cookies: dict[str, str], form: dict[str, Any], answered: list[tuple[str, str]], who: int
) -> None:
    """Open one ticket after another; keep the number and title of each that was answered."""
    try:
        caller = Caller(port, dict(cookies))
        for turn in range(200):
            title = f"Call {who}-{turn}"
            minute = time.strftime("%Y-%m-%dT00:00", time.gmtime(time.time() - 86400))
            response = caller.send(
                "/tickets/new/",
                form | {"mark": "", "title": title, "received_at": minute, "channel": "telephone"},
            )
            assert response.status == 302, response.status
            answered.append((response.headers["Location"].rstrip("/").rsplit("/", 1)[1], title))
    except (OSError, http.client.HTTPException):
        return


@pytest.mark.parametrize("seconds", [0.9, 1.7])
def test_nothing_answered_is_lost(tmp_path: Path, database_url: str, seconds: float) -> None:
    """Spec T5: killed in the midst of openings, every answered ticket is there once, with its intake and journal."""
    data, port = tmp_path / "data", free_port()
    answered: list[tuple[str, str]] = []
    with served(data, port, DATABASE_URL=database_url) as process:
        company = told(data, COMPANY, database_url)
        cookies: dict[str, str] = {}
        secret = company.pop("secret")
        assert Caller(port, cookies).send(f"/sign-in/{secret}/", {}).status == 302
        threads = [
            threading.Thread(target=call_until_dead, args=(port, cookies, company, answered, who))
            for who in range(4)
        ]
        for thread in threads:
            thread.start()
        while len(answered) < 4 and any(thread.is_alive() for thread in threads):
            time.sleep(0.05)
        time.sleep(seconds)
        os.kill(process.pid, signal.SIGKILL)
        for thread in threads:
            thread.join(30)
    assert len(answered) >= 4
    stored = told(data, STORED, database_url)
    numbers = [number for number, *_rest in stored]
    assert len(set(numbers)) == len(numbers)
    assert {(number, title) for number, title, *_rest in stored} >= set(answered)
    assert all(interventions == 1 and opened == 1 for *_rest, interventions, opened in stored)
