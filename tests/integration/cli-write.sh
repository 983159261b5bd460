#!/bin/sh
# SPDX-License-Identifier: MIT
# Labels: naming, labelling, batches, undo; the log as text; an empty index that gets the same names from it.
. "${0%/*}/cli-lib.sh"
make_index
ids=$(q people list | cut -f1)
set -- $ids
p1=$1 p2=$2 p3=$3 p4=$4

# name
code 'dry run' 0 q people name "$p1" Anna -n
is 'a dry run says nothing' 0 "$(q log --json | js total)"
code 'name' 0 q people name "$p1" 'Anna Berg'
has 'the sentence' "$out" 'unnamed '
has 'how to undo it' "$out" 'undo: fnq undo L1'
is 'named' 'Anna Berg' "$(q people list | head -1 | cut -f2)"
is 'labels.log: the group and its name' 'group name ' "$(grep -v '^#' "$index/labels.log" | cut -d' ' -f5 | tr '\n' ' ')"
is 'how many faces' "$(q people show "$p1" --json | js faces)" "$(q log --json | js acts.0.group_faces)"
has 'the log says it too' "$(q log)" "name Anna Berg ($(q people show anna --json | js faces) faces)"
code 'a name that is taken' 6 q people name "$p2" 'anna berg'
has 'says whose it is' "$errs" '"Anna Berg" is already '
has 'offers the merge' "$errs" 'fnq people merge '
code 'a second one of that name' 0 q people name --new "$p2" 'Anna Berg'
code 'ambiguous name' 2 q people show 'anna'
code 'undo' 0 q undo
has 'says what' "$out" 'name Anna Berg'
is 'one left' 1 "$(q people list | cut -f2 | grep -c 'Anna Berg')"
code 'rename' 0 q people name anna 'Anna B'
code 'undo the new name' 0 q undo
is 'the old one is back' 1 "$(q people list | cut -f2 | grep -c 'Anna Berg')"
code 'redo' 0 q redo
has 'speaks of the act' "$out" 'name Anna B'
is 'the new one again' 'Anna B' "$(q people show anna --json | js name)"
code 'undo again' 0 q undo

# label, confirm, reject, notface
group=$(q find faces:3 --output=faces | cut -f1)
set -- $group
stranger=$(q find 'path:stranger*' --output=faces | cut -f1)
code 'label' 0 q label "$stranger" 'Tom Okafor'
has 'a new person' "$out" 'is Tom Okafor, a new person.'
is 'confirmed' confirmed "$(q faces show "$stranger" --json | js faces.0.state)"
code 'label by the first letters' 0 q label "$1" tom
is 'one person' 2 "$(q people show tom --json | js confirmed)"
code 'the other way round is refused' 6 q reject "$1" --of tom
has 'the sentence says when' "$errs" 'was confirmed as "Tom Okafor" on '
code 'no face?' 6 q notface "$1"
code 'undo by number' 0 q undo "$(q log | grep "$(printf %.9s "$1")" | head -1 | cut -f1)"
code 'a face that is none' 0 q notface "$3"
is 'gone from the list' 0 "$(q faces list | cut -f1 | grep -c "$3")"
is 'there with --all' rejected "$(q faces list --all --jsonl | grep "$3" | js state)"
code 'nobody to confirm' 6 q confirm "$2"
code 'a query' 0 q confirm --of anna 'path:person-*/0.jpg' --json
is 'one face' 1 "$(printf '%s' "$out" | js faces)"
code 'more than 20 want a yes' 6 q notface 'path:**'
has 'the count is said' "$errs" 'this would touch 30 faces'
code 'and a dry run does not' 0 q notface 'path:person-2/**' -n
has 'would' "$out" 'would mark as not a face 6 faces'

# merge
a=$(q people list | awk -F'\t' '$2 == "" {print $1; exit}')
code 'merge an unnamed one' 0 q people merge "$a" tom
has 'the sentence' "$out" 'merged '
code 'with itself' 6 q people merge tom tom
code 'undo it' 0 q undo
is 'unnamed again' '' "$(q people list --all | grep "$a" | cut -f2)"
code 'a name for it' 0 q people name "$a" Gus
code 'merge one with a name' 0 q people merge Gus tom
has 'the log has both names' "$(q log | head -1)" 'merge Gus into Tom'
code 'undo both' 0 q undo
code 'undo both' 0 q undo

# hide
code 'hide' 0 q people hide anna
is 'hidden' 0 "$(q people list | cut -f2 | grep -c 'Anna Berg')"
is 'faces hidden as well' 0 "$(q faces list | cut -f4 | grep -c 'Anna Berg')"
code 'unhide' 0 q people unhide anna
is 'shown' 1 "$(q people list | cut -f2 | grep -c 'Anna Berg')"
code 'hide strangers' 0 q people hide --unnamed --max-photos 2

# split
s=$(q people list --all | awk -F'\t' '$2 == "" && $3 == 7 {print $1; exit}')
one=$(q faces list --person "$s" | head -1 | cut -f1)
code 'take a face out' 0 q people split "$s" "$one" --as Odd
is 'it is the new one' Odd "$(q faces show "$one" --json | js faces.0.person.name)"
is 'the others are not' 1 "$(q people show Odd --json | js faces)"
code 'not all of them' 6 q people split Odd "$one" --as new
code 'a name of two words' 0 q people name Odd 'Odd Man'
code 'words of a name need no quotes' 6 q people split Odd Man "$one" --as new
has 'not all of them' "$errs" "$(q people split 'Odd Man' "$one" --as new 2>&1 | head -1)"
is 'the parts of a name of two words' "$(q people split 'Odd Man')" "$(q people split Odd Man)"
code 'faces or a part' 2 q people split Odd Man "$one" --take A
has 'faces or a part' "$errs" 'faces or --take, not both'
code 'the former name' 0 q undo

# batch
f1=$(q faces list | sed -n 5p | cut -f1)
f2=$(q faces list | sed -n 6p | cut -f1)
before=$(q log --json | js total)
printf '# comment\n+Lena%%20Berg -- %s\n\n+lena%%20berg -- %s\n!face -- fdeadbeef00\nnonsense\n' "$f1" "$f2" >"$tmp/acts"
code 'batch, partly' 3 q label --batch <"$tmp/acts"
has 'summary' "$out" '4 lines: 2 done, 2 refused (line 5: face fdeadbeef00 not found; line 6: '
is 'one act' $((before + 1)) "$(q log --json | js total)"
is 'one new person' 2 "$(q people show lena --json | js confirmed)"
code 'all or nothing' 6 q label --batch --atomic <"$tmp/acts"
is 'nothing' $((before + 1)) "$(q log --json | js total)"
printf -- '-lena%%20berg -- query:"path:**"\n+lena%%20berg -- %s\n' "$f1" | code_in='' q label --batch >/dev/null 2>&1
is 'a contradiction changes nothing' 2 "$(q people show lena --json | js confirmed)"

# queries in acts
printf '+By%%20Query -- query:"path:person-3/0.jpg"\n' | q label --batch >/dev/null || fail 'a query in a batch'
is 'found by query' 1 "$(q people show 'by query' --json | js confirmed)"

# the log as text: into an empty index, in which the photos come later
q export labels >"$tmp/labels.txt" || fail 'export'
is 'export equals the mirror' "$(cat "$index/labels.log")" "$(cat "$tmp/labels.txt")"
names=$(q faces list --all --jsonl | js face >"$tmp/a"; q faces list --all --jsonl | js person.name >"$tmp/b" 2>/dev/null; paste "$tmp/a" "$tmp/b" | sort)
mv "$index" "$tmp/old"
"$MAKE_INDEX" "$index" "$tmp/photos" || exit 1
code 'import' 0 q import labels "$tmp/labels.txt"
code 'twice is nothing new' 0 q import labels "$tmp/labels.txt" --json
is 'nothing new' 0 "$(printf '%s' "$out" | js new)"
again=$(q faces list --all --jsonl | js face >"$tmp/a"; q faces list --all --jsonl | js person.name >"$tmp/b" 2>/dev/null; paste "$tmp/a" "$tmp/b" | sort)
is 'the same names on the same faces' "$names" "$again"
code 'acts' 0 q export labels --acts
printf '%s\n' "$out" >"$tmp/acts2"
rm -rf "$index"
"$MAKE_INDEX" "$index" "$tmp/photos" || exit 1
q import labels --yes "$tmp/acts2" >"$tmp/said" 2>&1
case $? in
0 | 3) ;; # 3: a face is rejected as a person without confirmed faces, whose name is unknown there
*) fail "acts of an export cannot be imported: $(cat "$tmp/said")" ;;
esac
is 'acts give the confirmed names' 2 "$(q people show lena --json | js confirmed)"

# A text copy that cannot be written does not make an act fail; the next act completes it.
make_index
set -- $(q faces list | cut -f1 | head -9)
code 'before' 0 q label "$1" Kim
mv "$index/labels.log" "$tmp/labels.log"
mkdir "$index/labels.log"
code 'no text copy' 0 q label "$2" kim --json
is 'its number' 3 "$(printf '%s' "$out" | js act)"
is 'JSON says so' 'false true' "$(printf '%s' "$out" | js text_copy) $(printf '%s' "$out" | js settled)"
is 'one warning' 'fnq: done as L3; the text copy could not be written (Is a directory); the next act completes it.' "$errs"
code 'undo without a text copy' 0 q undo
has 'which act it is' "$errs" 'done as L4; the text copy'
is 'the log has them' 3 "$(q log --json | js total)"
rmdir "$index/labels.log"
mv "$tmp/labels.log" "$index/labels.log"
code 'the next act' 0 q label "$3" kim --json
is 'completes it' true "$(printf '%s' "$out" | js text_copy)"
is 'as exported' "$(q export labels)" "$(cat "$index/labels.log")"
if [ -w /dev/full ]; then
    q label "$4" kim >/dev/full 2>"$tmp/stderr" || fail 'output that cannot be written made an act fail'
    has 'output' "$(cat "$tmp/stderr")" 'done as L6; cannot write the output: '
fi
code 'a sheet that cannot be written' 0 q confirm "$5" --of "$(q faces show "$5" --json | js faces.0.person.id)" --sheet "$tmp/nowhere/s.jpg"
has 'the act is done' "$errs" 'done as L7; the sheet was not written: '

# One labels.log for each index: that of another one is left alone, and the remedy of the warning works.
cp "$index/labels.log" "$tmp/first.log"
make_index
set -- $(q faces list | cut -f1 | head -9)
cp "$tmp/first.log" "$index/labels.log"
code 'the log of another index' 0 q label "$9" Lee
has 'the remedy' "$errs" "is the label log of another index. To bring in what it has and begin a new copy: fnq --index $index import labels $index/labels.log"
is 'left alone' "$(cat "$tmp/first.log")" "$(cat "$index/labels.log")"
has 'the doctor says so' "$(q doctor)" 'is the label log of another index. To bring in what it has and begin a new one: fnq import labels FILE'
code 'the remedy' 0 q import labels "$index/labels.log"
has 'where the old one is' "$errs" "The log that was there is $index/labels.log.old now."
is 'kept' "$(cat "$tmp/first.log")" "$(cat "$index/labels.log.old")"
is 'a new copy' "$(q export labels)" "$(cat "$index/labels.log")"
is 'with the labels of both' 'Kim Lee' "$(q people list | cut -f2 | grep -x 'Kim\|Lee' | sort | paste -sd' ')"
cp "$tmp/first.log" "$index/labels.log"
q undo >/dev/null 2>&1
mv "$index/labels.log" "$tmp/away.log"
code 'moved away' 0 q redo
is 'nothing is said' '' "$errs"
is 'and there is a new copy' "$(q export labels)" "$(cat "$index/labels.log")"
echo 'dear diary' >"$index/labels.log"
code 'not a log' 0 q undo
has 'what to do' "$errs" 'is not a label log, by its last line. Move the file away.'
rm "$index/labels.log"

# What is not a log is refused as such; a last line that was cut off is left out.
echo 'dear diary' >"$tmp/diary"
code 'import of another file' 5 q import labels "$tmp/diary"
is 'what it is' "fnq: $tmp/diary: not a label log. Those are labels.log, and what fnq export labels prints" "$errs"
code 'a damaged log' 5 sh -c "sed '3s/ is / was /' '$tmp/first.log' | '$FNQ' --index '$index' import labels"
has 'which line' "$errs" 'standard input: line 3: '
code 'no index for it' 5 "$FNQ" --index "$tmp/none" import labels "$tmp/diary"
is 'none is made' no "$([ -e "$tmp/none" ] && echo yes || echo no)"
make_index
head -c -20 "$tmp/first.log" >"$tmp/cut.log"
code 'a log that breaks off' 0 q import labels "$tmp/cut.log"
is 'said' 'The last line is cut off and was left out.' "$errs"
is 'the others' $(($(grep -c . "$tmp/cut.log") - 2)) "$(grep -vc '^#' "$index/labels.log")"

# a dry run counts the faces whose label in effect contradicts the act, as the exported labels have them
make_index
set -- $(q faces list | cut -f1 | head -9)
faces=$*
q label "$1" "$2" Kim >/dev/null && q label "$3" "$7" Lee >/dev/null && q reject "$4" --of Kim >/dev/null &&
    q reject "$5" --of Lee >/dev/null && q notface "$6" >/dev/null || fail 'labels for the dry runs'
contradict() { # WORD WORD ...: how many of $faces have a line in the state whose first word matches one of these patterns
    q export labels --acts | awk -v faces="$faces" -v words="$*" '
        BEGIN { n = split(faces, f, " "); for (i = 1; i <= n; i++) mine[f[i]] = 1; m = split(words, w, " ") }
        mine[$3] { for (i = 1; i <= m; i++) if ($1 ~ ("^" w[i] "$")) hit[$3] = 1 }
        END { for (x in hit) k++; print k + 0 }'
}
code 'label -n of what is refused' 6 q label $faces Kim -n --json
is 'conflicts of label Kim' "$(contradict '[+]Lee' '-Kim' '!face')" "$(printf '%s' "$out" | js conflicts)"
is 'there are some' 4 "$(printf '%s' "$out" | js conflicts)"
has 'why it is refused' "$errs" ' to change your mind, undo L'
code 'the same in words' 6 q label $faces Kim -n
has 'how many faces' "$out" 'would not confirm 9 faces of Kim (largest d² '
has 'each kind of conflict' "$out" '4 conflicts: 2 confirmed as another person, 1 rejected as this person, 1 marked as not a face).'
code 'label -n of a new name' 6 q label $faces Nobody -n --json
is 'conflicts of a new name' "$(contradict '[+].*' '!face')" "$(printf '%s' "$out" | js conflicts)"
code 'reject -n' 6 q reject $faces --of Kim -n --json
is 'conflicts of reject' "$(contradict '[+]Kim')" "$(printf '%s' "$out" | js conflicts)"
code 'notface -n' 6 q notface $faces -n --json
is 'conflicts of notface' "$(contradict '[+].*')" "$(printf '%s' "$out" | js conflicts)"
printf -- '+Kim -- %s %s\n-Lee -- %s\n' "$1" "$3" "$7" | q label --batch -n --json >"$tmp/batch"
is 'conflicts of a batch' 2 "$(js conflicts <"$tmp/batch")"
code 'a label that replaces another' 0 q label "$2" "$3" "$8" Kim -n
has 'would be done' "$out" '1 conflict: 1 confirmed as another person).'
faces="$8 $9"
code 'no conflict' 0 q label $faces Kim -n
has 'none' "$out" '; 0 conflicts).'
is 'dry runs changed nothing' 5 "$(q log --json | js total)"

# watch, without a daemon
mkdir "$tmp/more"
code 'watch add' 0 q watch add "$tmp/more"
is 'two roots' 2 "$(q watch list --json | js roots.#)"
code 'a folder that is none' 5 q watch add "$tmp/nowhere"
code 'watch remove' 0 q watch remove "$tmp/more"
is 'one root' 1 "$(q watch list --json | js roots.#)"
code 'doctor after all that' 0 sh -c "'$FNQ' --index '$index' doctor | grep -v models: | grep '^fail' && exit 1; exit 0"
code 'doctor counts again' 0 sh -c "'$FNQ' --index '$index' doctor --repair | grep -v models: | grep -E '^(fail|warn)' && exit 1; exit 0"
done_testing
