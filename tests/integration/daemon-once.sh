# SPDX-License-Identifier: MIT
# --once: new, known, moved, changed, copied and excluded files. Bad files are named. Nothing is read twice.
. "$FN_SOURCE_DIR/tests/integration/daemon-lib.sh"
need_models
P=$T/photos
mkdir -p "$P/2020/b" "$P/.hidden" "$P/marked" "$P/with space"
for n in 1 2 3 4; do picture "$P/2020/$n.jpg" $n; done
picture "$P/2020/b/no-extension" 5
picture "$P/.hidden/x.jpg" 6
picture "$P/marked/x.jpg" 7
touch "$P/marked/.nomedia"
picture "$P/with space/ü \"q\".JPG" 8
echo text >"$P/2020/notes.txt"
ln -s 1.jpg "$P/2020/link.jpg"
mkfifo "$P/2020/fifo.jpg"
once "$P" || fail "exit $?"
is ok 6
is bad 0
is paths 6
is queue 0
has_path '2020/b/no-extension' || fail "a picture without extension was not found"
has_path 'marked/x.jpg' && fail "a marker file was not heeded"
"$FACENETD" --once --no-progress --index "$I" --models "$MODELS" >"$T/out" || fail "second run"
grep -q ' 0 new' "$T/out" || fail "a second run read files again"

# A copy, a move, an edit, a loss; a file that is not a picture, a truncated one, an empty one.
cp "$P/2020/1.jpg" "$P/2020/copy.jpg"
mv "$P/2020/2.jpg" "$P/moved.jpg"
picture "$P/2020/3.jpg" 33
rm "$P/2020/4.jpg"
echo "<!DOCTYPE html>" >"$P/page.jpg"
head -c 300 "$P/2020/1.jpg" >"$P/cut.jpg"
: >"$P/empty.jpg"
once
[ $? -eq 3 ] || fail "bad files did not give exit code 3"
grep -q "page.jpg: not a" "$T/log" || fail "page.jpg is not named"
grep -q '1 new, 2 moved or copied, 2 gone, 3 bad' "$T/out" || { cat "$T/out"; fail "the summary is wrong"; }
is ok 5
is bad 3
is gone 2
is paths 9
once || fail "known bad files are told again"
rm "$P/.hidden/x.jpg" "$P/marked/.nomedia"
once
has_path 'marked/x.jpg' || fail "a folder without its marker is still left out"
doctor_clean

# Parts and kept copies are photos only while the finished file is not there.
paths() { "$INDEX_TOOL" "$I" paths | grep -c " parts/"; }
mkdir "$P/parts"
n=200
for name in a.jpg a.jpg.part a.jpg_original a.jpg~ .syncthing.a.jpg.tmp '~syncthing~a.jpg.tmp' .a.jpg.Xy12aB a.jpg.crdownload lone.jpg.part; do
    n=$((n + 1))
    picture "$P/parts/$name" $n
done
once
has_path 'parts/a.jpg' || fail "a file with parts beside it was not indexed"
has_path 'parts/lone.jpg.part' || fail "a part without a finished file was not indexed"
[ "$(paths)" = 2 ] || fail "parts are photos of their own: $("$INDEX_TOOL" "$I" paths | grep " parts/")"
rm "$P/parts/a.jpg"
once
has_path 'parts/a.jpg_original' || fail "a copy whose file is gone was not indexed"
rm -r "$P/parts"
once
[ "$(paths)" = 0 ] || fail "parts stay in the index"

# Interrupted: finished work is stored, the rest stays in the queue.
for n in $(seq 100 160); do picture "$P/2020/$n.jpg" $n; done
start --once
until_true '[ "$(value queue)" -gt 0 ]'
kill -INT "$D"
wait "$D"
[ $? -eq 130 ] || fail "an interrupted run does not end with 130"
D=0
once
is paths 71
is queue 0
doctor_clean
