#!/bin/sh
# SPDX-License-Identifier: MIT
# fnq on real pictures with a real worker: embed, who, crops, drawings, sheets. Needs imported models and photos.
. "${0%/*}/cli-lib.sh"
models=${FACENETD_TEST_MODELS:-$FN_SOURCE_DIR/build/models}
shared=${FACENETD_SHARED:-$FN_SOURCE_DIR/../shared}
album=$shared/data/album/bbt
[ -f "$models/default.profile" ] || { echo "skipped: no models in $models"; exit 77; }
[ -d "$album" ] || { echo "skipped: no photos in $album"; exit 77; }
[ -x "$FACENETD" ] || { echo "skipped: no facenetd"; exit 77; }
q() { "$FNQ" --index "$index" --models "$models" "$@"; }
mkdir "$tmp/photos/a"
cp "$album"/amy/*.png "$album"/raj/*.png "$album"/bbt3.jpg "$tmp/photos/a" && chmod -R u+w "$tmp/photos"
"$FACENETD" --once "$tmp/photos" --index "$index" --models "$models" >/dev/null 2>&1 || fail 'facenetd --once'

# embed: no index needed
line=$(q embed --jsonl "$album/amy/amy1.png")
is 'embed schema' fnq.embed/1 "$(printf '%s' "$line" | js schema)"
is 'the path as given' "$album/amy/amy1.png" "$(printf '%s' "$line" | js path)"
is '128 numbers' 128 "$(printf '%s' "$line" | js faces.0.embedding.#)"
is 'a box of four' 4 "$(printf '%s' "$line" | js faces.0.box.#)"
printf 'no picture' >"$tmp/x.jpg"
code 'a bad file among good ones' 3 q embed --jsonl "$album/amy/amy1.png" "$tmp/x.jpg" "$tmp/none.jpg"
is 'three lines' 3 "$(printf '%s\n' "$out" | wc -l | tr -d ' ')"
is 'its error' unsupported,missing "$(printf '%s\n' "$out" | sed 1d | js error.code | sed 's/corrupt/unsupported/' | paste -sd, -)"
is 'no faces' 0 "$(printf '%s\n' "$out" | sed -n 2p | js faces.#)"
is 'the same answer twice' "$line" "$(q embed --jsonl "$album/amy/amy1.png")"

# who: indexed, moved away, and never seen
p=$(q who "$tmp/photos/a/amy1.png" --json | js files.0.faces.0.person.id)
q people name "$p" 'Amy F' >/dev/null || fail 'name'
code 'who' 0 q who "$tmp/photos/a/amy2.png"
is 'a name' 'Amy F' "$(printf '%s' "$out" | cut -f3)"
is 'from the index' true "$(q who "$tmp/photos/a/amy2.png" --json | js files.0.indexed)"
cp "$tmp/photos/a/amy3.png" "$tmp/copy.png"
is 'by content, not by name' true "$(q who "$tmp/copy.png" --json | js files.0.indexed)"
json=$(q who "$album/bbt4.jpg" --json)
is 'not in the index' false "$(printf '%s' "$json" | js files.0.indexed)"
has 'and yet known' "$json" '"name":"Amy F"'
for key in path photo indexed taken width height rotated faces; do
    printf '%s' "$json" | js files.0.$key >/dev/null || fail "fnq.who/1 has no $key"
done
code 'a bad file alone' 5 q who "$tmp/x.jpg"
code 'a bad file among good ones' 3 q who "$tmp/x.jpg" "$tmp/photos/a/amy2.png"
is 'names from standard input' 2 "$(printf '%s\n%s\n' "$tmp/photos/a/amy1.png" "$tmp/photos/a/raj1.png" | q who - --json | js files.#)"
code 'everybody is improbable' 1 q who "$album/bbt1.jpg" --min-p 1

# pictures
code 'draw, crop, sheet' 0 q who "$tmp/photos/a/bbt3.jpg" --draw "$tmp/draw.jpg" --crop "$tmp" --sheet "$tmp/sheet.jpg"
for f in draw.jpg sheet.jpg "$(q who "$tmp/photos/a/bbt3.jpg" | head -1 | cut -f2).jpg"; do
    [ "$(od -An -tx1 -N3 "$tmp/$f" 2>/dev/null | tr -d ' ')" = ffd8ff ] || fail "$f is no JPEG"
done
code 'sheet of people' 0 q people list --sheet "$tmp/people.jpg"
[ -s "$tmp/people.jpg" ] || fail 'no sheet'
is 'what was written' "1 page: $tmp/people.jpg" "$errs"
is 'in JSON as well' "$tmp/people.jpg" "$(q people list --json --sheet "$tmp/people.jpg" 2>/dev/null | js sheets.0)"
code 'no folder for a sheet' 5 q people list --sheet "$tmp/none/people.jpg"
has 'which one' "$errs" "cannot write '$tmp/none/people.jpg'"
before=$(cksum <"$tmp/photos/a/bbt3.jpg")
code 'a photo is not replaced by a drawing' 6 q who "$tmp/photos/a/bbt3.jpg" --draw "$tmp/photos/a"
code 'nor by a sheet' 6 q people list --sheet "$tmp/photos/a/bbt3.jpg"
is 'the photo as it was' "$before" "$(cksum <"$tmp/photos/a/bbt3.jpg")"
cp "$tmp/photos/a/bbt3.jpg" "$tmp/$(printf 'line\nend \351.jpg')"
code 'any file name' 0 q who "$tmp/$(printf 'line\nend \351.jpg')" --sheet "$tmp/odd.jpg"
is 'nothing half-written is left' '' "$(ls "$tmp" | grep tmp-)"
code 'crop' 0 q faces crop "$tmp/photos/a/amy1.png:1" --crop "$tmp" --px 64
code 'like a file' 0 q like "$album/amy/amy5.png" -k 2
done_testing
