#!/bin/sh
# SPDX-License-Identifier: MIT
# The targets of links and paths in the documentation exist: every link of a page, and every path of this repository in
# backquotes. Not checked: the files that docs/first-change.md tells the reader to write, and placeholders in capitals
# (arch_NAME.c, tests/KIND/PART.cmake). Paths of C files in comments of the sources exist too, and every folder of the
# program has a row in docs/architecture.md.
set -eu
cd "${1:-.}"
out=$(
    for page in *.md docs/*.md docs/decisions/*.md; do
        # [text](target) and ![text](target), except web addresses, and without "#section"
        grep -o ']([^) ]*)' "$page" | sed 's/^](//; s/)$//; s/#.*//' | grep -v '^[a-z]*://' | while read -r link; do
            [ -z "$link" ] || [ -e "$(dirname "$page")/$link" ] || echo "$page: no such file: $link"
        done
    done
    for page in *.md docs/*.md docs/decisions/*.md; do
        grep -oE '`(cli|daemon|docs|engine|index|scripts|systemd|tests)(/[A-Za-z0-9_./-]*)?`' "$page" | tr -d '`' |
            grep -v '/[a-z_]*[A-Z]' | while read -r path; do
            case $page:$path in docs/first-change.md:*people_count* | docs/first-change.md:*ppm*) continue ;; esac
            [ -e "$path" ] || echo "$page: no such path: $path"
        done
    done
    grep -rnoE --include='*.[ch]' '(^|[^A-Za-z0-9_./-])(cli|daemon|engine|index|tests)/[a-z0-9_/]*[a-z0-9_]\.(inc\.h|[ch])' cli daemon engine index tests |
        sed 's/^\([^:]*:[0-9]*\):[^a-z]*/\1 /' | while read -r at path; do
        [ -e "$path" ] || echo "$at: no such file: $path"
    done
    find cli daemon engine index -mindepth 1 -maxdepth 1 -type d | sort | while read -r folder; do
        grep -q "^| .*\`$folder\`.* | .* |" docs/architecture.md || echo "docs/architecture.md has no row for $folder"
    done
)
[ -z "$out" ] || {
    printf '%s\n' "$out"
    exit 1
}
