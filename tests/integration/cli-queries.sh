#!/bin/sh
# SPDX-License-Identifier: MIT
# People as one types them: operands of the shell, words of names, odd names, similar names, short forms of commands, and what an error
# advises.
. "${0%/*}/cli-lib.sh"
make_index
ids=$(q people list --all | cut -f1)
set -- $ids
p1=$1 p2=$2 p3=$3 p4=$4 p5=$5
name() { code "name $2" 0 q people name "$1" "$2"; }
name "$p1" 'Ann Berg'
name "$p2" Tom
name "$p3" 'Bo "Bibi" Li'
name "$p4" And
id1=$(q people show 'Ann Berg' --json | js id)
id3=$(q people show bibi --json | js id)
id4=$(q people show and --json | js id)
ann=$(q find "with:$id1" | sort)
n_ann=$(printf '%s\n' "$ann" | wc -l | tr -d ' ')
both=$(q find "($id1) and (tom)")

# the same query, as a person types it
is 'with quotes of the shell' "$ann" "$(q find 'Ann Berg' | sort)"
is 'two operands' "$ann" "$(q find Ann Berg | sort)"
is 'a word of the name' "$ann" "$(q find berg | sort)"
is 'the beginning' "$ann" "$(q find ann b | sort)"
is 'full-width and capitals' "$ann" "$(q find ANN  BERG | sort)"
is 'completion of a shell' "$ann" "$(eval "q find Ann\\ Berg" | sort)"
is 'and' "$both" "$(q find Ann and Tom)"
is 'and, one operand each' "$both" "$(q find 'Ann Berg' and Tom)"
is 'and, left out' "$both" "$(q find Ann Berg Tom)"
is 'and not' $((n_ann - 1)) "$(q find 'Ann Berg' and not Tom --output count)"
is 'a list of names' 0 "$(q find only:Ann Berg,Tom --output count)"
is 'label, the same' "$id1" "$(q people show ann --json | js id)"
code 'confirm --of' 0 q confirm --of 'ann berg' -n
code 'a query of label' 0 q confirm --query 'Ann Berg' -n

# odd names
is 'a name with quotes' "$(q find "$id3")" "$(q find 'Bo "Bibi" Li')"
is 'escaped' "$(q find "$id3")" "$(q find '"Bo \"Bibi\" Li"')"
is 'one of its words' "$(q find "$id3")" "$(q find bibi)"
is 'an operator' "$(q find "$id4")" "$(q find '"And"')"
code 'an operator without quotes' 2 q find And
has 'what to write' "$errs" "write '\"And\"', with both quotes"
name "$id4" 'Tom and Jerry'
is 'kept together by the shell' "$(q find "$id4")" "$(q find 'Tom and Jerry')"
name "$id4" 'date:2001'
is 'a key' "$(q find "$id4")" "$(q find '"date:2001"')"
[ "$(q find date:2001)" != "$(q find "$id4")" ] || fail 'date:2001 is not a date any more'
is 'shown' "$id4" "$(q people show date:2001 --json | js id)"
name "$id4" 'R2:D2'
code 'no key' 2 q find R2:D2
has 'what to write' "$errs" "write '\"R2:D2\"', with both quotes"
name "$id4" Not
is 'not' "$(q find "$id4")" "$(q find '"Not"')"
name "$id4" p7k3
is 'an id' "$(q find "$id4")" "$(q find p7k3)"
is 'shown' "$id4" "$(q show p7k3 --json | js id)"

# nobody, and several
code 'a slip' 2 q find tmo
has 'did you mean' "$errs" "nobody is called 'tmo'; did you mean Tom?"
code 'the same of a person' 1 q people show tmo
has 'did you mean' "$errs" "nobody is called 'tmo'; did you mean Tom?"
name "$p5" 'Ann Olsen'
for c in 'find ann' 'people show ann' 'people hide ann' 'people name ann X' 'confirm --of ann' 'people split ann' 'show ann'; do
    code "$c" 2 q $c
    has "$c: the candidates" "$errs" "'ann' is ambiguous: "
    has "$c: with numbers" "$errs" "Ann Berg ($(printf %.8s "$id1"), $n_ann photos)"
    has "$c: all of them" "$errs" 'Ann Olsen (p'
done
is 'nothing changed' 'Ann Berg' "$(q people show "$id1" --json | js name)"
is 'the whole name is not ambiguous' "$ann" "$(q find ann berg | sort)"
code 'undo' 0 q undo

# where in the query, and what was expected
code 'a wide character' 2 q find 'José or tmo'
is 'the caret' "     José or tmo
     ^" "$(printf '%s\n' "$errs" | tail -2)"
code 'later' 2 q find tom or 'José'
is 'the caret' "     tom or José
            ^" "$(printf '%s\n' "$errs" | tail -2)"
code 'of a label' 2 q confirm --query 'tom ('
has 'a caret' "$errs" '          ^'
code 'a date' 2 q find tom 2001
has 'how it is written' "$errs" 'a date is written date:2001'

# things that are no query
: >"$tmp/hike 1.jpg"
code 'a file' 2 q find "$tmp/hike 1.jpg"
has 'who' "$errs" "Who is in it: fnq who '$tmp/hike 1.jpg'"
face=$(q find tom --output faces | head -1 | cut -f1)
code 'a face' 2 q find "$face"
has 'show' "$errs" "fnq show $face"
photo=$(q photos show "$tmp/photos/group.jpg" --json | js photos.0.photo)
code 'a photo' 2 q find "$photo"
has 'show' "$errs" "fnq show $photo"
code 'a file as a command' 2 q "$tmp/hike 1.jpg"
has 'who' "$errs" 'fnq who'

# show
is 'a person' "$id1" "$(q show Ann Berg --json | js id)"
is 'a face' fnq.faces/1 "$(q show "$face" --json | js schema)"
is 'a face of a photo' fnq.faces/1 "$(q show "$photo:1" --json | js schema)"
is 'a photo' fnq.photos/1 "$(q show "$photo" --json | js schema)"
is 'the path of a photo' fnq.photos/1 "$(q show "$tmp/photos/group.jpg" --json | js schema)"
code 'a file that is not indexed' 1 q show "$tmp/hike 1.jpg"
has 'who' "$errs" "fnq who '$tmp/hike 1.jpg'"
code 'nothing' 1 q show nothing/of/that/name
has 'says so' "$errs" 'is no person, face, photo or file'
code 'a slip' 1 q show tmo
has 'did you mean' "$errs" 'did you mean Tom?'
name "$p5" hike
(cd "$tmp" && : >hike && code 'a name comes first' 0 q show hike && code 'the file' 1 q show ./hike && exit $failed) || failed=1

# photos of a person, and the rest of them by the command in the last line
out=$(q people show 'Ann Berg')
has 'photos' "$out" "$tmp/photos/person-0/0.jpg"
rm -rf "$index"
"$MAKE_INDEX" "$index" "$tmp/photos" 3 20 || exit 1
p1=$(q people list | head -1 | cut -f1)
name "$p1" "Li \"And\" O'Neil"
more=$(q people show li | sed -n 's/^ *and [0-9]* more: fnq //p')
[ -n "$more" ] || fail 'no command for the rest'
is 'the rest' "$(q find "$p1" --sort newest)" "$(eval "q $more")"
is 'ten are shown' 10 "$(q people show li | grep -c "^    [0-9n].*$tmp/photos/")"

# commands
code 'a short form' 0 q photos li
code 'help of a short form' 0 q help merge
has 'is that of the command' "$out" 'usage: fnq people merge'
code 'rename' 0 q rename li Li
code 'merge' 0 q merge "$(q people list | sed -n 2p | cut -f1)" li --yes
code 'show photos' 0 q photos show "$tmp/photos/group.jpg"
code 'a slip' 2 q shwo
has 'did you mean' "$errs" "there is no command 'shwo'; did you mean show"
code 'in a group' 2 q people shwo
has 'did you mean' "$errs" "there is no command 'people shwo'; did you mean people show?"
code 'the second word alone' 2 q unhide x
has 'did you mean' "$errs" 'did you mean people unhide?'
code 'in the wrong order' 2 q list people
has 'did you mean' "$errs" 'did you mean people list?'
code 'help' 2 q help fnd
has 'did you mean' "$errs" 'did you mean find?'
has 'the short forms are in the help' "$(q --help)" 'rename '
has 'examples' "$(q help find)" 'fnq find Ann Berg and not Tom'
done_testing
