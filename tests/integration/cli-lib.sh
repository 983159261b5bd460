# SPDX-License-Identifier: MIT
# For the tests of fnq: an artificial index in a folder of its own, and functions that compare output. Expects FNQ, MAKE_INDEX and
# JSON_TOOL in the environment.
set -u
LC_ALL=C.UTF-8
export LC_ALL
unset FACENETD_SHARED NO_COLOR 2>/dev/null || :
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT INT TERM
export HOME="$tmp/home" XDG_DATA_HOME="$tmp/data" XDG_CONFIG_HOME="$tmp/config" XDG_RUNTIME_DIR="$tmp/run"
mkdir -p "$HOME" "$tmp/photos"
index=$tmp/index
failed=0

make_index() { # [PEOPLE PHOTOS_EACH]
    rm -rf "$index"
    "$MAKE_INDEX" "$index" "$tmp/photos" "$@" || exit 1
}

q() { "$FNQ" --index "$index" "$@"; }
js() { "$JSON_TOOL" "$@"; }

fail() {
    echo "FAILED: $*" >&2
    failed=1
}

# is NAME EXPECTED ACTUAL
is() {
    [ "$2" = "$3" ] && return
    fail "$1"
    printf '  expected: %s\n  got:      %s\n' "$2" "$3" >&2
}

# has NAME TEXT PART: TEXT contains PART
has() {
    case $2 in
    *"$3"*) ;;
    *)
        fail "$1"
        printf '  expected to contain: %s\n  got: %s\n' "$3" "$2" >&2
        ;;
    esac
}

# code NAME EXPECTED COMMAND...: exit code; output is in $out, errors in $errs
code() {
    name=$1 want=$2
    shift 2
    out=$("$@" 2>"$tmp/stderr")
    got=$?
    errs=$(cat "$tmp/stderr")
    [ "$got" = "$want" ] && return
    fail "$name: exit $got instead of $want"
    printf '  out: %s\n  err: %s\n' "$out" "$errs" >&2
}

done_testing() { exit $failed; }
