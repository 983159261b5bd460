# SPDX-License-Identifier: MIT
# Completion: what fnq lists for the words of a command line, and that bash, zsh and fish insert it with the right quotes.
. "$FN_SOURCE_DIR/tests/integration/cli-lib.sh"
make_index
odd="Ann \"Q\" O'Hara \$x"
q people name "$(q people list --all | cut -f1 | sed -n 2p)" "$odd" >/dev/null || fail 'people name'
first() { "$FNQ" complete "$@" | sed -n 1p; }
rest() { "$FNQ" complete "$@" | sed 1d | cut -f1 | tr '\n' '|'; }

# Commands, options, and the values of options.
is 'groups of commands' 'people|' "$(rest -- peo)"
is 'commands of a group' 'merge|' "$(rest -- people me)"
is 'no such command' '' "$(rest -- nosuch '')"
is 'options' '--sort|' "$(rest -- find --so)"
is 'help' 'watch|' "$(rest -- help wa)"
is 'help of a group' 'add|remove|' "$(rest -- help watch '' | sed 's/list|//')"
is 'few values' 'date|newest|path|faces|' "$(rest -- find --sort '')"
is 'folders' dirs "$(first -- --index '')"
is 'models' dirs "$(first -- find --models '')"
is 'a file' files "$(first -- --config '')"
is 'file operands' files "$(first -- who '')"
is 'shells' 'bash|zsh|fish|' "$(rest -- completions '')"

# People, of the index that the line names, in any position and notation.
for words in "--index $index confirm --of" "confirm --index $index --of" "confirm --index=$index --of" \
    "--index $index people merge" "--index $index people show" "--index $index label a.jpg" "--index $index find"; do
    is "people: $words" "$odd|" "$(rest -- $words an)"
done
is 'people of another index' '' "$(rest -- --index "$tmp/none" confirm --of an)"
is 'an option and its value in one word' "--of=$odd|" "$(rest -- --index "$index" confirm --of=A)"
is 'three words of bash' "$odd|" "$(rest --quoted -- --index "$index" confirm --of = A)"
is 'three words, nothing typed' "$odd|" "$(rest --quoted -- --index "$index" confirm --of =)"
is 'a quote that is open' "$odd|" "$(rest --quoted -- --index "$index" people show '"Ann \"Q')"
is 'backslashes' "$odd|" "$(rest --quoted -- --index "$index" people show 'Ann\ \"Q')"
is 'ids of people without a name' 1 "$("$FNQ" complete -- --index "$index" people name p | sed 1d | head -1 | grep -c '^p.*unnamed')"

# Acts, with their words; settings and their values; roots.
is 'undo' 'L1' "$(rest -- --index "$index" undo '' | cut -d'|' -f1)"
has 'words of an act' "$("$FNQ" complete -- --index "$index" undo '')" "name $odd"
is 'nothing to redo' '' "$(rest -- --index "$index" redo '')"
q undo >/dev/null
is 'redo' 'L1|' "$(rest -- --index "$index" redo '')"
q redo >/dev/null
is 'keys' 'watch.max_watches|' "$(rest -- config get watch.max)"
is 'names of values' 'auto|inotify|poll|' "$(rest -- config set watch.mode '')"
is 'yes and no' 'yes|no|' "$(rest -- config set log.paths '')"
is 'a folder' dirs "$(first -- config set library.root '')"
is 'roots' "$tmp/photos|" "$(rest -- --index "$index" watch remove '')"

# bash: the words are inserted with the quotes that are typed.
"$FNQ" completions bash >"$tmp/fnq.bash"
cat >"$tmp/try.bash" <<'EOF'
. "$1/fnq.bash"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_TYPE=9
_fnq 2>/dev/null
printf '%s|' "${COMPREPLY[@]}"
EOF
in_bash() { bash "$tmp/try.bash" "$tmp" "$FNQ" "$@"; }
is 'bash' 'Ann\ \"Q\"\ O\'"'"'Hara\ \$x|' "$(in_bash --index "$index" confirm --of A)"
is 'bash, in quotes' 'Ann \"Q\" O'"'"'Hara \$x|' "$(in_bash --index "$index" confirm --of = '"A')"
is 'bash, commands' 'merge|' "$(in_bash people me)"
# fish and zsh, where they are installed.
if command -v fish >/dev/null; then
    "$FNQ" completions fish >"$tmp/fnq.fish"
    export FNQ
    is 'fish' "$odd|" "$(fish -c "source $tmp/fnq.fish; complete -c (basename $FNQ) -w fnq; function fnq; $FNQ \$argv; end
        complete -C 'fnq --index $index confirm --of A'" | cut -f1 | tr '\n' '|')"
fi
if command -v zsh >/dev/null; then
    "$FNQ" completions zsh >"$tmp/_fnq"
    cat >"$tmp/try.zsh" <<'EOF'
compdef() { :; }
. $1/_fnq
shift
compadd() { print -rn -- "${(j:|:)values}|"; }
_files() { print -n "files $*"; }
words=("$@") CURRENT=$#
_fnq
EOF
    is 'zsh' "$odd|" "$(zsh -f "$tmp/try.zsh" "$tmp" "$FNQ" --index "$index" confirm --of A)"
    is 'zsh, files' 'files ' "$(zsh -f "$tmp/try.zsh" "$tmp" "$FNQ" who '')"
fi
done_testing
