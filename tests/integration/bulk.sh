# SPDX-License-Identifier: MIT
# facenetd-bulk: for a list of photos, as one process and on several ranks, the index is that of the daemon. A second run reads no photo
# again.
. "$FN_SOURCE_DIR/tests/integration/daemon-lib.sh"
need_models
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_btl_vader_single_copy_mechanism=none
P=$T/photos
mkdir -p "$P/sub/with space"
for n in $(seq 1 37); do picture "$P/$n.jpg" "$n"; done
# faces, if there are photos of people
for f in "$PHOTOS"/sample*.jpg "$FN_SOURCE_DIR/build/packages/@vladmandic/face-api/demo/"sample*.jpg; do [ -f "$f" ] && cp "$f" "$P/sub/with space/"; done
cp "$P/3.jpg" "$P/sub/copy.jpg"
echo "<!DOCTYPE html>" >"$P/sub/page.jpg"
: >"$P/sub/empty.jpg"
(cd "$P" && find . -type f | sed 's|^\./||' | sort) >"$T/list"
echo "$P/absent.jpg" >>"$T/list"
bulk() { i=$1; shift; "$@" "$BULK" "$T/list" --root "$P" --index "$i" --models "$MODELS" >"$T/out" 2>>"$T/log"; }
# The same photos, faces and people. Ids and times may differ.
facts() { "$INDEX_TOOL" "$1" | grep -E '^(ok|bad|gone|faces|paths|people)='; "$INDEX_TOOL" "$1" paths | sort; }

once "$P"
[ $? -eq 3 ] || fail "the daemon's run ended with another code"
facts "$I" >"$T/daemon"
ways="1"
[ "${FN_MPI:-0}" = 1 ] && command -v mpirun >/dev/null && ways="1 3"
[ "$ways" = 1 ] && echo "several ranks skipped: built without -DFACENETD_MPI=ON, or no mpirun"
for n in $ways; do
    run=""
    [ "$n" -gt 1 ] && run="timeout 200 mpirun -np $n --oversubscribe --bind-to none"
    # shellcheck disable=SC2086
    bulk "$T/i$n" $run
    [ $? -eq 3 ] || fail "$n ranks: exit code"
    grep -q ' 0 known, 2 bad, 1 not readable' "$T/out" || grep -q ' 1 known, 2 bad, 1 not readable' "$T/out" ||
        fail "$n ranks: $(cat "$T/out")"
    facts "$T/i$n" >"$T/bulk"
    diff "$T/daemon" "$T/bulk" || fail "$n ranks: another index than the daemon's"
    # shellcheck disable=SC2086
    bulk "$T/i$n" $run
    grep -q '^0 photos, 0 faces;' "$T/out" || fail "$n ranks read photos again: $(cat "$T/out")"
    I=$T/i$n
    doctor_clean
    "$FACENETD" --once --no-progress --index "$I" --models "$MODELS" "$P" >"$T/out" 2>>"$T/log"
    grep -q ' 0 new' "$T/out" || fail "the daemon read again what $n ranks had stored: $(cat "$T/out")"
done
grep -q "page.jpg: not a" "$T/log" || fail "page.jpg is not named"
echo "/etc/passwd" >"$T/list"
bulk "$T/i9"
[ $? -eq 2 ] || fail "a path outside the root was accepted"
printf 'sub/../../x.jpg\n' >"$T/list"
bulk "$T/i9"
[ $? -eq 2 ] || fail "a path that climbs was accepted"
