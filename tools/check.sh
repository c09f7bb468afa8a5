#!/bin/sh
# The fast daily check: format, lint, types in three worlds, borders between rooms, generated files, unit tests.
set -eu
cd "$(dirname "$0")/.."
sh tools/setup.sh run
PATH="$(pwd)/node_modules/.bin:$PATH"
biome ci --error-on-warnings .
for world in pure node app; do tsc -p "tsconfig.$world.json"; done
node tools/generate.ts --check
node tools/test.ts --suite unit
