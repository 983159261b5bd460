#!/bin/sh
# SPDX-License-Identifier: MIT
# fnq people list --html: what is in the pages, what a second run does, and what goes wrong. Needs a worker, but no models.
. "${0%/*}/cli-lib.sh"
command -v python3 >/dev/null || { echo 'skipped: no python3'; exit 77; }
read_page() { python3 "${FN_SOURCE_DIR}/tests/integration/read_page.py" "$@"; }
# All of a page in one number: the names and the contents of its files, without the time at which it was made.
content() {
    (cd "$1" && find . -type f ! -name '.*' | LC_ALL=C sort >"$tmp/names" && xargs cat <"$tmp/names" | cat "$tmp/names" - |
        sed 's/^<p>Made on .*//' | cksum)
}

# A root that is as hostile as its photos; make_index adds names with a line end, a quote, an escape sequence and Latin-1.
root="$tmp/ro\"ot <script>alert(1)</script> &amp; #?%41;'x'"
"$MAKE_INDEX" "$index" "$root" 5 6 || exit 1
mkdir -p "$root" && "$DRAW_PEOPLE" "$root" 5 6 || exit 1
page="$tmp/my page"
anna=$(q people list --all | sort | head -1 | cut -f1)
q people name "$anna" '<script>alert("Anna")</script> & Co' >/dev/null || fail 'name'

code 'a page' 0 q people list --html "$page"
real=$(cd "$page" && pwd -P)
is 'one line' "page: $real/index.html   5 people, 36 faces; open it in a browser" "$out"
is 'nothing else' '' "$errs"
code 'a browser can read it' 0 read_page "$page"
is 'all of it' '40 pages, 70 pictures, 34 originals' "$out"
text=$(cat "$page/index.html")
has 'the count' "$text" '5 people &#183; 34 photos &#183; 36 faces'
has 'the name is text' "$text" '&#60;script&#62;alert(&#34;Anna&#34;)&#60;/script&#62; &#38; Co'
has 'years' "$text" '>2003<'
has 'the footer' "$text" 'Nothing left this computer'
unnamed=$(grep -l 'Who is this' "$page"/people/*.html | head -1)
line=$(sed -n 's/.*<code>\(fnq .*\)<\/code><\/pre>/\1/p' "$unnamed" | sed "s/&#34;/\"/g; s/&#39;/'/g")
has 'the command names this index' "$line" "fnq --index $index people name p"
(PATH="${FNQ%/*}:$PATH" && eval "$line") >/dev/null || fail "the command does not work: $line"
has 'and the name is there' "$(q people list)" 'A Name'
has 'seen with' "$(cat "$page"/people/*.html)" 'Seen with'
has 'a file name with a line end' "$(cat "$page"/photos/*.html)" 'tab&#9225;newline&#9226;&#34;quote, comma.jpg'
is 'private' '' "$(find "$page" -perm /077)"

# a second run: only pages are written; what is not ours stays
echo mine >"$page/notes.txt"
json=$(q people list --html "$page" --json)
is 'schema' fnq.page/1 "$(printf '%s' "$json" | js schema)"
for key in path people faces faces_shown photos_shown unreadable written reused removed bytes; do
    printf '%s' "$json" | js $key >/dev/null || fail "fnq.page/1 has no $key"
done
is 'crops and previews are reused' 70 "$(printf '%s' "$json" | js reused)"
is 'pages are written' 41 "$(printf '%s' "$json" | js written)"
before=$(content "$page")
q people list --html "$page" >/dev/null || fail 'a third run'
is 'the same page' "$before" "$(content "$page")"
gone=$(ls "$page/people" | wc -l)
code 'fewer people' 0 q people list --limit 2 --html "$page"
has 'fewer' "$out" '   2 people, '
[ "$(ls "$page/people" | wc -l)" -lt "$gone" ] || fail 'pages of people that are gone are removed'
is 'a file of the user' mine "$(cat "$page/notes.txt")"
rm "$page/notes.txt"
read_page "$page" >/dev/null || fail "after the removal: $(read_page "$page")"

# photos that are away or damaged
q people list --html "$page" >/dev/null
rm -rf "$page/faces" "$page/photos"
mv "$root/person-1/0.jpg" "$tmp/away.jpg"
echo 'no picture' >"$root/person-2/0.jpg"
code 'with faults' 0 q people list --html "$page"
has 'counted' "$out" '2 photos could not be read'
code 'and readable' 0 read_page "$page"
has 'a placeholder' "$(cat "$page"/people/*.html)" 'No picture: the photo could not be read'
mv "$tmp/away.jpg" "$root/person-1/0.jpg"
is 'and back' 1 "$(q people list --html "$page" --json | js unreadable)"
"$DRAW_PEOPLE" "$root" 5 6

# no people at all, and a hidden one
mkdir "$tmp/none"
FNQ_OLD=$index index=$tmp/index0
"$MAKE_INDEX" "$index" "$tmp/none" 1 1 || exit 1
q people hide "$(q people list | cut -f1)" >/dev/null || fail 'hide'
code 'nobody' 0 q people list --html "$tmp/page0"
has 'says so' "$(cat "$tmp/page0/index.html")" 'There are no people to show yet'
has 'and what is left out' "$(cat "$tmp/page0/index.html")" 'unnamed in fewer than 3 photos'
read_page "$tmp/page0" >/dev/null || fail "an empty page: $(read_page "$tmp/page0")"
index=$FNQ_OLD

# many people, and many faces of one: without files there is nothing to decode
FNQ_OLD=$index index=$tmp/index0
rm -rf "$index" && "$MAKE_INDEX" "$index" "$tmp/none" 1003 1 || exit 1
code 'many people' 0 q people list --all --html "$tmp/page0"
is 'three pages of people' index-2.html,index-3.html,index.html "$(cd "$tmp/page0" && ls index* | paste -sd, -)"
is 'none is left out' "$(q people list --all | wc -l)" "$(cat "$tmp"/page0/index*.html | grep -c 'class="card"')"
code 'a browser can read them' 0 read_page "$tmp/page0"
rm -rf "$index" && "$MAKE_INDEX" "$index" "$tmp/none" 5003 1 || exit 1
code 'very many people' 0 q people list --all --html "$tmp/page0"
links() { sed '/<\/nav>/q' "$tmp/page0/$1" | grep -o '"index[-0-9]*.html"[^<]*<\|&#8230;' | sed 's/&#8230;/-/; s/.*>\(.*\)</\1/' | paste -sd' ' -; }
is 'the links of the first page' '1 2 3 - 6 - 11' "$(links index.html)"
is 'the links of one in the middle' '1 - 3 4 5 6 7 8 - 11' "$(links index-6.html)"
for key in photos name first last; do # a limit also bounds the memory, where the list is longer than this one
    is "the first people by $key" "$(q people list --all --sort $key | head -7)" "$(q people list --all --sort $key --limit 7)"
done
is 'and how many there are' "$(q people list --all --json | js total)" "$(q people list --all --limit 7 --json | js total)"
rm -rf "$index" && "$MAKE_INDEX" "$index" "$tmp/none" 1 296 || exit 1
code 'many faces' 0 q people list --html "$tmp/page0"
is 'the other pages are gone' index.html "$(cd "$tmp/page0" && ls index*)"
has 'not all are shown' "$(cat "$tmp"/page0/people/*.html)" '<p class="note">The clearest 200, oldest first, and 100 more that are not shown.</p>'
is 'as many as it says' 200 "$(ls "$tmp"/page0/photos/*.html | wc -l | tr -d ' ')"
code 'a browser can read them, too' 0 read_page "$tmp/page0"
index=$FNQ_OLD

# what goes wrong
mkdir "$tmp/other" && echo mine >"$tmp/other/holiday.txt"
code 'a folder with other files' 6 q people list --html "$tmp/other"
is 'one clear line' "fnq: '$tmp/other' has other files in it. Choose a new or empty folder" "$errs"
is 'untouched' holiday.txt "$(ls -A "$tmp/other")"
code 'a file' 5 q people list --html "$tmp/other/holiday.txt"
code 'not with a sheet' 2 q people list --html "$tmp/x" --sheet "$tmp/x.jpg"
code 'no index, no folder' 4 "$FNQ" --index "$tmp/nothing" people list --html "$tmp/x"
[ ! -e "$tmp/x" ] || fail 'a folder was made without an index'
if [ "$(id -u)" != 0 ]; then
    mkdir -m 555 "$tmp/locked"
    code 'a folder that cannot be written' 8 q people list --html "$tmp/locked"
fi
# A full disk, where a small one can be mounted. The page that was there is complete, and a later run completes the rest.
if unshare -m sh -c 'mount -t tmpfs -o size=4k tmpfs "$1"' - "$tmp/none" 2>/dev/null; then
    mkdir "$tmp/small"
    code 'no space' 8 unshare -m sh -c 'mount -t tmpfs -o size=400k tmpfs "$3" && "$1" --index "$2" people list --html "$3/page"; rc=$?
        rm -f "$3"/page/faces/f*.jpg && "$1" --index "$2" people list --limit 1 --html "$3/page" >/dev/null || echo later
        exit $rc' - "$FNQ" "$index" "$tmp/small"
    is 'one line' 1 "$(printf '%s\n' "$errs" | wc -l | tr -d ' ')"
    has 'what and where' "$errs" "No space left on device"
    is 'it later works' '' "$out"
fi

# killed at any time: the old page or the new one, and the next run completes it
q people list --html "$tmp/killed" >/dev/null
q people rename "$anna" 'Anna' >/dev/null 2>&1 || q people name "$anna" 'Anna' >/dev/null || fail 'rename'
for delay in 0.01 0.03 0.06 0.1 0.2; do
    rm -rf "$tmp/killed/faces"
    "$FNQ" --index "$index" people list --html "$tmp/killed" >/dev/null 2>&1 &
    sleep $delay
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
    for f in "$tmp"/killed/index.html "$tmp"/killed/people/*.html; do
        [ "$(tail -n 1 "$f")" = '</html>' ] || fail "half of $f"
    done
done
q people list --html "$tmp/killed" >/dev/null || fail 'the run after the kills'
q people list --html "$tmp/fresh" >/dev/null
is 'as if it had not been killed' "$(content "$tmp/fresh")" "$(content "$tmp/killed")"
code 'and every picture is whole' 0 read_page "$tmp/killed"

# real photos, where there are some
models=${FACENETD_TEST_MODELS:-$FN_SOURCE_DIR/build/models} photos=${FACENETD_TEST_PHOTOS:-$FN_SOURCE_DIR/build/packages/@vladmandic/face-api/demo}
if [ -x "${FACENETD:-}" ] && [ -f "$models/default.profile" ] && [ -d "$photos" ]; then
    mkdir "$tmp/real" && cp "$photos"/sample*.jpg "$tmp/real"
    "$FACENETD" --once "$tmp/real" --index "$tmp/index3" --models "$models" >/dev/null 2>&1 || fail 'facenetd --once'
    code 'inside the folder of the photos' 0 "$FNQ" --index "$tmp/index3" people list --all --html "$tmp/real/page"
    code 'a browser can read it' 0 read_page "$tmp/real/page"
    before=$("$FNQ" --index "$tmp/index3" status --json --no-daemon | js photos)
    "$FACENETD" --once "$tmp/real" --index "$tmp/index3" --models "$models" >/dev/null 2>&1 || fail 'facenetd --once again'
    is 'the page is not indexed' "$before" "$("$FNQ" --index "$tmp/index3" status --json --no-daemon | js photos)"
fi
done_testing
