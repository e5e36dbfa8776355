/* SPDX-License-Identifier: MIT */
/* lumigrate_baseline, lumigrate_repair and lumigrate_adopt by the public
 * header: on a path, on a connection of the host's, and with wrong calls. */
#include "box.h"

static lumigrate *opened(const box *b, lumigrate_event_fn on_event)
{
    lumigrate_config config = box_config(b);
    lumigrate *lm = NULL;

    config.on_event = on_event;
    assert_int_equal(lumigrate_open(&lm, &config), LUMIGRATE_OK);
    return lm;
}

static void two_migrations(box *b)
{
    box_migration(b, "1_a", "conn:execute(\"CREATE TABLE a (x)\")");
    box_migration(b, "2_b", "conn:execute(\"CREATE TABLE b (x)\")");
}

static void records_and_takes_back(void **state)
{
    box *b = *state;
    lumigrate_changes *changes = NULL;
    lumigrate *lm;

    two_migrations(b);
    lm = opened(b, NULL);
    assert_int_equal(lumigrate_baseline(lm, LUMIGRATE_BASELINE_UP_TO, "2_b",
                                        &changes), LUMIGRATE_OK);
    assert_int_equal(changes->written, 2);
    assert_int_equal(changes->count, 2);
    assert_string_equal(changes->changes[1].id, "2_b");
    assert_string_equal(changes->changes[1].what, "recorded");
    assert_int_equal(lumigrate_baseline(lm, LUMIGRATE_BASELINE_UNDO, "1_a",
                                        NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    /* The list outlives the handle. */
    assert_string_equal(changes->changes[0].id, "1_a");
    lumigrate_changes_free(changes);
    lumigrate_changes_free(NULL);
    assert_string_equal(box_text(b, "SELECT group_concat(id) FROM "
                                 "schema_migrations"), "2_b");
}

static void accepts_an_edit(void **state)
{
    box *b = *state;
    lumigrate_changes *changes = NULL;
    lumigrate *lm;

    two_migrations(b);
    lm = opened(b, NULL);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    box_migration(b, "1_a", "conn:execute(\"CREATE TABLE a (y)\")");
    assert_int_equal(lumigrate_repair(lm, LUMIGRATE_REPAIR_ACCEPT, "1_a",
                                      &changes), LUMIGRATE_OK);
    assert_int_equal(changes->written, 1);
    assert_string_equal(changes->changes[0].what, "accepted");
    lumigrate_changes_free(changes);
    assert_int_equal(lumigrate_repair(lm, LUMIGRATE_REPAIR_FORGET, "1_a",
                                      &changes), LUMIGRATE_USAGE);
    assert_null(changes);
    assert_string_equal(lumigrate_errinfo(lm)->state, "nothing was changed");
    lumigrate_close(lm);
}

static void takes_over(void **state)
{
    box *b = *state;
    lumigrate_takeover options = {0};
    lumigrate_adoption *adoption = NULL;
    lumigrate *lm;

    two_migrations(b);
    box_exec(b, "CREATE TABLE SequelizeMeta (name TEXT);"
             "INSERT INTO SequelizeMeta VALUES ('1_a.js')");
    lm = opened(b, NULL);
    options.dry_run = 1;
    assert_int_equal(lumigrate_adopt(lm, &options, &adoption), LUMIGRATE_OK);
    assert_int_equal(adoption->recorded, 1);
    lumigrate_adoption_free(adoption);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM sqlite_schema "
                                 "WHERE name = 'schema_migrations'"), 0);
    assert_int_equal(lumigrate_adopt(lm, NULL, &adoption), LUMIGRATE_OK);
    lumigrate_close(lm);
    assert_string_equal(adoption->tool, "umzug");
    assert_string_equal(adoption->table, "SequelizeMeta");
    assert_int_equal(adoption->count, 2);
    assert_int_equal(adoption->migrations[0].status, LUMIGRATE_ADOPT_APPLIED);
    assert_int_equal(adoption->migrations[1].status, LUMIGRATE_ADOPT_PENDING);
    lumigrate_adoption_free(adoption);
    lumigrate_adoption_free(NULL);
    assert_string_equal(box_text(b, "SELECT group_concat(id) FROM "
                                 "schema_migrations"), "1_a");
}

/* The copy is private, and the host's connection as it was. */
static void tries_on_a_copy_of_the_hosts(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    lumigrate_takeover options = {0};
    lumigrate_adoption *adoption = NULL;
    lumigrate *lm;
    sqlite3 *db;

    two_migrations(b);
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE a (x)", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(lumigrate_attach(&lm, db, &config), LUMIGRATE_OK);
    options.satisfied = 1;
    assert_int_equal(lumigrate_adopt(lm, &options, &adoption), LUMIGRATE_OK);
    assert_null(adoption->tool);
    assert_int_equal(adoption->recorded, 1);
    assert_int_equal(adoption->migrations[0].status,
                     LUMIGRATE_ADOPT_SATISFIED);
    assert_int_equal(adoption->migrations[1].status, LUMIGRATE_ADOPT_NEEDED);
    lumigrate_adoption_free(adoption);
    assert_string_equal(box_ask(b, db, "SELECT group_concat(id) FROM "
                                "schema_migrations"), "1_a");
    assert_string_equal(box_ask(b, db, "SELECT count(*) FROM sqlite_schema "
                                "WHERE name = 'b'"), "0");
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int refuse(void *user, const lumigrate_event *event)
{
    (void)user;
    return event->type == LUMIGRATE_EVENT_LEDGER;
}

static void may_be_cancelled(void **state)
{
    box *b = *state;
    lumigrate *lm;

    two_migrations(b);
    lm = opened(b, refuse);
    assert_int_equal(lumigrate_baseline(lm, LUMIGRATE_BASELINE_ALL, NULL,
                                        NULL), LUMIGRATE_INTERRUPTED);
    lumigrate_close(lm);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM sqlite_schema"),
                     0);
}

static void refuses_wrong_calls(void **state)
{
    box *b = *state;
    lumigrate_changes *changes;
    lumigrate *lm;

    two_migrations(b);
    lm = opened(b, NULL);
    assert_int_equal(lumigrate_baseline(lm, 0, "1_a", &changes),
                     LUMIGRATE_USAGE);
    assert_null(changes);
    assert_int_equal(lumigrate_baseline(lm, LUMIGRATE_BASELINE_ONLY, NULL,
                                        NULL), LUMIGRATE_USAGE);
    assert_int_equal(lumigrate_repair(lm, 9, "1_a", NULL), LUMIGRATE_USAGE);
    assert_int_equal(lumigrate_repair(lm, LUMIGRATE_REPAIR_ACCEPT, NULL,
                                      NULL), LUMIGRATE_USAGE);
    lumigrate_close(lm);
    assert_int_equal(lumigrate_baseline(NULL, LUMIGRATE_BASELINE_ALL, NULL,
                                        NULL), LUMIGRATE_NOMEM);
    assert_int_equal(lumigrate_repair(NULL, LUMIGRATE_REPAIR_ACCEPT, "1_a",
                                      NULL), LUMIGRATE_NOMEM);
    assert_int_equal(lumigrate_adopt(NULL, NULL, NULL), LUMIGRATE_NOMEM);
    assert_int_equal(access(b->database, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(records_and_takes_back),
        BOX_TEST(accepts_an_edit),
        BOX_TEST(takes_over),
        BOX_TEST(tries_on_a_copy_of_the_hosts),
        BOX_TEST(may_be_cancelled),
        BOX_TEST(refuses_wrong_calls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
