# SPDX-License-Identifier: MIT
# What needs no index: options, configuration, errors with their exit codes.
. "$FN_SOURCE_DIR/tests/integration/daemon-lib.sh"

expect() # CODE TEXT COMMAND...
{
    want=$1 text=$2
    shift 2
    "$@" >"$T/out" 2>&1
    code=$?
    [ $code -eq "$want" ] || { cat "$T/out"; fail "'$*' gave $code, not $want"; }
    grep -q -e "$text" "$T/out" || { cat "$T/out"; fail "'$*' does not say '$text'"; }
}

expect 0 '^usage: facenetd' "$FACENETD" --help
expect 0 '^facenetd [0-9]' "$FACENETD" --version
expect 2 'did you mean --once' "$FACENETD" --onze
expect 0 '^exclude = ' "$FACENETD" --print-config
mkdir -p "$XDG_CONFIG_HOME/facenetd"
printf '[library]\nsettle_ms = 7 ; a comment\n' >"$XDG_CONFIG_HOME/facenetd/facenetd.conf"
expect 0 '^settle_ms = 200' "$FACENETD" --print-config
unset FACENETD_LIBRARY_SETTLE_MS
expect 0 '^settle_ms = 7' "$FACENETD" --print-config
printf '[library]\nfoo = 7\n' >"$T/bad.conf"
expect 2 'bad.conf:2.*foo' "$FACENETD" --config "$T/bad.conf" --check
expect 5 'nowhere' "$FACENETD" --models "$T/nowhere" --index "$I" --once "$T"
[ -e "$I" ] && fail "an index was made without models"
need_models
expect 2 'no folder' "$FACENETD" --models "$MODELS" --index "$I" --once
expect 5 'no such folder' "$FACENETD" --models "$MODELS" --index "$I" --once "$T/missing"
expect 5 'no such folder' "$FACENETD" --models "$MODELS" --check "$T/missing"
mkdir -p "$T/a/b"
expect 0 '^indexed 0 photos' "$FACENETD" --models "$MODELS" --index "$I" --once "$T/a/b"
expect 6 'contains .*/a/b' "$FACENETD" --models "$MODELS" --index "$I" --once "$T/a"
expect 0 '^indexed 0 photos' "$FACENETD" --models "$MODELS" --index "$I" --once "$T/a/b"
mkdir "$T/a/b/c"
expect 0 'covered' "$FACENETD" --models "$MODELS" --index "$I" --once "$T/a/b/c"
[ "$("$INDEX_TOOL" "$I" roots | wc -l)" -eq 1 ] || fail "an inner folder became a root"
FACENETD_LIMITS_MIN_FREE_SPACE=900T expect 8 'min_free_space' \
    "$FACENETD" --models "$MODELS" --index "$I" --once
FACENETD_WORKER=/bin/false
export FACENETD_WORKER
picture "$T/a/b/x.jpg" 1
expect 5 'cannot start' "$FACENETD" --models "$MODELS" --index "$I" --once
is queue 1
start
until_true '[ -S "$I/sock" ]'
expect 4 "pid $D" "$FACENETD" --models "$MODELS" --index "$I" --once
