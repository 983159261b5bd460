# SPDX-License-Identifier: MIT
# kill -9 of the daemon or of a worker at random moments during indexing. Afterwards the index opens, the doctor finds nothing, and
# the people are those of an undisturbed run. FN_KILLS: number of kills (8; 200 with FN_TEST_FULL=1). FN_SEED: their moments.
. "$FN_SOURCE_DIR/tests/integration/daemon-lib.sh"
need_models
export FACENETD_LIMITS_WORKERS=2
kills=${FN_KILLS:-8} seed=${FN_SEED:-1}
[ "${FN_TEST_FULL:-0}" = 1 ] && kills=${FN_KILLS:-200}
P=$T/photos
mkdir -p "$P"
for n in 1 2 3 4 5 6; do
    [ -f "$PHOTOS/sample$n.jpg" ] && cp "$PHOTOS/sample$n.jpg" "$P"
done
[ -f "$P/sample1.jpg" ] || echo "no photos with faces in $PHOTOS (set FACENETD_TEST_PHOTOS): drawn ones only"
for n in 1 2 3 4 5 6 7 8 9 10; do picture "$P/$n.jpg" $n; done
cp "$P/1.jpg" "$P/copy.jpg"
echo 'no picture' >"$P/bad.jpg"
state() { "$INDEX_TOOL" "$I" | sort; }

began=$(date +%s%N)
once "$P"
[ $? -eq 3 ] || fail "the undisturbed run failed"
took=$((($(date +%s%N) - began) / 1000000))
state >"$T/want"
cat "$T/want"
doctor_clean

# What to kill, and after how many ms: up to a little more than a whole run takes.
awk -v n="$kills" -v seed="$seed" -v ms="$took" 'BEGIN { srand(seed); for (i = 0; i < n; i++)
    printf "%s %.3f\n", rand() < .6 ? "daemon" : "worker", rand() * ms * 1.1 / 1000 }' >"$T/plan"
rm -rf "$I"
since=0
while read -r what after; do
    start --once "$P"
    sleep "$after"
    if [ "$what" = daemon ]; then
        kill -9 "$D" 2>/dev/null
    else
        w=$(pgrep -P "$D" | head -1)
        [ -n "$w" ] && kill -9 "$w" 2>/dev/null
        sleep 0.05
        kill -9 "$D" 2>/dev/null
    fi
    wait "$D" 2>/dev/null
    D=0
    since=$((since + 1))
    # The lock of a killed daemon is free, and its index is undamaged. Every third time the run is finished and compared.
    if [ -f "$I/data.mdb" ]; then
        doctor_clean
    fi
    if [ $since -ge 3 ]; then
        once "$P"
        code=$?
        [ $code -eq 3 ] || [ $code -eq 0 ] || fail "after the kill ($what after $after s) exit $code"
        doctor_clean
        state >"$T/got"
        cmp -s "$T/want" "$T/got" || { diff "$T/want" "$T/got"; fail "another index after kills"; }
        rm -rf "$I"
        since=0
    fi
done <"$T/plan"
echo "$kills kills survived"
