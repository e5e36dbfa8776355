/* SPDX-License-Identifier: MIT */
/*
 * The n-th allocation fails, once or from there on, while a record is taken
 * over, written by hand or found out on a copy: no crash, an honest result,
 * all of the record or none of it, and the next run completes it.
 */
#include "allocations.h"

/* What is swept: what the database holds before, what is called, and how
 * many records there are in the end. */
typedef struct scene {
    const char *before;
    int (*call)(lumigrate *lm);
    long records;
} scene;

static int adopt(lumigrate *lm)
{
    lumigrate_takeover options = {0};
    lumigrate_adoption *adoption = NULL;
    int rc;

    options.rename = 1;
    options.satisfied = 1;
    rc = lumigrate_adopt(lm, &options, &adoption);
    lumigrate_adoption_free(adoption);
    return rc;
}

static int baseline(lumigrate *lm)
{
    lumigrate_changes *changes = NULL;
    int rc = lumigrate_baseline(lm, LUMIGRATE_BASELINE_ALL, NULL, &changes);

    lumigrate_changes_free(changes);
    return rc;
}

static long records(box *b)
{
    if (box_integer(b, "SELECT count(*) FROM pragma_table_info("
                    "'schema_migrations') WHERE name = 'position'") == 0)
        return 0;
    return box_integer(b, "SELECT count(*) FROM schema_migrations");
}

static void begin(box *b, const scene *s)
{
    remove_database(b);
    box_exec(b, s->before);
}

/* A trial whose migration had no memory may call it a conflict; then it is
 * not recorded, and the next run does. */
static void try_one(box *b, const scene *s, long n)
{
    int rc;
    long done;

    begin(b, s);
    rc = run_with_fault(b, n, s->call);
    assert_true(rc == LUMIGRATE_OK || rc == LUMIGRATE_FAILED ||
                rc == LUMIGRATE_USAGE || rc == LUMIGRATE_MISMATCH ||
                rc == LUMIGRATE_REFUSED || rc == LUMIGRATE_NOMEM);
    assert_string_equal(box_text(b, "PRAGMA integrity_check"), "ok");
    done = records(b);
    if (rc != LUMIGRATE_OK)
        assert_true(done == 0 || done == s->records);
    assert_int_equal(run_with_fault(b, 0, s->call), LUMIGRATE_OK);
    assert_int_equal(records(b), s->records);
}

static void sweep(box *b, const scene *s)
{
    long n, total, step;

    choose_database(b);
    box_write(b, "migrations/1_a.sql", "CREATE TABLE a (x);");
    box_write(b, "migrations/2_b.sql", "CREATE TABLE b (x);");
    box_write(b, "migrations/3_c.sql", "CREATE TABLE c (x);");
    begin(b, s);
    assert_int_equal(run_with_fault(b, 1L << 40, s->call), LUMIGRATE_OK);
    assert_int_equal(records(b), s->records);
    total = counted;
    assert_true(total > 50);
    step = all_faults() ? 1 : total / 61 + 1;
    for (n = 1; n <= total; n += step)
        try_one(b, s, n);
    remove_database(b);
}

static const scene scenes[] = {
    {"CREATE TABLE schema_migrations (version varchar(128) primary key);"
     "INSERT INTO schema_migrations VALUES ('1'), ('2');"
     "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
     adopt, 2},
    {"CREATE TABLE a (x); CREATE TABLE b (x)", adopt, 2},
    {"CREATE TABLE a (x)", baseline, 3}
};

static void sweep_all(box *b)
{
    size_t i;

    for (i = 0; i < sizeof scenes / sizeof *scenes; i++)
        sweep(b, &scenes[i]);
}

static void survives_one_failed_allocation(void **state)
{
    for_ever = 0;
    sweep_all(*state);
}

static void survives_no_more_memory(void **state)
{
    for_ever = 1;
    sweep_all(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(survives_one_failed_allocation),
        BOX_TEST(survives_no_more_memory)
    };

    return cmocka_run_group_tests(tests, replace_allocator, NULL);
}
