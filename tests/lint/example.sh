#!/bin/sh
# SPDX-License-Identifier: MIT
# The command in docs/first-change.md compiles: whoever copies it must not meet an error. The example is the indented block that begins
# with an SPDX line.
set -eu
cd "${1:-.}"
cc=${CC:-cc}
flags=$(pkg-config --cflags jansson 2>/dev/null || true)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
awk '/^ +\/\* SPDX/ { on = 1; indent = match($0, "/") - 1 }
    on && /[^ ]/ && match($0, "[^ ]") <= indent { exit }
    on { print substr($0, indent + 1) }' docs/first-change.md >"$tmp/example.c"
grep -q FNQ_COMMAND "$tmp/example.c" || {
    echo 'docs/first-change.md: no command found'
    exit 1
}
# shellcheck disable=SC2086
"$cc" -std=c11 -D_GNU_SOURCE -I. $flags -Wall -Wextra -Werror -fsyntax-only "$tmp/example.c"
