#!/bin/sh
# Run the tests: test.sh [--postgres] [pytest arguments].
# Says plainly what had to be left out; with CI=true leaving anything out is a failure.
set -u
postgres=""
if [ "${1:-}" = "--postgres" ]; then
    postgres=yes
    shift
fi
left_out=""
python=.venv/bin/python

if [ ! -x /usr/bin/chromium ] && [ ! -x /usr/bin/chromium-browser ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing Chromium for the tests in a browser ..."
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } >/dev/null 2>&1
    fi
    if [ ! -x /usr/bin/chromium ] && [ ! -x /usr/bin/chromium-browser ]; then
        left_out="the tests in a browser (no Chromium: apt-get install chromium)"
    fi
fi

if [ -n "$postgres" ]; then
    DATABASE_URL=${DATABASE_URL:-$($python tools/local_postgres.py)} || DATABASE_URL=""
    if [ -z "$DATABASE_URL" ]; then
        left_out="${left_out:+$left_out; }the tests on PostgreSQL (no server at DATABASE_URL or on the local port 5432)"
        echo "Left out: $left_out."
        [ "${CI:-}" = true ] && exit 1
        exit 0
    fi
    export DATABASE_URL
fi

if [ "${CI:-}" = true ] && [ -n "$left_out" ]; then
    echo "Nothing may be left out here, but missing are: $left_out."
    exit 1
fi
workers=${TEST_WORKERS:-$($python -c 'import os; print(min(4, len(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else 2)')}
$python -m pytest -q -n "$workers" --dist loadgroup "$@"
result=$?
[ -z "$left_out" ] || echo "Left out: $left_out."
[ -n "$postgres" ] || [ -n "${DATABASE_URL:-}" ] || echo "These ran on SQLite. The same on PostgreSQL: make test-postgres"
exit $result
