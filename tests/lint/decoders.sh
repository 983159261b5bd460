#!/bin/sh
# SPDX-License-Identifier: MIT
# Photos are decoded in the worker alone: no other program contains the functions that do it. Examines the programs with nm.
#
# usage: decoders.sh SOURCE BUILD
set -eu
build=$2
command -v nm >/dev/null || exit 77
bad=0
decoders() { nm "$1" | grep -E ' fn_(image_(probe|decode|decode_region|decode_chip)|(heif|webp|png)_decode|face_find)$' || true; }

[ -n "$(decoders "$build/engine/work/facenetd-worker")" ] || { echo 'the worker contains no decoder: has it been renamed?'; bad=1; }
for program in cli/fnq daemon/facenetd daemon/facenetd-bulk; do
    [ -f "$build/$program" ] || continue
    found=$(decoders "$build/$program")
    [ -z "$found" ] || { printf '%s decodes photos itself:\n%s\n' "$program" "$found"; bad=1; }
done
exit $bad
