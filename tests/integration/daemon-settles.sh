# SPDX-License-Identifier: MIT
# Large libraries whose photos are away: a daemon clusters all faces and exits, and a name applies to the whole person.
. "$FN_SOURCE_DIR/tests/integration/daemon-lib.sh"
need_models
[ -x "$MAKE_FACES" ] || skip "no fn_make_faces"
LIMIT=60 # seconds within which facenetd --once has to exit
fnq() { "$FNQ" --index "$I" "$@"; }
status() { fnq status --json | "$JSON_TOOL" "$1"; }
least() { awk -v a="$2" -v b="$3" 'BEGIN { exit !(a >= b) }' || fail "$1: $2, not $3 or more"; }
most() { awk -v a="$2" -v b="$3" 'BEGIN { exit !(a <= b) }' || fail "$1: $2, not $3 or less"; }

# library FACES PEOPLE: makes a library, lets a daemon update the clusters, and names the largest person.
library()
{
    I=$T/index-$2
    "$MAKE_FACES" "$I" "$T/away" --faces "$1" --people "$2" >"$T/truth" 2>>"$T/log" || fail "no library of $1 faces"
    truth() { sed -n "s/^$1=//p" "$T/truth"; }
    least "faces that wait" "$(status unsettled)" $(($1 / 2))
    timeout "$LIMIT" "$FACENETD" --once --no-progress --index "$I" --models "$MODELS" >"$T/out" 2>>"$T/log"
    code=$?
    [ $code -ne 124 ] || fail "$1 faces of $2 people: not settled after $LIMIT s, $(status unsettled) wait"
    [ $code -eq 0 ] || fail "$1 faces of $2 people: exit $code"

    [ "$(status unsettled)" = 0 ] || fail "$(status unsettled) faces wait"
    [ "$(status queue.total)" = 0 ] || fail "$(status queue.total) files wait"
    [ "$(status faces)" = "$1" ] || fail "$(status faces) faces"
    [ "$(status roots.0.state)" = away ] || fail "the root is $(status roots.0.state)"

    # There are as many clusters of two or more as people, up to a few percent. The largest is nearly complete, and pure.
    fnq people list --all --csv | sed 1d >"$T/people"
    groups=$(awk -F, '$4 > 1' "$T/people" | wc -l)
    least "groups" "$groups" $(($(truth people) * 95 / 100))
    most "groups" "$groups" $(($(truth people) * 105 / 100 + 5))
    faces=$(sort -t, -k4,4nr "$T/people" | head -1 | cut -d, -f4)
    least "faces of the largest person" "$faces" $(($(truth largest) * 98 / 100))
    most "faces of the largest person" "$faces" $(($(truth largest) * 110 / 100))

    person=$(sort -t, -k4,4nr "$T/people" | head -1 | cut -d, -f1)
    fnq -y people name "$person" Anna >/dev/null || fail "naming $faces faces"
    [ "$(fnq find Anna --output=faces --csv | sed 1d | wc -l)" -eq "$faces" ] ||
        fail "Anna has $(fnq find Anna --output=faces --csv | sed 1d | wc -l) faces, not $faces"
    [ "$(status people.named)" = 1 ] || fail "$(status people.named) people have names"
    [ "$(status unsettled)" = 0 ] || fail "$(status unsettled) faces wait after a name"
    doctor_clean
}

library 9000 1
library 10000 2000
