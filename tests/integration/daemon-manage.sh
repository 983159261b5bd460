# SPDX-License-Identifier: MIT
# Roots are added and removed with and without a daemon, and by the configuration: what is printed, and what find shows then.
. "$FN_SOURCE_DIR/tests/integration/daemon-lib.sh"
need_models
P=$T/photos conf=$T/config/facenetd/facenetd.conf
mkdir -p "$P/a" "$P/b" "$T/config/facenetd"
picture "$P/a/1.jpg" 1
picture "$P/b/2.jpg" 2
q() { "$FNQ" --index "$I" "$@"; }
found() { q find 'faces>=0' | sed "s|$P/||" | sort | tr '\n' ' '; }
once "$P/a" "$P/b" || fail "exit $?"
[ "$(found)" = "a/1.jpg b/2.jpg " ] || fail "find: $(found)"

# Without a daemon.
q watch remove "$P/b" 2>"$T/err" || fail "watch remove"
grep -q "1 photo goes out of fnq find.*fnq watch add $P/b" "$T/err" || fail "$(cat "$T/err")"
[ "$(found)" = "a/1.jpg " ] || fail "find after the removal: $(found)"
q files --missing | grep -q "^$P/b/2.jpg	gone	its folder is not watched any more.*	20" || fail "$(q files --missing)"
q watch add "$P" 2>"$T/err" && fail "a root above another one was accepted"
q watch remove "$P/a/sub" 2>"$T/err" && fail "a folder that is no root was removed"
grep -q "is below the root $P/a" "$T/err" || fail "$(cat "$T/err")"
q watch add "$P/b" 2>"$T/err" || fail "watch add"
grep -q 'it indexes this folder when it starts' "$T/err" || fail "$(cat "$T/err")"

# With a daemon: the photos are back without being indexed anew, and leave again by watch remove and by a reload.
printf '[library]\nroot = %s\nroot = %s\n' "$P/a" "$P/b" >"$conf"
start
until_true '[ "$(found)" = "a/1.jpg b/2.jpg " ]'
"$FACENETD" --index "$I" --models "$MODELS" "$P/a" 2>"$T/err"
[ $? = 4 ] && [ "$(wc -l <"$T/err")" = 1 ] && grep -q 'fnq watch add' "$T/err" || fail "a second daemon: $(cat "$T/err")"
q watch remove "$P/a" 2>"$T/err" || fail "watch remove"
grep -q 'facenetd.conf has this folder, too' "$T/err" || fail "$(cat "$T/err")"
until_true '[ "$(found)" = "b/2.jpg " ]'
q watch add "$P/a" 2>"$T/err" && until_true '[ "$(found)" = "a/1.jpg b/2.jpg " ]'
q config set library.root "$P/a" 2>"$T/err" || fail "config set: $(cat "$T/err")"
grep -q 'had 2 folders' "$T/err" && grep -q 'read again by facenetd' "$T/err" || fail "$(cat "$T/err")"
until_true '[ "$(found)" = "a/1.jpg " ]'
grep -q "$P/b: no longer in the configuration" "$T/log" || fail "nothing about the folder that was taken out"
stop || fail "SIGTERM gave $?"

# Values that cannot work are refused in one line, and nothing is changed.
refused() # EXIT KEY VALUE PART
{
    cp "$conf" "$T/before"
    q config set "$2" "$3" 2>"$T/err"
    code=$?
    [ $code = "$1" ] && [ "$(wc -l <"$T/err")" = 1 ] && grep -q -e "$4" "$T/err" && cmp -s "$conf" "$T/before" ||
        fail "config set $2 $3: exit $code, $(cat "$T/err")"
}
refused 5 library.root "$T/nosuch" '--force'
refused 5 library.root "$P/a/1.jpg" 'is a file'
refused 2 library.root "$I" 'inside the index'
refused 2 limits.workers many 'whole number'
refused 1 people.threshold 1 'fnq config list'
q config set library.root "$T/nosuch" --force 2>"$T/err" || fail "--force"
doctor_clean
