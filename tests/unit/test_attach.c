/* SPDX-License-Identifier: MIT */
/* The library on the host's own connection: lumigrate_attach. */
#include "box.h"

static void exec(sqlite3 *db, const char *sql)
{
    char *message = NULL;

    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
}

static long integer(box *b, sqlite3 *db, const char *sql)
{
    return strtol(box_ask(b, db, sql), NULL, 10);
}

/* Without a database: that is the connection. */
static lumigrate_config host_config(const box *b)
{
    lumigrate_config config = box_config(b);

    config.database = NULL;
    return config;
}

static int migrate(box *b, sqlite3 *db)
{
    lumigrate_config config = host_config(b);
    lumigrate *lm;
    int rc;

    assert_int_equal(lumigrate_attach(&lm, db, &config), LUMIGRATE_OK);
    rc = lumigrate_up(lm, NULL);
    lumigrate_close(lm);
    return rc;
}

static void one_migration(box *b)
{
    box_migration(b, "1", "conn:execute(\"CREATE TABLE a (x)\")\n"
                  "conn:execute(\"INSERT INTO a VALUES (1), (2)\")");
}

static void migrates_a_database_in_memory(void **state)
{
    box *b = *state;
    lumigrate_config config = host_config(b);
    sqlite3 *db = box_open(":memory:");
    lumigrate_report *r;
    lumigrate *lm;

    one_migration(b);
    assert_int_equal(lumigrate_attach(&lm, db, &config), LUMIGRATE_OK);
    assert_int_equal(lumigrate_status(lm, &r), LUMIGRATE_OK);
    assert_int_equal(r->pending, 1);
    lumigrate_report_free(r);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    assert_int_equal(lumigrate_status(lm, &r), LUMIGRATE_OK);
    assert_int_equal(r->applied, 1);
    assert_int_equal(r->pending, 0);
    lumigrate_report_free(r);
    lumigrate_close(lm);
    assert_int_equal(integer(b, db, "SELECT count(*) FROM a"), 2);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void refuses(const box *b, sqlite3 *db, const char *words)
{
    lumigrate_config config = host_config(b);
    lumigrate *lm = NULL;

    assert_int_equal(lumigrate_attach(&lm, db, &config), LUMIGRATE_USAGE);
    assert_non_null(lm);
    assert_non_null(strstr(lumigrate_errmsg(lm), words));
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_USAGE);
    assert_non_null(strstr(lumigrate_errmsg(lm), words));
    lumigrate_close(lm);
}

static void refuses_no_connection(void **state)
{
    box *b = *state;
    lumigrate *lm;
    sqlite3 *db = box_open(":memory:");

    one_migration(b);
    refuses(b, NULL, "NULL");
    assert_int_equal(lumigrate_attach(&lm, db, NULL), LUMIGRATE_USAGE);
    lumigrate_close(lm);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void refuses_an_open_transaction(void **state)
{
    box *b = *state;
    sqlite3 *db = box_open(":memory:");

    one_migration(b);
    exec(db, "CREATE TABLE t (x); BEGIN; INSERT INTO t VALUES (1)");
    refuses(b, db, "transaction open");
    /* It is as it was. */
    exec(db, "COMMIT");
    assert_int_equal(integer(b, db, "SELECT count(*) FROM t"), 1);
    exec(db, "SAVEPOINT s");
    refuses(b, db, "transaction open");
    exec(db, "RELEASE s");
    assert_int_equal(migrate(b, db), LUMIGRATE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void refuses_a_statement_that_runs(void **state)
{
    box *b = *state;
    sqlite3 *db = box_open(":memory:");
    sqlite3_stmt *s;

    one_migration(b);
    exec(db, "CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)");
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT x FROM t", -1, &s, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    refuses(b, db, "statement running");
    assert_int_equal(sqlite3_column_int(s, 0), 1);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(s, 0), 2);
    /* One that is only prepared does no harm. */
    assert_int_equal(sqlite3_reset(s), SQLITE_OK);
    assert_int_equal(migrate(b, db), LUMIGRATE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    assert_int_equal(sqlite3_finalize(s), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* Between lumigrate_attach and lumigrate_up the host may have begun. */
static void refuses_a_transaction_begun_later(void **state)
{
    box *b = *state;
    lumigrate_config config = host_config(b);
    sqlite3 *db = box_open(":memory:");
    lumigrate *lm;

    one_migration(b);
    assert_int_equal(lumigrate_attach(&lm, db, &config), LUMIGRATE_OK);
    exec(db, "BEGIN");
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_USAGE);
    assert_false(sqlite3_get_autocommit(db));
    exec(db, "ROLLBACK");
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static const char *const settings[] = {
    "PRAGMA busy_timeout", "PRAGMA foreign_keys",
    "PRAGMA recursive_triggers", "PRAGMA case_sensitive_like",
    "PRAGMA cache_size", "PRAGMA legacy_alter_table",
    "PRAGMA defer_foreign_keys", "PRAGMA writable_schema",
    "PRAGMA journal_mode", "PRAGMA synchronous", "PRAGMA query_only",
    "PRAGMA temp_store", "SELECT 'a' LIKE 'A'",
};
enum { SETTINGS = sizeof settings / sizeof *settings };

/* Everything that a connection is set to, in one text. */
static char *look(box *b, sqlite3 *db)
{
    char *all = calloc(1, 4096), *end = all;
    size_t i;
    int limit, on;

    assert_non_null(all);
    for (i = 0; i < SETTINGS; i++)
        end += sprintf(end, "%s = %s\n", settings[i],
                       box_ask(b, db, settings[i]));
    for (limit = 0; limit <= SQLITE_LIMIT_WORKER_THREADS; limit++)
        end += sprintf(end, "limit %d = %d\n", limit,
                       sqlite3_limit(db, limit, -1));
    for (i = SQLITE_DBCONFIG_ENABLE_FKEY;
         i <= SQLITE_DBCONFIG_TRUSTED_SCHEMA; i++) {
        on = -1;
        if (sqlite3_db_config(db, (int)i, -1, &on) == SQLITE_OK)
            end += sprintf(end, "config %zu = %d\n", i, on);
    }
    return all;
}

static void leaves_settings_as(box *b, const char *set, const char *body,
                               int expected)
{
    sqlite3 *db = box_open(":memory:");
    char *before, *after;

    exec(db, "CREATE TABLE t (x)");
    exec(db, set);
    before = look(b, db);
    box_migration(b, "1", body);
    assert_int_equal(migrate(b, db), expected);
    after = look(b, db);
    assert_string_equal(before, after);
    free(before);
    free(after);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static const char set_all[] =
    "PRAGMA busy_timeout = 1234; PRAGMA foreign_keys = 1; "
    "PRAGMA recursive_triggers = 1; PRAGMA case_sensitive_like = 1; "
    "PRAGMA cache_size = 77; PRAGMA legacy_alter_table = 1";

static void puts_settings_back(void **state)
{
    static const char change[] =
        "for _, name in ipairs { \"recursive_triggers\", "
        "\"case_sensitive_like\", \"legacy_alter_table\", "
        "\"defer_foreign_keys\" } do "
        "conn:execute(\"PRAGMA \" .. name .. \" = 1\") "
        "conn:execute(\"PRAGMA \" .. name .. \" = 0\") "
        "conn:execute(\"PRAGMA \" .. name .. \" = on\") end "
        "conn:execute(\"PRAGMA cache_size = 50\") "
        "conn:execute(\"CREATE TABLE a (x)\") ";
    char failing[600];
    box *b = *state;

    snprintf(failing, sizeof failing, "%s error(\"no\")", change);
    leaves_settings_as(b, "SELECT 1", change, LUMIGRATE_OK);
    leaves_settings_as(b, set_all, change, LUMIGRATE_OK);
    leaves_settings_as(b, set_all, failing, LUMIGRATE_FAILED);
    leaves_settings_as(b, "PRAGMA foreign_keys = 0", failing,
                       LUMIGRATE_FAILED);
}

static void puts_settings_back_without_work(void **state)
{
    box *b = *state;

    leaves_settings_as(b, set_all, "", LUMIGRATE_OK);
    leaves_settings_as(b, set_all, "(", LUMIGRATE_USAGE);
}

static void keeps_temporary_objects_of_the_host(void **state)
{
    box *b = *state;
    sqlite3 *db = box_open(":memory:");

    exec(db, "CREATE TABLE t (x); CREATE TEMP TABLE mine (x); "
         "CREATE TEMP VIEW seen AS SELECT x FROM t; "
         "CREATE TEMP TRIGGER copy AFTER INSERT ON t BEGIN "
         "INSERT INTO mine VALUES (new.x); END; "
         "INSERT INTO t VALUES (1)");
    box_migration(b, "1", "conn:execute(\"CREATE TEMP TABLE theirs (x)\") "
                  "conn:execute(\"CREATE TEMP VIEW v AS SELECT 1\") "
                  "conn:execute(\"INSERT INTO temp.theirs VALUES (7)\") "
                  "conn:execute(\"CREATE TABLE a AS SELECT * FROM theirs\")");
    assert_int_equal(migrate(b, db), LUMIGRATE_OK);
    assert_string_equal(box_ask(b, db, "SELECT group_concat(name) FROM "
                                "(SELECT name FROM sqlite_temp_schema ORDER "
                                "BY name)"), "copy,mine,seen");
    exec(db, "INSERT INTO t VALUES (2)");
    assert_int_equal(integer(b, db, "SELECT sum(x) FROM mine"), 3);
    assert_int_equal(integer(b, db, "SELECT sum(x) FROM a"), 7);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int deny_drop(void *asked, int action, const char *a, const char *b,
                     const char *schema, const char *trigger)
{
    (void)a, (void)b, (void)schema, (void)trigger;
    ++*(int *)asked;
    return action == SQLITE_DROP_TABLE ? SQLITE_DENY : SQLITE_OK;
}

static int count_call(void *calls)
{
    ++*(int *)calls;
    return 0;
}

/* SQLite cannot hand back the old ones, so they are gone; ours too. */
static void gives_handlers_back_cleared(void **state)
{
    box *b = *state;
    sqlite3 *db = box_open(":memory:");
    int asked = 0, calls = 0;

    one_migration(b);
    exec(db, "CREATE TABLE t (x)");
    sqlite3_set_authorizer(db, deny_drop, &asked);
    sqlite3_progress_handler(db, 1, count_call, &calls);
    assert_int_equal(migrate(b, db), LUMIGRATE_OK);
    asked = calls = 0;
    exec(db, "BEGIN; ATTACH ':memory:' AS other; DETACH other; COMMIT; "
         "DELETE FROM schema_migrations; DROP TABLE t");
    assert_int_equal(asked, 0);
    assert_int_equal(calls, 0);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void slug(sqlite3_context *context, int argc, sqlite3_value **argv)
{
    (void)argc, (void)argv;
    sqlite3_result_text(context, "slug", -1, SQLITE_STATIC);
}

static void keeps_functions_of_the_host(void **state)
{
    box *b = *state;
    sqlite3 *db = box_open(":memory:");

    assert_int_equal(sqlite3_create_function(db, "slug", 1, SQLITE_UTF8,
                                             NULL, slug, NULL, NULL),
                     SQLITE_OK);
    box_migration(b, "1", "conn:create_function(\"other\", print) "
                  "conn:execute(\"CREATE TABLE a AS SELECT slug(1)\")");
    assert_int_equal(migrate(b, db), LUMIGRATE_OK);
    box_migration(b, "2", "conn:create_function(\"SLUG\", print)");
    assert_int_equal(migrate(b, db), LUMIGRATE_FAILED);
    assert_string_equal(box_ask(b, db, "SELECT slug(1)"), "slug");
    assert_int_equal(integer(b, db, "SELECT count(*) FROM "
                             "pragma_function_list WHERE name = 'other'"),
                     0);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* No migration is lost in the host's work, nor the other way round. */
static void rolls_back_on_the_hosts_connection(void **state)
{
    box *b = *state;
    sqlite3 *db = box_open(b->database);

    exec(db, "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    one_migration(b);
    box_migration(b, "2", "conn:execute(\"DELETE FROM t\") "
                  "conn:execute(\"DROP TABLE a\") error(\"no\")");
    assert_int_equal(migrate(b, db), LUMIGRATE_FAILED);
    assert_true(sqlite3_get_autocommit(db));
    assert_null(sqlite3_next_stmt(db, NULL));
    assert_int_equal(integer(b, db, "SELECT count(*) FROM t"), 1);
    assert_int_equal(integer(b, db, "SELECT count(*) FROM a"), 2);
    assert_int_equal(integer(b, db, "SELECT count(*) FROM "
                             "schema_migrations"), 1);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void looks_at_a_status_without_writing(void **state)
{
    box *b = *state;
    lumigrate_config config = host_config(b);
    sqlite3 *db = box_open(b->database);
    lumigrate_report *r;
    lumigrate_log *log;
    lumigrate *lm;

    one_migration(b);
    exec(db, "CREATE TABLE t (x)");
    assert_int_equal(lumigrate_attach(&lm, db, &config), LUMIGRATE_OK);
    assert_int_equal(lumigrate_status(lm, &r), LUMIGRATE_OK);
    assert_int_equal(lumigrate_history(lm, &log), LUMIGRATE_OK);
    assert_int_equal(r->pending, 1);
    assert_int_equal(log->count, 0);
    lumigrate_report_free(r);
    lumigrate_log_free(log);
    lumigrate_close(lm);
    assert_int_equal(integer(b, db, "SELECT count(*) FROM sqlite_schema"),
                     1);
    exec(db, "INSERT INTO t VALUES (1)");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(migrates_a_database_in_memory),
        BOX_TEST(refuses_no_connection),
        BOX_TEST(refuses_an_open_transaction),
        BOX_TEST(refuses_a_statement_that_runs),
        BOX_TEST(refuses_a_transaction_begun_later),
        BOX_TEST(puts_settings_back),
        BOX_TEST(puts_settings_back_without_work),
        BOX_TEST(keeps_temporary_objects_of_the_host),
        BOX_TEST(keeps_functions_of_the_host),
        BOX_TEST(gives_handlers_back_cleared),
        BOX_TEST(rolls_back_on_the_hosts_connection),
        BOX_TEST(looks_at_a_status_without_writing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
