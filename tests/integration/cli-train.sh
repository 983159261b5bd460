#!/bin/sh
# SPDX-License-Identifier: MIT
# fnq train on drawn pictures: a run, a stop and a resume that end with the same weights, refused arguments, charts.
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

# stopped with people held out: the printed command resumes it
cp -r "$tmp/data" "$tmp/my data"
"$FNQ" train nns2-like "$tmp/my data" --out "$tmp/out of the way" --mode centre --batch 3x3 --steps 12 --optimizer adamw \
    --hold-out 0.5 --eval-every 0 2>"$tmp/err" &
pid=$!
tries=0
while [ "$(cat "$tmp/out of the way/train.csv" 2>/dev/null | wc -l)" -lt 2 ] && [ $tries -lt 600 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
kill -TERM $pid
wait $pid
is 'stopped' 130 $?
resume=$(sed -n 's/.* saved; to resume: fnq //p' "$tmp/err")
has 'a command' "$resume" "train --resume --out '$tmp/out of the way' --eval-every 0 '$tmp/my data'"
eval "\"\$FNQ\" -q $resume" || fail "the printed command does not resume: $resume"
is 'all steps' 13 "$(wc -l <"$tmp/out of the way/train.csv" | tr -d ' ')"
code 'another share' 2 "$FNQ" train --resume "$tmp/my data" --out "$tmp/out of the way" --hold-out 0.3
has 'what to do' "$errs" '--hold-out is another than this run was started with. Leave it out: the run has it'

# another number of threads: bit-identical
run one --threads 1 || fail 'one thread'
"$FNQ" model show "$tmp/one/model.fnm" --json | grep -o '"id":"[^"]*"' >"$tmp/id2"
cmp -s "$tmp/id1" "$tmp/id2" || fail 'one thread gives other weights'

# fine-tuning a trained model
"$FNQ" -q train "$tmp/whole/model.fnm" "$tmp/data" --out "$tmp/tuned" --mode centre --batch 4x3 --steps 2 --freeze-before fc \
    --eval-every 0 || fail 'fine-tuning'

code 'plot train' 0 "$FNQ" plot train "$tmp/whole"
has 'names the charts it drew' "$errs" "train-loss and train-distances, .svg and .png, are in $tmp/whole"
[ ! -e "$tmp/whole/train-held-out.svg" ] || fail 'a chart of nobody'
for f in train-loss.svg train-loss.png train-distances.svg; do [ -s "$tmp/whole/$f" ] || fail "no $f"; done

# a share of the people, and runs of different size in one chart
"$FNQ" -q train nns2-like "$tmp/data" --out "$tmp/half" --mode centre --batch 3x3 --steps 1 --share 0.5 --eval-every 0 || fail '--share'
tail -n 1 "$tmp/half/train.csv" | awk -F, '{ exit !($(NF - 1) >= 3 && $(NF - 1) <= 9 && $NF == 6 * $(NF - 1)) }' ||
    fail "half of 12 people with 6 faces each: $(tail -n 1 "$tmp/half/train.csv")"
for people in 10 20; do
    mkdir "$tmp/run$people"
    printf 'step,images,held_accuracy,held_error,train_people,train_faces\n1,90,,,%d,60\n2,180,0.8%d,0.01,%d,60\n' \
        "$people" "$people" "$people" >"$tmp/run$people/train.csv"
done
"$FNQ" -q plot runs "$tmp/run20" "$tmp/run10" --out "$tmp/charts" || fail 'plot runs'
grep -q 'from 0.810 with 10 people to 0.820 with 20' "$tmp/charts/runs-data.svg" || fail 'the chart over the amount of data'
[ -s "$tmp/charts/runs-held-out.png" ] || fail 'no runs-held-out.png'

# no held-out people: no thresholds; the network of the checkpoint, as a model, is that of the run
"$FNQ" model show "$tmp/whole/model.fnm" --json | grep -q '"calibration":null' || fail 'thresholds without held-out people'
"$FNQ" -q model export "$tmp/whole/train.ckpt" "$tmp/exported.fnm" || fail 'export of a checkpoint'
"$FNQ" model show "$tmp/exported.fnm" --json >"$tmp/exported.json"
grep -o '"id":"[^"]*"' "$tmp/exported.json" >"$tmp/id2"
cmp -s "$tmp/id1" "$tmp/id2" || fail 'the exported network is another'
grep -q '6 steps by triplets' "$tmp/exported.json" || fail 'no word of the run in the exported model'
grep -q '72 faces of 12 people' "$tmp/exported.json" || fail 'no word of the data in the exported model'
"$FNQ" -q model export "$tmp/whole/train.ckpt" "$tmp/exported.onnx" || fail 'a checkpoint as ONNX'

# few held-out people: it prints a warning
{
    echo identity,split
    for i in 00 01 02 03 04 05; do echo "person$i,train"; done
    for i in 06 07 08 09 10 11; do echo "person$i,val"; done
} >"$tmp/data/split.csv"
code 'few held-out people' 0 "$FNQ" train nns2-like "$tmp/data" --out "$tmp/few" --mode centre --batch 4x3 --steps 2 --eval-every 2
has 'too few for thresholds' "$errs" '540 impostor pairs'
has 'said at the start' "${errs%%step 1*}" 'no figures of held-out people and no thresholds: fewer than 20 people are held out (--hold-out)'
rm "$tmp/data/split.csv"

# files that crash their worker, or are not pictures: each is left out with a message, and the run continues
if [ -x "${WORKER_FAULTS:-}" ]; then
    cp -r "$tmp/data" "$tmp/hostile"
    for d in "$tmp/hostile"/*; do printf 'FNFAULT segv\n' >"$d/bad.jpg"; done
    printf 'no picture' >"$tmp/hostile/person00/0.jpg"
    code 'hostile pictures' 0 env FACENETD_WORKER="$WORKER_FAULTS" "$FNQ" train nns2-like "$tmp/hostile" --out "$tmp/bad" \
        --mode centre --batch 6x3 --steps 3 --eval-every 0
    has 'hostile pictures: which, and why' "$errs" "/bad.jpg': crashed"
    has 'hostile pictures: no picture' "$errs" "left out: '$tmp/hostile/person00/0.jpg': not an image"
    [ -s "$tmp/bad/model.fnm" ] || fail 'no model after hostile pictures'
fi

refused() { # WHAT CODE PATTERN COMMAND...
    what=$1 code=$2 pattern=$3
    shift 3
    got=0
    "$@" 2>"$tmp/err" >/dev/null || got=$?
    is "$what: exit code" "$code" "$got"
    grep -q "$pattern" "$tmp/err" || fail "$what: $(cat "$tmp/err")"
}
refused 'a folder with a run' 6 'has a run already' run whole
refused 'a share above 1' 2 'share is a number' "$FNQ" train nns2-like "$tmp/data" --out "$tmp/x" --mode centre --share 1.5
refused 'runs without figures' 2 'no figures of people held out' "$FNQ" plot runs "$tmp/whole" "$tmp/half"
refused 'no such network' 5 'no built-in network' "$FNQ" train nosuch "$tmp/data" --out "$tmp/x" --mode centre
refused 'no data' 5 'nowhere' "$FNQ" train nns2-like "$tmp/nowhere" --out "$tmp/x" --mode centre
refused 'a wrong option' 2 'triplet, arc, cos' "$FNQ" train nns2-like "$tmp/data" --out "$tmp/x" --mode centre --loss quad
refused 'a wrong batch' 2 'PEOPLExFACES' "$FNQ" train nns2-like "$tmp/data" --out "$tmp/x" --mode centre --batch 8
printf 'x' | dd of="$tmp/part/train.ckpt" bs=1 seek=500 conv=notrunc 2>/dev/null
refused 'a spoilt checkpoint' 7 'no whole checkpoint' "$FNQ" train --resume "$tmp/data" --out "$tmp/part" --mode centre
done_testing
