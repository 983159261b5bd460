#!/bin/sh
# SPDX-License-Identifier: MIT
# The first hour on a bare Debian: follows README word by word as root and as a user without sudo, installs, builds the
# packages and installs those, and each time indexes, queries, names and finds. Needs root, debootstrap and a mirror.
#   tests/fresh/run.sh [--keep] [--tests] [--WAY]... [bookworm|trixie]...    default: all ways in both
#   --keep    leave the roots in build/fresh;  --tests    run scripts/test there too
#   --root, --installed, --deb, --offline, --user    only these ways; the middle three use the root that --root --keep left
# The result is build/fresh/report.txt. The committed state is tested. Bare roots and packages stay in build/fresh for the
# next run. FN_FRESH_MIRROR: the mirror, instead of that of this machine.
set -eu
cd "$(dirname "$0")/../.."
case "${1:-}" in
-h | --help)
    sed -n '3,9s/^# //p' "$0"
    exit 0
    ;;
esac
skip() {
    echo "skipped: $*"
    exit 77
}
[ -z "${FN_FRESH_IN_CTEST:-}" ] || [ -n "${FN_TEST_FULL:-}" ] || skip "only scripts/test --full makes bare systems"
[ "$(id -u)" = 0 ] || skip "not root"
for program in debootstrap unshare flock git python3; do
    command -v $program >/dev/null || skip "no $program"
done
git rev-parse -q --verify HEAD >/dev/null 2>&1 || skip "not a git clone"
unshare -m true 2>/dev/null || skip "no namespaces for mounts"
mkdir -p build/fresh
exec 9>build/fresh/.lock
flock -n 9 || {
    echo "tests/fresh: another run is under way" >&2
    exit 1
}
# With namespaces of its own, nothing is left mounted or running, however this ends. unshare itself takes no notice of SIGTERM.
unshare -m -p --fork --kill-child --mount-proc python3 -B tests/fresh/ways.py "$@" </dev/null &
inside=$!
trap 'kill -9 "$inside" 2>/dev/null' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
wait "$inside"
