#!/bin/sh
# SPDX-License-Identifier: MIT
# Training under mpirun: the triplets, losses and weights of one process; checkpoints resumed with another number of ranks; a rank that
# dies or hangs. TRAIN_TOOL: the program; FN_MPI: whether it was built with MPI.
set -eu
[ "${FN_MPI:-0}" = 1 ] || { echo "skipped: built without -DFACENETD_MPI=ON"; exit 77; }
command -v mpirun >/dev/null || { echo "skipped: no mpirun"; exit 77; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM
fail() { echo "FAILED: $*" >&2; exit 1; }
# Containers: root, fewer cores than ranks, no cross-memory attach.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_btl_vader_single_copy_mechanism=none
export OPENBLAS_NUM_THREADS=1
ranks() { n=$1; shift; timeout 100 mpirun -np "$n" --oversubscribe --bind-to none "$TRAIN_TOOL" run "$dir/data" "$@"; }

"$TRAIN_TOOL" make "$dir/data"
for way in "" "mining=offline offline_every=2 offline_subset=24" "mining=both offline_every=2 offline_subset=24" \
    "loss=arc margin=0.3" "selection=batch-hard lanes=7"; do
    # shellcheck disable=SC2086
    "$TRAIN_TOOL" run "$dir/data" 5 $way weights="$dir/one" >"$dir/one.txt"
    for n in 2 3; do
        # shellcheck disable=SC2086
        ranks $n 5 $way weights="$dir/several" >"$dir/several.txt" || fail "$n ranks, '$way'"
        diff "$dir/one.txt" "$dir/several.txt" || fail "$n ranks differ from one process, '$way'"
        "$TRAIN_TOOL" compare "$dir/one" "$dir/several" || fail "weights of $n ranks, '$way'"
    done
done

# stopped after 3 of 6 steps with 2 ranks, resumed with 3
"$TRAIN_TOOL" run "$dir/data" 6 >"$dir/one.txt"
ranks 2 3 save="$dir/ckpt" >"$dir/several.txt"
ranks 3 6 resume="$dir/ckpt" >>"$dir/several.txt"
diff "$dir/one.txt" "$dir/several.txt" || fail "resumed on other ranks"

# a rank is killed: the run ends, and the last checkpoint is complete
status=0
ranks 2 6 save="$dir/killed" kill=1@4 >"$dir/several.txt" 2>"$dir/err.txt" || status=$?
[ $status -ne 0 ] && [ $status -ne 124 ] || fail "a run without one of its ranks ended with $status"
"$TRAIN_TOOL" run "$dir/data" 6 resume="$dir/killed" >"$dir/rest.txt"
head -n 4 "$dir/one.txt" | diff - "$dir/several.txt" || fail "before the rank was killed"
tail -n 2 "$dir/one.txt" | diff - "$dir/rest.txt" || fail "after the rank was killed"

# a rank hangs: the other reports it and ends all
status=0
FACENETD_MPI_TIMEOUT=2 ranks 2 6 save="$dir/hung" hang=1@4 >"$dir/several.txt" 2>"$dir/err.txt" || status=$?
[ $status -ne 0 ] && [ $status -ne 124 ] || fail "a run with a rank that hangs ended with $status"
grep -q 'train_tool: rank 0 of 2 has lost the others' "$dir/err.txt" || fail "not reported: $(cat "$dir/err.txt")"
"$TRAIN_TOOL" run "$dir/data" 6 resume="$dir/hung" >"$dir/rest.txt"
tail -n 2 "$dir/one.txt" | diff - "$dir/rest.txt" || fail "after the rank hung"

# an error of one rank alone ends all, with one message
status=0
ranks 2 6 resume="$dir/nothing" >"$dir/several.txt" 2>"$dir/err.txt" || status=$?
[ $status -eq 1 ] || fail "without a checkpoint it ended with $status"
[ "$(grep -c '^train_tool:' "$dir/err.txt")" = 1 ] || fail "not one line: $(cat "$dir/err.txt")"
echo "ok"
