# SPDX-License-Identifier: MIT
# When a root is empty, away, on another drive, or has lost most of its files, nothing is removed until the user accepts it.
. "$FN_SOURCE_DIR/tests/integration/daemon-lib.sh"
need_models
P=$T/photos
mkdir -p "$P" "$T/few"
for n in $(seq 1 40); do picture "$P/$n.jpg" $n; done
for n in 101 102; do picture "$T/few/$n.jpg" $n; done
once "$P" "$T/few" || fail "exit $?"
is paths 42
command() { # JSON of the command
    printf '%s\n' "$1" | timeout 5 "$SOCKET_TOOL" "$I/sock"
}

# Gone, then empty, then replaced by another folder with other photos.
mv "$P" "$T/drive"
once
is paths 42
[ "$(state "$P")" = away ] || fail "a missing root is not away"
mkdir "$P"
once
is paths 42
[ "$(state "$P")" = away ] || fail "an empty root is not away"
for n in 300 301; do picture "$P/$n.jpg" $n; done
once
is paths 42
[ "$(state "$P")" = away ] || fail "another drive was accepted as the root"
rm -r "$P"
mv "$T/drive" "$P"
once
[ "$(state "$P")" = online ] || fail "the drive is back and not online"
is paths 42
is ok 42
grep -q ' 0 new' "$T/out" || fail "photos of a drive that came back were read again"

# Most files are lost: held. Some files are lost: removed.
mkdir "$T/aside"
for n in $(seq 1 25); do mv "$P/$n.jpg" "$T/aside"; done
once
[ $? -eq 3 ] || fail "--once with a held root does not end with 3"
grep -q "$P: 25 of 40 photos are gone; nothing is removed. To accept the loss: start facenetd, then fnq scan --accept $P" "$T/log" ||
    fail "--once says nothing of a held root: $(cat "$T/log")"
is paths 42
[ "$(state "$P")" = held ] || fail "a mass loss was not held"
for n in $(seq 1 15); do mv "$T/aside/$n.jpg" "$P"; done
once
is paths 32
[ "$(state "$P")" = online ] || fail "a small loss was held"
for n in $(seq 16 25); do mv "$T/aside/$n.jpg" "$P"; done
once
is paths 42
is gone 0

# The same with events, and accepted in the end.
start
until_true '[ -S "$I/sock" ]'
until_true 'command "{\"v\":1,\"id\":1,\"cmd\":\"status\"}" | grep -q "\"scanning\":false"'
rm "$P"/[123]*.jpg
until_true '[ "$(state "$P")" = held ]'
is paths 42
rm "$T/few"/*.jpg
until_true '[ "$(state "$T/few")" = away ]'
is paths 42
command "{\"v\":1,\"id\":2,\"cmd\":\"scan\",\"path\":\"$P\",\"accept\":true}" | grep -q '"ok":true' || fail "scan --accept"
until_true '[ "$(state "$P")" = online ]'
until_is paths 9
stop || fail "SIGTERM gave $?"
doctor_clean
