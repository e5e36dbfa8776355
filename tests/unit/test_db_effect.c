/* SPDX-License-Identifier: MIT */
/* What a migration changed for good, savepoints, locks, ways of opening. */
#include "connection.h"

static void create_tables(fixture *f)
{
    ok(f, LM_RUNNER, "CREATE TABLE t (a)");
    ok(f, LM_RUNNER, "CREATE TABLE log (a)");
    ok(f, LM_RUNNER, "CREATE TRIGGER g AFTER UPDATE OF a ON t WHEN new.a > 5 "
       "BEGIN INSERT INTO log VALUES (new.a); "
       "INSERT INTO log VALUES (old.a); END");
    ok(f, LM_RUNNER, "INSERT INTO t VALUES (1), (2), (3)");
}

/* These statements, by a script; what they change for good. */
static void expect_effect(fixture *f, const char *const *sql, bool changed,
                          int64_t rows)
{
    lm_effect effect;

    begin(f);
    for (; *sql != NULL; sql++)
        ok(f, LM_SCRIPT, *sql);
    assert_int_equal(lm_db_script_end(f->db), LM_OK);
    assert_int_equal(lm_check_end(f->db), LM_OK);
    assert_int_equal(lm_effect_read(f->db, &effect), LM_OK);
    assert_int_equal(effect.changed, changed);
    assert_int_equal(effect.rows, rows);
    assert_int_equal(lm_txn_rollback(f->db), LM_OK);
}

#define EFFECT(f, changed, rows, ...) \
    expect_effect(f, (const char *const[]){__VA_ARGS__, NULL}, changed, rows)

static void nothing_is_no_effect(void **state)
{
    fixture *f = *state;

    create_tables(f);
    EFFECT(f, false, 0, "SELECT * FROM t");
    EFFECT(f, false, 0, "UPDATE t SET a = 1 WHERE a > 100");
    EFFECT(f, false, 0, "DELETE FROM log");
    EFFECT(f, false, 0, "CREATE TABLE IF NOT EXISTS t (a)");
    EFFECT(f, false, 0, "DROP TABLE IF EXISTS nothing_of_the_kind");
    EFFECT(f, false, 0, "PRAGMA cache_size = 100");
    EFFECT(f, false, 0, "CREATE TEMP TABLE mine (a)",
           "INSERT INTO mine SELECT a FROM t", "UPDATE temp.mine SET a = 0",
           "DROP TABLE mine");
    EFFECT(f, false, 0, "INSERT OR IGNORE INTO t SELECT 1 WHERE 0");
}

static void rows_are_those_of_the_statements_themselves(void **state)
{
    fixture *f = *state;

    create_tables(f);
    EFFECT(f, true, 1, "INSERT INTO t VALUES (4)");
    EFFECT(f, true, 3, "UPDATE t SET a = a");
    EFFECT(f, true, 3, "UPDATE t SET a = a + 10");
    EFFECT(f, true, 3, "DELETE FROM t");
    EFFECT(f, true, 5, "DELETE FROM t WHERE a = 1",
           "INSERT INTO t VALUES (1), (2)", "UPDATE t SET a = 0 WHERE a = 2");
    EFFECT(f, true, 2, "WITH n AS (SELECT 7 UNION SELECT 8) "
           "INSERT INTO t SELECT * FROM n");
    EFFECT(f, true, 1, "INSERT INTO t VALUES (9) RETURNING a");
    /* rows beside a statement that changes the schema */
    EFFECT(f, true, 1, "CREATE TABLE copy AS SELECT * FROM t",
           "INSERT INTO copy VALUES (0)");
}

static void a_trigger_alone_is_an_effect(void **state)
{
    fixture *f = *state;
    lm_effect effect;

    create_tables(f);
    ok(f, LM_RUNNER, "CREATE VIEW v AS SELECT a FROM t");
    ok(f, LM_RUNNER, "CREATE TRIGGER w INSTEAD OF INSERT ON v BEGIN "
       "INSERT INTO log VALUES (new.a); END");
    EFFECT(f, true, 0, "INSERT INTO v VALUES (1)");
    begin(f);
    ok(f, LM_SCRIPT, "CREATE TEMP TABLE mine (a)");
    ok(f, LM_SCRIPT, "CREATE TEMP TRIGGER m AFTER INSERT ON mine BEGIN "
       "INSERT INTO log VALUES (new.a); END");
    ok(f, LM_SCRIPT, "INSERT INTO mine VALUES (1)");
    assert_int_equal(lm_db_script_end(f->db), LM_OK);
    assert_int_equal(lm_effect_read(f->db, &effect), LM_OK);
    assert_true(effect.changed);
    assert_int_equal(effect.rows, 0);
    assert_int_equal(lm_txn_rollback(f->db), LM_OK);
}

static void schema_and_versions_are_effects(void **state)
{
    fixture *f = *state;

    create_tables(f);
    EFFECT(f, true, 0, "CREATE INDEX i ON t (a)");
    EFFECT(f, true, 0, "CREATE INDEX i ON t (a)", "DROP INDEX i");
    EFFECT(f, true, 0, "ALTER TABLE t ADD COLUMN b");
    EFFECT(f, true, 0, "PRAGMA user_version = 7");
    EFFECT(f, true, 0, "PRAGMA application_id = 7");
    EFFECT(f, false, 0, "PRAGMA user_version = 0");
}

static void what_is_taken_back_does_not_count(void **state)
{
    fixture *f = *state;

    create_tables(f);
    EFFECT(f, false, 0, "SAVEPOINT s", "DELETE FROM t", "ROLLBACK TO s",
           "RELEASE s");
    EFFECT(f, true, 3, "SAVEPOINT s", "DELETE FROM t", "RELEASE s");
    EFFECT(f, true, 1, "INSERT INTO t VALUES (4)", "SAVEPOINT \"a b\"",
           "DELETE FROM t", "SAVEPOINT inner_one", "INSERT INTO t VALUES (5)",
           "ROLLBACK TO \"A B\"", "RELEASE \"a b\"");
    EFFECT(f, false, 0, "SAVEPOINT s", "UPDATE t SET a = 9",
           "CREATE TABLE u (x)", "PRAGMA user_version = 3", "ROLLBACK TO s",
           "RELEASE s");
}

static void savepoints_have_to_pair(void **state)
{
    fixture *f = *state;

    create_tables(f);
    begin(f);
    assert_null(lm_txn_unpaired(f->db));
    ok(f, LM_SCRIPT, "SAVEPOINT first");
    ok(f, LM_SCRIPT, "SAVEPOINT \"the second\"");
    assert_string_equal(lm_txn_unpaired(f->db), "the second");
    ok(f, LM_SCRIPT, "RELEASE FIRST");
    assert_null(lm_txn_unpaired(f->db));
    assert_int_equal(lm_txn_savepoint(f->db), LM_OK);
    ok(f, LM_SCRIPT, "DELETE FROM t");
    ok(f, LM_SCRIPT, "SAVEPOINT left_open");
    assert_int_equal(lm_txn_undo(f->db), LM_OK);
    assert_null(lm_txn_unpaired(f->db));
    assert_int_equal(lm_txn_savepoint(f->db), LM_OK);
    ok(f, LM_SCRIPT, "DELETE FROM t WHERE a = 1");
    assert_int_equal(lm_txn_release(f->db), LM_OK);
    assert_int_equal(lm_db_script_end(f->db), LM_OK);
    assert_int_equal(lm_txn_commit(f->db), LM_OK);
    assert_int_equal(integer(f, "SELECT count(*) FROM t"), 2);
}

/* A second connection to the same file. */
static lm_db *second(fixture *f, lm_db_mode mode, lm_err *err)
{
    lm_db_options o = options_of(f);
    lm_db *db;

    o.mode = mode;
    o.err = err;
    assert_int_equal(lm_db_open(&o, &db), LM_OK);
    return db;
}

static void one_writes_at_a_time(void **state)
{
    fixture *f = *state;
    lm_err err = {0};
    lm_db *other;

    create_tables(f);
    other = second(f, LM_DB_WRITE, &err);
    assert_int_equal(lm_txn_begin(f->db), LM_OK);
    assert_int_equal(lm_txn_begin(other), LM_EBUSY);
    assert_int_equal(err.sqlite_code, SQLITE_BUSY);
    assert_non_null(strstr(err.hint, "lock timeout of 0 s"));
    assert_false(lm_txn_open(other));
    lm_err_clear(&err);
    assert_int_equal(lm_txn_rollback(f->db), LM_OK);
    assert_int_equal(lm_txn_rollback(f->db), LM_OK);
    assert_int_equal(lm_txn_begin(other), LM_OK);
    assert_int_equal(lm_txn_commit(other), LM_OK);
    lm_db_close(other);
}

/* The number changes when others commit, and not for what we do. */
static void knows_that_others_have_written(void **state)
{
    fixture *f = *state;
    lm_err err = {0};
    lm_db *other;
    int64_t before, after;

    create_tables(f);
    other = second(f, LM_DB_WRITE, &err);
    assert_int_equal(lm_db_data_version(f->db, &before), LM_OK);
    ok(f, LM_RUNNER, "INSERT INTO t VALUES (9)");
    assert_int_equal(lm_db_data_version(f->db, &after), LM_OK);
    assert_int_equal(before, after);
    assert_int_equal(lm_db_run(other, "DELETE FROM t", NULL, 0), LM_OK);
    assert_int_equal(lm_db_data_version(f->db, &after), LM_OK);
    assert_int_not_equal(before, after);
    lm_db_close(other);
}

static void reading_leaves_nothing_behind(void **state)
{
    fixture *f = *state;
    lm_err err = {0};
    char wal[120];
    lm_db *reader;
    int64_t n;

    create_tables(f);
    ok(f, LM_RUNNER, "PRAGMA journal_mode = wal");
    lm_db_close(f->db);
    f->db = NULL;
    snprintf(wal, sizeof wal, "%s-wal", f->box->database);
    reader = second(f, LM_DB_READ, &err);
    assert_int_equal(lm_db_integer(reader, "SELECT count(*) FROM t", -1, &n),
                     LM_OK);
    assert_int_equal(n, 3);
    assert_int_equal(lm_db_run(reader, "DELETE FROM t", NULL, 0), LM_EUSAGE);
    lm_err_clear(&err);
    lm_db_close(reader);
    assert_int_equal(access(wal, F_OK), -1);
    strcpy(wal + strlen(wal) - 3, "shm");
    assert_int_equal(access(wal, F_OK), -1);
    /* teardown closes it */
    f->db = second(f, LM_DB_WRITE, &f->err);
    assert_int_equal(integer(f, "SELECT count(*) FROM t"), 3);
}

static void makes_a_file_only_when_told_to(void **state)
{
    fixture *f = *state;
    lm_db_options o = options_of(f);
    lm_err err = {0};
    char path[120];
    lm_db *db;

    snprintf(path, sizeof path, "%s.absent", f->box->database);
    o.path = path;
    o.err = &err;
    o.mode = LM_DB_WRITE;
    assert_int_equal(lm_db_open(&o, &db), LM_EUSAGE);
    assert_null(db);
    assert_non_null(strstr(lm_err_text(&err), "does not exist"));
    lm_err_clear(&err);
    o.mode = LM_DB_READ;
    assert_int_equal(lm_db_open(&o, &db), LM_EUSAGE);
    lm_err_clear(&err);
    assert_int_equal(access(path, F_OK), -1);
    o.path = f->box->dir;
    assert_int_equal(lm_db_open(&o, &db), LM_EUSAGE);
    assert_non_null(strstr(lm_err_text(&err), "is a folder, not a file"));
    lm_err_clear(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DB_TEST(nothing_is_no_effect),
        DB_TEST(rows_are_those_of_the_statements_themselves),
        DB_TEST(a_trigger_alone_is_an_effect),
        DB_TEST(schema_and_versions_are_effects),
        DB_TEST(what_is_taken_back_does_not_count),
        DB_TEST(savepoints_have_to_pair),
        DB_TEST(one_writes_at_a_time),
        DB_TEST(knows_that_others_have_written),
        DB_TEST(reading_leaves_nothing_behind),
        DB_TEST(makes_a_file_only_when_told_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
