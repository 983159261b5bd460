# SPDX-License-Identifier: MIT
# A folder that comes back is noticed within seconds, without fnq scan: moved away and back, emptied and filled again, absent at
# the start, made readable again. While nothing comes back, the daemon uses next to no CPU.
. "$FN_SOURCE_DIR/tests/integration/daemon-lib.sh"
need_models
P=$T/photos
mkdir -p "$P/sub" "$T/config/facenetd"
for n in 1 2; do picture "$P/$n.jpg" $n; done
for n in 3 4; do picture "$P/sub/$n.jpg" $n; done
start "$P"
until_is ok 4
until_is queue 0

# The folder itself goes and comes back.
mv "$P" "$T/aside"
soon '[ "$(state "$P")" = away ]' "a folder that was moved away is away"
is paths 4
# Ticks of the clock that the process uses while the root is away.
ticks() { cut -d' ' -f14,15 "/proc/$D/stat" | tr ' ' '+' | xargs -I{} sh -c 'echo $(({}))'; }
before=$(ticks)
sleep 5
used=$(($(ticks) - before))
[ $used -le 5 ] || fail "$used ticks of CPU in 5 s while a root is away"
mv "$T/aside" "$P"
soon '[ "$(state "$P")" = online ]' "a folder that was moved back"
is paths 4
picture "$P/sub/5.jpg" 5
until_is ok 5 # it is watched again

# It becomes empty and is filled again, and so is the parent of its parent.
mkdir "$T/aside"
mv "$P"/* "$T/aside"
soon '[ "$(state "$P")" = away ]' "an empty folder is away"
is paths 5
mv "$T/aside"/* "$P"
rmdir "$T/aside"
soon '[ "$(state "$P")" = online ]' "an empty folder that was filled"
is paths 5
stop || fail "SIGTERM gave $?"

# Most of it goes and comes back: held, then online.
for n in $(seq 11 45); do picture "$P/sub/$n.jpg" $n; done
start
until_is ok 40
until_is queue 0
mv "$P/sub" "$T/sub"
until_true '[ "$(state "$P")" = held ]'
is paths 40
mv "$T/sub" "$P"
soon '[ "$(state "$P")" = online ]' "most of a folder came back"
is paths 40
is gone 0
stop || fail "SIGTERM gave $?"

# A configured folder that is not there at the start is a root that is away; a folder on the command line that is not there is
# a mistake.
printf '[library]\nroot = %s\n' "$T/usb/photos" >"$T/config/facenetd/facenetd.conf"
: >"$T/log"
start
until_true '[ "$(state "$T/usb/photos")" = away ]'
grep -q "$T/usb/photos: no such folder. It is indexed when it is there" "$T/log" || fail "nothing about the absent folder"
mkdir -p "$T/new/photos"
picture "$T/new/photos/90.jpg" 90
mv "$T/new" "$T/usb"
soon '[ "$(state "$T/usb/photos")" = online ]' "a configured folder that appeared"
until_is ok 41
stop || fail "SIGTERM gave $?"
once "$T/nosuch" && fail "a folder that does not exist was accepted"
[ "$(tail -1 "$T/log")" = "facenetd: $T/nosuch: no such folder. Check the name." ] || fail "the message about it"
[ "$(state "$T/nosuch")" = "" ] || fail "it became a root"

# A folder that may not be read: refused on the command line, away when it was known, back when it may be read.
if [ "$(id -u)" != 0 ]; then
    start
    until_is queue 0
    chmod 0 "$P"
    "$FACENETD" --once --index "$T/index2" --models "$MODELS" "$P" 2>"$T/err" && fail "an unreadable folder was accepted"
    grep -q "may not read this folder" "$T/err" || fail "the message: $(cat "$T/err")"
    printf '{"v":1,"id":1,"cmd":"scan"}\n' | timeout 5 "$SOCKET_TOOL" "$I/sock" >"$T/out"
    soon '[ "$(state "$P")" = away ]' "a folder that may not be read is away"
    chmod 755 "$P"
    soon '[ "$(state "$P")" = online ]' "a folder that may be read again"
    grep -q 'inotify watches' "$T/log" && fail "advice about inotify for a lack of permission"
    stop || fail "SIGTERM gave $?"
fi
doctor_clean
