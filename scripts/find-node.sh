# Sourced with $root set: finds Node.js 26 and sets $node to it. The project's own comes first, the machine's is the way back.
# A candidate counts only when it runs here: node_modules copied from another system, or a system with musl, holds one that does not.
# A package mostly has what it brings beside itself.
node=
beside=$root/node_modules
case $root in */node_modules/*) beside=${root%/*} ;; esac
for candidate in "$root"/node_modules/node-*/bin/node "$beside"/node-*/bin/node "$(command -v node 2>/dev/null || true)"; do
  if [ -z "$node" ] && [ -x "$candidate" ]; then
    case $("$candidate" --version 2>/dev/null || true) in
      v2[6-9].* | v[3-9][0-9].*) node=$candidate ;;
    esac
  fi
done
if [ -z "$node" ]; then
  if [ -d "$root/node_modules/commander" ] || [ ! -f "$root/package-lock.json" ]; then
    echo "evenkeel: no Node.js 26 that runs on this system ($(uname -s) $(uname -m)) was found." >&2
    echo "The project brings it for Linux with glibc and for macOS, on x64 and arm64. Elsewhere (Alpine and other musl systems," >&2
    echo "Windows outside WSL) install Node.js 26 or newer yourself, so that 'node --version' shows it, and try again." >&2
  else
    echo "evenkeel: Node.js 26 was not found. Run 'npm ci' in $root first: it brings Node.js 26 as a package." >&2
  fi
  exit 1
fi

# Keeps stripped and compiled source between runs, which takes start-up down to that of plain JavaScript.
NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-"$root/node_modules/.cache/node-compile"}
export NODE_COMPILE_CACHE
