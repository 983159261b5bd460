#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual pages are clean mdoc and name every option of facenetd and every key of its configuration.
set -eu
src=$1 build=$2
command -v mandoc >/dev/null || {
    echo "skipped: mandoc is not installed"
    exit 77
}
bad=0
for page in fnq.1 facenetd.8 facenetd-bulk.8 facenetd.conf.5; do
    mandoc -T lint -W warning "$src/docs/man/$page" || bad=1
done
daemon=$build/daemon/facenetd
[ -x "$daemon" ] || exit $bad
for option in $("$daemon" --help | sed -n 's/.*--\([a-z-]*\).*/\1/p'); do
    grep -q -- "Fl -$option" "$src/docs/man/facenetd.8" || {
        echo "facenetd.8 does not name --$option"
        bad=1
    }
done
for key in $("$daemon" --print-config | sed -n 's/^\([a-z_]*\) =.*/\1/p'); do
    grep -q "^\.It Cm $key\$" "$src/docs/man/facenetd.conf.5" || {
        echo "facenetd.conf.5 does not name $key"
        bad=1
    }
done
exit $bad
