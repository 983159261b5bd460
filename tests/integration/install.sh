#!/bin/sh
# SPDX-License-Identifier: MIT
# What cmake --install installs runs from there, under another prefix and below DESTDIR; the units and the configuration name the
# installed paths; without models the message says what to run.
. "$FN_SOURCE_DIR/tests/integration/daemon-lib.sh"
P=$T/p
for v in $(env | sed -n 's/^\(FACENETD_[A-Z_]*\)=.*/\1/p'); do
    case $v in FACENETD_TEST_*) ;; *) unset "$v" ;; esac
done
export XDG_DATA_DIRS="$T/none"
there() { # ROOT FILE...
    root=$1
    shift
    for f; do [ -s "$root/$f" ] || fail "not installed: $root/$f"; done
}
everything="bin/facenetd bin/fnq bin/facenetd-bulk libexec/facenetd/facenetd-worker
    share/man/man1/fnq.1 share/man/man5/facenetd.conf.5 share/man/man8/facenetd.8 share/man/man8/facenetd-bulk.8
    share/bash-completion/completions/fnq share/zsh/site-functions/_fnq share/fish/vendor_completions.d/fnq.fish
    lib/systemd/system/facenetd.service lib/systemd/user/facenetd.service lib/sysusers.d/facenetd.conf"

"$CMAKE" --install "$FN_BINARY_DIR" --prefix "$P" >"$T/out" 2>&1 || { cat "$T/out"; fail "cmake --install"; }
# shellcheck disable=SC2086
there "$P" $everything etc/facenetd/facenetd.conf
conf=$P/etc/facenetd/facenetd.conf
grep -q "^ExecStart=$P/bin/facenetd --foreground --config $conf --index /var/lib/facenetd\$" \
    "$P/lib/systemd/system/facenetd.service" || fail "the system unit starts something else"
grep -q "^ExecStart=$P/bin/facenetd --foreground\$" "$P/lib/systemd/user/facenetd.service" || fail "the unit of users"
! grep -rn '@[A-Z_]*@' "$P/lib" || fail "a variable was not replaced"

# The configuration has every key, sets none, and means the same as none.
"$P/bin/facenetd" --print-config >"$T/without"
"$P/bin/facenetd" --print-config --config "$conf" >"$T/with"
cmp "$T/without" "$T/with" || fail "the default configuration changes a setting"
sed -n 's/^\([a-z_]*\) =.*/\1/p' "$T/without" | while read -r key; do
    grep -q "^#$key =" "$conf" || fail "no $key in facenetd.conf"
done || exit 1
! grep -q '^[a-z]' "$conf" || fail "facenetd.conf sets something"
# An installed configuration is the user's.
echo '# mine' >>"$conf"
"$CMAKE" --install "$FN_BINARY_DIR" --prefix "$P" >"$T/out" 2>&1 || fail "the second cmake --install"
grep -q '^# mine' "$conf" || fail "an installation replaced facenetd.conf"

# The user and the group.
if command -v systemd-sysusers >/dev/null; then
    mkdir -p "$T/root/etc"
    systemd-sysusers --root="$T/root" "$P/lib/sysusers.d/facenetd.conf" >"$T/out" 2>&1 || { cat "$T/out"; fail "systemd-sysusers"; }
    grep -q '^facenet:' "$T/root/etc/group" && grep -q '^facenetd:' "$T/root/etc/passwd" || fail "no user or no group"
fi
if command -v systemd-analyze >/dev/null; then
    # The manual is not installed where man looks, and the user and the group are not on this machine.
    # A manager of users needs a runtime folder even to verify; without one, nothing is verified and nothing names the unit.
    mkdir "$T/units" "$T/runtime"
    for unit in system user; do
        sed '/^Documentation=/d; /^User=\|^Group=/d' "$P/lib/systemd/$unit/facenetd.service" >"$T/units/facenetd.service"
        option=; [ $unit = system ] || option=--user
        XDG_RUNTIME_DIR=$T/runtime systemd-analyze $option verify --man=no "$T/units/facenetd.service" >"$T/out" 2>&1 ||
            { cat "$T/out"; fail "systemd-analyze: $unit"; }
        ! grep facenetd "$T/out" || fail "systemd-analyze: $unit"
    done
fi

# DESTDIR: the paths are those without it.
DESTDIR=$T/d "$CMAKE" --install "$FN_BINARY_DIR" --prefix /usr >"$T/out" 2>&1 || { cat "$T/out"; fail "DESTDIR"; }
# shellcheck disable=SC2086
there "$T/d/usr" $everything
there "$T/d" etc/facenetd/facenetd.conf
grep -q '^ExecStart=/usr/bin/facenetd --foreground --config /etc/facenetd/facenetd.conf ' "$T/d/usr/lib/systemd/system/facenetd.service" ||
    fail "DESTDIR is in the unit"
sed -n 's/^\.It Pa \(\/.*\)/\1/p' "$FN_SOURCE_DIR/docs/man/facenetd.8" | while read -r path; do
    grep -q "$path" "$T/d/usr/lib/systemd/system/facenetd.service" || fail "facenetd.8 names $path, which the unit does not"
done || exit 1

# Without models: one line, from the installation and from the program.
sed 's|"[^"]*/\*\.fnm" "[^"]*/\*\.profile"|"/nowhere/*.fnm"|' "$FN_BINARY_DIR/cmake_install.cmake" >"$T/no-models.cmake"
"$CMAKE" -DCMAKE_INSTALL_PREFIX="$T/p2" -DCMAKE_INSTALL_COMPONENT=models -P "$T/no-models.cmake" >"$T/out" 2>&1 || fail "without models"
tr '\n' ' ' <"$T/out" | tr -s ' ' | grep -q 'none are installed. Run scripts/fetch-models' || { cat "$T/out"; fail "nobody says that models are missing"; }
rm -rf "$P/share/facenetd"
if "$P/bin/facenetd" --check >"$T/out" 2>&1; then
    echo "other models are installed on this machine: not tested without models"
else
    [ "$("$P/bin/facenetd" --check >/dev/null 2>&1; echo $?)" = 5 ] || fail "exit code without models"
    [ "$(wc -l <"$T/out")" = 1 ] && grep -q 'scripts/fetch-models' "$T/out" || { cat "$T/out"; fail "the message without models"; }
fi

# With models: ready, and it works.
need_models
for network in "$MODELS"/*.fnm; do # the Debian package says whose each one is
    grep -q "^Files: usr/share/facenetd/models/${network##*/}\$" "$FN_SOURCE_DIR/scripts/deb/copyright-models" ||
        fail "scripts/deb/copyright-models: nothing about ${network##*/}"
done
mkdir -p "$P/share/facenetd" && cp -rL "$MODELS" "$P/share/facenetd/models"
"$P/bin/facenetd" --check >"$T/out" 2>&1 || { cat "$T/out"; fail "--check from the installed place"; }
grep -q '^ready: ' "$T/out" || fail "--check says nothing"
"$P/bin/facenetd" --check --config "$conf" >"$T/out" 2>&1 || { cat "$T/out"; fail "--check --config"; }
mkdir "$T/photos"
picture "$T/photos/a.jpg" 1
"$P/bin/facenetd" --once --no-progress "$T/photos" >"$T/out" 2>&1 || { cat "$T/out"; fail "an installed facenetd"; }
"$P/bin/fnq" status --json | grep -q '"photos": *1' || fail "an installed fnq"
# What --check finds out: a damaged model, and a worker that does not start.
mv "$P/libexec" "$P/elsewhere"
if [ ! -e /usr/local/libexec/facenetd/facenetd-worker ]; then
    expect_code=0
    "$P/bin/facenetd" --check >"$T/out" 2>&1 || expect_code=$?
    [ "$expect_code" != 0 ] && grep -q 'facenetd-worker' "$T/out" || { cat "$T/out"; fail "--check does not miss the worker"; }
fi
mv "$P/elsewhere" "$P/libexec"
rm "$P"/share/facenetd/models/*.fnm
! "$P/bin/facenetd" --check >"$T/out" 2>&1 || fail "--check does not miss the networks"
grep -q '\.fnm' "$T/out" || { cat "$T/out"; fail "the message does not name the network"; }
