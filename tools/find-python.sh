#!/bin/sh
# Print the path of a Python that can make Cadran's virtual environment: 3.11 or later, able to run
# (a version manager's stand-in may be on the PATH without its version) and with venv and ensurepip.
# PYTHON=/path/to/python chooses one by hand.
seen=""
for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python /usr/bin/python3}; do
    found=$(command -v "$candidate" 2>/dev/null) || continue
    version=$("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    if ! "$found" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        seen="$seen $found ($version)"
        continue
    fi
    if ! "$found" -c 'import venv, ensurepip, sqlite3, ssl' 2>/dev/null; then
        incomplete="$found ($version)"
        continue
    fi
    echo "$found"
    exit 0
done
if [ -n "$incomplete" ]; then
    echo "Cadran found $incomplete, but it lacks a standard module (venv, ensurepip, sqlite3 or ssl)." >&2
    echo "On Debian and Ubuntu: apt-get install python3-venv, then run the same command again." >&2
elif [ -n "$seen" ]; then
    echo "Cadran needs Python 3.11 or later, and found only:$seen." >&2
    echo "Install a newer Python, or name one: make PYTHON=/path/to/python3.11 run" >&2
else
    echo "Cadran needs Python 3.11 or later, and found no Python that runs${PYTHON:+ at $PYTHON}." >&2
    echo "Install Python 3.11 or later, or name one: make PYTHON=/path/to/python3.11 run" >&2
fi
exit 1
