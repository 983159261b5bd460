# SPDX-License-Identifier: MIT
# A network that this test trains, in the daemon: a profile of it, an index by that profile, transfer of labels, no mixed embeddings.
. "$FN_SOURCE_DIR/tests/integration/daemon-lib.sh"
need_models
need_photos
[ -x "$TRAIN_PICTURES" ] || skip "no train_pictures"
for f in "$MODELS"/*; do ln -s "$(realpath "$f")" "$T/"; done
mkdir "$T/models" "$T/photos"
mv "$T"/*.fnm "$T"/*.profile "$T/models/"
MODELS=$T/models
cp "$PHOTOS"/sample[1-3].jpg "$T/photos/"

# trained on two thirds of the artificial people, thresholds from the others
"$TRAIN_PICTURES" "$T/data" 30 8 || fail "no pictures"
{
    echo identity,split
    for i in $(seq 0 29); do printf 'person%02d,%s\n' "$i" "$([ "$i" -lt 18 ] && echo train || echo val)"; done
} >"$T/data/split.csv"
train() { "$FNQ" --models "$MODELS" -q train nns2-like "$T/data" --out "$T/run" --mode centre --batch 6x4 --steps 12 --rate 0.001 --optimizer adamw "$@"; }
train || fail "training"
fnq() { "$FNQ" --models "$MODELS" "$@"; }
trained=$(fnq model show "$T/run/model.fnm" --json | sed 's/.*"calibration":{\([^}]*\)}.*/\1/')
case $trained in
*'"far_1e2":0.'*'"far_1e4":null'*'"people":12,"pictures":96,"same_pairs":336,"different_pairs":4224,'*) ;;
*) fail "thresholds of the held-out people: $trained" ;;
esac
# training continues from a model with thresholds: the new weights need new ones
fnq -q train "$T/run/model.fnm" "$T/data" --out "$T/tuned" --mode centre --batch 4x3 --steps 1 --eval-every 0
fnq model show "$T/tuned/model.fnm" --json | grep -q '"calibration":null' || fail "thresholds of the weights before"
# evaluated with its own thresholds, or with some chosen on the pictures
cp "$T/run/model.fnm" "$T/own.fnm"
fnq eval lfw "$T/data" --mode centre --model "$T/own.fnm" --json 2>"$T/err" | grep -q '"thresholds":"model"' || fail "eval: not its own thresholds"
grep -q "own thresholds" "$T/err" || fail "eval does not say which thresholds"
fnq eval lfw "$T/data" --mode centre --model "$T/tuned/model.fnm" --json 2>/dev/null | grep -q '"thresholds":"none"' || fail "eval: thresholds out of nowhere"
fnq -q eval calibrate "$T/own.fnm" "$T/data" --mode centre >"$T/out" || fail "eval calibrate"
grep -q '240 pictures of 30 people, 27840 impostor pairs' "$T/out" || fail "eval calibrate: $(cat "$T/out")"
# its vectors are unchanged: no photo is read again
fnq eval identities "$T/data" --model "$T/own.fnm" --mode centre >"$T/out" 2>"$T/err" || fail "eval after calibrate: $(cat "$T/err")"
! grep -q 'looked at' "$T/err" || fail "looked at again after calibrate: $(cat "$T/err")"
fnq model show "$T/own.fnm" --json | grep -q '"different_pairs":27840' || fail "the thresholds are not in the file"
cmp -s "$T/run/model.fnm" "$T/own.fnm" && fail "nothing was written"

fnq -q model install mobilefacenet-128 --name default 2>/dev/null && fail "a profile replaced itself"
fnq -q model install landmarks-68 --name other 2>/dev/null && fail "landmarks as an embedder"
"$FNQ" -q --models "$MODELS" model install "$T/run/model.fnm" --name mine || fail "install"
grep -q '^embedder = mine.fnm' "$MODELS/mine.profile" || fail "the profile has another embedder"
grep -q '^detector = ultra-light' "$MODELS/mine.profile" || fail "the profile has another detector"
grep -q '^pair_d2 = 1.08$' "$MODELS/mine.profile" && fail "the profile has the thresholds of another"
for key in single group net decade; do
    value=$(printf '%s' "$trained" | sed "s/.*\"$key\":\([0-9.]*\).*/\1/")
    [ "$(sed -n "s/^${key}_d2 = //p" "$MODELS/mine.profile" | cut -c1-6)" = "$(printf '%s' "$value" | cut -c1-6)" ] ||
        fail "$key of the profile is not the model's $value"
done

# an index by the default profile, with a label
once "$T/photos" || fail "exit $?"
face=$("$FNQ" --index "$I" faces list --csv | sed -n '2s/,.*//p')
"$FNQ" --index "$I" -q label "$face" Anna || fail "label"
"$FNQ" --index "$I" export labels >"$T/labels" || fail "export labels"

# the new profile is refused with advice; nothing has changed
cp "$T/photos/sample1.jpg" "$T/photos/new.jpg"
echo >>"$T/photos/new.jpg"
mkdir -p "$XDG_CONFIG_HOME/facenetd"
"$FNQ" -q --models "$MODELS" config set models.profile mine || fail "config set"
once
[ $? -ne 0 ] || fail "vectors of two models were put into one index"
grep -q 'fnq export labels' "$T/log" || fail "the refusal does not say what to do"

# a new index by the new profile, with the label
I=$T/index2
once "$T/photos" || fail "exit $? with the trained network"
"$FNQ" --index "$I" --models "$MODELS" -q import labels "$T/labels" || fail "import labels"
"$FNQ" --index "$I" --models "$MODELS" people list --csv | grep -q Anna || fail "the label is lost"
"$FNQ" --index "$I" --models "$MODELS" find Anna | grep -q sample || fail "no photo is found by the label"
doctor_clean
