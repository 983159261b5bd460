#!/bin/sh
# SPDX-License-Identifier: MIT
# The old text of every mutant of scripts/mutants occurs once in the sources.
set -eu
command -v python3 >/dev/null || {
    echo "skipped: python3 is not installed"
    exit 77
}
exec "$1/scripts/mutants" --check
