#!/bin/sh
# SPDX-License-Identifier: MIT
# The targets of links and paths in the documentation exist: every link of a page, and every path of this repository in
# backquotes. The paths of docs/first-change.md are not checked, because its examples do not exist, and neither are
# placeholders in capitals (arch_NAME.c, tests/KIND/PART.cmake).
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
        [ "$page" != docs/first-change.md ] || continue
        grep -oE '`(cli|daemon|docs|engine|index|scripts|systemd|tests)(/[A-Za-z0-9_./-]*)?`' "$page" | tr -d '`' |
            grep -v '/[a-z_]*[A-Z]' | while read -r path; do
            [ -e "$path" ] || echo "$page: no such path: $path"
        done
    done
)
[ -z "$out" ] || {
    printf '%s\n' "$out"
    exit 1
}
