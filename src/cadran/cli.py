"""The `cadran` command. Starts fast: a subcommand imports what it needs when it is called."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cadran.environment import BadEnvironment, Environment, read_environment

Command = Callable[[argparse.Namespace], int]


def set_up_django() -> Environment:
    """Look at the data folder, then load the settings and the apps; return the environment they were made from."""
    from cadran import serving

    environment = read_environment()
    serving.check_data_folder(environment)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cadran.settings")
    import django

    django.setup()
    return environment


def say(*lines: str) -> None:
    """Print lines for the person at the terminal."""
    print("\n".join(lines), flush=True)


def serve(options: argparse.Namespace) -> int:
    """Look at the surroundings, prepare the data, then serve."""
    from cadran import serving

    environment = read_environment()
    serving.check_data_folder(environment)
    with serving.sole_use(environment) as lock:
        serving.check_port(environment)
        set_up_django()
        serving.prepare_database(environment)
        serving.prepare_static_files()
        lines = _welcome(environment, demo=options.demo_if_empty)
        return serving.serve(environment, lock=lock, started=lambda: say(*lines))


def _welcome(environment: Environment, *, demo: bool) -> list[str]:
    from cadran.accounts.models import User

    lines = ["", f"  Cadran is ready: {environment.address}", ""]
    if demo and not User.objects.exists() and find_spec("cadran.demo") is not None:
        _load_demo_apart()
    if not User.objects.exists():
        lines += [
            "  Nobody can sign in yet. Create the administrator:",
            '    cadran user add name@example.com "First Last" --profile administrator',
            "",
        ]
    elif demo and _demo_mark(environment).exists():
        lines.append("  Sign in as one of these; each link works once, within 24 hours:")
        for role, code in (
            ("agent", "support-agent"),
            ("team manager", "team-manager"),
            ("administrator", "administrator"),
        ):
            person = User.objects.filter(is_active=True, profiles__code=code).order_by("pk").first()
            if person is not None:
                lines.append(f"    {role:14} {_link(environment, person.email)}")
        lines += ["", "  Another link: .venv/bin/cadran link EMAIL   People: .venv/bin/cadran user list"]
    return [*lines, "  Stop: Ctrl-C", ""]


def _demo_mark(environment: Environment) -> Path:
    """This file says that the company in the database is the invented one."""
    return environment.data / "demo-company"


def _load_demo(environment: Environment) -> None:
    from django.db import transaction
    from django.utils import timezone

    say("Loading a demo company with three months of tickets; this happens once and takes a minute or two.")
    # All or nothing: somebody who stops here finds an empty database, and the next start loads it anew.
    with transaction.atomic():
        import_module("cadran.demo").load(at=timezone.now().replace(microsecond=0), progress=_progress())
    _demo_mark(environment).touch()


def _progress() -> Callable[[float], None]:
    """Print how far something has come, a part from 0 to 1: each tenth once, in one line."""
    told = 0

    def tell(part: float) -> None:
        nonlocal told
        tenth = int(part * 10)
        if tenth > told:
            told = tenth
            print(f"{tenth * 10:5} %", end="\n" if tenth == 10 else "", flush=True)

    return tell


def _load_demo_apart() -> None:
    """Load it in a process of its own: the web server is a fork of this one, and what has drawn documents here would
    leave it waiting for threads that no fork inherits. Raises CannotServe when that fails.
    """
    from cadran import serving

    serving.close_connections()
    if subprocess.run([sys.executable, "-m", "cadran", "demo"], check=False).returncode:
        raise serving.CannotServe("The demo company could not be loaded; the lines above say why.")


def _user(email: str) -> Any:
    from cadran.accounts.models import User

    return User.objects.filter(email__iexact=email).first()


def _link(environment: Environment, email: str) -> str:
    from django.urls import reverse
    from django.utils import timezone

    from cadran import serving
    from cadran.accounts.operations import create_sign_in_link

    # The running server knows its address better than this command's variables do.
    address = environment.base_url or serving.running_address(environment) or environment.address
    now = timezone.now().replace(microsecond=0)
    secret = create_sign_in_link(user=_user(email), by=None, at=now)
    return address + reverse("desk:sign_in_link", args=[secret])


def worker(options: argparse.Namespace) -> int:
    """Run background work alone."""
    from cadran import serving

    environment = set_up_django()
    return serving.work(environment)


def migrate(options: argparse.Namespace) -> int:
    """Bring the database up to date."""
    from cadran import serving

    environment = set_up_django()
    serving.prepare_database(environment)
    say("The database is up to date.")
    return 0


def check(options: argparse.Namespace) -> int:
    """Look at everything a deployment needs; print one line each."""
    environment = set_up_django()
    from cadran.deployment import findings

    wrong = 0
    for good, sentence in findings(environment):
        wrong += not good
        say(f"{'ok  ' if good else 'MEND'}  {sentence}")
    return 1 if wrong else 0


def demo(options: argparse.Namespace) -> int:
    """Load the demo company into an empty database."""
    from cadran import serving

    environment = set_up_django()
    serving.prepare_database(environment)
    from cadran.accounts.models import User

    if User.objects.exists():
        raise serving.CannotServe(
            f"There are people in this database already ({environment.data}); the demo company needs an empty one.\n"
            "Choose another folder: CADRAN_DATA=/path/to/folder cadran demo"
        )
    _load_demo(environment)
    say("The demo company is loaded.")
    return 0


def link(options: argparse.Namespace) -> int:
    """Print a one-time sign-in link."""
    environment = set_up_django()
    if _user(options.email) is None:
        say(f"Nobody signs in with {options.email}. List people: cadran user list")
        return 1
    say(_link(environment, options.email))
    return 0


def user_add(options: argparse.Namespace) -> int:
    """Create somebody who can sign in, and print their first link."""
    environment = set_up_django()
    from django.utils import timezone

    from cadran.accounts.models import Profile
    from cadran.accounts.operations import create_user, ensure_supplied_profiles
    from cadran.core.errors import CadranError

    now = timezone.now().replace(microsecond=0)
    ensure_supplied_profiles(by=None, at=now)
    known = {profile.code: profile for profile in Profile.objects.all()}
    unknown = sorted(set(options.profile) - set(known))
    if unknown:
        say(f"There is no profile {', '.join(unknown)}. Profiles: {', '.join(known)}.")
        return 1
    try:
        person = create_user(
            email=options.email,
            name=options.name,
            profiles=[known[code] for code in options.profile],
            by=None,
            at=now,
        )
    except CadranError as refusal:
        say(str(refusal))
        return 1
    say(f"{person.name} can sign in with this link, once, within 24 hours:", _link(environment, person.email))
    return 0


def user_list(options: argparse.Namespace) -> int:
    """Print everybody who can sign in, with their profiles."""
    set_up_django()
    from cadran.accounts.models import User

    for person in User.objects.prefetch_related("profiles"):
        codes = ", ".join(profile.code for profile in person.profiles.all()) or "no profile"
        note = "" if person.is_active else "\tmay not sign in"
        say(f"{person.email}\t{person.name}\t{codes}{note}")
    return 0


def ticket_open(options: argparse.Namespace) -> int:
    """Open a ticket, print its number and its due dates; a refusal goes to the standard error."""
    set_up_django()
    from django.utils import timezone, translation

    from cadran.core.errors import CadranError
    from cadran.tickets.operations import OpeningDetails, open_ticket
    from cadran.tickets.queries.named import NamedTicket, find_named, told_opened

    now = timezone.now().replace(microsecond=0)
    received_at = options.received_at or now
    if timezone.is_naive(received_at):
        received_at = timezone.make_aware(received_at)
    given = {name: getattr(options, name) for name in NamedTicket.__dataclass_fields__}
    if given["description"] == "-":
        given["description"] = sys.stdin.read()
    with translation.override(_terminal_language() or translation.get_language()):
        try:
            found = find_named(NamedTicket(**{**given, "received_at": received_at}))
            details = OpeningDetails(answers=found.answers)
            ticket = open_ticket(fields=found.fields, team=found.team, details=details, by=None, at=now)
        except CadranError as refusal:
            print(*getattr(refusal, "errors", [refusal]), sep="\n", file=sys.stderr)
            return 1
        say(*told_opened(ticket))
    return 0


def _terminal_language() -> str:
    """The language of the terminal, where Cadran speaks it; empty for the company's."""
    asked = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return asked[:2] if asked[:2] in ("en", "fr") else ""


def messages(options: argparse.Namespace) -> int:
    """Collect, check or compile the translation catalogues."""
    from cadran.core import messages as catalogues

    if options.compile:
        catalogues.compile_catalogues()
        return 0
    try:
        if not options.check:
            for path in catalogues.collect(options.app):
                say(f"written: {path.relative_to(catalogues.PACKAGE.parents[1])}")
            catalogues.compile_catalogues()
        found = list(catalogues.problems(options.app))
    except ValueError as error:
        say(str(error))
        return 1
    say(*found) if found else say("Every text has its French.")
    return 1 if found and options.check else 0


def settings_table(options: argparse.Namespace) -> int:
    """Print docs/configuration.md."""
    from cadran.settings.reference import configuration_page

    print(configuration_page(), end="")
    return 0


def manage(arguments: Sequence[str]) -> int:
    """Pass everything on to Django's own management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cadran.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["cadran manage", *arguments])
    return 0


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no instant, such as 2026-11-12T15:42") from None


def _add_ticket_options(new: argparse.ArgumentParser) -> None:
    """What a ticket may be given from a script; what is left out follows as in the form."""
    new.add_argument("--customer", metavar="NUMBER", required=True)
    new.add_argument("--title", required=True)
    new.add_argument("--severity", metavar="CODE", required=True)
    for name, metavar, text in (
        ("site", "NAME", "name of one of the customer’s sites"),
        ("requester", "EMAIL", "e-mail address of one of the customer’s contacts"),
        ("contract", "NUMBER", "number of a contract"),
        ("service", "LABEL", "label of one of the contract’s services"),
        ("asset", "NUMBER", "number of an asset; site, contract and service follow from it"),
        ("nature", "CODE", "code of a nature"),
        ("team", "CODE", "code of the team in charge; else the service’s, else the intake team"),
        ("description", "TEXT", "external description, plain text; - reads it from the standard input"),
    ):
        new.add_argument(f"--{name}", metavar=metavar, default="", help=text)
    new.add_argument(
        "--received-at", metavar="INSTANT", type=_instant, help="such as 2026-11-12T15:42; else now"
    )
    channels = ("telephone", "mail", "portal", "on_site", "api")
    new.add_argument("--channel", choices=channels, default="api", help="how it came in; api by default")
    new.add_argument(
        "--answer",
        metavar="TEXT",
        dest="answers",
        action="append",
        default=[],
        help="answer to a question that the asset asks for the severity; repeat it in the order of the questions",
    )


def build_parser() -> argparse.ArgumentParser:
    """The command line, without Django."""
    from cadran import __version__

    parser = argparse.ArgumentParser(prog="cadran", description="A support desk for service under contract.")
    parser.add_argument("--version", action="version", version=f"Cadran {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, command: Command, text: str, within: Any = commands) -> argparse.ArgumentParser:
        new: argparse.ArgumentParser = within.add_parser(name, help=text, description=text)
        new.set_defaults(command=command)
        return new

    new = add("serve", serve, "serve the desk and do background work")
    new.add_argument(
        "--demo-if-empty", action="store_true", help="load a demo company when nobody can sign in yet"
    )
    add("worker", worker, "do background work alone")
    add("migrate", migrate, "bring the database up to date")
    add("check", check, "check the deployment; exit code 1 when something needs mending")
    add("demo", demo, "load the demo company into an empty database")
    add("link", link, "print a one-time sign-in link").add_argument("email")
    people = commands.add_parser("user", help="add and list people").add_subparsers(
        metavar="ACT", required=True
    )
    new = add("add", user_add, "create somebody who can sign in", people)
    new.add_argument("email")
    new.add_argument("name")
    new.add_argument(
        "--profile",
        action="append",
        default=[],
        help="code of a profile, such as administrator; may be repeated",
    )
    add("list", user_list, "list people and their profiles", people)
    tickets = commands.add_parser("ticket", help="open tickets").add_subparsers(metavar="ACT", required=True)
    _add_ticket_options(add("open", ticket_open, "open a ticket from a script or an alarm", tickets))
    new = add("messages", messages, "collect the texts to translate and compile the catalogues")
    new.add_argument("app", nargs="*", help="only these apps")
    new.add_argument(
        "--check", action="store_true", help="change nothing; fail when a translation is missing or wrong"
    )
    new.add_argument("--compile", action="store_true", help="only compile")
    add("settings-table", settings_table, "print the table of environment variables")
    commands.add_parser("manage", help="pass everything on to Django's management command")
    if find_spec("cadran.clock_cli") is not None:
        import_module("cadran.clock_cli").add_clock_parser(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    from cadran.serving import CannotServe

    try:
        if arguments[:1] == ["manage"]:
            return manage(arguments[1:])
        options = build_parser().parse_args(arguments)
        command: Command = options.command
        return command(options)
    except (BadEnvironment, CannotServe) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
