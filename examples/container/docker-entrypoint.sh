#!/bin/sh
# SPDX-License-Identifier: MIT
#
# docker-entrypoint.sh COMMAND [ARGUMENT ...] - bring the database up to date,
# then become COMMAND: process 1, with its arguments, environment and exit
# status. When a migration fails COMMAND never starts.
#
# One of lumigrate's own commands by any of its names, or an option, is handed
# to lumigrate alone: "docker run IMAGE status". A server that is called like
# one (run, make, check) is given with its path.
#
#   DATABASE_URL_FILE   a file that holds DATABASE_URL, such as a secret;
#                       COMMAND then finds DATABASE_URL. Both set: status 64
#   LUMIGRATE_ON_START  up (default): migrate first; wait: until another
#                       container has migrated; check: start only if one has;
#                       skip: only COMMAND
#   LUMIGRATE           the program, where it is not lumigrate in PATH
#
# The rest is lumigrate's own: see "lumigrate env".
set -eu

# 64 is EX_USAGE: nothing was begun.
die() {
    printf 'docker-entrypoint: %s\n' "$1" >&2
    exit 64
}

# The settings are the container's, not a .env file's: so they are final here.
if [ -n "${DATABASE_URL_FILE:-}" ]; then
    [ -z "${DATABASE_URL:-}" ] ||
        die 'DATABASE_URL and DATABASE_URL_FILE are both set'
    DATABASE_URL=$(cat "$DATABASE_URL_FILE") ||
        die "DATABASE_URL_FILE: cannot read $DATABASE_URL_FILE"
    [ -n "$DATABASE_URL" ] ||
        die "DATABASE_URL_FILE: $DATABASE_URL_FILE is empty"
    export DATABASE_URL
    unset DATABASE_URL_FILE
fi

program=${LUMIGRATE:-lumigrate}
case ${1:-} in
'' | -* | \
    up | migrate | apply | upgrade | run | latest | deploy | \
    down | rollback | revert | downgrade | redo | \
    status | list | info | check | ready | validate | wait | \
    current | dbversion | history | log | \
    new | create | add | make | templates | bundle | \
    dump | load | diff | backup | restore | \
    baseline | stamp | mark | fake | repair | resolve | adopt | \
    env | doctor | completion | version | help)
    exec "$program" "$@"
    ;;
lumigrate)
    exec "$@"
    ;;
esac

case ${LUMIGRATE_ON_START:-up} in
up | wait | check) exec "$program" "${LUMIGRATE_ON_START:-up}" --exec -- "$@" ;;
skip) exec "$@" ;;
esac
die "LUMIGRATE_ON_START is \"$LUMIGRATE_ON_START\", not up, wait, check or skip"
