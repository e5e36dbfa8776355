/* SPDX-License-Identifier: MIT */
/*
 * A transaction that is gone though no statement of the script has failed:
 * SQLite may end one by itself when the runner's own statement meets a full
 * disk or a lack of memory. Here the host ends it on its own connection,
 * while the script prints. What comes after must not be committed by itself.
 */
#include "box.h"

typedef struct host {
    sqlite3 *db;
    const char *at;         /* what is printed when it is to be lost */
} host;

static const char lost[] = "the transaction was rolled back by SQLite while "
                           "the migration ran";

static int lose(void *user, const lumigrate_event *event)
{
    host *h = user;

    if (event->type == LUMIGRATE_EVENT_PRINT &&
        strcmp(event->text, h->at) == 0)
        assert_int_equal(sqlite3_exec(h->db, "ROLLBACK", NULL, NULL, NULL),
                         SQLITE_OK);
    return 0;
}

/* The migration fails for this reason, and nothing of it is there. */
static void is_told(box *b, const char *body)
{
    lumigrate_config config = box_config(b);
    host h = {box_open(b->database), "now"};
    lumigrate *lm;

    box_migration(b, "1", body);
    config.database = NULL;
    config.on_event = lose;
    config.user = &h;
    assert_int_equal(lumigrate_attach(&lm, h.db, &config), LUMIGRATE_OK);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_FAILED);
    assert_string_equal(lumigrate_errmsg(lm), lost);
    lumigrate_close(lm);
    assert_int_equal(sqlite3_close(h.db), SQLITE_OK);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM sqlite_schema "
                                 "WHERE name IN ('a', 'b')"), 0);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM "
                                 "schema_migrations"), 0);
    assert_string_equal(box_text(b, "SELECT outcome FROM "
                                 "schema_migrations_history"), "failed");
}

static void is_seen_before_the_next_statement(void **state)
{
    is_told(*state, "conn:execute(\"CREATE TABLE a (x)\") print(\"now\") "
            "conn:execute(\"CREATE TABLE b (x)\")");
}

static void is_seen_though_the_script_catches_it(void **state)
{
    is_told(*state, "conn:execute(\"CREATE TABLE a (x)\") print(\"now\") "
            "for i = 1, 3 do "
            "assert(not pcall(conn.execute, conn, \"CREATE TABLE b (x)\")) "
            "assert(not pcall(conn.savepoint, conn, print)) "
            "end");
}

static void is_seen_before_the_row_of_the_ledger(void **state)
{
    is_told(*state, "conn:execute(\"CREATE TABLE a (x)\") print(\"now\")");
}

static void is_seen_in_a_statement_that_was_prepared(void **state)
{
    is_told(*state, "conn:execute(\"CREATE TABLE a (x)\") "
            "local cur = conn:cursor() "
            "for i = 1, 2 do "
            "cur:execute(\"INSERT INTO a VALUES (1)\") print(\"now\") end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(is_seen_before_the_next_statement),
        BOX_TEST(is_seen_though_the_script_catches_it),
        BOX_TEST(is_seen_before_the_row_of_the_ledger),
        BOX_TEST(is_seen_in_a_statement_that_was_prepared)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
