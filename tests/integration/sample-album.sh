#!/bin/sh
# SPDX-License-Identifier: MIT
# The sample album is the same every time, and the people in it are those that README shows.
set -eu
for need in "${FACENETD_TEST_MODELS:-}" "${FACENETD_TEST_PHOTOS:-}"; do
    [ -d "$need" ] || {
        echo "skipped: the models or the sample photos are missing (scripts/fetch-models)"
        exit 77
    }
done
command -v jpegtran >/dev/null || {
    echo "skipped: jpegtran is not installed"
    exit 77
}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
HOME=$tmp
export HOME
for album in album again; do "$FN_SOURCE_DIR/scripts/sample-album" "$FACENETD_TEST_PHOTOS" "$tmp/$album"; done
diff -r "$tmp/album" "$tmp/again"
# What is complete is left alone, and nothing is beside it.
before=$(stat -c %i "$tmp/album")
"$FN_SOURCE_DIR/scripts/sample-album" "$FACENETD_TEST_PHOTOS" "$tmp/album"
[ "$(stat -c %i "$tmp/album")" = "$before" ] && [ "$(cd "$tmp" && echo *)" = "again album" ] || {
    ls -A "$tmp"
    exit 1
}
"$FACENETD" --once --index "$tmp/index" --models "$FACENETD_TEST_MODELS" "$tmp/album" >"$tmp/log" 2>&1 || {
    cat "$tmp/log"
    exit 1
}
! grep -q 'other file' "$tmp/log" || {
    cat "$tmp/log"
    exit 1
}
list() {
    "$FNQ" --index "$tmp/index" people list "$@" --jsonl | sed 's/.*"photos":\([0-9]*\).*/\1/' | tr '\n' ' '
}
usual=$(list) all=$(list --all)
[ "$usual" = "5 3 3 3 3 3 " ] && [ "$all" = "5 3 3 3 3 3 2 2 1 1 1 1 1 1 1 1 1 1 1 " ] || {
    echo "photos of the people: $usual; of all: $all"
    exit 1
}
