#!/bin/sh
# Installs what the project needs when it is missing, broken off halfway or older than the lock file; else does nothing.
# Every npm script comes through here, so that one command is enough on a fresh clone.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)

# npm writes this file last, so it is missing or older than the lock when an install is missing, broken off or out of date.
installed="$root/node_modules/.package-lock.json"
if [ -f "$installed" ] && [ ! "$root/package-lock.json" -nt "$installed" ]; then exit 0; fi

if ! command -v npm >/dev/null 2>&1; then
  echo "evenkeel: npm was not found. Install Node.js 20 or newer (https://nodejs.org); the project then brings its own Node.js 26." >&2
  exit 1
fi

echo "evenkeel: installing what the project needs, Node.js 26 included (npm ci; once, about a minute) …" >&2
began=$(date +%s)
# What a broken-off install left goes first: its half-written node would stand first in the PATH of npm itself.
rm -rf "$root/node_modules" 2>/dev/null || true
if ! (cd "$root" && npm ci --no-fund --no-audit --no-progress --loglevel=error) >&2; then
  echo "evenkeel: npm ci failed (see above). Check the connection to the npm registry and run the same command again." >&2
  exit 1
fi
touch "$installed"
echo "evenkeel: installed in $(($(date +%s) - began)) s." >&2
