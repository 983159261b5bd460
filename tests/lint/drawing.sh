#!/bin/sh
# SPDX-License-Identifier: MIT
# Text is drawn by fnq alone, and Pango and Cairo are loaded when it is needed: no program is linked with them, and the daemon and the
# worker contain nothing that draws for users. Examines the programs with nm and readelf.
#
# usage: drawing.sh SOURCE BUILD
set -eu
build=$2
command -v nm >/dev/null && command -v readelf >/dev/null || exit 77
bad=0
libraries() { readelf -d "$1" | grep NEEDED | grep -iE 'pango|cairo|fontconfig|freetype|harfbuzz|glib' || true; }
drawing() { nm "$1" | grep -E ' fn_(text_(open|draw|load)|sheet_|plot_)' || true; }

[ -n "$(libraries "$build/engine/draw/fnq-text.so")" ] || { echo 'fnq-text.so is not linked with Pango: has it been renamed?'; bad=1; }
[ -n "$(drawing "$build/cli/fnq")" ] || { echo 'fnq draws no text: has it been renamed?'; bad=1; }
for program in cli/fnq daemon/facenetd daemon/facenetd-bulk engine/work/facenetd-worker; do
    [ -f "$build/$program" ] || continue
    found=$(libraries "$build/$program")
    [ "$program" = cli/fnq ] || found=$found$(drawing "$build/$program")
    [ -z "$found" ] || { printf '%s must not draw text itself:\n%s\n' "$program" "$found"; bad=1; }
done
exit $bad
