"""The `cadran` command. Starts fast: a subcommand imports what it needs when it is called."""

import argparse
import os
import sys
from collections.abc import Sequence


def manage(arguments: Sequence[str]) -> int:
    """Pass everything on to Django's own management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cadran.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["cadran manage", *arguments])
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["manage"]:
        return manage(arguments[1:])
    parser = argparse.ArgumentParser(prog="cadran")
    commands = parser.add_subparsers(dest="command", required=True)
    messages = commands.add_parser("messages")
    messages.add_argument("--compile", action="store_true")
    parser.parse_args(arguments)
    return 0
