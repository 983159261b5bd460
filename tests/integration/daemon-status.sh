# SPDX-License-Identifier: MIT
# `fnq status` shows the counts of the index, the same with and without the daemon: while photos are added, and after files were
# removed and added.
. "$FN_SOURCE_DIR/tests/integration/daemon-lib.sh"
need_models
P=$T/photos
mkdir -p "$P"
fnq() { "$FNQ" --index "$I" --models "$MODELS" "$@" 2>>"$T/log"; }
# shows MEMBER [OPTION]: a member of the status
shows() { fnq --json ${2:-} status | "$JSON_TOOL" "$1" 2>/dev/null; }
# both PHOTOS BAD PATHS: the status from the daemon, and from the index without the daemon
both()
{
    until_true "[ \"\$(shows photos)\" = $1 ]"
    until_true "[ \"\$(shows roots.0.photos)\" = $3 ]"
    for without in '' --no-daemon; do
        [ "$(shows daemon.running $without)" = "$([ -n "$without" ] && echo false || echo true)" ] ||
            fail "status ${without:-of the daemon} is not its own"
        now="$(shows photos $without) $(shows bad_files $without) $(shows roots.0.photos $without)"
        [ "$now" = "$1 $2 $3" ] || fail "status $without says '$now', not '$1 $2 $3'"
    done
    for member in faces people.named people.unnamed; do
        [ "$(shows $member)" = "$(shows $member --no-daemon)" ] || fail "$member differs"
    done
}

for n in $(seq 18); do picture "$P/$n.jpg" "$n"; done
start "$P"
until_true '[ -S "$I/sock" ]'
seen=0
while [ "$(value ok)" != 18 ]; do
    before=$(value ok)
    said=$(shows photos) root=$(shows roots.0.photos)
    after=$(value ok)
    # The root or the index may not exist yet.
    [ "${before:-0}" -le "${said:-0}" ] && [ "${said:-0}" -le "${after:-0}" ] ||
        fail "status says $said photos between $before and $after"
    case $root in '' | null) root=0 ;; esac
    [ "$root" -le "${after:-0}" ] && [ "$root" -ge "${before:-0}" ] || fail "the root has $root photos, between $before and $after"
    [ "${said:-0}" = 0 ] || seen=$((seen + 1))
done
[ $seen -gt 0 ] || fail "status never said a number while photos came in"
both 18 0 18

rm "$P/1.jpg" "$P/2.jpg" "$P/3.jpg"
for n in 1 2 3 4 5; do picture "$P/new$n.jpg" $((100 + n)); done
printf 'no picture at all' >"$P/new6.jpg"
until_is bad 1
both 20 1 21
stop || fail "SIGTERM gave $?"
[ "$(shows photos) $(shows bad_files) $(shows roots.0.photos)" = "20 1 21" ] || fail "without a daemon: $(fnq status)"
doctor_clean
exit 0
