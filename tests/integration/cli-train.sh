#!/bin/sh
# fnq train on made pictures: a run, a stop and a resume that end with the same weights, the refusals, the curves.
. "${0%/*}/cli-lib.sh"
[ -x "$TRAIN_PICTURES" ] || { echo 'skipped: no train_pictures'; exit 77; }
"$TRAIN_PICTURES" "$tmp/data" 12 6
run() { # OUT [options]
    out=$1
    shift
    "$FNQ" -q train nns2-like "$tmp/data" --out "$tmp/$out" --mode centre --batch 6x3 --steps 6 --rate 0.001 --optimizer adamw \
        --checkpoint-every 3 --eval-every 0 "$@"
}
run whole || fail 'a run'
for f in train.ckpt train.ckpt.1 train.csv model.fnm; do [ -s "$tmp/whole/$f" ] || fail "no $f"; done
is 'rows of the log' 7 "$(wc -l <"$tmp/whole/train.csv" | tr -d ' ')"

# the checkpoint of step 3 as if the run had been killed after it
mkdir "$tmp/part"
cp "$tmp/whole/train.ckpt.1" "$tmp/part/train.ckpt"
cp "$tmp/whole/train.csv" "$tmp/part/train.csv"
"$FNQ" -q train --resume "$tmp/data" --out "$tmp/part" --mode centre --threads 1 --eval-every 0 || fail 'resume'
"$FNQ" model show "$tmp/whole/model.fnm" --json | grep -o '"id":"[^"]*"' >"$tmp/id1"
"$FNQ" model show "$tmp/part/model.fnm" --json | grep -o '"id":"[^"]*"' >"$tmp/id2"
[ -s "$tmp/id1" ] && cmp -s "$tmp/id1" "$tmp/id2" || fail 'resumed and uninterrupted weights differ'
cut -d, -f1,2,4 "$tmp/whole/train.csv" >"$tmp/log1"
cut -d, -f1,2,4 "$tmp/part/train.csv" >"$tmp/log2"
cmp -s "$tmp/log1" "$tmp/log2" || fail 'their logs differ'

# other threads, the same bits
run one --threads 1 || fail 'one thread'
"$FNQ" model show "$tmp/one/model.fnm" --json | grep -o '"id":"[^"]*"' >"$tmp/id2"
cmp -s "$tmp/id1" "$tmp/id2" || fail 'one thread gives other weights'

# fine-tuning a model that was trained
"$FNQ" -q train "$tmp/whole/model.fnm" "$tmp/data" --out "$tmp/tuned" --mode centre --batch 4x3 --steps 2 --freeze-before fc \
    --eval-every 0 || fail 'fine-tuning'

"$FNQ" -q plot train "$tmp/whole" || fail 'plot train'
for f in train-loss.svg train-loss.png train-distances.svg; do [ -s "$tmp/whole/$f" ] || fail "no $f"; done

refused() { # WHAT CODE PATTERN COMMAND...
    what=$1 code=$2 pattern=$3
    shift 3
    got=0
    "$@" 2>"$tmp/err" >/dev/null || got=$?
    is "$what: exit code" "$code" "$got"
    grep -q "$pattern" "$tmp/err" || fail "$what: $(cat "$tmp/err")"
}
refused 'a folder with a run' 6 'has a run already' run whole
refused 'no such network' 5 'no built-in network' "$FNQ" train nosuch "$tmp/data" --out "$tmp/x" --mode centre
refused 'no data' 5 'nowhere' "$FNQ" train nns2-like "$tmp/nowhere" --out "$tmp/x" --mode centre
refused 'a wrong option' 2 'triplet, arc, cos' "$FNQ" train nns2-like "$tmp/data" --out "$tmp/x" --mode centre --loss quad
refused 'a wrong batch' 2 'PEOPLExFACES' "$FNQ" train nns2-like "$tmp/data" --out "$tmp/x" --mode centre --batch 8
printf 'x' | dd of="$tmp/part/train.ckpt" bs=1 seek=500 conv=notrunc 2>/dev/null
refused 'a spoilt checkpoint' 7 'no whole checkpoint' "$FNQ" train --resume "$tmp/data" --out "$tmp/part" --mode centre
done_testing
