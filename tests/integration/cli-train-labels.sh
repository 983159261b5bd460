#!/bin/sh
# SPDX-License-Identifier: MIT
# From photos to a network trained on the people in them: the daemon indexes, faces are confirmed, fnq trains. Only confirmed faces are
# training data. Needs imported models and photos.
. "$FN_SOURCE_DIR/tests/integration/daemon-lib.sh"
need_models
need_photos
P=$T/photos
tab=$(printf '\t')
mkdir "$P"
cp "$PHOTOS"/sample1.jpg "$PHOTOS"/sample3.jpg "$PHOTOS"/sample5.jpg "$P"
cp "$PHOTOS/sample6.jpg" "$P/with${tab}tab.jpg"
q() { "$FNQ" --index "$I" --models "$MODELS" "$@"; }
is() { [ "$2" = "$3" ] || fail "$1: '$3' instead of '$2'"; } # WHAT WANTED GOT
says() { grep -q "$2" "$T/err" || fail "$1: $(cat "$T/err")"; } # WHAT PATTERN
refused() { # WHAT CODE PATTERN COMMAND...
    what=$1 want=$2 pattern=$3 got=0
    shift 3
    "$@" >"$T/out" 2>"$T/err" || got=$?
    is "$what: exit code" "$want" "$got"
    says "$what" "$pattern"
}
train() { # OUT [options]
    out=$1
    shift
    q train nns2-like "$@" --out "$T/$out" --batch 2x2+1 --steps 1 --optimizer adamw --loss arc 2>"$T/err" >"$T/out" || fail "train: $(cat "$T/err")"
}

refused 'no index' 4 'no index' q train nns2-like --labels --out "$T/x"
once "$P" || fail 'facenetd --once'
refused 'nothing said' 2 'nothing is confirmed yet.*fnq confirm' q train nns2-like --labels --out "$T/x"
q people name "$(q faces list --json | "$JSON_TOOL" faces.0.person.id)" 'Only Named' >/dev/null || fail 'name'
refused 'a name alone confirms no face' 2 'nothing is confirmed yet' q export labels --training

# label PHOTO N NAME
label() { q label "$P/$1:$2" "$3" >/dev/null 2>"$T/err" || fail "label $1:$2 $3: $(cat "$T/err")"; }
label sample1.jpg 1 Ann
label sample3.jpg 1 Ann
label "with${tab}tab.jpg" 1 Bea
label sample5.jpg 1 Bea
label sample5.jpg 2 Cid # one face: a negative
q notface "$P/sample5.jpg:3" >/dev/null || fail 'notface'
q reject "$P/sample3.jpg:2" --of 'Ann' >/dev/null || fail 'reject'

train direct --labels
says 'what is trained on' '^5 faces of 3 people, 0 held out'
[ -s "$T/direct/model.fnm" ] || fail 'no model'
refused 'a centre' 2 'the index knows' q train nns2-like --labels --mode centre --out "$T/x"
refused 'data twice' 2 'With --labels the data is the index' q train nns2-like "$P" --labels --out "$T/x"
refused 'no share' 2 'hold-out' q train nns2-like --labels --hold-out 1 --out "$T/x"

# As a list: a photo whose name cannot be listed is reported as missing.
q export labels --training >"$T/list" 2>"$T/err" || fail 'export'
says 'a tab' '^1 faces left out: a tab'
is 'lines' 4 "$(wc -l <"$T/list" | tr -d ' ')"
is 'fields' 6 "$(head -1 "$T/list" | tr '\t' '\n' | wc -l | tr -d ' ')"
is 'people of the list' 'Ann Ann Bea Cid' "$(cut -f2 "$T/list" | paste -sd' ')"

# With a plain name every face is listed, and training accepts the list like the index.
mv "$P/with${tab}tab.jpg" "$P/t.jpg"
once "$P"
q export labels --training >"$T/list" 2>"$T/err" || fail 'export'
is 'lines after the move' 5 "$(wc -l <"$T/list" | tr -d ' ')"
train listed "$T/list"
says 'what the list gives' '^5 faces of 3 people'

# A missing photo, and one whose content has changed: left out and counted.
mv "$P/t.jpg" "$T/away.jpg"
cp "$PHOTOS/sample2.jpg" "$P/sample3.jpg"
train away --labels
says 'away' '^2 confirmed faces left out: their photos'
says 'what is left' '^3 faces of 3 people'
rm "$P"/*.jpg
refused 'all away' 2 'none of the 5 confirmed faces' q train nns2-like --labels --out "$T/x"
exit 0
