#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual, --help and the completions name the same commands and options. Shells can read the completions.
. "${0%/*}/cli-lib.sh"
man=$FN_SOURCE_DIR/docs/man/fnq.1
[ -f "$man" ] || { echo "skipped: no fnq.1"; exit 77; }
"$FNQ" completions bash >"$tmp/fnq.bash" || fail 'completions bash'
"$FNQ" completions zsh >"$tmp/_fnq" || fail 'completions zsh'
"$FNQ" completions fish >"$tmp/fnq.fish" || fail 'completions fish'
bash -n "$tmp/fnq.bash" || fail 'bash cannot read its completions'
! command -v zsh >/dev/null || zsh -n "$tmp/_fnq" || fail 'zsh cannot read its completions'
! command -v fish >/dev/null || fish -n "$tmp/fnq.fish" || fail 'fish cannot read its completions'

# names of the commands in the table, from completion; short forms show the help of another command
words() { "$FNQ" complete -- "$@" | sed 1d | cut -f1; }
words '' | while read -r c; do
    if "$FNQ" help "$c" | grep -q "^usage: fnq $c COMMAND\$"; then
        words help "$c" '' | sed "s/^/$c /"
    elif "$FNQ" help "$c" | grep -q "^usage: fnq $c\( \|\$\)"; then
        echo "$c"
    fi
done >"$tmp/commands"
[ "$(wc -l <"$tmp/commands")" -gt 30 ] || fail 'the command table is short'
# one block of the manual per command: ".It Ic people list" ... next ".It Ic" or ".Sh"
block() {
    awk -v c="$1" '/^\.It Ic / {on = 0; s = substr($0, 8); if (s == c || index(s, c " Ar") == 1 || index(s, c " Oo") == 1 ||
        index(s, c " Op") == 1 || index(s, c " Cm") == 1) on = 1} /^\.Sh/ {on = 0} on' "$man"
}
options() { sed -n 's/^  \(-.,\|   \) --\([a-z][a-z0-9-]*\).*/\2/p' | sort -u; }
man_options() { grep '^\.It' | grep -o 'Fl -[a-z][a-z0-9-]*' | sed 's/Fl -//' | sort -u; }
"$FNQ" help options | options >"$tmp/global"
[ "$(wc -l <"$tmp/global")" -gt 10 ] || fail 'help options is short'
while read -r c; do
    "$FNQ" $c --help >"$tmp/help" || fail "$c --help"
    "$FNQ" help $c >"$tmp/help2" || fail "help $c"
    cmp -s "$tmp/help" "$tmp/help2" || fail "help $c differs from $c --help"
    options <"$tmp/help" >"$tmp/own"
    grep -q '^Options for every command: fnq help options$' "$tmp/help" || fail "$c --help does not name help options"
    # every example is of this command, and its options and words are right: with --help it shows this help
    sed -n '/^Examples*:$/,/^$/s/^  //p' "$tmp/help" >"$tmp/examples"
    [ -s "$tmp/examples" ] || fail "$c --help has no example"
    while read -r example; do
        words=$(printf '%s' "$example" | sed 's/^[^|]* | fnq /fnq /; s/ | .*//; s/ >.*//; s/^fnq //')
        case $example in *fnq*) ;; *) fail "$c: no command of fnq: $example" ;; esac
        case $c in help | completions) continue ;; esac
        # Single quotes and ~ are those of a shell.
        eval "set -- $words"
        "$FNQ" "$@" --help </dev/null >"$tmp/shown" 2>"$tmp/err" || fail "$c: a wrong example: $example: $(cat "$tmp/err")"
        cmp -s "$tmp/shown" "$tmp/help" || fail "$c: an example of another command: $example"
    done <"$tmp/examples"
    block "$c" >"$tmp/block"
    [ -s "$tmp/block" ] || fail "fnq.1 does not describe fnq $c"
    man_options <"$tmp/block" | comm -23 - "$tmp/global" >"$tmp/man"
    cmp -s "$tmp/own" "$tmp/man" || {
        fail "fnq $c: options of --help and fnq.1 differ"
        diff "$tmp/own" "$tmp/man" >&2
    }
done <"$tmp/commands"
sed -n '/^\.Ss Global/,/^\.Sh/p' "$man" | man_options >"$tmp/man"
cmp -s "$tmp/global" "$tmp/man" || {
    fail 'global options of --help and fnq.1 differ'
    diff "$tmp/global" "$tmp/man" >&2
}
if command -v mandoc >/dev/null; then
    # references to manuals that are not installed are no error
    lint=$(mandoc -T lint "$man" 2>&1 | grep -v 'referenced manual not found')
    is 'mandoc -T lint' '' "$lint"
fi
# every schema in the output is described
find "$FN_SOURCE_DIR/cli" -name "*.c" -exec cat {} + | grep -o '"fnq\.[a-z.]*/1"' | tr -d '"' | sort -u | while read -r s; do
    grep -q "$s" "$FN_SOURCE_DIR/docs/json.md" || { echo "FAILED: docs/json.md does not have $s" >&2; exit 1; }
done || failed=1
# the groups of fnq --help are the subsections of the manual, with the same commands in the same order
sed -n '/^\.Sh COMMANDS/,/^\.Sh OPTIONS/s/^\.Ss //p' "$man" >"$tmp/man"
"$FNQ" --help | sed -n '/^usage/,/^Short/p' | grep '^[A-Z]' | grep -v '^Short' >"$tmp/groups"
cmp -s "$tmp/groups" "$tmp/man" || { fail 'groups of --help and fnq.1 differ'; diff "$tmp/groups" "$tmp/man" >&2; }
while read -r c; do
    first=${c%% *}
    in_help=$("$FNQ" --help | awk -v c="$c" -v w="$first ..." '/^[A-Z]/ {g = $0} index($0, "  " c "  ") == 1 || index($0, "  " w "  ") == 1 {print g; exit}')
    in_man=$(awk -v c="$c" '/^\.Ss / {g = substr($0, 5)} /^\.It Ic / {s = substr($0, 8) " "; if (index(s, c " ") == 1) {print g; exit}}' "$man")
    is "the group of $c" "$in_help" "$in_man"
done <"$tmp/commands"
# completion in bash
got=$(bash -c ". '$tmp/fnq.bash'; COMP_WORDS=('$FNQ' people sp); COMP_CWORD=2; _fnq; echo \"\${COMPREPLY[*]}\"")
is 'bash completes commands' split "$got"
got=$(bash -c ". '$tmp/fnq.bash'; COMP_WORDS=('$FNQ' find --ou); COMP_CWORD=2; _fnq; echo \"\${COMPREPLY[*]}\"")
is 'bash completes options' --output "$got"
done_testing
