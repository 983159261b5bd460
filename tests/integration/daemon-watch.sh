# SPDX-License-Identifier: MIT
# The running daemon follows changes: new, copied, renamed and moved folders, edited, deleted and marked ones, slow copies.
. "$FN_SOURCE_DIR/tests/integration/daemon-lib.sh"
need_models
P=$T/photos
mkdir -p "$P/a"
for n in 1 2 3; do picture "$P/a/$n.jpg" $n; done
start "$P"
until_is ok 3
until_true '[ -S "$I/sock" ]'
photos() { "$INDEX_TOOL" "$I" | sed -n 's/^\(ok\|gone\)=//p' | tr '\n' ' '; }

picture "$P/a/4.jpg" 4
until_is ok 4
cp "$P/a/1.jpg" "$P/a/copy.jpg"
until_is paths 5
is ok 4
mv "$P/a/copy.jpg" "$P/renamed.jpg"
until_true 'has_path renamed.jpg && ! has_path a/copy.jpg'

# A whole folder, and files that are added to it later.
mkdir -p "$P/deep/er"
picture "$P/deep/er/5.jpg" 5
until_is ok 5
mv "$P/deep" "$P/other"
until_true 'has_path other/er/5.jpg && ! has_path deep/er/5.jpg'
picture "$P/other/er/6.jpg" 6
until_true 'has_path other/er/6.jpg'

# Written elsewhere and moved in, as careful programs do. Then edited in place.
picture "$T/new.tmp" 7
mv "$T/new.tmp" "$P/a/7.jpg"
until_true 'has_path a/7.jpg'
picture "$P/a/7.jpg" 77
until_is gone 1
is ok 7

# A copy in progress is one photo, not a broken one.
picture "$T/slow.jpg" 8
size=$(stat -c %s "$T/slow.jpg")
head -c $((size / 2)) "$T/slow.jpg" >"$P/a/8.jpg"
(sleep 0.1; tail -c +$((size / 2 + 1)) "$T/slow.jpg" >>"$P/a/8.jpg")
until_is ok 8
is bad 0

rm "$P/a/4.jpg"
until_is paths 8
until_true '! has_path a/4.jpg'
rm -r "$P/other"
until_true '! has_path other/er/6.jpg && ! has_path other/er/5.jpg'
mkdir "$P/secret"
picture "$P/secret/9.jpg" 9
until_true 'has_path secret/9.jpg'
touch "$P/secret/.nomedia"
until_true '! has_path secret/9.jpg'
rm "$P/secret/.nomedia"
until_true 'has_path secret/9.jpg'

# Moved out of the root and back: nothing is read again, and the photo is unchanged.
mv "$P/a" "$T/away"
until_true '! has_path a/1.jpg'
mv "$T/away" "$P/a"
until_true 'has_path a/1.jpg && has_path a/2.jpg && has_path a/3.jpg'
is bad 0
stop || fail "SIGTERM gave $?"
[ -S "$I/sock" ] && fail "the socket was left behind"
doctor_clean

# Changes while it was not running. A folder that was renamed then loses nothing, although all of its paths are new.
mv "$P/a" "$P/z"
for n in $(seq 200 230); do picture "$P/z/$n.jpg" $n; done
start
until_true 'has_path z/1.jpg && has_path z/230.jpg && ! has_path a/1.jpg'
until_is queue 0
mv "$P/z" "$P/y"
until_true 'has_path y/230.jpg && ! has_path z/230.jpg'
stop || fail "SIGTERM gave $?"
mv "$P/y" "$P/x"
start
until_true 'has_path x/230.jpg && ! has_path y/230.jpg'
"$INDEX_TOOL" "$I" roots | grep -q '^online' || fail "a renamed folder was held"
stop || fail "SIGTERM gave $?"
doctor_clean
