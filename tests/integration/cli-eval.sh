#!/bin/sh
# SPDX-License-Identifier: MIT
# fnq eval on pictures without faces and on bad lists: messages, counts and cache. With models and pictures of people
# (FACENETD_SHARED), also that it prints results, that it writes charts and that a second run uses no network.
shared=${FACENETD_SHARED:-$FN_SOURCE_DIR/../shared}
. "${0%/*}/cli-lib.sh"
models=${FACENETD_TEST_MODELS:-$FN_SOURCE_DIR/build/models}
export XDG_CACHE_HOME="$tmp/cache"

field() { printf '%s' "$out" | js "$1"; }

# ---- usage ----
code 'no folder' 2 "$FNQ" eval lfw
code 'no such mode' 2 "$FNQ" eval lfw --mode=sideways "$tmp/photos"
has 'no such mode' "$errs" 'detect or centre'
code 'empty folder' 5 "$FNQ" eval identities "$tmp/photos"
has 'empty folder' "$errs" 'no pictures'
printf 'a.jpg,b.jpg,maybe\nc.jpg,d.jpg,maybe\n' >"$tmp/list.csv"
code 'list that is none' 2 "$FNQ" eval pairs "$tmp/list.csv"
has 'list that is none' "$errs" 'line 2'
mkdir -p "$tmp/lfw/Ann"
printf '1\t1\nAnn\t1\t2\n' >"$tmp/lfw/pairs.txt"
code 'picture that is missing' 5 "$FNQ" eval lfw "$tmp/lfw"
has 'picture that is missing' "$errs" 'Ann_0001'
[ $failed = 0 ] || done_testing

[ -f "$models/default.profile" ] || { echo "skipped the rest: no models in $models"; done_testing; }
m="--models $models"

# ---- missing faces ----
# A chart is a picture without a face.
dir=$tmp/people
for p in ann bob cid; do
    mkdir -p "$dir/$p"
    for i in 1 2; do
        "$CHART_TOOL" "$dir/$p" "$i" "$p $i" || exit 1
    done
done
code 'no faces' 0 "$FNQ" $m --json eval identities "$dir"
is 'all missed' 6 "$(field figures.identities.missed)"
is 'none accepted' 0.0 "$(field figures.identities.rank1)"
code 'no faces, groups' 0 "$FNQ" $m --json eval clusters "$dir"
is 'groups: all missed' 6 "$(field figures.clusters.missed)"
printf 'ann/1.png,ann/2.png,1\nann/1.png,bob/1.png,0\n' >"$dir/list.csv"
code 'no faces, pairs' 0 "$FNQ" $m --json eval pairs "$dir/list.csv"
is 'pairs: wrong either way' 0.0 "$(field figures.pairs.accuracy)"
is 'pairs: missed' 2 "$(field figures.pairs.missed)"
code 'the square instead' 0 "$FNQ" $m --json eval pairs --mode=centre "$dir/list.csv"
is 'the square: none missed' 0 "$(field figures.pairs.missed)"
printf 'ann\nbob\n' >"$tmp/two"
code 'fallback' 0 "$FNQ" $m --json eval lfw --people="$tmp/two" "$dir"
is 'fallback: counted' 4 "$(field figures.pictures.fallbacks)"
printf 'no picture' >"$dir/cid/3.jpg"
code 'a file that is no picture' 3 "$FNQ" $m --json eval identities "$dir"
is 'failed: counted' 1 "$(field failed_pictures)"

# ---- several workers: the same results, in the same order ----
printf 'no picture either' >"$dir/ann/3.jpg"
for n in 1 2 5; do
    XDG_CACHE_HOME="$tmp/cache$n" "$FNQ" $m --json eval identities --threads $n "$dir" >"$tmp/by$n.json" 2>"$tmp/by$n.err"
    is "by $n workers: exit code" 3 $?
done
is 'by 1 worker: said once, in order' 'ann/3.jpg cid/3.jpg' \
    "$(sed -n "s|^fnq: $dir/\([a-z]*/3.jpg\).*|\1|p" "$tmp/by1.err" | tr '\n' ' ' | sed 's/ $//')"
for n in 2 5; do
    cmp -s "$tmp/by1.json" "$tmp/by$n.json" || fail "$n workers change results"
    [ "$(grep -v " pictures, " "$tmp/by1.err")" = "$(grep -v " pictures, " "$tmp/by$n.err")" ] || fail "$n workers change the messages"
done
rm "$dir/ann/3.jpg"

# ---- the cache: private, and used ----
is 'cache is private' 700 "$(stat -c %a "$XDG_CACHE_HOME/facenetd/eval")"
for f in "$XDG_CACHE_HOME"/facenetd/eval/*; do
    is "$f is private" 600 "$(stat -c %a "$f")"
done
rm "$dir/cid/3.jpg"
# a copy without a worker next to it still works
cp "$FNQ" "$tmp/fnq"
code 'from the cache' 0 "$tmp/fnq" $m eval identities "$dir"
code 'not from the cache' 5 "$tmp/fnq" $m eval identities --mode=centre --crop=.3 "$dir"
# damage is noticed: the entries are computed again, and are the same
"$FNQ" $m --json eval identities "$dir" >"$tmp/before.json"
for f in "$XDG_CACHE_HOME"/facenetd/eval/*; do
    printf 'damage' | dd of="$f" bs=1 seek=40 conv=notrunc 2>/dev/null
done
"$FNQ" $m --json eval identities "$dir" >"$tmp/after.json" || fail 'damaged cache'
cmp -s "$tmp/before.json" "$tmp/after.json" || fail 'a damaged cache changes results'

# ---- mirrored, and two models ----
code 'flip is another question' 5 "$tmp/fnq" $m eval identities --flip "$dir"
code 'flip' 0 "$FNQ" $m --json eval pairs --mode=centre --flip "$dir/list.csv"
is 'flip: the profile stays' default "$(field model.profile)"
code 'compare: two operands' 2 "$FNQ" $m eval compare "$dir" default
code 'compare: a model that is not there' 5 "$FNQ" $m eval compare "$dir" default "$tmp/none.fnm"
has 'compare: a model that is not there' "$errs" none.fnm

# ---- results ----
set=$shared/data/identities/lfw-deepfunneled
[ -d "$set" ] || { echo "skipped results: no pictures of people in $set"; done_testing; }
mkdir "$tmp/some"
for p in $(ls "$set" | head -12); do ln -s "$set/$p" "$tmp/some/$p"; done
code 'figures' 0 "$FNQ" $m --json eval lfw --plot "$tmp/charts" "$tmp/some"
acc=$(field figures.pairs.accuracy)
case $acc in 0.9[5-9]* | 1.0*) ;; *) fail "accuracy of aligned celebrities is $acc" ;; esac
for c in roc thresholds distances; do
    [ -s "$tmp/charts/$c.svg" ] && [ -s "$tmp/charts/$c.png" ] || fail "no chart $c"
done
size=$(cat "$tmp"/charts/*.svg | wc -c)
[ "$size" -lt 75000 ] || fail "charts of $size bytes"
ls "$tmp/some" | head -4 >"$tmp/four"
code 'compare' 0 "$FNQ" $m --json eval compare --people "$tmp/four" "$tmp/some" default dlib
case $(field verdict) in 'B is worse'* | 'no difference'*) ;; *) fail "dlib against default: $(field verdict)" ;; esac
code 'compare with itself' 0 "$FNQ" $m --json eval compare "$tmp/some" default default
has 'compare with itself' "$(field verdict)" 'no difference'
is 'compare with itself: nothing moves' 0 "$(field figures.difference.gained)"
code 'clusters, chart' 0 "$FNQ" $m --json eval clusters --plot "$tmp/charts" "$tmp/some"
code 'baselines' 0 "$FNQ" $m --json eval baselines --plot "$tmp/charts" "$tmp/some"
for c in clusters baselines; do
    [ -s "$tmp/charts/$c.svg" ] && [ -s "$tmp/charts/$c.png" ] || fail "no chart $c"
done
raw=$(field 'figures.raw pixels.accuracy')
case $raw in 0.[4-8]*) ;; *) fail "accuracy of raw pixels is $raw" ;; esac
# a video per person of each half of the pictures
for p in $(ls "$tmp/some"); do
    for v in 0 1; do mkdir -p "$tmp/films/$p/$v"; done
    i=0
    for f in "$tmp/some/$p"/*.jpg; do
        ln -s "$f" "$tmp/films/$p/$((i % 2))/$i.jpg"
        i=$((i + 1))
    done
done
code 'videos' 0 "$FNQ" $m --json eval ytf "$tmp/films"
is 'videos: count' 24 "$(field figures.videos.videos)"
acc=$(field figures.pairs.accuracy)
case $acc in 0.9* | 1.0*) ;; *) fail "accuracy of videos is $acc" ;; esac
done_testing
