#!/bin/sh
# SPDX-License-Identifier: MIT
# The mistakes that scripts/mutants makes still fit the sources.
set -eu
command -v python3 >/dev/null || {
    echo "skipped: python3 is not installed"
    exit 77
}
exec "$1/scripts/mutants" --check
