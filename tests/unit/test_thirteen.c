/* SPDX-License-Identifier: MIT */
/*
 * The thirteen things that a program which links a migration library counts
 * on, one test for each. tests/thirteen_spec.lua asks the program the same.
 */
#include "box.h"

static lumigrate *handle(const box *b)
{
    lumigrate_config config = box_config(b);
    lumigrate *lm = NULL;

    assert_int_equal(lumigrate_open(&lm, &config), LUMIGRATE_OK);
    assert_non_null(lm);
    return lm;
}

static int up(box *b)
{
    lumigrate *lm = handle(b);
    int rc = lumigrate_up(lm, NULL);

    lumigrate_close(lm);
    return rc;
}

static long count(box *b, const char *table)
{
    char sql[96];

    snprintf(sql, sizeof sql, "SELECT count(*) FROM sqlite_schema WHERE "
             "name = '%s'", table);
    return box_integer(b, sql);
}

static void constructor(void **state)
{
    box *b = *state;
    lumigrate *lm = handle(b);

    assert_int_equal(lumigrate_errcode(lm), LUMIGRATE_OK);
    assert_string_equal(lumigrate_errmsg(lm), "no error");
    lumigrate_close(lm);
    assert_int_equal(access(b->database, F_OK), -1);
}

static void up_on_an_empty_database(void **state)
{
    box *b = *state;

    box_reversible(b, "2026_01_01_a", "a");
    assert_int_equal(up(b), LUMIGRATE_OK);
    assert_int_equal(count(b, "a"), 1);
    assert_string_equal(box_text(b, "SELECT id FROM schema_migrations"),
                        "2026_01_01_a");
}

static void up_with_several(void **state)
{
    box *b = *state;

    box_reversible(b, "10_c", "c");
    box_reversible(b, "2_b", "b");
    box_reversible(b, "1_a", "a");
    assert_int_equal(up(b), LUMIGRATE_OK);
    assert_string_equal(box_text(b, "SELECT group_concat(id) FROM (SELECT id "
                                 "FROM schema_migrations ORDER BY position)"),
                        "1_a,2_b,10_c");
}

static void up_when_already_applied(void **state)
{
    box *b = *state;

    box_reversible(b, "2026_01_01_a", "a");
    assert_int_equal(up(b), LUMIGRATE_OK);
    assert_int_equal(up(b), LUMIGRATE_OK);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM "
                                 "schema_migrations_history"), 1);
}

static void down(void **state)
{
    box *b = *state;
    lumigrate *lm;

    box_reversible(b, "2026_01_01_a", "a");
    box_reversible(b, "2026_01_02_b", "b");
    assert_int_equal(up(b), LUMIGRATE_OK);
    lm = handle(b);
    assert_int_equal(lumigrate_down(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    assert_int_equal(count(b, "a"), 1);
    assert_int_equal(count(b, "b"), 0);
    assert_string_equal(box_text(b, "SELECT group_concat(id) FROM "
                                 "schema_migrations"), "2026_01_01_a");
}

/* The report's `current`, into the box. */
static const char *version(box *b)
{
    lumigrate *lm = handle(b);
    lumigrate_report *r;

    assert_int_equal(lumigrate_status(lm, &r), LUMIGRATE_OK);
    snprintf(b->text, sizeof b->text, "%s",
             r->current != NULL ? r->current : "none");
    lumigrate_report_free(r);
    lumigrate_close(lm);
    return b->text;
}

static void version_with_none(void **state)
{
    box *b = *state;

    box_reversible(b, "2026_01_01_a", "a");
    assert_string_equal(version(b), "none");
    assert_int_equal(access(b->database, F_OK), -1);
}

static void version_after_up(void **state)
{
    box *b = *state;

    box_reversible(b, "2026_01_01_a", "a");
    box_reversible(b, "2026_01_02_b", "b");
    assert_int_equal(up(b), LUMIGRATE_OK);
    assert_string_equal(version(b), "2026_01_02_b");
}

static void status(void **state)
{
    box *b = *state;
    lumigrate *lm;
    lumigrate_report *r;

    box_reversible(b, "2026_01_01_a", "a");
    assert_int_equal(up(b), LUMIGRATE_OK);
    box_reversible(b, "2026_01_02_b", "b");
    lm = handle(b);
    assert_int_equal(lumigrate_status(lm, &r), LUMIGRATE_OK);
    assert_int_equal(r->state, LUMIGRATE_STATE_PENDING);
    assert_int_equal(r->applied, 1);
    assert_int_equal(r->pending, 1);
    assert_int_equal(r->items[0].status, LUMIGRATE_ITEM_APPLIED);
    assert_int_equal(r->items[1].status, LUMIGRATE_ITEM_PENDING);
    lumigrate_report_free(r);
    lumigrate_close(lm);
}

static void invalid_sql(void **state)
{
    box *b = *state;
    lumigrate *lm;

    box_write(b, "migrations/1_wrong.sql",
              "CREATE TABLE a (x);\nCREATE TABEL b (x);\n");
    lm = handle(b);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_FAILED);
    assert_non_null(strstr(lumigrate_errmsg(lm), "TABEL"));
    assert_non_null(strstr(lumigrate_errinfo(lm)->file, "1_wrong.sql"));
    assert_int_equal(lumigrate_errinfo(lm)->line, 2);
    lumigrate_close(lm);
    assert_int_equal(count(b, "a"), 0);
}

static void rollback_of_a_failed_transaction(void **state)
{
    box *b = *state;

    box_reversible(b, "1", "a");
    box_migration(b, "2", "conn:execute(\"INSERT INTO a VALUES (1)\") "
                  "conn:execute(\"CREATE TABLE b (x)\") error(\"no\")");
    box_reversible(b, "3", "c");
    assert_int_equal(up(b), LUMIGRATE_FAILED);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM a"), 0);
    assert_int_equal(count(b, "b"), 0);
    assert_int_equal(count(b, "c"), 0);
    assert_string_equal(box_text(b, "SELECT group_concat(id) FROM "
                                 "schema_migrations"), "1");
    assert_string_equal(box_text(b, "SELECT outcome FROM "
                                 "schema_migrations_history WHERE id = '2'"),
                        "failed");
}

static void no_database_given(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    lumigrate *lm = NULL;

    config.database = NULL;
    assert_int_equal(lumigrate_open(&lm, &config), LUMIGRATE_USAGE);
    assert_string_equal(lumigrate_errmsg(lm), "no database was given");
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_USAGE);
    assert_int_equal(lumigrate_down(lm, NULL), LUMIGRATE_USAGE);
    lumigrate_close(lm);
}

static void empty_migrations_path(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    lumigrate *lm = NULL;

    config.migrations = "";
    assert_int_equal(lumigrate_open(&lm, &config), LUMIGRATE_USAGE);
    assert_string_equal(lumigrate_errmsg(lm),
                        "the name of the migrations folder is empty");
    lumigrate_close(lm);
    assert_int_equal(access(b->database, F_OK), -1);
}

static void migrations_path_that_does_not_exist(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    lumigrate *lm = NULL;

    config.migrations = "/nowhere/at/all";
    assert_int_equal(lumigrate_open(&lm, &config), LUMIGRATE_OK);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_USAGE);
    assert_non_null(strstr(lumigrate_errmsg(lm), "/nowhere/at/all"));
    assert_int_equal(lumigrate_down(lm, NULL), LUMIGRATE_USAGE);
    lumigrate_close(lm);
    assert_int_equal(access(b->database, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(constructor),
        BOX_TEST(up_on_an_empty_database),
        BOX_TEST(up_with_several),
        BOX_TEST(up_when_already_applied),
        BOX_TEST(down),
        BOX_TEST(version_with_none),
        BOX_TEST(version_after_up),
        BOX_TEST(status),
        BOX_TEST(invalid_sql),
        BOX_TEST(rollback_of_a_failed_transaction),
        BOX_TEST(no_database_given),
        BOX_TEST(empty_migrations_path),
        BOX_TEST(migrations_path_that_does_not_exist),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
