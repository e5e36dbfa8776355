/* SPDX-License-Identifier: MIT */
/* One connection: statements kept by their text, actors, the latch. */
#include "connection.h"

static lm_stmt *prepared(fixture *f, lm_actor actor, const char *sql)
{
    lm_stmt *stmt;

    assert_int_equal(lm_db_prepare(f->db, actor, sql, strlen(sql), &stmt),
                     LM_OK);
    return stmt;
}

static void keeps_statements_by_their_text(void **state)
{
    fixture *f = *state;
    const char *sql = "SELECT 1";
    lm_stmt *first = prepared(f, LM_RUNNER, sql), *second, *other;
    bool row;

    second = prepared(f, LM_RUNNER, sql);
    assert_ptr_not_equal(first, second);
    lm_stmt_release(second);
    lm_stmt_release(first);
    assert_ptr_equal(prepared(f, LM_RUNNER, sql), first);
    other = prepared(f, LM_RUNNER, "SELECT 1 ");
    assert_ptr_not_equal(other, second);
    assert_true(lm_stmt_is(first, sql, 8));
    assert_false(lm_stmt_is(first, sql, 7));
    /* What is released in the middle begins anew. */
    assert_int_equal(lm_stmt_step(first, &row), LM_OK);
    assert_true(row);
    lm_stmt_release(first);
    assert_ptr_equal(prepared(f, LM_RUNNER, sql), first);
    assert_int_equal(lm_stmt_step(first, &row), LM_OK);
    assert_true(row);
    lm_stmt_release(first);
    lm_stmt_release(other);
    lm_stmt_release(NULL);
}

static void keeps_a_scripts_apart_from_the_runners(void **state)
{
    fixture *f = *state;
    lm_stmt *ours = prepared(f, LM_RUNNER, "SELECT 1"), *theirs;

    lm_stmt_release(ours);
    begin(f);
    theirs = prepared(f, LM_SCRIPT, "SELECT 1");
    assert_ptr_not_equal(theirs, ours);
    lm_stmt_release(theirs);
    assert_int_equal(lm_db_script_end(f->db), LM_OK);
    assert_ptr_equal(prepared(f, LM_RUNNER, "SELECT 1"), ours);
    lm_stmt_release(ours);
    assert_int_equal(lm_txn_rollback(f->db), LM_OK);
}

static void forgets_what_was_bound(void **state)
{
    fixture *f = *state;
    lm_value v = {.type = LM_INTEGER};
    lm_stmt *stmt = prepared(f, LM_RUNNER, "SELECT :x");
    bool row;

    v.as.integer = INT64_MIN;
    assert_int_equal(lm_stmt_param_count(stmt), 1);
    assert_string_equal(lm_stmt_param_name(stmt, 1), "x");
    assert_int_equal(lm_stmt_bind(stmt, 1, &v), LM_OK);
    assert_int_equal(lm_stmt_step(stmt, &row), LM_OK);
    assert_int_equal(lm_stmt_row(stmt)[0].type, LM_INTEGER);
    assert_true(lm_stmt_row(stmt)[0].as.integer == INT64_MIN);
    lm_stmt_release(stmt);
    stmt = prepared(f, LM_RUNNER, "SELECT :x");
    assert_int_equal(lm_stmt_step(stmt, &row), LM_OK);
    assert_int_equal(lm_stmt_row(stmt)[0].type, LM_NULL);
    lm_stmt_release(stmt);
}

/* More texts than are kept, each used while the others are idle. */
static void keeps_a_bounded_number(void **state)
{
    fixture *f = *state;
    char sql[40];
    int i, round;

    for (round = 0; round < 2; round++)
        for (i = 0; i < 100; i++) {
            snprintf(sql, sizeof sql, "SELECT %d", i);
            assert_int_equal(integer(f, sql), i);
        }
}

static void outlives_a_change_of_the_schema(void **state)
{
    fixture *f = *state;
    lm_stmt *stmt;
    bool row;

    ok(f, LM_RUNNER, "CREATE TABLE t (a)");
    ok(f, LM_RUNNER, "INSERT INTO t VALUES (1)");
    ok(f, LM_RUNNER, "SELECT * FROM t");
    ok(f, LM_RUNNER, "ALTER TABLE t ADD COLUMN b DEFAULT 2");
    stmt = prepared(f, LM_RUNNER, "SELECT * FROM t");
    assert_int_equal(lm_stmt_step(stmt, &row), LM_OK);
    assert_int_equal(lm_stmt_column_count(stmt), 2);
    assert_string_equal(lm_stmt_column_name(stmt, 1), "b");
    assert_true(lm_stmt_row(stmt)[1].as.integer == 2);
    lm_stmt_release(stmt);
}

static void takes_exactly_one_statement(void **state)
{
    fixture *f = *state;

    ok(f, LM_SCRIPT, "SELECT 1; -- that is all\n ;");
    refused(f, "SELECT 1; SELECT 2", "more than one statement");
    refused(f, "", "no statement");
    refused(f, " /* nothing */ ;", "no statement");
    refused(f, "SELECT 1 FROM", "incomplete input");
}

static void takes_statements_one_by_one(void **state)
{
    static const char text[] = "SELECT 1; -- one\n\nSELECT ';'\n; ; ";
    fixture *f = *state;
    size_t at = 0, used, len = sizeof text - 1;
    lm_stmt *stmt;
    int n = 0;

    for (; at < len; at += used) {
        assert_int_equal(lm_db_prepare_first(f->db, LM_SCRIPT, text + at,
                                             len - at, &used, &stmt), LM_OK);
        n += stmt != NULL;
        lm_stmt_release(stmt);
    }
    assert_int_equal(n, 2);
    assert_int_equal(lm_db_prepare_first(f->db, LM_SCRIPT, "SELECT 'x", 9,
                                         &used, &stmt), LM_EFAILED);
    assert_int_equal(f->err.sql_offset, 7);
}

static void says_where_and_what(void **state)
{
    fixture *f = *state;
    const char *sql = "SELECT a FROM nowhere";
    lm_stmt *stmt;

    begin(f);
    assert_int_equal(lm_db_prepare(f->db, LM_SCRIPT, sql, strlen(sql),
                                   &stmt), LM_EFAILED);
    assert_null(stmt);
    assert_string_equal(f->err.message, "no such table: nowhere");
    assert_string_equal(f->err.sql, sql);
    assert_int_equal(f->err.sqlite_code, SQLITE_ERROR);
    assert_string_equal(lm_db_code_name(SQLITE_CONSTRAINT_NOTNULL),
                        "SQLITE_CONSTRAINT_NOTNULL");
    assert_string_equal(lm_db_code_name(SQLITE_BUSY | (99 << 8)),
                        "SQLITE_BUSY");
    assert_null(lm_db_code_name(-1));
    lm_err_clear(&f->err);
    assert_int_equal(lm_db_script_end(f->db), LM_OK);
}

static void judges_scripts_and_not_the_runner(void **state)
{
    fixture *f = *state;

    ok(f, LM_RUNNER, "CREATE TABLE schema_migrations (id)");
    begin(f);
    refused(f, "BEGIN", "");
    refused(f, "COMMIT", "");
    refused(f, "ROLLBACK", "");
    refused(f, "ATTACH ':memory:' AS x", "");
    refused(f, "DELETE FROM schema_migrations", "schema_migrations");
    refused(f, "DROP TABLE Schema_Migrations", "schema_migrations");
    refused(f, "PRAGMA foreign_keys = ON", "FOREIGN_KEYS");
    refused(f, "PRAGMA writable_schema = ON", "");
    ok(f, LM_SCRIPT, "SELECT count(*) FROM schema_migrations");
    ok(f, LM_SCRIPT, "PRAGMA table_info(schema_migrations)");
    ok(f, LM_RUNNER, "INSERT INTO schema_migrations VALUES ('a')");
    assert_int_equal(lm_db_script_end(f->db), LM_OK);
    assert_int_equal(lm_txn_commit(f->db), LM_OK);
    assert_int_equal(integer(f, "SELECT count(*) FROM schema_migrations"),
                     1);
}

static void tells_of_each_statement_once(void **state)
{
    fixture *f = *state;
    lm_stmt *stmt;
    bool row;
    int i;

    begin(f);
    stmt = prepared(f, LM_SCRIPT, "CREATE TABLE t (a)");
    assert_string_equal(f->seen, "");
    assert_int_equal(lm_stmt_step(stmt, &row), LM_OK);
    lm_stmt_release(stmt);
    stmt = prepared(f, LM_SCRIPT, "INSERT INTO t VALUES (1)");
    for (i = 0; i < 3; i++)
        assert_int_equal(lm_stmt_step(stmt, &row), LM_OK);
    lm_stmt_release(stmt);
    ok(f, LM_RUNNER, "SELECT 1");
    assert_string_equal(f->seen,
                        "CREATE TABLE t (a);INSERT INTO t VALUES (1);");
    assert_int_equal(lm_db_script_end(f->db), LM_OK);
    assert_int_equal(lm_txn_rollback(f->db), LM_OK);
}

/* A transaction with a table t and a row in it, and a script that runs. */
static void begin_with_rows(fixture *f)
{
    ok(f, LM_RUNNER, "CREATE TABLE t (a UNIQUE)");
    ok(f, LM_RUNNER, "INSERT INTO t VALUES (1)");
    begin(f);
    ok(f, LM_SCRIPT, "INSERT INTO t VALUES (2)");
}

static void survives_a_constraint_error(void **state)
{
    fixture *f = *state;

    begin_with_rows(f);
    refused(f, "INSERT INTO t VALUES (1)", "UNIQUE constraint failed: t.a");
    assert_int_equal(lm_db_latched(f->db), LM_OK);
    ok(f, LM_SCRIPT, "INSERT INTO t VALUES (3)");
    assert_int_equal(lm_db_script_end(f->db), LM_OK);
    assert_int_equal(lm_txn_commit(f->db), LM_OK);
    assert_int_equal(integer(f, "SELECT count(*) FROM t"), 3);
}

/* Whoever caught the error: all that follows fails with it, until the end. */
static void assert_latched(fixture *f, int code, const char *words)
{
    int i;

    for (i = 0; i < 2; i++) {
        assert_int_equal(run(f, LM_SCRIPT, "SELECT 1"), code);
        assert_non_null(strstr(f->box->text, words));
        assert_int_equal(lm_db_latched(f->db), code);
        lm_err_clear(&f->err);
    }
    assert_int_equal(lm_db_script_end(f->db), code);
    assert_non_null(strstr(lm_err_text(&f->err), words));
    lm_err_clear(&f->err);
    assert_int_equal(lm_db_latched(f->db), LM_OK);
    assert_int_equal(lm_txn_rollback(f->db), LM_OK);
    assert_int_equal(integer(f, "SELECT count(*) FROM t"), 1);
    begin(f);
    ok(f, LM_SCRIPT, "SELECT 1");
    assert_int_equal(lm_db_script_end(f->db), LM_OK);
}

static void latches_a_transaction_that_is_gone(void **state)
{
    fixture *f = *state;

    begin_with_rows(f);
    refused(f, "INSERT OR ROLLBACK INTO t VALUES (1)", "UNIQUE");
    assert_latched(f, LM_EFAILED, "rolled back by SQLite");
}

static void latches_an_interrupt(void **state)
{
    fixture *f = *state;

    begin_with_rows(f);
    f->stop = LM_EINTERRUPT;
    assert_int_equal(run(f, LM_SCRIPT, "WITH RECURSIVE n (i) AS (SELECT 1 "
                         "UNION ALL SELECT i + 1 FROM n) SELECT max(i) "
                         "FROM n"), LM_EINTERRUPT);
    f->stop = LM_OK;
    assert_latched(f, LM_EINTERRUPT, "stop");
}

static void latches_a_full_database(void **state)
{
    fixture *f = *state;

    begin_with_rows(f);
    ok(f, LM_RUNNER, "PRAGMA max_page_count = 10");
    refused(f, "INSERT INTO t VALUES (zeroblob(1000000))", "full");
    assert_latched(f, LM_EDATA, "full");
}

static void commits_no_transaction_that_is_gone(void **state)
{
    fixture *f = *state;

    begin_with_rows(f);
    refused(f, "INSERT OR ROLLBACK INTO t VALUES (1)", "UNIQUE");
    lm_db_script_end(f->db);
    lm_err_clear(&f->err);
    assert_int_equal(lm_txn_check(f->db), LM_EFAILED);
    lm_err_clear(&f->err);
    assert_int_equal(lm_txn_commit(f->db), LM_EFAILED);
    assert_string_equal(lm_err_text(&f->err), "the transaction was rolled "
                        "back by SQLite while the migration ran");
    assert_false(lm_txn_open(f->db));
}

static int64_t size_of(const fixture *f, const char *end)
{
    struct stat st;
    char path[200];

    snprintf(path, sizeof path, "%s%s", f->box->database, end);
    return stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
}

/* Who closes last moves a -wal into the file: never one that only reads. */
static void leaves_what_another_wrote_where_it_is(void **state)
{
    fixture *f = *state;
    lm_db_options options = options_of(f);
    sqlite3 *other;
    int64_t n, size;
    lm_db *reader;

    lm_db_close(f->db);
    f->db = NULL;
    box_exec(f->box, "PRAGMA journal_mode = wal; CREATE TABLE t (x)");
    assert_int_equal(size_of(f, "-wal"), -1);
    size = size_of(f, "");
    options.mode = LM_DB_READ;
    assert_int_equal(lm_db_open(&options, &reader), LM_OK);
    assert_int_equal(lm_db_integer(reader, "SELECT count(*) FROM t", -1,
                                   &n), LM_OK);
    other = box_open(f->box->database);
    assert_int_equal(sqlite3_exec(other, "CREATE TABLE u (x)", NULL, NULL,
                                  NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    assert_true(size_of(f, "-wal") > 0);
    lm_db_close(reader);
    assert_true(size_of(f, "-wal") > 0);
    assert_int_equal(size_of(f, ""), size);
    assert_int_equal(box_integer(f->box, "SELECT count(*) FROM u"), 0);
    /* Where nobody wrote, nothing stays behind. */
    assert_int_equal(size_of(f, "-wal"), -1);
    assert_int_equal(lm_db_open(&options, &reader), LM_OK);
    assert_int_equal(lm_db_integer(reader, "SELECT count(*) FROM u", -1,
                                   &n), LM_OK);
    lm_db_close(reader);
    assert_int_equal(size_of(f, "-wal"), -1);
    assert_int_equal(size_of(f, "-shm"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DB_TEST(keeps_statements_by_their_text),
        DB_TEST(keeps_a_scripts_apart_from_the_runners),
        DB_TEST(forgets_what_was_bound),
        DB_TEST(keeps_a_bounded_number),
        DB_TEST(outlives_a_change_of_the_schema),
        DB_TEST(takes_exactly_one_statement),
        DB_TEST(takes_statements_one_by_one),
        DB_TEST(says_where_and_what),
        DB_TEST(judges_scripts_and_not_the_runner),
        DB_TEST(tells_of_each_statement_once),
        DB_TEST(survives_a_constraint_error),
        DB_TEST(latches_a_transaction_that_is_gone),
        DB_TEST(latches_an_interrupt),
        DB_TEST(latches_a_full_database),
        DB_TEST(commits_no_transaction_that_is_gone),
        DB_TEST(leaves_what_another_wrote_where_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
