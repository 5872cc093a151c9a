#!/bin/sh
# Everything that can be said about the code without running it. Goes on after a failure, fails at the end.
set -u
python=.venv/bin/python
failed=""
say() { echo "== $1"; }
run() {
    name=$1
    shift
    say "$name"
    "$@" || failed="$failed, $name"
}
run "style" $python -m ruff check --quiet src tests tools
run "layout" $python -m ruff format --quiet --check src tests tools
run "templates" $python -m djlint src --lint --quiet
run "arrows" .venv/bin/lint-imports --no-cache
run "types" env CADRAN_SECRET_KEY=only-for-type-checking-aaaaaaaaaaaaaaaaaaa $python -m mypy
run "translations" .venv/bin/cadran messages --check
run "migrations" env CADRAN_SECRET_KEY=only-for-type-checking-aaaaaaaaaaaaaaaaaaa CADRAN_LOG_LEVEL=ERROR \
    .venv/bin/cadran manage makemigrations --check --dry-run
if [ -n "$failed" ]; then
    echo "Found something to mend in: ${failed#, }"
    exit 1
fi
echo "Nothing to mend."
