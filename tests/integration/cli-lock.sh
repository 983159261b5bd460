#!/bin/sh
# SPDX-License-Identifier: MIT
# A writer that has to wait too long exits with code 4. Readers continue meanwhile.
. "${0%/*}/cli-lib.sh"
make_index
p=$(q people list | head -1 | cut -f1)
"$LOCK_TOOL" "$index" 8 &
holder=$!
i=0
while [ ! -e "$index/held" ] && [ $i -lt 100 ]; do
    sleep 0.05
    i=$((i + 1))
done
code 'readers are not stopped' 0 q people list
start=$(date +%s)
code 'the writer gives up' 4 q people name "$p" Anna
took=$(($(date +%s) - start))
[ $took -ge 4 ] && [ $took -le 8 ] || fail "waited $took s instead of 5"
has 'it says so' "$errs" 'fnq: people name: '
wait $holder
code 'then it works' 0 q people name "$p" Anna
done_testing
