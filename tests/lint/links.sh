#!/bin/sh
# SPDX-License-Identifier: MIT
# Links and paths in the documentation lead somewhere: every link of README.md, CHANGELOG.md and docs/, and every
# path of this repository that stands in backquotes in README.md and docs/architecture.md. Names in capitals
# (arch_NAME.c, tests/KIND/PART.cmake) stand for others and are left out.
set -eu
cd "${1:-.}"
out=$(
    for page in README.md CHANGELOG.md docs/*.md docs/decisions/*.md; do
        # [text](target) and ![text](target); not those of the web, and without "#section"
        grep -o ']([^) ]*)' "$page" | sed 's/^](//; s/)$//; s/#.*//' | grep -v '^[a-z]*://' | while read -r link; do
            [ -z "$link" ] || [ -e "$(dirname "$page")/$link" ] || echo "$page: no such file: $link"
        done
    done
    for page in README.md docs/architecture.md; do
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
