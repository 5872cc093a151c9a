"""Print the address of a PostgreSQL server on this machine that lets us create databases, or nothing.

Starts Debian's own cluster where one is installed, stopped, and we may start it.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg

CANDIDATES = [
    "postgres://postgres@127.0.0.1:5432/postgres",
    "postgres://postgres:postgres@127.0.0.1:5432/postgres",
    "postgres:///postgres?host=/var/run/postgresql",
]


def usable() -> str | None:
    """The first address that answers with the right to create databases."""
    for address in CANDIDATES:
        try:
            with psycopg.connect(address, connect_timeout=3) as connection:
                row = connection.execute(
                    "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                ).fetchone()
        except psycopg.Error:
            continue
        if row and row[0]:
            return address
    return None


def start() -> bool:
    """Start Debian's cluster if there is one that is down."""
    tool = shutil.which("pg_ctlcluster")
    versions = sorted(Path("/etc/postgresql").glob("*/main"))
    if tool is None or not versions or os.geteuid() != 0:
        return False
    version = versions[-1].parent.name
    done = subprocess.run(
        [tool, "--skip-systemctl-redirect", version, "main", "start"], capture_output=True, check=False
    )
    time.sleep(2)
    return done.returncode == 0


def main() -> int:
    """Print what was found; exit code 1 for nothing."""
    address = usable() or (usable() if start() else None)
    if address is None:
        return 1
    print(address)
    return 0


if __name__ == "__main__":
    sys.exit(main())
