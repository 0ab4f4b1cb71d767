# Sourced with $root set: finds Node.js 26 and sets $node to it. The project's own comes first, the machine's is the way back.
node=
for candidate in "$root"/node_modules/node-*/bin/node; do
  if [ -x "$candidate" ]; then node=$candidate; fi
done
if [ -z "$node" ] && command -v node >/dev/null 2>&1; then
  if [ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 26' 2>/dev/null)" = true ]; then node=$(command -v node); fi
fi
if [ -z "$node" ]; then
  echo "evenkeel: Node.js 26 was not found. Run 'npm ci' in $root first: it brings Node.js 26 as a package." >&2
  exit 1
fi

# Keeps stripped and compiled source between runs, which takes start-up down to that of plain JavaScript.
NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-"$root/node_modules/.cache/node-compile"}
export NODE_COMPILE_CACHE
