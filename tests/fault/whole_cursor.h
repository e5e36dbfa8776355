/* SPDX-License-Identifier: MIT */
/*
 * whole_cursor.h - the run that faults are tried on: one migration that uses
 * the whole cursor, and what must hold after it, however it ended.
 *
 *   whole_cursor       the body of its upgrade
 *   has_hot_journal    is anything in it that must be rolled back?
 *   assert_whole       no damage; work and ledger agree; 1 when it is applied
 */
#ifndef LM_TEST_WHOLE_CURSOR_H
#define LM_TEST_WHOLE_CURSOR_H

#include "faults.h"

static const char whole_cursor[] =
    "local cur = conn:cursor()\n"
    "conn:execute('CREATE TABLE t (id INTEGER PRIMARY KEY, v)')\n"
    "cur:execute('INSERT INTO t(v) VALUES (?)', {'a'})\n"
    "cur:execute('INSERT INTO t(v) VALUES (:v)', {v = blob('b')})\n"
    "cur:executemany('INSERT INTO t(v) VALUES (?)', {{1}, {2.5}, {NULL}})\n"
    "cur:executescript('CREATE INDEX i ON t(v); UPDATE t SET v = v;' ..\n"
    "  'CREATE VIEW w AS SELECT v FROM t; CREATE TRIGGER g DELETE ON t ' ..\n"
    "  'BEGIN SELECT 1; END')\n"
    "for row in cur:execute('SELECT id, v FROM t'):rows() do\n"
    "  assert(row.id == row[1])\n"
    "end\n"
    "for id, v in cur:execute('SELECT id, v FROM t'):values() do end\n"
    "assert(#cur:execute('SELECT * FROM t'):fetchall() == 5)\n"
    "conn:create_function('twice', function(x) return x .. x end)\n"
    "conn:execute('SELECT twice(v) FROM t'):fetchone()\n"
    "pcall(function() conn:savepoint(function()\n"
    "  conn:execute('DELETE FROM t') error('no') end) end)\n"
    "assert(column_exists('t', 'v') and index_exists('i'))\n"
    "conn:execute('CREATE VIEW o AS SELECT id FROM t WHERE v > 0')\n"
    "conn:execute('CREATE INDEX e ON t(lower(v)) WHERE id > 0')\n"
    "conn:execute([[CREATE TEMP TRIGGER h UPDATE OF v ON t WHEN new.id\n"
    "  BEGIN INSERT INTO t(v) SELECT id FROM o NATURAL JOIN t; END]])\n"
    "assert(#conn:columns('t') == 2 and #conn:indexes('t') == 2)\n"
    "assert(#conn:dependents('t') == 11 and #conn:views() == 2)\n"
    "assert(#conn:triggers() == 2 and #conn:referenced_by('t') == 0)\n"
    "assert(#conn:schema_dump() > 100 and #conn:schema_fingerprint())\n"
    "print(string.format('%s rows', 5))\n";

static inline long assert_whole(box *b)
{
    long done = box_integer(b, "SELECT count(*) FROM sqlite_schema "
                            "WHERE name = 't'");

    assert_string_equal(box_text(b, "PRAGMA integrity_check"), "ok");
    if (box_integer(b, "SELECT count(*) FROM sqlite_schema WHERE name = "
                    "'schema_migrations'") == 1)
        assert_int_equal(done, box_integer(b, "SELECT count(*) FROM "
                                           "schema_migrations"));
    else
        assert_int_equal(done, 0);
    return done;
}

/* Is something in it to be rolled back? The header comes last. */
static inline int has_hot_journal(const box *b)
{
    char path[200];
    FILE *f;
    int first;

    snprintf(path, sizeof path, "%s-journal", b->database);
    f = fopen(path, "rb");
    if (f == NULL)
        return 0;
    first = fgetc(f);
    fclose(f);
    return first != EOF && first != 0;
}

#endif
