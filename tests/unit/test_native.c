/* SPDX-License-Identifier: MIT */
/* Migrations that the program brings along: C functions and texts. */
#include "box.h"

#define UNUSED(a, b, c) ((void)(a), (void)(b), (void)(c))

/* What a function of a test does, and what it saw. */
typedef struct plan {
    const char *sql;
    const char *error;
    int code;
    int calls, down;
    sqlite3_stmt *left;
} plan;

static int follow(sqlite3 *db, void *user, char *error)
{
    plan *p = user;
    int rc = SQLITE_OK;

    p->calls++;
    if (p->sql != NULL)
        rc = sqlite3_exec(db, p->sql, NULL, NULL, NULL);
    if (p->error != NULL)
        snprintf(error, LUMIGRATE_ERROR_SIZE, "%s", p->error);
    return rc != SQLITE_OK ? rc : p->code;
}

static int leave_statement(sqlite3 *db, void *user, char *error)
{
    plan *p = user;

    UNUSED(db, user, error);
    return sqlite3_prepare_v2(db, "SELECT 1 UNION SELECT 2", -1, &p->left,
                              NULL);
}

static lumigrate *open_without_folder(box *b)
{
    lumigrate_config c = box_config(b);
    lumigrate *lm;

    c.migrations = NULL;
    c.no_folder = 1;
    assert_int_equal(lumigrate_open(&lm, &c), LUMIGRATE_OK);
    return lm;
}

static void add(lumigrate *lm, const char *id, lumigrate_function up,
                plan *p)
{
    lumigrate_migration m;

    memset(&m, 0, sizeof m);
    m.id = id;
    m.description = "A function.";
    m.up = up;
    m.user = p;
    if (lumigrate_add(lm, &m) != LUMIGRATE_OK)
        fail_msg("%s", lumigrate_errmsg(lm));
}

static void add_text(lumigrate *lm, const char *file, const char *text)
{
    lumigrate_migration m;

    memset(&m, 0, sizeof m);
    m.file = file;
    m.text = text;
    if (lumigrate_add(lm, &m) != LUMIGRATE_OK)
        fail_msg("%s", lumigrate_errmsg(lm));
}

/* One function alone: what `up` returns, with its message in box->text. */
static int run_one(box *b, lumigrate_function up, plan *p)
{
    lumigrate *lm = open_without_folder(b);
    int rc;

    add(lm, "2026_01_01_a", up, p);
    rc = lumigrate_up(lm, NULL);
    snprintf(b->text, sizeof b->text, "%s", lumigrate_errmsg(lm));
    lumigrate_close(lm);
    return rc;
}

static void refused(box *b, const char *sql, const char *words)
{
    plan p = {.sql = sql};

    box_exec(b, "DROP TABLE IF EXISTS t; CREATE TABLE t (x)");
    if (run_one(b, follow, &p) != LUMIGRATE_FAILED)
        fail_msg("%s is not refused", sql);
    if (strstr(b->text, words) == NULL)
        fail_msg("%s: %s", sql, b->text);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM t"), 0);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM "
                                 "schema_migrations"), 0);
}

static void runs_once_with_its_row(void **state)
{
    box *b = *state;
    plan p = {.sql = "CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)"};

    assert_int_equal(run_one(b, follow, &p), LUMIGRATE_OK);
    assert_int_equal(run_one(b, follow, &p), LUMIGRATE_OK);
    assert_int_equal(p.calls, 1);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM t"), 2);
    assert_string_equal(box_text(b, "SELECT id || ' ' || description || ' ' "
                                 "|| effect FROM schema_migrations"),
                        "2026_01_01_a A function. changed");
    assert_string_equal(box_text(b, "SELECT source FROM "
                                 "schema_migrations_history"),
                        "-- a C function of the host program: "
                        "2026_01_01_a\n");
}

static void says_that_nothing_changed(void **state)
{
    box *b = *state;
    plan p = {.sql = "SELECT 1"};

    assert_int_equal(run_one(b, follow, &p), LUMIGRATE_OK);
    assert_string_equal(box_text(b, "SELECT effect FROM schema_migrations"),
                        "no_op");
}

static void is_rolled_back_when_it_fails(void **state)
{
    box *b = *state;
    plan p = {.sql = "CREATE TABLE t (x)", .code = 5000,
              .error = "the moon is wrong"};

    assert_int_equal(run_one(b, follow, &p), LUMIGRATE_FAILED);
    assert_string_equal(b->text, "the moon is wrong");
    p.error = NULL;
    assert_int_equal(run_one(b, follow, &p), LUMIGRATE_FAILED);
    assert_string_equal(b->text, "the function returned 5000");
    p.sql = "CREATE TABLE t (x); INSERT INTO nowhere VALUES (1)";
    assert_int_equal(run_one(b, follow, &p), LUMIGRATE_FAILED);
    assert_string_equal(b->text, "no such table: nowhere");
    assert_int_equal(box_integer(b, "SELECT count(*) FROM sqlite_schema "
                                 "WHERE name = 't'"), 0);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM "
                                 "schema_migrations_history WHERE outcome = "
                                 "'failed'"), 3);
}

static void may_do_what_a_script_may(void **state)
{
    box *b = *state;

    refused(b, "INSERT INTO t VALUES (1); COMMIT", "COMMIT is not allowed");
    refused(b, "INSERT INTO t VALUES (1); ROLLBACK", "not allowed");
    refused(b, "INSERT INTO t VALUES (1); BEGIN", "not allowed");
    refused(b, "INSERT INTO t VALUES (1); ATTACH 'x.db' AS x",
            "ATTACH is not allowed");
    refused(b, "INSERT INTO t VALUES (1); DELETE FROM schema_migrations",
            "belongs to the runner");
    refused(b, "INSERT INTO t VALUES (1); PRAGMA foreign_keys = ON",
            "foreign_keys");
    refused(b, "INSERT OR ROLLBACK INTO t VALUES (1); PRAGMA "
            "writable_schema = 1", "writable_schema");
}

static void has_savepoints_of_its_own(void **state)
{
    box *b = *state;
    plan p = {.sql = "CREATE TABLE t (x); SAVEPOINT s; INSERT INTO t VALUES "
                     "(1); ROLLBACK TO s; RELEASE s; SAVEPOINT left_open; "
                     "INSERT INTO t VALUES (2)"};

    assert_int_equal(run_one(b, follow, &p), LUMIGRATE_OK);
    assert_int_equal(box_integer(b, "SELECT sum(x) FROM t"), 2);
}

static void must_keep_foreign_keys_and_views(void **state)
{
    box *b = *state;
    plan p = {.sql = "INSERT INTO c VALUES (99)"};

    box_exec(b, "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p "
             "REFERENCES p); INSERT INTO c VALUES (7); CREATE TABLE t (x, "
             "y); CREATE VIEW v AS SELECT x FROM t");
    assert_int_equal(run_one(b, follow, &p), LUMIGRATE_FAILED);
    assert_non_null(strstr(b->text, "foreign key"));
    p.sql = "ALTER TABLE t RENAME TO u; CREATE TABLE t (y)";
    assert_int_equal(run_one(b, follow, &p), LUMIGRATE_OK);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM c"), 1);
}

static void leaves_the_connection_as_it_was(void **state)
{
    box *b = *state;
    plan p = {.sql = "PRAGMA case_sensitive_like = 1; PRAGMA cache_size = "
                     "7; CREATE TEMP TABLE mine (x)"};
    lumigrate *lm = open_without_folder(b);

    add(lm, "2026_01_01_a", follow, &p);
    add_text(lm, "2026_01_02_b.lua", "MIGRATION_ID = \"2026_01_02_b\"\n"
             "function upgrade(conn)\n"
             "  assert(conn:execute(\"SELECT 'a' LIKE 'A'\"):fetchone()[1] "
             "== 1)\n"
             "  assert(conn:execute('PRAGMA cache_size'):fetchone()[1] ~= 7)"
             "\n  assert(not table_exists('mine'))\nend\n");
    if (lumigrate_up(lm, NULL) != LUMIGRATE_OK)
        fail_msg("%s", lumigrate_errmsg(lm));
    lumigrate_close(lm);
}

static void must_finalize_its_statements(void **state)
{
    box *b = *state;
    plan p = {0};

    assert_int_equal(run_one(b, leave_statement, &p), LUMIGRATE_FAILED);
    assert_string_equal(b->text, "the function left 1 statement behind");
}

static int use_full_text(sqlite3 *db, void *user, char *error)
{
    UNUSED(db, user, error);
    return sqlite3_exec(db, "CREATE VIRTUAL TABLE f USING fts5(x); INSERT "
                        "INTO f VALUES ('a b'); CREATE VIRTUAL TABLE r USING "
                        "rtree(id, x0, x1); INSERT INTO r VALUES (1, 0, 1)",
                        NULL, NULL, NULL);
}

static int leave_running(sqlite3 *db, void *user, char *error)
{
    int rc = leave_statement(db, user, error);
    plan *p = user;

    return rc != SQLITE_OK || sqlite3_step(p->left) != SQLITE_ROW
        ? SQLITE_ERROR : SQLITE_OK;
}

static int search(sqlite3 *db, void *user, char *error)
{
    int rc = sqlite3_exec(db, "INSERT INTO f VALUES ('c')", NULL, NULL, NULL);

    return rc != SQLITE_OK ? rc : leave_running(db, user, error);
}

/* Virtual tables have statements of their own among those that are new. */
static void may_use_virtual_tables(void **state)
{
    box *b = *state;
    plan p = {0};
    lumigrate *lm = open_without_folder(b);

    add(lm, "2026_01_01_a", use_full_text, &p);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    add(lm, "2026_01_02_b", leave_statement, &p);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    add(lm, "2026_01_03_c", search, &p);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_FAILED);
    assert_non_null(strstr(lumigrate_errmsg(lm), "left 1 statement behind"));
    lumigrate_close(lm);
}

static int interrupt_host(sqlite3 *db, void *user, char *error)
{
    UNUSED(db, user, error);
    lumigrate_interrupt(user);
    return sqlite3_exec(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
                        "SELECT i + 1 FROM n) SELECT count(*) FROM n", NULL,
                        NULL, NULL);
}

static void ends_when_it_is_interrupted(void **state)
{
    box *b = *state;
    lumigrate *lm = open_without_folder(b);
    lumigrate_migration m;

    memset(&m, 0, sizeof m);
    m.id = "2026_01_01_a";
    m.up = interrupt_host;
    m.user = lm;
    assert_int_equal(lumigrate_add(lm, &m), LUMIGRATE_OK);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_INTERRUPTED);
    lumigrate_close(lm);
}

static void runs_outside_a_transaction(void **state)
{
    box *b = *state;
    plan p = {.sql = "CREATE TABLE t (x); VACUUM; BEGIN; INSERT INTO t "
                     "VALUES (1); COMMIT"};
    lumigrate *lm = open_without_folder(b);
    lumigrate_migration m;

    memset(&m, 0, sizeof m);
    m.id = "2026_01_01_a";
    m.up = follow;
    m.user = &p;
    m.outside = 1;
    assert_int_equal(lumigrate_add(lm, &m), LUMIGRATE_OK);
    if (lumigrate_up(lm, NULL) != LUMIGRATE_OK)
        fail_msg("%s", lumigrate_errmsg(lm));
    lumigrate_close(lm);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM t"), 1);
}

static void works_on_the_hosts_connection(void **state)
{
    box *b = *state;
    plan p = {.sql = "CREATE TABLE t (x); INSERT INTO t VALUES (1)"};
    sqlite3 *db = box_open(":memory:");
    sqlite3_stmt *own = NULL;
    lumigrate_config c;
    lumigrate *lm;

    memset(&c, 0, sizeof c);
    c.no_folder = 1;
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT 1", -1, &own, NULL),
                     SQLITE_OK);
    assert_int_equal(lumigrate_attach(&lm, db, &c), LUMIGRATE_OK);
    add(lm, "2026_01_01_a", follow, &p);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    /* The host's own statement is still its own. */
    assert_int_equal(sqlite3_step(own), SQLITE_ROW);
    assert_int_equal(sqlite3_finalize(own), SQLITE_OK);
    assert_string_equal(box_ask(b, db, "SELECT count(*) FROM t"), "1");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void stands_among_files_and_texts(void **state)
{
    box *b = *state;
    plan p = {.sql = "INSERT INTO t VALUES ('C')"};
    lumigrate_config c = box_config(b);
    lumigrate *lm;

    box_migration(b, "2026_01_01_table", "conn:execute('CREATE TABLE t "
                  "(x)')");
    box_migration(b, "2026_01_04_last", "conn:execute(\"INSERT INTO t VALUES "
                  "('file')\")");
    assert_int_equal(lumigrate_open(&lm, &c), LUMIGRATE_OK);
    add_text(lm, "2026_01_03_text.sql", "INSERT INTO t VALUES ('SQL');");
    add(lm, "2026_01_02_function", follow, &p);
    if (lumigrate_up(lm, NULL) != LUMIGRATE_OK)
        fail_msg("%s", lumigrate_errmsg(lm));
    lumigrate_close(lm);
    assert_string_equal(box_text(b, "SELECT group_concat(x) FROM t"),
                        "C,SQL,file");
    assert_string_equal(box_text(b, "SELECT group_concat(id) FROM (SELECT id "
                                 "FROM schema_migrations ORDER BY position)"),
                        "2026_01_01_table,2026_01_02_function,"
                        "2026_01_03_text,2026_01_04_last");
}

static void scripts_require_what_was_added(void **state)
{
    box *b = *state;
    lumigrate *lm = open_without_folder(b);

    add_text(lm, "2026_01_01_a.lua", "MIGRATION_ID = \"2026_01_01_a\"\n"
             "function upgrade(conn)\n"
             "  conn:execute('CREATE TABLE t AS SELECT ? AS x', "
             "require 'lib.deep.words'.hello)\nend\n");
    add_text(lm, "lib/deep/words.lua", "return { hello = 'hello' }");
    if (lumigrate_up(lm, NULL) != LUMIGRATE_OK)
        fail_msg("%s", lumigrate_errmsg(lm));
    lumigrate_close(lm);
    assert_string_equal(box_text(b, "SELECT x FROM t"), "hello");
    lm = open_without_folder(b);
    add_text(lm, "2026_01_02_b.lua", "MIGRATION_ID = \"2026_01_02_b\"\n"
             "local x = require 'lib.absent'\nfunction upgrade() end\n");
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_FAILED);
    assert_non_null(strstr(lumigrate_errmsg(lm),
                           "lib/absent.lua was not added"));
    lumigrate_close(lm);
}

/* What `add` refuses, it says. */
static void not_added(lumigrate *lm, const lumigrate_migration *m,
                      const char *words)
{
    assert_int_equal(lumigrate_add(lm, m), LUMIGRATE_USAGE);
    if (strstr(lumigrate_errmsg(lm), words) == NULL)
        fail_msg("%s", lumigrate_errmsg(lm));
}

static void refuses_what_is_no_migration(void **state)
{
    lumigrate *lm = open_without_folder(*state);
    lumigrate_migration m;

    not_added(lm, NULL, "no migration was given");
    memset(&m, 0, sizeof m);
    not_added(lm, &m, "needs a function");
    m.up = follow;
    not_added(lm, &m, "is missing");
    m.id = "a/b";
    not_added(lm, &m, "ID of a migration");
    m.text = "SELECT 1";
    not_added(lm, &m, "not both");
    m.up = NULL;
    m.file = "folder/x.sql";
    not_added(lm, &m, "without a folder");
    m.file = "x.txt";
    not_added(lm, &m, "ends in .lua or .sql");
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_USAGE);
    assert_string_equal(lumigrate_errmsg(lm), "there is no folder, and no "
                        "migration was added");
    lumigrate_close(lm);
}

static void refuses_two_of_one_id(void **state)
{
    box *b = *state;
    plan p = {0};
    lumigrate *lm = open_without_folder(b);

    add(lm, "2026_01_01_a", follow, &p);
    add_text(lm, "2026_01_01_a.sql", "SELECT 1;");
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_USAGE);
    assert_non_null(strstr(lumigrate_errmsg(lm), "two migrations have the "
                           "ID 2026_01_01_a"));
    lumigrate_close(lm);
    assert_int_equal(p.calls, 0);
    assert_int_not_equal(access(b->database, F_OK), 0);
}

static void sees_that_a_function_changed(void **state)
{
    box *b = *state;
    plan p = {.sql = "SELECT 1"};
    lumigrate_report *report;
    lumigrate_migration m;
    lumigrate *lm;

    assert_int_equal(run_one(b, follow, &p), LUMIGRATE_OK);
    lm = open_without_folder(b);
    memset(&m, 0, sizeof m);
    m.id = "2026_01_01_a";
    m.up = follow;
    m.user = &p;
    m.version = "2";
    assert_int_equal(lumigrate_add(lm, &m), LUMIGRATE_OK);
    assert_int_equal(lumigrate_status(lm, &report), LUMIGRATE_OK);
    assert_int_equal(report->count, 1);
    assert_int_equal(report->items[0].status, LUMIGRATE_ITEM_EDITED);
    assert_string_equal(report->items[0].kind, "native");
    lumigrate_report_free(report);
    lumigrate_close(lm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(runs_once_with_its_row),
        BOX_TEST(says_that_nothing_changed),
        BOX_TEST(is_rolled_back_when_it_fails),
        BOX_TEST(may_do_what_a_script_may),
        BOX_TEST(has_savepoints_of_its_own),
        BOX_TEST(must_keep_foreign_keys_and_views),
        BOX_TEST(leaves_the_connection_as_it_was),
        BOX_TEST(must_finalize_its_statements),
        BOX_TEST(may_use_virtual_tables),
        BOX_TEST(ends_when_it_is_interrupted),
        BOX_TEST(runs_outside_a_transaction),
        BOX_TEST(works_on_the_hosts_connection),
        BOX_TEST(stands_among_files_and_texts),
        BOX_TEST(scripts_require_what_was_added),
        BOX_TEST(refuses_what_is_no_migration),
        BOX_TEST(refuses_two_of_one_id),
        BOX_TEST(sees_that_a_function_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
