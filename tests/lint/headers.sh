#!/bin/sh
# SPDX-License-Identifier: MIT
# Every header compiles alone, except templates: kernel bodies (*_impl.h, simd_*.h) need a vector type first, *.inc.h a number type.
set -eu
cd "${1:-.}"
cc=${CC:-cc}
bad=0
flags=$(pkg-config --cflags libuv lmdb jansson 2>/dev/null || true)
for h in $(find engine index daemon cli -name '*.h' 2>/dev/null | sort); do
    case $h in engine/kernels/*_impl.h | engine/kernels/simd_*.h | *.inc.h) continue ;; esac
    # shellcheck disable=SC2086
    printf '#include "%s"\n' "$h" |
        "$cc" -std=c11 -D_GNU_SOURCE -DFN_VERSION='""' -DFN_DATADIR='""' -DFN_LIBEXECDIR='""' -DFN_SYSCONFDIR='""' -DFN_STATEDIR='""' -I. $flags -Wall -Wextra -Werror -fsyntax-only -x c - || {
        echo "$h does not compile alone"
        bad=1
    }
done
exit $bad
