#!/bin/sh
# SPDX-License-Identifier: MIT
#
# install-packages.sh [--check] build|test|fuzz ...
#
# Says which packages are missing for building (build), testing (test) or
# fuzzing (fuzz) and installs them with apt: as root at once, through sudo after asking on a
# terminal or with ASSUME_YES=1. Elsewhere, and with --check, it prints their
# names and fails. Where nothing is missing it says nothing.
# shellcheck disable=SC2317 # functions that need calls by name
set -eu

missing=

# need PACKAGE COMMAND...: PACKAGE is missing unless COMMAND succeeds.
need() {
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}

# library PACKAGE MODULE: what pkg-config knows of is there. While pkg-config
# itself is missing, dpkg is asked, so that only what is missing is named.
library() {
    if command -v pkg-config >/dev/null 2>&1; then
        need "$1" pkg-config --exists "$2"
    else
        need "$1" dpkg-query --show "$1"
    fi
}

has_headers() {
    echo '#include <stdio.h>' | "${CC:-cc}" -E -
}

has_busted() {
    lua5.4 -e 'require "busted.runner"'
}

need_for_build() {
    need make command -v make
    need gcc command -v "${CC:-cc}"
    need libc6-dev has_headers
    need pkg-config command -v pkg-config
    library libsqlite3-dev sqlite3
    library liblua5.4-dev lua5.4
    library libmd-dev libmd
}

need_for_test() {
    need lua5.4 command -v lua5.4
    need lua-busted has_busted
    need lua-check command -v luacheck
    need sqlite3 command -v sqlite3
    need g++ command -v "${CXX:-c++}"
    need bubblewrap command -v bwrap
    need busybox-static command -v busybox
    need shellcheck command -v shellcheck
    need scdoc command -v scdoc
    need proj-data test -e /usr/share/proj/proj.db
    library libcmocka-dev cmocka
}

need_for_fuzz() {
    need clang command -v clang
}

# apt_install SUDO: without questions or chatter; what apt says goes to $log.
apt_install() {
    # shellcheck disable=SC2086 # both are lists of words
    $1 env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
        --no-install-recommends install $missing >"$log" 2>&1
}

# A machine that has never asked for package lists has none: fetch them when
# the first attempt fails, and show what apt says only when the second does.
install_missing() {
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    echo "installing:$missing"
    apt_install "$1" && return
    $1 apt-get -qq update >/dev/null 2>&1 || true
    apt_install "$1" && return
    cat "$log" >&2
    echo "could not install:$missing" >&2
    return 1
}

may_use_sudo() {
    command -v sudo >/dev/null 2>&1 || return 1
    [ "${ASSUME_YES:-}" != 1 ] || return 0
    [ -t 0 ] && [ -t 1 ] || return 1
    printf 'install them with "sudo apt-get install"? [Y/n] '
    read -r answer || return 1
    case $answer in
    '' | [Yy]*) return 0 ;;
    esac
    return 1
}

check=
for word in "$@"; do
    case $word in
    --check) check=1 ;;
    build) need_for_build ;;
    test) need_for_test ;;
    fuzz) need_for_fuzz ;;
    *)
        echo "usage: $0 [--check] build|test|fuzz ..." >&2
        exit 2
        ;;
    esac
done

[ -n "$missing" ] || exit 0
echo "missing packages (Debian's names):$missing"
if [ -z "$check" ] && command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then
        install_missing ""
        exit
    elif may_use_sudo; then
        install_missing sudo
        exit
    fi
fi
echo "install them first, for example: apt-get install$missing" >&2
exit 1
