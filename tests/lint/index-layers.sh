#!/bin/sh
# SPDX-License-Identifier: MIT
# The layers of index/: each folder includes and calls only itself and those before it. Includes are read from the sources. Calls are read
# from the object files of fn_index: one defines a symbol that another leaves undefined. Prints violations. Cycles: circles.py.
#
# usage: index-layers.sh SOURCE BUILD
set -eu
src=$(cd "${1:-.}" && pwd)
build=${2:-$src/build/release}
objects=$build/index/CMakeFiles/fn_index.dir
layers='store records search labels grouping people edits ingest generations query doctor intake'
# Exceptions: folders that a folder may use in addition to those before it in the list, or must not use.
# grouping knows nothing of the index; query and doctor do not know each other.
may() { # may FROM TO
    case $1:$2 in
    grouping:grouping) return 0 ;;
    grouping:*) return 1 ;;
    *:grouping) [ "$1" = people ] || return 1 ;;
    doctor:query | intake:query | intake:doctor) return 1 ;;
    esac
    for layer in $layers; do
        [ "$layer" = "$2" ] && return 0
        [ "$layer" = "$1" ] && return 1
    done
    return 1
}
command -v nm >/dev/null || exit 77
if [ ! -d "$objects" ]; then
    echo "index-layers: '$objects' is not there: build fn_index first"
    exit 77
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$src"

# FROM-FILE TO-FILE of includes and of calls. Files without "index/" and ".c".
grep -rHo '^# *include "index/[^"]*"' index --include='*.[ch]' |
    sed 's|^index/\([^:]*\):.*"index/\([^"]*\)"|\1 \2|' >"$tmp/includes"
(cd "$objects" && find . -name '*.c.o' | sed 's|^\./||' | sort) >"$tmp/objects"
while read -r object; do
    file=${object%.c.o}
    [ -f "index/$file.c" ] || continue # left by an older build
    nm -g --defined-only "$objects/$object" | awk -v f="$file" 'NF == 3 { print $3, f }' >>"$tmp/defined"
    nm -u "$objects/$object" | awk -v f="$file" '{ print $NF, f }' >>"$tmp/undefined"
done <"$tmp/objects"
sort "$tmp/defined" >"$tmp/d"
sort "$tmp/undefined" >"$tmp/u"
join -o 2.2,1.2 "$tmp/d" "$tmp/u" | sort -u >"$tmp/calls"
if [ ! -s "$tmp/calls" ]; then
    echo "index-layers: no calls found in '$objects'"
    exit 1
fi

layer_check() { # layer_check FILE WORD
    awk '{ a = $1; b = $2; sub("/.*", "", a); sub("/.*", "", b); print a, b }' "$1" | sort -u |
        while read -r from to; do
            may "$from" "$to" && continue
            grep "^$from/[^ ]* $to/" "$1" | sed "s|\\([^ ]*\\) |index/\\1 $2 index/|; s|\$|: $from may not use $to|"
        done
}
grep '/.* .*/' "$tmp/includes" | grep -v ' [^/]*$' >"$tmp/i" || true
layer_check "$tmp/i" includes >"$tmp/out"
layer_check "$tmp/calls" calls >>"$tmp/out"

if [ -s "$tmp/out" ]; then
    cat "$tmp/out"
    exit 1
fi
