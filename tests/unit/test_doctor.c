/* SPDX-License-Identifier: MIT */
/* lumigrate_doctor in a host program, and what a clock may say. */
#include "box.h"

#include "../../runner/base/place.h"

static const lumigrate_finding *find(const lumigrate_checkup *c,
                                     const char *subject)
{
    long i;

    for (i = 0; i < c->count; i++)
        if (strcmp(c->findings[i].subject, subject) == 0)
            return &c->findings[i];
    return NULL;
}

static void outlives_its_handle(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    lumigrate_checkup *c;
    lumigrate *lm;

    box_migration(b, "1", "conn:execute(\"CREATE TABLE a (x)\")");
    assert_int_equal(lumigrate_open(&lm, &config), LUMIGRATE_OK);
    assert_int_equal(lumigrate_doctor(lm, &c), LUMIGRATE_OK);
    lumigrate_close(lm);
    assert_int_equal(c->code, LUMIGRATE_OK);
    assert_non_null(strstr(find(c, "database")->message, "app.db is not "
                           "there yet and can be made"));
    assert_null(find(c, "database")->hint);
    assert_null(find(c, "ledger"));
    assert_int_equal(access(b->database, F_OK), -1);
    lumigrate_checkup_free(c);
    lumigrate_checkup_free(NULL);
}

static void leaves_the_handle_as_it_was(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    lumigrate_checkup *c;
    lumigrate *lm;

    box_migration(b, "1", "conn:execute(\"CREATE TABLE a (x)\")");
    box_write(b, "app.db", "this is no database, and never will be one ...");
    assert_int_equal(lumigrate_open(&lm, &config), LUMIGRATE_OK);
    assert_int_equal(lumigrate_doctor(lm, &c), LUMIGRATE_OK);
    assert_int_equal(c->code, LUMIGRATE_REFUSED);
    assert_int_equal(find(c, "ledger")->level, LUMIGRATE_FINDING_FAULT);
    assert_int_equal(find(c, "ledger")->code, LUMIGRATE_REFUSED);
    assert_non_null(find(c, "ledger")->hint);
    lumigrate_checkup_free(c);
    assert_int_equal(lumigrate_errcode(lm), LUMIGRATE_OK);
    assert_int_equal(unlink(b->database), 0);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    assert_int_equal(lumigrate_doctor(lm, &c), LUMIGRATE_OK);
    assert_int_equal(c->code, LUMIGRATE_OK);
    lumigrate_checkup_free(c);
    lumigrate_close(lm);
}

static void looks_at_a_connection_of_the_host(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    sqlite3 *db = box_open(":memory:");
    lumigrate_checkup *c;
    lumigrate *lm;

    config.database = NULL;
    box_migration(b, "1", "conn:execute(\"CREATE TABLE a (x)\")");
    assert_int_equal(lumigrate_attach(&lm, db, &config), LUMIGRATE_OK);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    assert_int_equal(lumigrate_doctor(lm, &c), LUMIGRATE_OK);
    assert_int_equal(c->code, LUMIGRATE_OK);
    assert_null(find(c, "database"));
    assert_string_equal(find(c, "ledger")->message,
                        "the table schema_migrations has 1 row");
    lumigrate_checkup_free(c);
    lumigrate_close(lm);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void refuses_a_handle_that_is_not_open(void **state)
{
    lumigrate_config config = {0};
    lumigrate_checkup *c;
    lumigrate *lm;

    (void)state;
    assert_int_equal(lumigrate_open(&lm, &config), LUMIGRATE_USAGE);
    assert_int_equal(lumigrate_doctor(lm, &c), LUMIGRATE_USAGE);
    assert_null(c);
    lumigrate_close(lm);
    assert_int_equal(lumigrate_doctor(NULL, &c), LUMIGRATE_NOMEM);
    assert_null(c);
}

static void knows_a_clock_that_was_never_set(void **state)
{
    (void)state;
    assert_false(lm_place_is_dated("1970-01-01T00:00:00.000Z"));
    assert_false(lm_place_is_dated("2019-12-31T23:59:59.999Z"));
    assert_true(lm_place_is_dated("2020-01-01T00:00:00.000Z"));
    assert_true(lm_place_is_dated("2026-01-28T09:30:00.123Z"));
    assert_false(lm_place_is_dated("12026-01-28T09:30:00.123Z"));
    assert_false(lm_place_is_dated("-001-01-28T09:30:00.123Z"));
    assert_false(lm_place_is_dated(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(outlives_its_handle),
        BOX_TEST(leaves_the_handle_as_it_was),
        BOX_TEST(looks_at_a_connection_of_the_host),
        cmocka_unit_test(refuses_a_handle_that_is_not_open),
        cmocka_unit_test(knows_a_clock_that_was_never_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
