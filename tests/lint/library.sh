#!/bin/sh
# SPDX-License-Identifier: MIT
# cli/library and cli/page take and return values: their code uses no standard stream, does not exit and does not read the arguments of main.
# Comments may name them. tests/unit/test_library.c and test_library_pictures.c are programs that include its headers only. Prints every
# line that violates this.
set -eu
cd "${1:-.}"
words='stdin|stdout|stderr|v?f?printf|f?puts|f?putc|putchar|perror|_?exit|_Exit|quick_exit|atexit|getopt(_long)?|optarg|argc|argv|isatty|STD(IN|OUT|ERR)_FILENO|fn_options_parse'
out=$(
    find cli/library cli/page -name '*.[ch]' 2>/dev/null | sort | while read -r f; do
        # The preprocessor removes the comments and gives the line numbers.
        ${CC:-cc} -fpreprocessed -dD -E "$f" 2>/dev/null | awk -v f="$f" -v words="$words" '
            /^# [0-9]+ "/ { line = $2 - 1; next }
            { line++ }
            (" " $0 " ") ~ ("[^_A-Za-z0-9\"](" words ")[^_A-Za-z0-9\"]") { print f ":" line ": " $0 }'
    done
    grep -n '^#include "' tests/unit/test_library.c tests/unit/test_library_pictures.c |
        grep -v -e '"cli/library/' -e '"tests/unit/made_index.h"' || :
)
[ -z "$out" ] || {
    printf '%s\n' "$out"
    exit 1
}
