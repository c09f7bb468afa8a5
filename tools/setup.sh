#!/bin/sh
# All set-up a fresh clone needs, and nothing when it has been done: packages by the lockfile, the pinned Node, the
# app's bundle when its sources are newer, and for tests Debian's packages when we may install them.
#
#   sh tools/setup.sh run     what `npm start` and bin/clearkeep need
#   sh tools/setup.sh test    that, and what the tests drive: DCMTK, GDCM, pydicom, Chromium, strace, e2fsprogs
#   sh tools/setup.sh peers   that, and other people's programs: rsyslog with its TLS driver, Orthanc, the viewer OHIF,
#                             Ceph's radosgw as S3
#
# Everything is said on standard error: standard output belongs to the command that follows.
set -eu
cd "$(dirname "$0")/.."
exec 3>&1 1>&2

say() { printf 'set-up: %s\n' "$*"; }
fail() { say "$*"; exit 1; }

command -v npm >/dev/null || fail 'npm is missing. Install Node.js with npm (Debian: apt-get install nodejs npm), then try again.'

# --- packages --------------------------------------------------------------------------------------------------------
stamp=node_modules/.clearkeep-lock
if [ ! -f "$stamp" ] || ! cmp -s package-lock.json "$stamp"; then
  say 'installing packages by the lockfile (npm ci)'
  # Run by npm itself we inherit its settings; the ones for another command's output must not reach this one.
  env -u npm_config_json -u npm_config_omit npm ci --loglevel=error --no-progress || fail 'npm ci failed; the lines above say why. Try again when the registry can be reached.'
  cp package-lock.json "$stamp"
fi

# --- Node ------------------------------------------------------------------------------------------------------------
node=$(sh tools/node-path.sh) || fail 'no Node.js of at least 22.18 was found. On Linux it comes with the packages; elsewhere install it.'

# --- the app's bundle --------------------------------------------------------------------------------------------------
if [ ! -f dist/app/index.html ] || [ ! -f dist/verifier/verify.mjs ] || [ ! -f dist/capsule/capsule.js ] || [ -n "$(find src/app src/api src/base src/dicom src/pixels src/proof vite.config.ts vite.verifier.config.ts vite.capsule.config.ts package-lock.json -newer dist/app/index.html -type f | head -n 1)" ]; then
  say 'building the app'
  "$node" node_modules/vite/bin/vite.js build --logLevel error || fail 'the app could not be built; the lines above say why.'
  "$node" node_modules/vite/bin/vite.js build --config vite.verifier.config.ts --logLevel error || fail 'the verifier could not be built; the lines above say why.'
  "$node" node_modules/vite/bin/vite.js build --config vite.capsule.config.ts --logLevel error || fail 'the page of time capsules could not be built; the lines above say why.'
  touch dist/app/index.html
fi

case "${1:-run}" in test | peers) ;; *) exit 0 ;; esac

# --- Debian's packages, for tests ----------------------------------------------------------------------------------------
missing=
want() { command -v "$1" >/dev/null || missing="$missing $2"; }
want dcmdump dcmtk
want dciodvfy dicom3tools
want gdcmconv libgdcm-tools
want chromium chromium
want strace strace
want xmllint libxml2-utils
/usr/bin/python3 -c 'import pydicom' 2>/dev/null || missing="$missing python3-pydicom"
want mkfs.ext4 e2fsprogs
want mount mount
if [ "$1" = peers ]; then
  want rsyslogd 'rsyslog rsyslog-openssl'
  want Orthanc 'orthanc orthanc-dicomweb'

  # OHIF as its makers built it. 50 MB that no other command needs, so it is no dependency; test/support/ohif.ts has its digest.
  ohif=ohif-app-3.13.2.tgz
  peers=node_modules/.cache/clearkeep-peers
  if [ ! -f "$peers/$ohif" ]; then
    say 'fetching the viewer OHIF (npm pack @ohif/app)'
    mkdir -p "$peers/coming"
    npm pack --silent --pack-destination "$peers/coming" '@ohif/app@3.13.2' >/dev/null && mv "$peers/coming/$ohif" "$peers/$ohif" ||
      say 'OHIF could not be fetched: its test is counted as skipped'
  fi
  for part in radosgw ceph-mon ceph-osd; do want "$part" "$part"; done
  want ceph ceph-common
fi
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  say "installing Debian packages:$missing"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # a list of words
  { apt-get -qq update && apt-get -qq install -y --no-install-recommends $missing >/dev/null; } ||
    fail "apt-get failed; the lines above say why. The tests need:$missing"
else
  say "these packages are missing and this user may not install them:$missing"
  say 'tests that need them are counted as skipped, by name. To run them: sudo apt-get install --no-install-recommends'"$missing"
fi
