#!/bin/sh
# SPDX-License-Identifier: MIT
# The units parse, and the system unit exposes at most 2.0 (systemd-analyze's score).
set -eu
cd "$2/systemd" # made by CMake from those in the sources
command -v systemd-analyze >/dev/null || {
    echo "skipped: systemd-analyze is not installed"
    exit 77
}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/bin"
# verify needs installed programs and manual pages, which a build tree has elsewhere.
mkdir "$tmp/user"
for unit in facenetd.service user/facenetd.service; do
    sed -e 's|=/.*/facenetd |=/bin/true |' -e '/^Documentation=/d' -e '/^User=\|^Group=/d' "$unit" >"$tmp/$unit"
done
verify() { # FILE [--user]; a manager of users needs a runtime folder, or it verifies nothing
    XDG_RUNTIME_DIR=$tmp systemd-analyze ${2:-} verify --man=no "$1" || echo "facenetd: systemd-analyze ${2:-} fails"
}
out=$(verify "$tmp/facenetd.service" 2>&1; verify "$tmp/user/facenetd.service" --user 2>&1)
out=$(printf '%s\n' "$out" | grep 'facenetd' || true)
[ -z "$out" ] || {
    printf '%s\n' "$out"
    exit 1
}
score=$(systemd-analyze security --offline=true "$PWD/facenetd.service" 2>/dev/null | sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p')
echo "exposure of the system unit: $score"
[ -n "$score" ] && awk -v s="$score" 'BEGIN { exit !(s <= 2.0) }'
