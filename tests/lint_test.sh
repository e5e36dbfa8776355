#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The rules of the house hold: `make lint` says nothing.
cd "$(dirname "$0")/.." || exit 2

if message=$(make -s lint 2>&1) && [ -z "$message" ]; then
    echo "ok 1 - make lint says nothing"
else
    echo "not ok 1 - make lint says nothing"
    echo "$message" | sed 's/^/# /'
fi
echo "1..1"
