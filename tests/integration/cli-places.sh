#!/bin/sh
# SPDX-License-Identifier: MIT
# All programs look in the same places, and the FILES sections of the manual name them. An index of an earlier version is
# reported with the command that moves it, and a user without an index gets that of the system.
. "${0%/*}/cli-lib.sh"
unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_DATA_DIRS
man=$FN_SOURCE_DIR/docs/man
data=$HOME/.local/share/facenetd config=$HOME/.config/facenetd
[ -n "${FACENETD:-}" ] || { echo "skipped: no facenetd"; exit 77; }
home() { sed "s|$HOME|~|"; } # paths as the manual writes them
member() { js "$1" | head -1; }
"$MAKE_INDEX" "$data/index" "$tmp/photos" || exit 1

# What the programs print. The path of a model stands for the folder of models.
mkdir -p "$data/models" "$config/conf.d"
: >"$data/models/here.profile"
echo '[limits]
workers = 7' >"$config/conf.d/x.conf"
{
    "$FNQ" status --json | member index
    "$FNQ" status --json | member labels_log
    "$FNQ" config path
    "$FACENETD" --print-config | grep -q '^workers = 7' && echo "$config/conf.d/*.conf"
    # an empty profile is a mistake, and the message names the file
    "$FACENETD" --check --profile here 2>&1 | grep -o "$data/models" | head -1
} | home | sort >"$tmp/programs"
cat "$tmp/programs"
is 'five places' 5 "$(sort -u "$tmp/programs" | grep -c '^~')"

files() { sed -n '/^\.Sh FILES/,/^\.Sh EXIT\|^\.Sh EX/s/^\.It Pa \(~.*\)/\1/p' "$man/$1" | sort; }
for page in fnq.1 facenetd.8 facenetd-bulk.8 facenetd.conf.5; do
    files "$page" >"$tmp/files"
    [ -s "$tmp/files" ] || fail "$page has no FILES"
    is "$page names only places that the programs use" '' "$(comm -23 "$tmp/files" "$tmp/programs")"
done
files fnq.1 >"$tmp/files"
is 'fnq.1 names all places of fnq' '' "$(grep -v conf.d "$tmp/programs" | comm -13 "$tmp/files" -)"
files facenetd.8 >"$tmp/files"
is 'facenetd.8 names all places of facenetd' '' "$(grep -v conf.d "$tmp/programs" | comm -13 "$tmp/files" -)"
text=$("$FNQ" status)
has 'status names the index' "$text" "index $data/index"
is 'an option that names the default is the default' "$("$FNQ" status --json | member labels_log)" \
    "$("$FNQ" status --index "$data/index/" --json | member labels_log)"

# An earlier index next to the default one, then alone. The command that moves it works with any name of a folder.
rm -r "$data"
export XDG_DATA_HOME="$tmp/Ann's \$HOME"
data=$XDG_DATA_HOME/facenetd quoted="'$tmp/Ann'\\''s \$HOME/facenetd'"
"$MAKE_INDEX" "$data/index" "$tmp/photos" || exit 1
refused() { # NAME COMMAND...
    name=$1
    shift
    code "$name" 6 "$@"
    has "$name" "$errs" "$advice"
    is "$name: one line" 1 "$(echo "$errs" | wc -l)"
}
everywhere() {
    refused "$1: fnq" "$FNQ" people list
    refused "$1: facenetd" "$FACENETD" --once "$tmp/photos"
    refused "$1: facenetd --check" "$FACENETD" --check
    [ -z "${BULK:-}" ] || refused "$1: facenetd-bulk" "$BULK" "$tmp/list" --root "$tmp/photos"
    code "$1: a command without an index" 0 "$FNQ" config path
}
: >"$tmp/list"
: >"$data/data.mdb"
advice="cd $quoted && mkdir earlier && mv *.mdb earlier/"
everywhere 'two indexes'
rm -r "$data/index" "$data/data.mdb"
"$MAKE_INDEX" "$data" "$tmp/photos" || exit 1
advice="cd $quoted && mkdir -p index && mv *.mdb index/"
everywhere 'an earlier index'
sh -c "$advice" || fail 'the command that moves the index'
code 'after the move' 0 "$FNQ" people list
[ -n "$out" ] || fail 'after the move the people are there'
rm -r "$data"
unset XDG_DATA_HOME
data=$HOME/.local/share/facenetd

# The system index, in a namespace in which it is a folder of this test.
mkdir -p "$tmp/var/facenetd"
"$MAKE_INDEX" "$tmp/var/facenetd" "$tmp/photos" || exit 1
cat >"$tmp/in" <<'END'
mount --bind "$1" /var/lib || exit 77
shift
exec "$@"
END
as_system() { unshare -rm sh "$tmp/in" "$tmp/var" "$@"; }
if as_system true 2>/dev/null; then
    code 'system index' 0 as_system "$FNQ" status --json
    is 'the system index is used' /var/lib/facenetd "$(echo "$out" | member index)"
    is 'and its label log' /var/lib/facenetd/labels.log "$(echo "$out" | member labels_log)"
    has 'status says so' "$(as_system "$FNQ" status)" 'system index /var/lib/facenetd'
    has 'with the configuration of the system' "$(as_system "$FNQ" config path)" etc/facenetd/facenetd.conf
    if command -v script >/dev/null; then
        has 'a terminal says so' "$(as_system script -qec "$FNQ people list" /dev/null)" 'this is the system index'
    fi
    code 'not without a terminal' 0 as_system "$FNQ" people list
    is 'not without a terminal' '' "$errs"
    "$MAKE_INDEX" "$data/index" "$tmp/photos" || exit 1
    is 'an own index comes first' "$data/index" "$(as_system "$FNQ" status --json | member index)"
else
    echo 'the system index was not tested: no namespaces'
fi
done_testing
