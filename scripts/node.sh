#!/bin/sh
# Runs a file with the Node.js that the project brings, and installs what is missing first.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
sh "$root/scripts/install.sh"
. "$root/scripts/find-node.sh"
exec "$node" "$@"
