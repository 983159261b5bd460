#!/bin/sh
# SPDX-License-Identifier: MIT
# Names as people write them: found in any spelling with the same key, cleaned when they are given, refused when they are not valid.
# Also the names in an index of an older program.
. "${0%/*}/cli-lib.sh"
make_index
ids=$(q people list | cut -f1)
set -- $ids
p1=$1 p2=$2 p3=$3 p4=$4
e_acute=$(printf '\303\251') combining=$(printf '\314\201') big_e_acute=$(printf '\303\211')
nbsp=$(printf '\302\240') sharp_s=$(printf '\303\237') rlo=$(printf '\342\200\256') zwsp=$(printf '\342\200\213')
non_joiner=$(printf '\342\200\214')
serena=$(printf '\321\201\320\265\321\200\320\265\320\275\320\260')       # in small letters
big_serena=$(printf '\320\241\320\265\321\200\320\265\320\275\320\260')   # with a capital
loud_serena=$(printf '\320\241\320\225\320\240\320\225\320\235\320\220')  # in capitals
ali=$(printf '\330\271\331\204\333\214')
reza=$(printf '\330\261\330\266\330\247')

# shows ID NAME: the name of this person, byte for byte
shows() { is "name of $1" "$2" "$(q people show "$1" --json | js name)"; }
# finds TEXT ID: people show and a query
finds() {
    code "show $1" 0 q people show "$1" --json
    has "$1 is the one" "$(printf '%s' "$out" | js id)" "$2"
    code "find $1" 0 q find "with:\"$1\""
    [ -n "$out" ] || fail "find $1: no photo"
}

# an accent as part of a letter, or as a separate mark
code 'a name with a mark' 0 q people name "$p1" "  Jose$combining   Mu${nbsp}Santos "
has 'the sentence has the clean name' "$out" "Jos$e_acute Mu Santos"
id1=$(q people show "jos$e_acute" --json | js id)
shows "$id1" "Jos$e_acute Mu Santos"
finds "jos$e_acute mu santos" "$id1"
finds "JOSE$combining MU SANTOS" "$id1"
finds "Jos$big_e_acute" "$id1"
code 'without the accent it is another name' 1 q people show 'Jose Mu Santos'
code 'the same name again' 6 q people name "$p2" "JOS$big_e_acute MU SANTOS"
has 'whose it is' "$errs" "\"Jos$e_acute Mu Santos\" is already "

# capitals of other alphabets
code 'Cyrillic' 0 q people name "$p2" "$big_serena"
id2=$(q people show "$serena" --json | js id)
shows "$id2" "$big_serena"
finds "$serena" "$id2"
finds "$loud_serena" "$id2"
code 'sharp s' 0 q people name "$p3" "Hans Stra${sharp_s}e"
id3=$(q people show 'hans strasse' --json | js id)
shows "$id3" "Hans Stra${sharp_s}e"
finds 'HANS STRASSE' "$id3"
code 'Persian, with a non-joiner' 0 q people name "$p4" "$ali$non_joiner$reza"
id4=$(q people show "$ali$reza" --json | js id)
shows "$id4" "$ali$non_joiner$reza"

# sorted as they are compared: a small letter is no later than a capital
anna=$(printf '\320\260\320\275\320\275\320\260')
code 'a small letter' 0 q people name "$id3" "$anna"
is 'sorted by name' "$anna $big_serena" "$(q people list --all --sort name | cut -f2 | grep -e "$anna" -e "$big_serena" | paste -sd' ' -)"
code 'undo' 0 q undo

# label does not create a second person for another spelling of a name
face=$(q find 'path:stranger*' --output=faces | cut -f1 | head -1)
code 'label' 0 q label "$face" "$loud_serena"
is 'nobody new' "$id2" "$(q faces show "$face" --json | js faces.0.person.id)"
f2=$(q faces list | sed -n 5p | cut -f1)
f3=$(q faces list | sed -n 6p | cut -f1)
code 'undo' 0 q undo
printf '+Zo%%C3%%A9 -- %s\n+ZOE%%CC%%81 -- %s\n' "$f2" "$f3" >"$tmp/acts"
code 'a batch' 0 q label --batch <"$tmp/acts"
is 'one new person for both' 2 "$(q people show "zo$e_acute" --json | js confirmed)"

# invalid names
code 'control characters' 2 q people name "$p1" "$(printf 'Anna\tBerg')"
has 'says so' "$errs" 'must not hold control characters'
code 'direction' 2 q people name "$p1" "Anna$rlo"
has 'says which' "$errs" '(U+202E)'
code 'invisible' 2 q people name "$p1" "An${zwsp}na"
code 'blank' 2 q people name "$p1" " $nbsp "
has 'says so' "$errs" 'must not be empty'
code 'no UTF-8' 2 q people name "$p1" "$(printf 'A\377')"
code 'too long' 2 q people name "$p1" "$(printf '%0256d' 0)"
has 'says how long' "$errs" 'at most 255 bytes'
code 'no name on a label either' 2 q label "$face" "An${zwsp}na"
shows "$id1" "Jos$e_acute Mu Santos"

# an older program stored names as they were typed: their bytes stay, and the present rules find them
q export labels >"$tmp/labels.txt" || fail 'export'
sed "s/name=Jos%C3%A9%20Mu%20Santos/name=Jose%CC%81%20%20Mu%20Santos/; s/=Jos%C3%A9%20Mu%20Santos/=Jose%CC%81%20%20Mu%20Santos/" \
    "$tmp/labels.txt" >"$tmp/old.txt"
grep -q 'Jose%CC%81%20%20Mu' "$tmp/old.txt" || fail 'no name in the log was made an old one'
rm -rf "$index"
"$MAKE_INDEX" "$index" "$tmp/photos" || exit 1
code 'the old log' 0 q import labels "$tmp/old.txt"
shows "$id1" "Jose$combining  Mu Santos"
finds "jos$e_acute mu santos" "$id1"
finds "$serena" "$id2"
code 'and it is taken' 6 q people name "$id3" "Jos$e_acute Mu Santos"
done_testing
