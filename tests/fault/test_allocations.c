/* SPDX-License-Identifier: MIT */
/*
 * The n-th allocation fails, once or from there on, during a run that uses
 * the whole cursor, or while somebody looks at what it did: no crash, an
 * honest result, work and ledger agree, and the next run completes.
 *
 * A sample of n is tried; LUMIGRATE_TEST_FAULTS=all tries every one.
 * test_signals.c does the same with signals.
 */
#include "allocations.h"
#include "whole_cursor.h"

/* Every way to change a table, and to be refused. */
static const char altering[] =
    "conn:executescript([[\n"
    "  CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1);\n"
    "  CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT UNIQUE,\n"
    "    b INT DEFAULT 1 REFERENCES p, c AS (b || 1), CHECK (b > 0));\n"
    "  INSERT INTO t (a) VALUES ('1'), ('2'), ('3'), ('4'), (NULL);\n"
    "  CREATE INDEX i ON t (lower(a)) WHERE b > 0;\n"
    "  CREATE VIEW v AS SELECT a FROM t;\n"
    "  CREATE TRIGGER g UPDATE OF a ON t BEGIN SELECT 1; END;\n"
    "  CREATE TRIGGER stale UPDATE OF b ON t BEGIN SELECT nope FROM p; END;\n"
    "  ANALYZE]])\n"
    "conn:alter('t', function(t) t:rename_column('a', 'z')\n"
    "  t:set_default('b', '2') t:add_column('d', 'INT', {after = 'id'}) end)\n"
    "conn:alter('t', function(t) t:add_check('b < 100', {name = 'k'})\n"
    "  t:drop_foreign_key{'b'} end)\n"
    "conn:alter('t', function(t) t:add_column('e', 'INT') end)\n"
    "local ok, e = pcall(conn.alter, conn, 't', function(t)\n"
    "  t:set_strict(true) t:set_not_null('z', true) end)\n"
    "assert(not ok)\n"
    "ok, e = pcall(conn.alter, conn, 't', function(t)\n"
    "  t:drop_column('z') end)\n"
    "assert(not ok and #tostring(e) > 10)\n"
    "local r = conn:alter('t', {dry_run = true}, function(t)\n"
    "  t:drop_column('z', {cascade = {'views', 'indexes', 'triggers'}})\n"
    "  t:rename_to('u') end)\n"
    "assert(#r.steps > 3 and #r.dependents > 2)\n"
    "conn:execute('DROP TRIGGER stale')\n";

static int look(lumigrate *lm)
{
    lumigrate_report *report = NULL;
    unsigned long len = 0;
    char *text = NULL, *difference = NULL;
    int rc = lumigrate_check(lm, &report);

    if (rc == LUMIGRATE_OK) {
        assert_string_equal(report->status, "ready");
        rc = lumigrate_text(lm, "2026_01_01_a", &text, &len);
    }
    if (rc == LUMIGRATE_OK)
        rc = lumigrate_difference(lm, "2026_01_01_a", &difference);
    if (rc == LUMIGRATE_OK)
        assert_string_equal(difference, "");
    lumigrate_report_free(report);
    free(text);
    free(difference);
    return rc;
}

static int up_and_look(lumigrate *lm)
{
    int rc = lumigrate_up(lm, NULL);

    return rc == LUMIGRATE_OK ? look(lm) : rc;
}

static int up(lumigrate *lm)
{
    return lumigrate_up(lm, NULL);
}

static int down(lumigrate *lm)
{
    return lumigrate_down(lm, NULL);
}

static int run_once(box *b, long at)
{
    return run_with_fault(b, at, up_and_look);
}

static int is_honest(int rc)
{
    return rc == LUMIGRATE_OK || rc == LUMIGRATE_FAILED ||
           rc == LUMIGRATE_USAGE || rc == LUMIGRATE_REFUSED ||
           rc == LUMIGRATE_NOMEM;
}

/* One n: the run with the fault, what it left, and the run after it. */
static void try_one(box *b, long n)
{
    int rc = run_once(b, n);
    long done;

    assert_true(is_honest(rc));
    done = assert_whole(b);
    if (rc == LUMIGRATE_OK)
        assert_int_equal(done, 1);
    assert_int_equal(run_once(b, 0), LUMIGRATE_OK);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM t"), 5);
    remove_database(b);
}

static long step_for(long total)
{
    assert_true(total > 100);
    return all_faults() ? 1 : total / 97 + 1;
}

static void sweep(box *b, const char *body)
{
    long n, total, step;

    choose_database(b);
    box_migration(b, "2026_01_01_a", body);
    assert_int_equal(run_once(b, 1L << 40), LUMIGRATE_OK);
    total = counted;
    remove_database(b);
    step = step_for(total);
    for (n = 1; n <= total; n += step)
        try_one(b, n);
}

static void survives_one_failed_allocation(void **state)
{
    for_ever = 0;
    sweep(*state, whole_cursor);
}

static void survives_no_more_memory(void **state)
{
    for_ever = 1;
    sweep(*state, whole_cursor);
}

static void alters_with_one_failed_allocation(void **state)
{
    for_ever = 0;
    sweep(*state, altering);
}

static void alters_with_no_more_memory(void **state)
{
    for_ever = 1;
    sweep(*state, altering);
}

/* Applied, and its file edited since: the way down is in the history. */
static void apply_reversible(box *b)
{
    static const char head[] = "MIGRATION_ID = '1'\nfunction upgrade(conn) "
        "conn:execute('CREATE TABLE t (x)') end\nfunction downgrade(conn) ";
    char text[400];

    snprintf(text, sizeof text, "%sconn:execute('DROP TABLE t') end\n", head);
    box_write(b, "migrations/1.lua", text);
    assert_int_equal(run_with_fault(b, 0, up), LUMIGRATE_OK);
    snprintf(text, sizeof text, "%serror('edited') end\n", head);
    box_write(b, "migrations/1.lua", text);
}

static void try_back(box *b, long n)
{
    int rc = run_with_fault(b, n, down);
    long rows = box_integer(b, "SELECT count(*) FROM schema_migrations");

    assert_true(is_honest(rc));
    assert_string_equal(box_text(b, "PRAGMA integrity_check"), "ok");
    assert_int_equal(rows, box_integer(b, "SELECT count(*) FROM "
                                       "sqlite_schema WHERE name = 't'"));
    assert_int_equal(rows, rc == LUMIGRATE_OK ? 0 : rows);
    assert_int_equal(run_with_fault(b, 0, down), LUMIGRATE_OK);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM sqlite_schema "
                                 "WHERE name = 't'"), 0);
    remove_database(b);
}

static void sweep_back(box *b)
{
    long n, total, step;

    choose_database(b);
    apply_reversible(b);
    assert_int_equal(run_with_fault(b, 1L << 40, down), LUMIGRATE_OK);
    total = counted;
    remove_database(b);
    step = step_for(total);
    for (n = 1; n <= total; n += step) {
        apply_reversible(b);
        try_back(b, n);
    }
}

static void survives_one_on_the_way_back(void **state)
{
    for_ever = 0;
    sweep_back(*state);
}

static void survives_no_more_on_the_way_back(void **state)
{
    for_ever = 1;
    sweep_back(*state);
}

/* -- plain SQL beside a trigger that does not compile --------------------- */

static const char beside[] =
    "MIGRATION_ID = '1'\nfunction upgrade(conn) conn:executescript([[\n"
    "CREATE TABLE t (a, b); CREATE TABLE o (a);\n"
    "CREATE TRIGGER g AFTER INSERT ON o BEGIN INSERT INTO t (a) VALUES (1);\n"
    "END; CREATE TRIGGER stale AFTER INSERT ON t BEGIN SELECT nope FROM t;\n"
    "END]]) end\n";

/* Whatever happens, nothing stays hidden. */
static void try_beside(box *b, long n)
{
    char path[200];
    int rc;

    assert_int_equal(run_with_fault(b, 0, up), LUMIGRATE_OK);
    box_write(b, "migrations/2.lua", "MIGRATION_ID = '2'\n"
              "TRANSACTION = false\nfunction upgrade(conn) conn:execute("
              "'CREATE INDEX IF NOT EXISTS i ON t (a)') end\n");
    rc = run_with_fault(b, n, up);
    assert_true(is_honest(rc));
    assert_int_equal(box_integer(b, "SELECT count(*) FROM sqlite_schema "
                                 "WHERE type = 'trigger' AND sql LIKE "
                                 "'CREATE TRIGGER%'"), 2);
    assert_string_equal(box_text(b, "PRAGMA integrity_check"), "ok");
    if (n < 1L << 40) {
        assert_int_equal(run_with_fault(b, 0, up), LUMIGRATE_OK);
        assert_int_equal(box_integer(b, "SELECT count(*) FROM "
                                     "schema_migrations"), 2);
    }
    snprintf(path, sizeof path, "%s/migrations/2.lua", b->dir);
    unlink(path);
}

static void sweep_beside(box *b)
{
    long n, total, step;

    choose_database(b);
    box_write(b, "migrations/1.lua", beside);
    try_beside(b, 1L << 40);
    total = counted;
    remove_database(b);
    step = step_for(total);
    for (n = 1; n <= total; n += step) {
        try_beside(b, n);
        remove_database(b);
    }
}

static void hides_with_one_failed_allocation(void **state)
{
    for_ever = 0;
    sweep_beside(*state);
}

static void hides_with_no_more_memory(void **state)
{
    for_ever = 1;
    sweep_beside(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(survives_one_failed_allocation),
        BOX_TEST(survives_no_more_memory),
        BOX_TEST(survives_one_on_the_way_back),
        BOX_TEST(survives_no_more_on_the_way_back),
        BOX_TEST(alters_with_one_failed_allocation),
        BOX_TEST(alters_with_no_more_memory),
        BOX_TEST(hides_with_one_failed_allocation),
        BOX_TEST(hides_with_no_more_memory)
    };

    return cmocka_run_group_tests(tests, replace_allocator, NULL);
}
