#!/bin/sh
# SPDX-License-Identifier: MIT
#
# lint.sh - the rules of the house that a search can hold (CONTRIBUTING.md).
# Silence is success. CFLAGS: what clang gets to look at every source file.
set -u
cd "$(dirname "$0")/.." || exit 2

complaints=$(mktemp)
trap 'rm -f "$complaints"' EXIT

# rule SENTENCE: whatever comes in on standard input breaks it.
rule() {
    sed "s|^|lint: $1: |" >>"$complaints"
}

sources() {
    find runner -name '*.[ch]' | sort
}

# strings PATTERN FILE...: string literals that hold PATTERN. Comments are
# no code: lines that begin with one are left out.
strings() {
    pattern=$1
    shift
    grep -nHE "\"[^\"]*($pattern)" "$@" /dev/null |
        grep -vE '^[^:]*:[0-9]+:[[:space:]]*(/?\*|//)'
}

# A folder includes only folders below it; side by side never each other.
includes() {
    folder=$1
    below=$2
    for file in runner/"$folder"/*.[ch]; do
        [ -e "$file" ] || continue
        grep -nHE '^#[[:space:]]*include[[:space:]]*"[^"]*/' "$file" |
            grep -vE "\"\.\./($below)/[^/]*\"$"
    done | rule "runner/$folder must not include this"
}
includes base none
includes lex base
includes db 'base|lex'
includes engine 'base|db'
includes script 'base|lex|db|engine'
includes sqlfile 'base|lex|db|engine'
includes native 'base|lex|db|engine'
includes core 'base|lex|db|engine'
# A folder within db/ sees db/ and what is below that.
for file in runner/db/*/*.[ch]; do
    [ -e "$file" ] || continue
    grep -nHE '^#[[:space:]]*include[[:space:]]*"[^"]*/' "$file" |
        grep -vE '"\.\./([a-z]+\.h|\.\./(base|lex)/[^/]*)"$'
done | rule 'a folder within runner/db must not include this'
grep -nsE '^#[[:space:]]*include[[:space:]]*"[^"]*/' runner/cli/*.[ch] |
    grep -v '"\.\./lumigrate\.h"$' | rule 'runner/cli sees lumigrate.h alone'
grep -nE '^#[[:space:]]*include[[:space:]]*"cli/' runner/*.[ch] |
    rule 'the library does not know the front door'

sources | grep -v '^runner/script/' |
    xargs grep -nE \
        'include.*<(lua|lauxlib|lualib)\.h>|lua_State|(^|[^a-z_])luaL_[a-z]' |
    rule 'Lua is known to runner/script alone'
sources | grep -vE '^runner/(db/|lumigrate\.[ch]$)' |
    xargs grep -nE 'include.*<sqlite3\.h>|sqlite3_[a-z]' |
    rule 'SQLite is known to runner/db alone'
grep -nE 'include.*<sqlite3\.h>|sqlite3_[a-z]' runner/lumigrate.[ch] |
    rule 'lumigrate.[ch] only declare struct sqlite3'

sources | grep -E '\.c$' | grep -v '^runner/cli/' |
    xargs grep -nE \
        '(^|[^a-zA-Z_])(v?printf|v?fprintf|f?puts|f?putc|putchar|perror|_?exit|abort) ?\(' |
    rule 'nothing below runner/cli prints or exits'
sources | xargs grep -nE \
    '(^|[^a-zA-Z_])(sprintf|strcpy|strcat|strtok|ato[il]|gets) ?\(' |
    rule 'not used here'

# Transactions begin and end in one file; judging a script's or a file's own
# words is another matter.
# shellcheck disable=SC2046 # no file name has a blank
strings '^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)[ ;"]' \
    $(sources | grep -vE '^runner/(db/(txn|authorize)\.c|lex/|sqlfile/)') |
    rule 'transactions are the business of runner/db/txn.c'
# shellcheck disable=SC2046
strings 'schema_migrations' \
    $(sources | grep -E '\.c$' | grep -vE '^runner/(core/(ledger|adopt)|configure\.c|cli/)') |
    rule 'the ledger is named in runner/core/ledger, the default once'

# Form.
for file in $(sources); do
    [ "$(head -n 1 "$file")" = '/* SPDX-License-Identifier: MIT */' ] ||
        echo "$file"
done | rule 'the first line is the licence'
sources | LC_ALL=C.UTF-8 xargs grep -nE '^.{80}' | rule 'over 79 columns'
sources | xargs grep -n "$(printf '\t')" | rule 'a tab'
sources | xargs grep -nE '(^|[;,{})])[[:space:]]*//' | rule 'comments are /* */'
# The public header is the manual of the library, in one piece.
sources | grep -v '^runner/lumigrate\.h$' | xargs wc -l |
    awk '$2 != "total" && $1 > 500' |
    rule 'over 500 lines'
if ctags --version 2>/dev/null | grep -q Universal; then
    # shellcheck disable=SC2046
    ctags -x --c-kinds=f --_xformat='%{end} %n %F %N' $(sources) |
        awk '$1 - $2 >= 60 { print $3 ": " $4 ", " $1 - $2 + 1 " lines" }' |
        rule 'a function over 60 lines'
fi

# Other eyes, where they are installed.
if command -v clang >/dev/null 2>&1; then
    # shellcheck disable=SC2046,SC2086
    clang -fsyntax-only ${CFLAGS:-} $(sources | grep '\.c$') 2>&1 |
        rule 'clang'
fi
if command -v shellcheck >/dev/null 2>&1; then
    find . -path ./build -prune -o -name '*.sh' -print | sort |
        xargs shellcheck --format=gcc tests/run tests/suite tests/fuzz/run | rule 'shellcheck'
fi
if command -v luacheck >/dev/null 2>&1; then
    luacheck --quiet --no-color --codes --formatter plain \
        migrations tests examples | rule 'luacheck'
fi

cat "$complaints" >&2
[ ! -s "$complaints" ]
