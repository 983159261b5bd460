#!/bin/sh
# SPDX-License-Identifier: MIT
# Each act is one line of fnq log, which says what the user did, with counts that agree with the facts. So do undo and redo.
. "${0%/*}/cli-lib.sh"
make_index 5 4
# says NAME TEXT: the newest act that is no undo
says() { is "$1" "$2" "$(q log --limit 1 | cut -f4)"; }
face() { q find "path:$1" --output faces | cut -f1; }
id_at() { q find "path:$1" --output faces --json | js faces.0.person.id; }
faces_of() { q people list --all | awk -F'\t' -v n="$1" '$2 == n { print $4 }'; }
act() { q log --limit 1 | cut -f1; }

q people name "$(id_at person-0/0.jpg)" Ann >/dev/null || fail name
says 'a name' "name Ann ($(faces_of Ann) faces)"
q people name Ann 'Ann Berg' >/dev/null || fail rename
says 'another name' 'name Ann Berg (renamed)'
q label "$(face stranger.jpg)" Zoe >/dev/null || fail label
says 'a label' '1 face is Zoe (new)'
q confirm "$(face person-0/0.jpg)" "$(face person-0/1.jpg)" >/dev/null || fail confirm
says 'confirm' '2 faces are Ann Berg'
q reject "$(face person-0/2.jpg)" >/dev/null || fail reject
says 'reject' "$(face person-0/2.jpg | cut -c1-9) is not Ann Berg"
none=$(face person-0/3.jpg)
q notface "$none" >/dev/null || fail notface
says 'no face' "$(printf %.9s "$none") is not a face"

# a merge of unnamed people
n=$(q people show "$(id_at person-3/0.jpg)" --json | js faces)
q people merge "$(id_at person-3/0.jpg)" 'Ann Berg' >/dev/null || fail merge
says 'a merge' "merge an unnamed person ($n faces) into Ann Berg"
merge=$(act)
before=$(faces_of 'Ann Berg')
q undo >/dev/null || fail undo
says 'its undo' "undo $merge: merge an unnamed person ($n faces) into Ann Berg"
is 'as many as were said' "$((before - n))" "$(faces_of 'Ann Berg')"
q redo >/dev/null || fail redo
says 'its redo' "redo $merge: merge an unnamed person ($n faces) into Ann Berg"
# both unnamed
n=$(q people show "$(id_at person-4/0.jpg)" --json | js faces)
q people merge "$(id_at person-4/0.jpg)" "$(id_at person-1/0.jpg)" >/dev/null || fail 'merge of two'
has 'two unnamed' "$(q log --limit 1 | cut -f4)" "merge an unnamed person ($n faces) into unnamed p"
# faces of one photo
n=$(q people show "$(id_at person-2/0.jpg)" --json | js faces)
q people merge "$(id_at person-2/0.jpg)" 'Ann Berg' --yes >/dev/null || fail 'merge with one photo'
says 'the same photo' "merge an unnamed person ($n faces) into Ann Berg, except 1 face"
q people merge Zoe 'Ann Berg' >/dev/null || fail 'merge of names'
says 'names' 'merge Zoe into Ann Berg'

# many
q people split 'Ann Berg' "$(face person-3/0.jpg)" "$(face person-3/1.jpg)" --as Dora --yes >/dev/null || fail split
n=$(q log --limit 1 --json | js acts.0.kinds.is)
all=$((n + $(q log --limit 1 --json | js acts.0.kinds.not)))
says 'a split' "split off Dora (2 of $all faces)"
q undo >/dev/null
n=$(q people list | awk -F'\t' '$2 == ""' | wc -l | tr -d ' ')
q people hide $(q people list | awk -F'\t' '$2 == "" { print $1 }') 'Ann Berg' --yes >/dev/null || fail hide
says 'hide' "hide $((n + 1)) people"
hide=$(act)
q undo >/dev/null
says 'its undo' "undo $hide: hide $((n + 1)) people"
q people hide 'Ann Berg' >/dev/null
says 'hide one' 'hide Ann Berg'
q people unhide 'Ann Berg' >/dev/null
says 'unhide' 'show again Ann Berg'
# a dry run writes nothing
acts=$(q log | wc -l)
q confirm "$(face person-0/0.jpg)" -n >/dev/null
q undo -n >/dev/null
is 'dry runs' "$acts" "$(q log | wc -l)"
done_testing
