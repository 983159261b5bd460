#!/bin/sh
# SPDX-License-Identifier: MIT
# clang-tidy 14 over every file of the build (half a minute).
set -eu
src=$1
build=$2
cd "$src"
command -v clang-tidy-14 >/dev/null || command -v clang-tidy >/dev/null || {
    echo "skipped: clang-tidy is not installed"
    exit 77
}
tidy=$(command -v clang-tidy-14 || command -v clang-tidy)
[ -f "$build/compile_commands.json" ] || {
    echo "skipped: no compile_commands.json in the build"
    exit 77
}
# Only files of this build, which may leave out parts.
files=$(grep -o '"file": "[^"]*"' "$build/compile_commands.json" | cut -d'"' -f4 | sort -u | grep -E "/(engine|index|daemon|cli)/")
printf '%s\n' "$files" | xargs -P 2 -n 4 "$tidy" -p "$build" --quiet --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-error --warnings-as-errors='bugprone-*,cert-*,misc-*,portability-*,readability-*'
