# SPDX-License-Identifier: MIT
# Photos that crash their worker, or exceed its time or memory, are listed as bad with the reason. The others are indexed.
. "$FN_SOURCE_DIR/tests/integration/daemon-lib.sh"
need_models
[ -x "$WORKER_FAULTS" ] || skip "no worker with faults was built"
FACENETD_WORKER=$WORKER_FAULTS FACENETD_LIMITS_PHOTO_TIMEOUT=1s FACENETD_LIMITS_WORKERS=2
# Little memory, so that filling it takes less than the second that a photo has.
FACENETD_LIMITS_MEMORY=128M
export FACENETD_WORKER FACENETD_LIMITS_PHOTO_TIMEOUT FACENETD_LIMITS_WORKERS FACENETD_LIMITS_MEMORY
P=$T/photos
mkdir -p "$P"
# A worker with sanitizers needs more than a second for a good picture.
if grep -qE "__(asan|tsan)_init" "$WORKER_FAULTS"; then FACENETD_LIMITS_PHOTO_TIMEOUT=5s; fi
faults="segv abort spin hang exit memory noise socket lie half"
# Sanitizers handle the signal first, and their builds have no memory limit.
ASAN_OPTIONS=handle_segv=0:${ASAN_OPTIONS:-} TSAN_OPTIONS=handle_segv=0:${TSAN_OPTIONS:-}
export ASAN_OPTIONS TSAN_OPTIONS
n=0
for fault in $faults; do
    n=$((n + 1))
    printf 'FNFAULT %s\n' "$fault" >"$P/$n-$fault.jpg"
    picture "$P/$n-good.jpg" $n
done
once "$P"
[ $? -eq 3 ] || fail "bad photos did not give exit code 3"
is ok $n
is queue 0
"$INDEX_TOOL" "$I" bad >"$T/bad"
cat "$T/bad"
reason() { grep -q -e "-$1.jpg: .*$2" "$T/bad" || fail "$1 is not quarantined with '$2'"; }
reason segv 'crashed (SIGSEGV)'
reason abort 'crashed (SIGABRT)'
reason spin 'timed out after'
reason hang 'timed out after'
reason exit 'crashed (exit'
if grep -qE "__(asan|tsan)_init" "$WORKER_FAULTS"; then
    reason memory ''
else
    reason memory 'memory'
fi
reason noise 'protocol'
# A build with sanitizers runs without the limits of the sandbox.
reason socket ''
reason lie ''
reason half ''
is bad $n
once || fail "quarantined photos are tried again"
doctor_clean

# When a worker is killed from outside, nothing is lost, and its photo is not listed as bad.
for k in $(seq 50 90); do picture "$P/more-$k.jpg" $k; done
unset FACENETD_LIMITS_PHOTO_TIMEOUT
start --once
kills=0
while kill -0 "$D" 2>/dev/null && [ $kills -lt 4 ]; do
    w=$(pgrep -P "$D" | head -1)
    [ -n "$w" ] && kill -9 "$w" 2>/dev/null && kills=$((kills + 1))
    sleep 0.15
done
wait "$D"
code=$?
D=0
[ $code -eq 0 ] || fail "exit $code"
[ $kills -gt 0 ] || fail "nothing was killed"
is ok $((n + 41))
is bad $n
is queue 0
doctor_clean
