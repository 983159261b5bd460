#!/bin/sh
# SPDX-License-Identifier: MIT
# A person outlives its photos, and its ids outlive its names.
. "${0%/*}/cli-lib.sh"
make_index
gone() { "$CHANGE_INDEX" "$index" remove "$1" || fail "remove $1"; }
face() { q find "path:$1" --output faces | cut -f1; }
id_of() { q people list --all | awk -F'\t' -v n="$1" '$2 == n { print $1 }'; }

# named by a label on one photo, which is deleted
code 'a label' 0 q label "$(face stranger.jpg)" Zoe
code 'another label' 0 q label "$(face person-3/0.jpg)" Dora
zoe=$(id_of Zoe)
gone stranger.jpg
gone person-3/0.jpg
is 'the cluster has its name' 5 "$(q people list | awk -F'\t' '$2 == "Dora" { print $3 }')"
is 'no photo of hers is listed by default' '' "$(q people list | grep Zoe)"
is 'but the name is' "$zoe	Zoe	0	0	0" "$(q people list --all | grep Zoe | cut -f1-5)"
code 'shown' 0 q people show Zoe
has 'what is shown' "$out" 'no photos now'
code 'shown by id' 0 q show "$zoe"
code 'in JSON' 0 q people show Zoe --json
has 'no faces' "$out" '"photos":0,"faces":0'
has 'no cover' "$out" '"cover":null'
code 'found without photos' 1 q find Zoe
has 'why' "$errs" 'Zoe has no photos now'
is 'the photo that is gone' 1 "$(q find Zoe missing:yes --output count)"
code 'a page' 0 q people list --all --html "$tmp/page"
code 'renamed' 0 q people name Zoe 'Zoe Berg'
code 'merged' 0 q people merge 'Zoe Berg' Dora
is 'one person' 5 "$(q people list --all | awk -F'\t' '$2 == "Dora" { print $3 }')"
code 'the old id' 0 q people show "$zoe"
has 'is Dora' "$out" Dora
code 'undone' 0 q undo
code 'doctor' 0 q doctor --deep
code 'the label is undone' 0 q undo L1

# ids of unnamed people: named, undone, and gone
make_index 5 4
for old in $(q people list | cut -f1); do
    q find "$old" --output files | grep -q person-4/ && break
done
short=$(printf '%.8s' "$old")
code 'a name' 0 q people name "$short" Ann
new=$(id_of Ann)
[ "$old" != "$new" ] || fail 'naming gives a permanent id'
code 'the old id finds Ann' 0 q people show "$short"
has 'Ann' "$out" Ann
code 'the name is undone' 0 q undo
code 'the new id finds the same' 0 q people show "$new"
has 'without a name' "$out" "unnamed $short"
for k in 0 1 2; do gone "person-4/$k.jpg"; done
code 'one photo is left' 0 q people show "$short"
has 'one' "$out" '1 face in 1 photo'
gone person-4/3.jpg
code 'none is left' 0 q people show "$short"
has 'none' "$out" "unnamed $short"
has 'none' "$out" 'no photos any more'
code 'none by the id of the name' 0 q people show "$new"
code 'nothing to find' 1 q find "$short"
has 'why' "$errs" 'has no photos any more'
code 'nothing to name' 6 q people name "$short" Carl
has 'why' "$errs" "$short has no photos any more. Nothing changed"
code 'nothing to merge' 6 q people merge "$short" "$(q people list | head -1 | cut -f1)"
code 'nothing to hide' 6 q people hide "$short"
code 'nobody' 1 q people show pabcdefg2
code 'doctor' 0 q doctor --deep
done_testing
