# SPDX-License-Identifier: MIT
# Sourced by the tests of the daemon. All files are in $T, which is removed at the end.
#   FACENETD, FACENETD_WORKER_BIN, INDEX_TOOL: programs   FN_SOURCE_DIR: sources
set -u
T=$(mktemp -d "${TMPDIR:-/tmp}/fnd.XXXXXX")
HOME=$T/home XDG_DATA_HOME=$T/data XDG_CONFIG_HOME=$T/config XDG_RUNTIME_DIR=$T/run
export HOME XDG_DATA_HOME XDG_CONFIG_HOME XDG_RUNTIME_DIR
unset NOTIFY_SOCKET JOURNAL_STREAM WATCHDOG_USEC
mkdir -p "$HOME" "$XDG_RUNTIME_DIR"
MODELS=${FACENETD_TEST_MODELS:-$FN_SOURCE_DIR/build/models}
PHOTOS=${FACENETD_TEST_PHOTOS:-$FN_SOURCE_DIR/build/samples}
I=$T/index
D=0
most_tries=$((${FN_WAIT_SECONDS:-30} * 10)) # of .1 s
soon=$((${FN_WAIT_SECONDS:-30} > 30 ? ${FN_WAIT_SECONDS} : 5)) # seconds; more with a sanitizer
# Short waits: the tests wait for events, not for the clock.
export FACENETD_LIBRARY_SETTLE_MS=200 FACENETD_LIMITS_MIN_FREE_SPACE=0
export FACENETD_SCHEDULE_PRIORITY=normal FACENETD_LIMITS_WORKERS=1

finish()
{
    code=$?
    [ "$D" -gt 0 ] && kill -9 "$D" 2>/dev/null
    rm -rf "$T"
    exit $code
}
trap finish EXIT
trap 'exit 1' INT TERM

fail()
{
    echo "FAILED: $*"
    [ -f "$T/log" ] && { echo "--- log"; tail -30 "$T/log"; }
    [ -d "$I" ] && { echo "--- index"; "$INDEX_TOOL" "$I"; "$INDEX_TOOL" "$I" roots; }
    exit 1
}
skip()
{
    echo "skipped: $*"
    exit 77
}
need_models() { [ -f "$MODELS/default.profile" ] || skip "no $MODELS/default.profile (set FACENETD_TEST_MODELS)"; }
need_photos() { [ -f "$PHOTOS/sample1.jpg" ] || skip "no $PHOTOS/sample1.jpg (set FACENETD_TEST_PHOTOS)"; }
picture() { "$INDEX_TOOL" - picture "$1" "$2" || fail "cannot draw $1"; } # OUT SEED
once() { "$FACENETD" --once --no-progress --index "$I" --models "$MODELS" "$@" >"$T/out" 2>>"$T/log"; }
# Runs the daemon in the background; $D is its process.
start()
{
    "$FACENETD" --no-progress --index "$I" --models "$MODELS" "$@" >>"$T/log" 2>&1 &
    D=$!
}
stop()
{
    kill "$D"
    wait "$D"
    code=$?
    D=0
    return $code
}
value() { "$INDEX_TOOL" "$I" 2>/dev/null | sed -n "s/^$1=//p"; }
# until_is KEY VALUE: waits until the counter of the index has this value.
until_is()
{
    tries=0
    while [ "$(value "$1")" != "$2" ]; do
        tries=$((tries + 1))
        [ $tries -lt $most_tries ] || fail "$1 is $(value "$1"), not $2"
        sleep 0.1
    done
}
wait_until() # CONDITION TRIES MESSAGE
{
    tries=0
    while ! eval "$1"; do
        tries=$((tries + 1))
        [ $tries -lt "$2" ] || fail "$3"
        sleep 0.1
    done
}
until_true() { wait_until "$1" $most_tries "never true: $1"; }
# soon CONDITION WHAT: what a user must not wait for.
soon() { wait_until "$1" $((soon * 10)) "not within $soon s: $2"; }
# The state of the root with this path.
state() { "$INDEX_TOOL" "$I" roots | grep "$1\$" | cut -d'|' -f1; }
is() { [ "$(value "$1")" = "$2" ] || fail "$1 is $(value "$1"), not $2"; }
has_path() { "$INDEX_TOOL" "$I" paths | grep -q " $1\$"; }
doctor_clean() { "$INDEX_TOOL" "$I" doctor >"$T/doctor" || { cat "$T/doctor"; fail "the doctor finds damage"; }; }
