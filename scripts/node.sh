#!/bin/sh
# Runs a file with the Node.js that the project brings, and installs what is missing first.
# npm's scripts go through here, so that one command is enough on a fresh clone.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)

# npm writes this file last, so it is older than the lock when an install is missing, broken off or out of date.
installed="$root/node_modules/.package-lock.json"
if [ ! -f "$installed" ] || [ "$root/package-lock.json" -nt "$installed" ]; then
  echo "evenkeel: installing what the project needs, Node.js 26 included (npm ci, once, well under a minute) …" >&2
  (cd "$root" && npm ci --no-fund --no-audit --loglevel=error) >&2
  touch "$installed"
  echo "evenkeel: installed." >&2
fi

. "$root/scripts/find-node.sh"
exec "$node" "$@"
