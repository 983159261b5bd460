#!/bin/sh
# SPDX-License-Identifier: MIT
# clang-format 14 changes no source file.
set -eu
cd "${1:-.}"
cf=$(command -v clang-format-14 || command -v clang-format) || {
    echo "skipped: clang-format is not installed"
    exit 77
}
"$cf" --version | grep -q 'version 14' || {
    echo "skipped: clang-format 14 is needed, this is $("$cf" --version)"
    exit 77
}
find engine index daemon cli tests -name '*.[ch]' -print0 | xargs -0 "$cf" --dry-run -Werror
