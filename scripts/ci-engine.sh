#!/bin/sh
# Starts a container engine where there is none, for tests that need one: Debian's docker.io and debootstrap, as root.
# Prints the process id of the engine it started, or nothing when one answered already.
set -eu

answers() {
    docker version >/dev/null 2>&1
}

install_missing() {
    missing=
    command -v dockerd >/dev/null || missing="$missing docker.io"
    command -v debootstrap >/dev/null || missing="$missing debootstrap"
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "ci-engine: missing:$missing; install them, or run this as root on Debian or Ubuntu" >&2
        return 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    # Not started by the package: without systemd it could not, and with it there must be one way only.
    apt-get update >&2
    # shellcheck disable=SC2086 # the list is meant to be split
    apt-get install -y --no-install-recommends $missing iptables ca-certificates >&2
}

PATH="$PATH:/usr/sbin:/sbin"

if answers; then
    command -v debootstrap >/dev/null || install_missing || true
    exit 0
fi
install_missing
if answers; then
    exit 0
fi
if [ "$(id -u)" != 0 ]; then
    echo "ci-engine: no container engine answers and only root can start one" >&2
    exit 1
fi

log=${CI_ENGINE_LOG:-/tmp/ci-engine.log}
setsid dockerd >"$log" 2>&1 </dev/null &
pid=$!
for _ in $(seq 120); do
    if answers; then
        echo "$pid"
        exit 0
    fi
    if ! kill -0 "$pid" 2>/dev/null; then
        break
    fi
    sleep 0.5
done
echo "ci-engine: dockerd does not answer; the end of $log:" >&2
tail -20 "$log" >&2
exit 1
