# SPDX-License-Identifier: MIT
# A program that uses only cli/library indexes: the same photos, faces, embeddings and people as facenetd --once; bad files are recorded;
# known files are not read again; one file; settings, markers and links; refused arguments.
. "$FN_SOURCE_DIR/tests/integration/daemon-lib.sh"
need_models
P=$T/photos
mkdir -p "$P/sub/with space" "$P/.hidden" "$P/marked/deep"
for n in $(seq 1 20); do picture "$P/$n.jpg" "$n"; done
# faces, if there are photos of people
for f in "$PHOTOS"/sample*.jpg; do [ -f "$f" ] && cp "$f" "$P/sub/with space/"; done
album=${FACENETD_SHARED:-/nonexistent}/data/album
[ -d "$album" ] && find "$album" -type f -name '*.jpg' | sort | head -50 | while read -r f; do cp "$f" "$P/sub/with space/$(echo "$f" | tr / _)"; done
cp "$P/3.jpg" "$P/sub/copy.jpg"
cp "$P/4.jpg" "$P/sub/no-extension"
cp "$P/5.jpg" "$P/.hidden/"
picture "$P/marked/deep/x.jpg" 77
touch "$P/marked/.nomedia"
ln -s ../1.jpg "$P/sub/link.jpg"
mkfifo "$P/sub/fifo.jpg"
echo text >"$P/sub/notes.txt"
echo "<!DOCTYPE html>" >"$P/sub/page.jpg"
head -c 300 "$P/1.jpg" >"$P/sub/cut.jpg"
: >"$P/sub/empty.jpg"

library() { "$LIBRARY_TOOL" "$I" "$MODELS" "$@" >"$T/out" 2>"$T/log"; }
facts() { "$INDEX_TOOL" "$1" | grep -E '^(ok|bad|gone|faces|paths|people|queue|dirty)='; "$INDEX_TOOL" "$1" paths | sort
    "$INDEX_TOOL" "$1" bad | sort; "$INDEX_TOOL" "$1" faces | sort; }

I=$T/daemon-index
once "$P"
[ $? -eq 3 ] || fail "the daemon's run ended with another code"
facts "$I" >"$T/daemon"
[ "$(value bad)" -eq 3 ] || fail "the daemon finds $(value bad) bad files"
new=$(value ok)

I=$T/index
library folder "$P" || fail "the library cannot index: $(cat "$T/log")"
facts "$I" >"$T/library"
diff "$T/daemon" "$T/library" || fail "another index than the daemon's"
grep -q "^new=$new known=2 unchanged=0 bad=3 unread=0 other=1 faces=$(value faces) unread_folders=0 pending=0$" "$T/out" ||
    fail "the counts are wrong: $(cat "$T/out")"
grep -q '^bad: .*/sub/page.jpg: not a' "$T/out" || fail "page.jpg is not named"
doctor_clean

# no program reads a known file again; a bad file that changes is read
library folder "$P" || fail "a second run"
grep -q "^new=0 known=0 unchanged=$((new + 5)) bad=0 " "$T/out" || fail "read again: $(cat "$T/out")"
once "$P"
grep -q ' 0 new' "$T/out" || fail "the daemon read again what the library had stored: $(cat "$T/out")"
picture "$P/sub/page.jpg" 500
library folder "$P/sub" || fail "a folder in a root"
grep -q '^new=1 known=0 ' "$T/out" || fail "a changed file: $(cat "$T/out")"
is bad 2
[ "$("$INDEX_TOOL" "$I" roots | wc -l)" -eq 1 ] || fail "a folder in a root became a root"

# one file
picture "$P/sub/one.jpg" 501
library file "$P/sub/one.jpg" && grep -q '^new ' "$T/out" || fail "one file: $(cat "$T/out" "$T/log")"
library file "$P/sub/one.jpg" && grep -q '^unchanged ' "$T/out" || fail "one file again"
cp "$P/sub/one.jpg" "$P/sub/two.jpg"
library file "$P/sub/two.jpg" && grep -q '^known ' "$T/out" || fail "a copy"
echo "no picture" >"$P/sub/three.jpg"
library file "$P/sub/three.jpg" && fail "a bad file gives no error"
grep -q '^bad ' "$T/out" || fail "a bad file is not recorded: $(cat "$T/out")"
grep -q 'three.jpg: not a' "$T/log" || fail "no reason: $(cat "$T/log")"
"$INDEX_TOOL" "$I" bad | grep -q 'three.jpg' || fail "the index does not list three.jpg"
library file "$P/sub/notes.txt" && fail "a text was indexed"
library file "$P/marked/deep/x.jpg" && fail "a marker file was not heeded"
library file "$P/absent.jpg" && fail "no file, no error"
doctor_clean

# indexing, labelling and querying in one process
face=$(find "$P/sub/with space" -name 'sample1.jpg')
if [ -n "$face" ]; then
    I=$T/index-2
    library all "$P" "$face" "Ann Berg" || fail "index, label and ask: $(cat "$T/log")"
    grep -q "^new=$((new + 2)) known=" "$T/out" || fail "indexing first: $(cat "$T/out")"
    grep -q '^new=0 known=0 ' "$T/out" || fail "indexing again: $(cat "$T/out")"
    grep -q '^changed=1 conflicts=0 new_person=1$' "$T/out" || fail "labelling: $(cat "$T/out")"
    grep -q '^1: Ann Berg$' "$T/out" || fail "asking: $(cat "$T/out")"
    doctor_clean
    I=$T/index
else
    echo "not tested: labelling, there is no $PHOTOS/sample1.jpg"
fi

# refused arguments, which leave nothing behind
library folder "$T" && fail "a folder that contains a root"
grep -q "contains $P" "$T/log" || fail "it is not said: $(cat "$T/log")"
library folder "$P/marked/deep" && fail "a folder that is left out"
I=$T/no-index
library file "$P/sub/notes.txt" && fail "a text was indexed"
[ ! -e "$I" ] || fail "an index was made for a text"
"$LIBRARY_TOOL" "$I" "$T/no-models" folder "$P" >"$T/out" 2>"$T/log" && fail "no models, no error"
[ ! -e "$I" ] || fail "an index was made without models"
exit 0
