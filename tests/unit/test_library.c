/* SPDX-License-Identifier: MIT */
/* The library by its public header: configuration, runs, reports, errors. */
#include "box.h"

static lumigrate *opened(const lumigrate_config *config)
{
    lumigrate *lm = NULL;

    assert_int_equal(lumigrate_open(&lm, config), LUMIGRATE_OK);
    assert_non_null(lm);
    assert_int_equal(lumigrate_errcode(lm), LUMIGRATE_OK);
    return lm;
}

static lumigrate *opened_for(const box *b)
{
    lumigrate_config config = box_config(b);

    return opened(&config);
}

static void two_migrations(box *b)
{
    box_write(b, "migrations/2026_01_01_a.lua",
              "--- Make it.\n"
              "MIGRATION_ID = \"2026_01_01_a\"\n"
              "function upgrade(conn)\n"
              "  conn:execute(\"CREATE TABLE a (x UNIQUE)\")\n"
              "end\n");
    box_migration(b, "2026_01_02_b",
                  "conn:execute(\"INSERT INTO a VALUES (1), (2)\")");
}

static void migrates_in_three_calls(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    lumigrate *lm;

    two_migrations(b);
    assert_int_equal(lumigrate_open(&lm, &config), LUMIGRATE_OK);
    assert_int_equal(access(b->database, F_OK), -1);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM a"), 2);
    assert_string_equal(box_text(b, "SELECT group_concat(id) FROM "
                                 "schema_migrations"),
                        "2026_01_01_a,2026_01_02_b");
}

static void runs_again_on_the_same_handle(void **state)
{
    box *b = *state;
    lumigrate *lm;

    two_migrations(b);
    lm = opened_for(b);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    box_migration(b, "2026_01_03_c", "conn:execute(\"DROP TABLE a\")");
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM "
                                 "schema_migrations_history"), 3);
}

static long up_to(box *b, long count, const char *to, const char *before)
{
    lumigrate *lm = opened_for(b);
    lumigrate_target target = {0};

    target.count = count;
    target.to = to;
    target.before = before;
    assert_int_equal(lumigrate_up(lm, &target), LUMIGRATE_OK);
    lumigrate_close(lm);
    return box_integer(b, "SELECT count(*) FROM schema_migrations");
}

static void stops_at_the_target(void **state)
{
    box *b = *state;
    lumigrate_target unknown = {0};
    lumigrate *lm;
    const char *const ids[] = {"1", "2", "3", "4", "5", "6"};
    size_t i;

    for (i = 0; i < 6; i++)
        box_migration(b, ids[i], "");
    assert_int_equal(up_to(b, 1, NULL, NULL), 1);
    assert_int_equal(up_to(b, 0, "3", NULL), 3);
    assert_int_equal(up_to(b, 0, NULL, "5"), 4);
    assert_int_equal(up_to(b, 0, "2", NULL), 4);
    lm = opened_for(b);
    unknown.to = "7";
    assert_int_equal(lumigrate_up(lm, &unknown), LUMIGRATE_USAGE);
    assert_non_null(strstr(lumigrate_errmsg(lm), "with the ID 7"));
    lumigrate_close(lm);
    assert_int_equal(up_to(b, 0, NULL, NULL), 6);
}

static void assert_item(const lumigrate_item *item, const char *id,
                        int status)
{
    assert_string_equal(item->id, id);
    assert_int_equal(item->status, status);
}

static void reports_what_is_there(void **state)
{
    box *b = *state;
    lumigrate *lm;
    lumigrate_report *r;

    two_migrations(b);
    lm = opened_for(b);
    assert_int_equal(lumigrate_status(lm, &r), LUMIGRATE_OK);
    assert_int_equal(access(b->database, F_OK), -1);
    assert_int_equal(r->exists, 0);
    assert_int_equal(r->state, LUMIGRATE_STATE_PENDING);
    assert_int_equal(r->pending, 2);
    assert_int_equal(r->count, 2);
    assert_null(r->current);
    assert_item(&r->items[0], "2026_01_01_a", LUMIGRATE_ITEM_PENDING);
    assert_string_equal(r->items[0].kind, "lua");
    assert_string_equal(r->items[0].description, "Make it.");
    assert_null(r->items[0].applied_at);
    assert_null(r->items[0].effect);
    assert_true(r->items[0].duration_ms < 0);
    lumigrate_report_free(r);
    lumigrate_close(lm);
}

/* The report owns its strings: it is read after the handle is gone. */
static void reports_outlive_the_handle(void **state)
{
    box *b = *state;
    lumigrate *lm;
    lumigrate_report *r;
    lumigrate_log *log;

    two_migrations(b);
    lm = opened_for(b);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    box_migration(b, "2026_01_02_b", "print(1)");
    assert_int_equal(lumigrate_status(lm, &r), LUMIGRATE_OK);
    assert_int_equal(lumigrate_history(lm, &log), LUMIGRATE_OK);
    lumigrate_close(lm);

    assert_string_equal(r->database, b->database);
    assert_int_equal(r->exists, 1);
    assert_int_equal(r->state, LUMIGRATE_STATE_MISMATCH);
    assert_int_equal(r->applied, 2);
    assert_int_equal(r->pending, 0);
    assert_string_equal(r->current, "2026_01_02_b");
    assert_int_equal(r->warning_count, 1);
    assert_non_null(strstr(r->warnings[0], "2026_01_02_b"));
    assert_item(&r->items[0], "2026_01_01_a", LUMIGRATE_ITEM_APPLIED);
    assert_item(&r->items[1], "2026_01_02_b", LUMIGRATE_ITEM_EDITED);
    assert_string_equal(r->items[0].effect, "changed");
    assert_true(r->items[0].duration_ms >= 0);
    assert_int_equal(strlen(r->items[0].applied_at), 24);
    assert_int_equal(strlen(r->items[0].checksum), 3 + 64);

    assert_int_equal(log->count, 2);
    assert_string_equal(log->attempts[1].id, "2026_01_02_b");
    assert_string_equal(log->attempts[1].action, "up");
    assert_string_equal(log->attempts[1].outcome, "done");
    assert_null(log->attempts[1].error);
    assert_string_equal(log->attempts[1].sqlite,
                        lumigrate_sqlite_version());
    lumigrate_report_free(r);
    lumigrate_log_free(log);
    lumigrate_report_free(NULL);
    lumigrate_log_free(NULL);
}

static void expect_refusal(const lumigrate_config *config, const char *words)
{
    lumigrate *lm = NULL;

    assert_int_equal(lumigrate_open(&lm, config), LUMIGRATE_USAGE);
    assert_non_null(lm);
    assert_int_equal(lumigrate_errcode(lm), LUMIGRATE_USAGE);
    assert_non_null(strstr(lumigrate_errmsg(lm), words));
    assert_string_equal(lumigrate_errinfo(lm)->message,
                        lumigrate_errmsg(lm));
    /* Such a handle does nothing, and goes on saying why. */
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_USAGE);
    assert_non_null(strstr(lumigrate_errmsg(lm), words));
    lumigrate_close(lm);
}

static void refuses_a_bad_configuration(void **state)
{
    box *b = *state;
    lumigrate_config c;
    volatile double zero = 0;

    expect_refusal(NULL, "no configuration was given");
    c = box_config(b), c.database = NULL;
    expect_refusal(&c, "no database was given");
    c = box_config(b), c.database = "";
    expect_refusal(&c, "the name of the database is empty");
    c = box_config(b), c.database = ":memory:";
    expect_refusal(&c, "is in memory");
    c = box_config(b), c.database = "postgres://x/y";
    expect_refusal(&c, "is not supported");
    c = box_config(b), c.migrations = "";
    expect_refusal(&c, "folder is empty");
    c = box_config(b), c.table = "";
    expect_refusal(&c, "table is empty");
    c = box_config(b), c.table = "sqlite_x";
    expect_refusal(&c, "belong to SQLite");
    c = box_config(b), c.timeout = -1;
    expect_refusal(&c, "no number of seconds");
    c = box_config(b), c.lock_timeout = zero / zero;
    expect_refusal(&c, "no number of seconds");
    c = box_config(b), c.memory_limit = -1;
    expect_refusal(&c, "negative");
}

static void takes_null_where_it_says_so(void **state)
{
    lumigrate_report *r = (lumigrate_report *)state;
    lumigrate_log *log = (lumigrate_log *)state;

    lumigrate_close(NULL);
    lumigrate_interrupt(NULL);
    assert_int_equal(lumigrate_errcode(NULL), LUMIGRATE_NOMEM);
    assert_string_equal(lumigrate_errmsg(NULL), "out of memory");
    assert_null(lumigrate_errinfo(NULL));
    assert_int_equal(lumigrate_up(NULL, NULL), LUMIGRATE_NOMEM);
    assert_int_equal(lumigrate_status(NULL, &r), LUMIGRATE_NOMEM);
    assert_null(r);
    assert_int_equal(lumigrate_history(NULL, &log), LUMIGRATE_NOMEM);
    assert_null(log);
}

static void keeps_its_own_copy_of_the_configuration(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    char database[96], table[] = "my_ledger";
    lumigrate *lm;

    two_migrations(b);
    strcpy(database, b->database);
    config.database = database;
    config.table = table;
    lm = opened(&config);
    memset(database, 'x', strlen(database));
    memset(table, 'x', strlen(table));
    memset(&config, 0xFF, sizeof config);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM my_ledger"), 2);
}

static void says_where_a_statement_failed(void **state)
{
    box *b = *state;
    const lumigrate_error *e;
    lumigrate *lm;

    two_migrations(b);
    box_write(b, "migrations/2026_01_03_c.lua",
              "MIGRATION_ID = \"2026_01_03_c\"\n"
              "function upgrade(conn)\n"
              "  conn:execute(\"CREATE TABLE c (x)\")\n"
              "  conn:execute(\"INSERT INTO a VALUES (1)\")\n"
              "end\n");
    lm = opened_for(b);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_FAILED);
    e = lumigrate_errinfo(lm);
    assert_int_equal(e->code, LUMIGRATE_FAILED);
    assert_string_equal(e->message, "UNIQUE constraint failed: a.x");
    assert_string_equal(e->id, "2026_01_03_c");
    assert_non_null(strstr(e->file, "/migrations/2026_01_03_c.lua"));
    assert_int_equal(e->line, 4);
    assert_string_equal(e->sql, "INSERT INTO a VALUES (1)");
    assert_int_equal(e->sqlite_code, SQLITE_CONSTRAINT_UNIQUE);
    assert_string_equal(e->sqlite_name, "SQLITE_CONSTRAINT_UNIQUE");
    assert_non_null(strstr(e->traceback, "2026_01_03_c.lua:4"));
    assert_string_equal(e->state, "the migration was rolled back; 2 "
                        "migrations applied before it stay applied");
    assert_int_equal(e->rolled_back, 1);
    lumigrate_close(lm);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM sqlite_schema "
                                 "WHERE name = 'c'"), 0);
    assert_string_equal(box_text(b, "SELECT outcome FROM "
                                 "schema_migrations_history ORDER BY seq "
                                 "DESC"), "failed");
}

static void points_at_the_word_that_is_wrong(void **state)
{
    box *b = *state;
    const lumigrate_error *e;
    lumigrate *lm;

    box_migration(b, "1", "conn:execute(\"SELECT 1 FRMO t\")");
    lm = opened_for(b);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_FAILED);
    e = lumigrate_errinfo(lm);
    assert_string_equal(e->sql, "SELECT 1 FRMO t");
    assert_int_equal(e->sql_offset, 14);
    assert_int_equal(e->line, 1);
    lumigrate_close(lm);
}

static void says_what_to_do_about_a_lock(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    const lumigrate_error *e;
    lumigrate *lm;
    sqlite3 *other;

    two_migrations(b);
    other = box_open(b->database);
    assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL,
                                  NULL), SQLITE_OK);
    config.lock_timeout = -1;
    lm = opened(&config);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_LOCKED);
    e = lumigrate_errinfo(lm);
    assert_non_null(strstr(e->message, "locked"));
    assert_non_null(strstr(e->hint, "--lock-timeout"));
    assert_string_equal(e->state, "nothing was changed");
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    /* The next call forgets it. */
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    assert_int_equal(lumigrate_errcode(lm), LUMIGRATE_OK);
    assert_string_equal(lumigrate_errmsg(lm), "no error");
    assert_null(lumigrate_errinfo(lm)->hint);
    lumigrate_close(lm);
}

static void finds_a_syntax_error_before_anything_runs(void **state)
{
    box *b = *state;
    const lumigrate_error *e;
    lumigrate *lm;

    two_migrations(b);
    box_write(b, "migrations/2026_01_03_c.lua",
              "MIGRATION_ID = \"2026_01_03_c\"\nfunction upgrade( end\n");
    lm = opened_for(b);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_USAGE);
    e = lumigrate_errinfo(lm);
    assert_string_equal(e->id, "2026_01_03_c");
    assert_int_equal(e->line, 2);
    assert_null(e->sql);
    assert_int_equal(e->sql_offset, -1);
    assert_null(e->sqlite_name);
    assert_string_equal(e->state, "nothing was changed");
    lumigrate_close(lm);
    assert_int_equal(access(b->database, F_OK), -1);
}

static const char *answer(void *user, const char *name)
{
    return strcmp(name, "GREETING") == 0 ? user : NULL;
}

static void asks_the_host_for_the_environment(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    char greeting[] = "hello";
    lumigrate *lm;

    config.getenv = answer;
    config.user = greeting;
    box_migration(b, "1", "assert(os.getenv(\"PATH\") == nil) "
                  "conn:execute(\"CREATE TABLE \" .. os.getenv(\"GREETING\")"
                  " .. \"(x)\")");
    lm = opened(&config);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM hello"), 0);
}

static void knows_its_versions(void **state)
{
    (void)state;
    assert_string_equal(lumigrate_sqlite_version(), sqlite3_libversion());
    assert_memory_equal(lumigrate_lua_version(), "Lua 5.4.", 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(migrates_in_three_calls),
        BOX_TEST(runs_again_on_the_same_handle),
        BOX_TEST(stops_at_the_target),
        BOX_TEST(reports_what_is_there),
        BOX_TEST(reports_outlive_the_handle),
        BOX_TEST(refuses_a_bad_configuration),
        BOX_TEST(takes_null_where_it_says_so),
        BOX_TEST(keeps_its_own_copy_of_the_configuration),
        BOX_TEST(says_where_a_statement_failed),
        BOX_TEST(points_at_the_word_that_is_wrong),
        BOX_TEST(says_what_to_do_about_a_lock),
        BOX_TEST(finds_a_syntax_error_before_anything_runs),
        BOX_TEST(asks_the_host_for_the_environment),
        BOX_TEST(knows_its_versions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
