#!/bin/sh
# SPDX-License-Identifier: MIT
# What no source file may contain: calls that cannot be used safely, plurals of its own, invisible characters, tabs, trailing spaces,
# unfinished work without an issue number, lines and files over the limit. No two files of the repository have one name.
set -eu
cd "${1:-.}"
files=$(find engine index daemon cli tests -name '*.[ch]' 2>/dev/null | sort)
out=$(
    # shellcheck disable=SC2086
    {
        grep -nE '(^|[^_A-Za-z0-9])(sprintf|vsprintf|strcpy|strcat|strncpy|gets|atoi|atol|atof|alloca|rand|srand|strtok|system|popen)\(' $files |
            sed 's/$/   <- banned call/'
        grep -nE '== 1 \? "" : "s"' $files | sed 's/$/   <- fn_plural_s (engine\/base\/plural.h)/'
        grep -nP '\t' $files | sed 's/$/   <- tab/'
        grep -nE ' +$' $files | sed 's/$/   <- trailing space/'
        grep -nE '\b(TODO|FIXME|XXX)\b[: (]' $files | sed 's/$/   <- unfinished/'
        grep -nP '[\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2069}\x{feff}]' $files | sed 's/$/   <- invisible character/'
        for f in $files; do
            [ -z "$(tail -c1 "$f")" ] || echo "$f: no newline at the end"
            n=$(wc -l <"$f")
            [ "$n" -le 800 ] || echo "$f: $n lines, the limit is 800"
            # Tables that clang-format does not format may be wider.
            sed '/clang-format off/,/clang-format on/s/.*//' "$f" | LC_ALL=C.UTF-8 grep -nE '.{97,}' |
                sed "s|^|$f:|; s|\$|   <- more than 96 columns|"
        done
        for name in $(printf '%s\n' $files | sed 's|.*/||' | sort | uniq -d); do
            printf '%s\n' $files | grep "/$name\$" | sed 's/$/   <- another file has this name/'
        done
    } || true
)
[ -z "$out" ] || {
    printf '%s\n' "$out"
    exit 1
}
