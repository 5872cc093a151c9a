#!/bin/sh
# Install one hashed lock into .venv: install-layer.sh NAME. uv is fast; where uv cannot reach the
# package index that pip can (a mirror set only in pip's configuration), pip does the same work.
set -eu
lock="requirements/$1.txt"
export VIRTUAL_ENV="$PWD/.venv"
echo "Installing the packages of $lock ..."
if .venv/bin/uv --no-config pip install --quiet --require-hashes --no-deps -r "$lock"; then
    exit 0
fi
echo "uv could not install $lock; trying with pip ..." >&2
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$lock"
