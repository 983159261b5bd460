# SPDX-License-Identifier: MIT
# Sourced by scripts/fetch-models: downloads tarballs from the npm registry with curl, with npm's settings but without npm.
# Settings come from npm_config_... in the environment, then from .npmrc: registry, cafile, https-proxy, proxy, noproxy, strict-ssl.
# Uses the caller's $tmp (a folder of its own), $wait (seconds) and the functions say and part.
# shellcheck shell=sh disable=SC2154

# Sets npm_registry, npm_cafile, npm_proxy and so on: npm's settings, empty if there are none. What comes first counts: the
# environment, the user's file, the system's.
read_npm_settings() {
    npm_registry='' npm_cafile='' npm_https_proxy='' npm_proxy='' npm_noproxy='' npm_strict_ssl=''
    set --
    for file in "${npm_config_userconfig:-${HOME:-/}/.npmrc}" "${npm_config_globalconfig:-/etc/npmrc}" /usr/etc/npmrc /usr/local/etc/npmrc; do
        [ ! -r "$file" ] || set -- "$@" "$file"
    done
    awk '
        function put(key, value, from) {
            if (key in place && place[key] != from) return
            place[key] = from
            gsub(/^[ \t"\047]+|[ \t"\047]+$/, "", value)
            found[key] = value == "null" ? "" : value
        }
        BEGIN {
            for (name in ENVIRON) if ((key = tolower(name)) ~ /^npm_config_/) put(substr(key, 12), ENVIRON[name], "environment")
        }
        /^[ \t]*[a-z-]+[ \t]*=/ {
            key = $0
            sub(/[ \t]*=.*/, "", key)
            gsub(/[ \t]/, "", key)
            gsub(/-/, "_", key)
            put(key, substr($0, index($0, "=") + 1), FILENAME)
        }
        END { for (key in found) print key, found[key] }' "$@" </dev/null >"$tmp/npm"
    while read -r key value; do
        case "$key" in
        registry) npm_registry=$value ;;
        cafile) npm_cafile=$value ;;
        https_proxy) npm_https_proxy=$value ;;
        proxy) npm_proxy=$value ;;
        noproxy) npm_noproxy=$value ;;
        strict_ssl) npm_strict_ssl=$value ;;
        esac
    done <"$tmp/npm"
}

has_network() { # a way out of this machine: a route other than to itself and to its cable
    [ ! -r /proc/net/route ] || [ -n "$(cat /proc/net/route /proc/net/ipv6_route 2>/dev/null | grep -v '^Iface\|^fe80\|^ff00\| lo$')" ]
}

# The address belongs to npm, and this repository does not repeat it. Debian has a package of 4 kB that contains it. The package
# is read, not installed: it would bring Node.js along.
address_in_package() {
    installed=/usr/share/nodejs/registry-url/index.js
    if [ -r "$installed" ]; then
        cat "$installed"
    elif has_network && command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; then
        say "fetching Debian's package node-registry-url (4 kB), which knows the address of the npm registry"
        # A slow machine needs seconds to read its package lists. Only the transfer has a limit.
        apt-get download --print-uris node-registry-url >"$tmp/uri" 2>"$tmp/apt.err" || return 0
        read -r uri _ _ hash <"$tmp/uri"
        uri=${uri#\'} uri=${uri%\'}
        timeout "$wait" /usr/lib/apt/apt-helper -o Acquire::Retries=0 download-file "$uri" "$tmp/registry.deb" "$hash" >/dev/null 2>&1 || return 0
        dpkg-deb --fsys-tarfile "$tmp/registry.deb" | tar -xO ".$installed"
    fi | sed -n "s/.*\(https:[^'\"]*\).*/\1/p" | head -n 1
}

address_trouble() { # why the registry cannot be asked
    unknown="the address of the npm registry is unknown here"
    if ! has_network; then
        echo "there is no network, so the npm registry cannot be reached"
    elif ! command -v apt-get >/dev/null; then
        echo "$unknown: set npm_config_registry, or install npm"
    elif grep -q 'Unable to locate' "$tmp/apt.err"; then
        echo "$unknown: run 'apt-get update' as root, then this again"
    else
        echo "the npm registry cannot be reached: the server of Debian's packages, which knows its address, does not answer"
    fi
}

registry_address() { # the address of the registry without a slash at the end, or nothing
    address=$npm_registry
    if [ -z "$address" ] && command -v npm >/dev/null; then
        address=$(cd "$tmp" && timeout "$wait" npm config get registry 2>/dev/null) || address=''
        [ "$address" != undefined ] || address=''
    fi
    [ -n "$address" ] || address=$(address_in_package)
    printf '%s\n' "${address%/}"
}

curl_option() { # NAME VALUE: a line of curl's configuration, if there is a value
    [ -z "$2" ] || printf '%s = "%s"\n' "$1" "$2"
}

curl_settings() { # REGISTRY: npm's settings, as curl's
    proxy=$npm_https_proxy
    case "$1" in http:*) proxy='' ;; esac
    proxy=${proxy:-$npm_proxy}
    [ "$proxy" = false ] || curl_option proxy "$proxy"
    curl_option noproxy "$npm_noproxy"
    [ "$npm_strict_ssl" != false ] || echo insecure # the content is checked by its hash in any case
    if [ -z "$npm_cafile" ] && [ -r "${NODE_EXTRA_CA_CERTS:-}" ]; then
        npm_cafile=$tmp/certificates
        cat "${CURL_CA_BUNDLE:-${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}}" "$NODE_EXTRA_CA_CERTS" >"$npm_cafile" 2>/dev/null || true
    fi
    curl_option cacert "$npm_cafile"
}

# Why curl failed, in words. CODE: its exit code, or "silent" or "stalled". The answers of a server and a proxy are in $tmp/status.
reason() { # CODE HOST
    read -r http proxied <"$tmp/status" || http=000 proxied=000
    case "${proxied:-000}" in
    000 | 2??) ;;
    407) echo "the proxy needs a name and a password (HTTP status 407)" && return ;;
    *) echo "the proxy refuses to connect to $2 (HTTP status $proxied)" && return ;;
    esac
    case "$1" in
    5) echo "the name of the proxy is unknown" ;;
    6) echo "the name $2 is unknown: there is no network, or no DNS" ;;
    7)
        to=$(sed -n 's/.*Failed to connect to \([^ ]*\) port \([0-9]*\).*/\1, port \2/p' "$tmp/curl.err")
        echo "no connection to ${to:-$2}: refused, or no network"
        ;;
    silent | 28) echo "no reply from $2 within $wait s (--wait 30 waits longer)" ;;
    60) echo "the certificate of $2 is not trusted. If your network has a certificate of its own, set NODE_EXTRA_CA_CERTS to its file" ;;
    23) echo "cannot write to $(dirname "$part"): the disk may be full" ;;
    stalled | 18) echo "the transfer from $2 stopped" ;;
    22)
        case "$http" in
        404) echo "$2 does not have this package (HTTP status 404)" ;;
        407) echo "the proxy needs a name and a password (HTTP status 407)" ;;
        *) echo "$2, or a proxy on the way to it, refuses (HTTP status $http)" ;;
        esac
        ;;
    *) echo "$2: $(sed -n '$s/^curl: //p' "$tmp/curl.err")" ;;
    esac
}

bytes() { # FILE
    stat -c %s "$1" 2>/dev/null || echo 0
}

transfer() { # URL FILE: one try. It continues FILE. Sets code: 0, curl's exit code, "silent" or "stalled"
    curl --config "$tmp/curl.conf" --silent --show-error --fail --location --max-redirs 5 --connect-timeout "$wait" --continue-at - \
        --output "$2" --write-out '%{http_code} %{http_connect}\n' "$1" >"$tmp/status" 2>"$tmp/curl.err" 9>&- &
    child=$! code=
    before=$(bytes "$2") last=$(bytes "$2") since=$(date +%s)
    while kill -0 "$child" 2>/dev/null; do
        sleep 0.2
        now=$(date +%s) got=$(bytes "$2")
        progress "$got"
        [ "$got" = "$last" ] || last=$got since=$now
        if [ "$got" = "$before" ]; then patience=$wait what=silent; else patience=30 what=stalled; fi
        [ $((now - since)) -lt "$patience" ] || {
            code=$what
            kill "$child" 2>/dev/null || true
            break
        }
    done
    rc=0
    wait "$child" || rc=$?
    child=
    code=${code:-$rc}
}

download() { # URL FILE SIZE: whole, by several transfers if need be. Sets why if it fails
    host=${1#*://} host=${host%%/*} host=${host##*@}
    why=
    for try in 1 2 3 4 5; do
        [ "$(bytes "$2")" -le "$3" ] || rm -f "$2"
        start=$(bytes "$2")
        [ "$start" -lt "$3" ] || return 0
        transfer "$1" "$2"
        # 33: the server cannot continue a transfer.
        [ "$code" != 33 ] || { rm -f "$2" && continue; }
        [ "$code" != 0 ] || return 0
        why=$(reason "$code" "$host")
        [ "$(bytes "$2")" -gt "$start" ] || return 1
        [ "$try" = 5 ] || say "$why; continuing"
    done
    return 1
}
