#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The public header stands alone: as strict C89, C11 and C++, without a
# warning, whatever a program includes before it.
set -u
cd "$(dirname "$0")/.." || exit 2
number=0

# check NAME COMMAND...
check() {
    name=$1
    shift
    number=$((number + 1))
    if message=$("$@" 2>&1); then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        echo "$message" | sed 's/^/# /'
    fi
}

warnings="-Wall -Wextra -pedantic-errors -Werror -Irunner -fsyntax-only"
# shellcheck disable=SC2086 # a list of words
for standard in c89 c99 c11; do
    check "lumigrate.h is strict $standard" "${CC:-cc}" -std=$standard \
        $warnings -Wstrict-prototypes -Wc++-compat tests/header/alone.c
done
# shellcheck disable=SC2086
for standard in c++98 c++17; do
    check "lumigrate.h is $standard" "${CXX:-c++}" -std=$standard $warnings \
        tests/header/alone.cc
done
echo "1..$number"
