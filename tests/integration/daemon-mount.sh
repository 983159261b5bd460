# SPDX-License-Identifier: MIT
# Real mounts (root only): a drive that is unmounted and mounted again, over an empty folder and over one that vanishes, with and
# without inotify; read-only; at another place; a root added before its drive was mounted; a full disk at the start.
. "$FN_SOURCE_DIR/tests/integration/daemon-lib.sh"
need_models
[ "$(id -u)" = 0 ] || skip "mounting needs root"
disk=$T/disk usb=$T/media/usb other=$T/media/other small=$T/small
mkdir -p "$disk" "$usb" "$other" "$small" "$T/config/facenetd"
mount -t tmpfs fn_test "$disk" 2>/dev/null || skip "mounting is not possible here"
unmount_all()
{
    code=$?
    [ "$D" -gt 0 ] && kill -9 "$D" 2>/dev/null
    umount -l "$usb" "$other" "$small" "$disk" 2>/dev/null
    (exit $code)
    finish
}
trap unmount_all EXIT
away() # MOUNT POINT; a scan may be reading it
{
    tries=0
    while ! umount "$1" 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -lt $most_tries ] || fail "cannot unmount $1"
        sleep 0.1
    done
}
for n in 1 2 3; do picture "$disk/$n.jpg" $n; done

# A root whose drive was not mounted yet: nothing but an empty folder.
for mode in inotify poll; do
    I=$T/index-$mode
    : >"$T/log"
    export FACENETD_WATCH_MODE=$mode
    start "$usb"
    until_true '[ "$(state "$usb")" = online ]'
    mount --bind "$disk" "$usb"
    soon 'has_path 1.jpg' "a drive was mounted over an empty folder ($mode)"
    until_is ok 3
    until_is queue 0
    away "$usb"
    soon '[ "$(state "$usb")" = away ]' "the drive was unmounted, and the folder is empty ($mode)"
    is paths 3
    mount --bind "$disk" "$usb"
    soon '[ "$(state "$usb")" = online ]' "the drive is back ($mode)"
    is paths 3

    # The folder vanishes with the drive, as under /media.
    away "$usb"
    rmdir "$usb"
    soon '[ "$(state "$usb")" = away ]' "the drive and its folder went ($mode)"
    mkdir "$usb"
    mount -o bind "$disk" "$usb"
    soon '[ "$(state "$usb")" = online ]' "the drive and its folder are back ($mode)"
    mount -o remount,bind,ro "$usb"
    stop || fail "SIGTERM gave $?"

    # Read-only from the start is no problem.
    start
    until_true '[ "$(state "$usb")" = online ]'
    is paths 3
    stop || fail "SIGTERM gave $?"
    grep -v -e 'away' -e 'back again' -e 'facenetd: stopped: ' "$T/log" | grep . && fail "more messages than these about the drive"
    away "$usb"
done
unset FACENETD_WATCH_MODE

# The same drive at another place: its photos are recognised, not read by a network again.
mount --bind "$disk" "$other"
start "$other"
until_true 'has_path 3.jpg && [ "$("$INDEX_TOOL" "$I" roots | grep -c "^online")" = 1 ]'
until_is paths 6
is ok 3
is gone 0
stop || fail "SIGTERM gave $?"
once
grep -q ' 0 new' "$T/out" || fail "photos of a drive at another place were indexed anew"
away "$other"

# A drive that is mounted below a root.
I=$T/index-below
mkdir -p "$other/sub"
start "$other"
until_true '[ "$(state "$other")" = online ]'
mount --bind "$disk" "$other/sub"
soon 'has_path sub/1.jpg' "a drive was mounted below a root"
away "$other/sub"
until_true '! has_path sub/1.jpg || [ "$(state "$other")" != online ]'
stop || fail "SIGTERM gave $?"

# A full disk at the start: one line that says what to do; it resumes when there is space.
mount -t tmpfs -o size=256k fn_test "$small"
head -c 300k /dev/zero >"$small/fill" 2>/dev/null
"$FACENETD" --index "$small/index" --models "$MODELS" -q "$other" 2>"$T/err"
code=$?
[ $code = 8 ] && [ "$(wc -l <"$T/err")" = 1 ] && grep -q 'Free space' "$T/err" ||
    fail "a full disk at the start: exit $code, $(cat "$T/err")"
