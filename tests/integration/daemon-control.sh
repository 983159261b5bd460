# SPDX-License-Identifier: MIT
# The control socket: status, pause and resume, scan, watch-add and -remove, reload, bad requests; signals.
. "$FN_SOURCE_DIR/tests/integration/daemon-lib.sh"
need_models
P=$T/photos
mkdir -p "$P" "$T/more"
picture "$P/1.jpg" 1
ask() { printf '%s\n' "$1" | timeout 5 "$SOCKET_TOOL" "$I/sock"; }
says() { ask "$1" | grep -q -e "$2" || { ask "$1"; fail "$1 does not say $2"; }; }

start "$P"
until_is ok 1
until_true '[ -S "$I/sock" ]'
[ "$(stat -c %a "$I/sock")" = 600 ] || fail "the socket's mode is $(stat -c %a "$I/sock")"
says '{"v":1,"id":7,"cmd":"status"}' '"id":7,"ok":true'
says '{"v":1,"id":7,"cmd":"status"}' "\"pid\":$D"
says '{"v":1,"id":8,"cmd":"fly"}' '"code":"usage"'
says '{"v":9,"id":8,"cmd":"status"}' '"code":"unsupported"'
says 'nonsense' '"ok":false'
says '{"v":1,"id":9,"cmd":"scan","path":"/nowhere"}' '"code":"not-found"'
says '{"v":1,"id":9,"cmd":"watch-add","path":"/nowhere-at-all"}' '"code":"not-found"'

says '{"v":1,"id":1,"cmd":"pause"}' '"ok":true'
picture "$P/2.jpg" 2
until_is queue 1
sleep 0.5
is ok 1
says '{"v":1,"id":1,"cmd":"status"}' '"paused":"'
says '{"v":1,"id":1,"cmd":"resume"}' '"ok":true'
until_is ok 2
says "{\"v\":1,\"id\":1,\"cmd\":\"pause\",\"until\":$(($(date +%s) + 2))}" '"ok":true'
picture "$P/3.jpg" 3
until_is ok 3

picture "$T/more/4.jpg" 4
says "{\"v\":1,\"id\":1,\"cmd\":\"watch-add\",\"path\":\"$T/more\"}" '"ok":true'
until_is ok 4
says "{\"v\":1,\"id\":1,\"cmd\":\"watch-remove\",\"path\":\"$T/more\"}" '"ok":true'
until_is paths 3
picture "$T/more/5.jpg" 5

# After a line over the limit the client is disconnected, and the daemon continues.
head -c 100000 /dev/zero | tr '\0' x | timeout 5 "$SOCKET_TOOL" "$I/sock" >/dev/null
says '{"v":1,"id":7,"cmd":"nudge"}' '"ok":true'

# A bad configuration changes nothing, a good one adds its root.
mkdir -p "$XDG_CONFIG_HOME/facenetd"
echo 'nonsense' >"$XDG_CONFIG_HOME/facenetd/facenetd.conf"
kill -HUP "$D"
until_true 'grep -q "facenetd.conf:1" "$T/log"'
printf '[library]\nroot = %s\n' "$T/more" >"$XDG_CONFIG_HOME/facenetd/facenetd.conf"
kill -HUP "$D"
until_true 'has_path 5.jpg'
kill -USR1 "$D"
until_true 'grep -q "\"daemon\":{\"running\":true" "$T/log"'
before=$(date +%s)
stop || fail "SIGTERM gave $?"
[ $(($(date +%s) - before)) -lt 5 ] || fail "stopping took more than 5 s"
is ok 5
doctor_clean
