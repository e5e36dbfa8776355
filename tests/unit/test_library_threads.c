/* SPDX-License-Identifier: MIT */
/* The library in several threads: interrupting, and handles side by side. */
#include "box.h"

#include <pthread.h>
#include <semaphore.h>

/* A run in a thread of its own, and when it has got so far. */
typedef struct runner {
    pthread_t thread;
    lumigrate *lm;
    int rc, until;      /* an event */
    sem_t reached;
} runner;

static int listen(void *user, const lumigrate_event *e)
{
    runner *r = user;

    if (e->type == r->until)
        sem_post(&r->reached);
    return 0;
}

static void *run(void *user)
{
    runner *r = user;

    r->rc = lumigrate_up(r->lm, NULL);
    return NULL;
}

static void start(runner *r, lumigrate_config *config, int until)
{
    memset(r, 0, sizeof *r);
    r->until = until;
    config->on_event = listen;
    config->user = r;
    assert_int_equal(sem_init(&r->reached, 0, 0), 0);
    assert_int_equal(lumigrate_open(&r->lm, config), LUMIGRATE_OK);
    assert_int_equal(pthread_create(&r->thread, NULL, run, r), 0);
}

static int finish(runner *r)
{
    assert_int_equal(pthread_join(r->thread, NULL), 0);
    assert_int_equal(r->rc, lumigrate_errcode(r->lm));
    lumigrate_close(r->lm);
    sem_destroy(&r->reached);
    return r->rc;
}

/* Interrupt the migration when it is in the middle of something that would
 * never end. */
static void interrupt_at(box *b, const char *body, int event)
{
    lumigrate_config config = box_config(b);
    runner r;

    box_migration(b, "1", body);
    start(&r, &config, event);
    assert_int_equal(sem_wait(&r.reached), 0);
    usleep(20000);
    lumigrate_interrupt(r.lm);
    assert_int_equal(finish(&r), LUMIGRATE_INTERRUPTED);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM sqlite_schema "
                                 "WHERE name = 'a'"), 0);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM "
                                 "schema_migrations"), 0);
    assert_string_equal(box_text(b, "SELECT outcome FROM "
                                 "schema_migrations_history"),
                        "interrupted");
}

static void end_a_long_statement(void **state)
{
    interrupt_at(*state, "conn:execute(\"CREATE TABLE a AS WITH RECURSIVE "
                 "n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                 "SELECT i FROM n WHERE i < 0\")", LUMIGRATE_EVENT_STATEMENT);
}

static void end_a_loop_in_lua(void **state)
{
    interrupt_at(*state, "conn:execute(\"CREATE TABLE a (x)\") "
                 "print(1) while true do end", LUMIGRATE_EVENT_PRINT);
}

static void end_a_loop_that_catches_errors(void **state)
{
    interrupt_at(*state, "conn:execute(\"CREATE TABLE a (x)\") print(1) "
                 "while true do pcall(function() while true do end end) end",
                 LUMIGRATE_EVENT_PRINT);
}

static void end_a_coroutine(void **state)
{
    interrupt_at(*state, "conn:execute(\"CREATE TABLE a (x)\") print(1) "
                 "coroutine.wrap(function() while true do end end)()",
                 LUMIGRATE_EVENT_PRINT);
}

static void end_a_function_that_sql_calls(void **state)
{
    interrupt_at(*state, "conn:create_function(\"spin\", function() print(1)"
                 " while true do end end) "
                 "conn:execute(\"CREATE TABLE a AS SELECT spin()\")",
                 LUMIGRATE_EVENT_PRINT);
}

static void end_the_wait_for_a_lock(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    sqlite3 *other = box_open(b->database);
    runner r;

    box_migration(b, "1", "conn:execute(\"CREATE TABLE a (x)\")");
    assert_int_equal(sqlite3_exec(other, "CREATE TABLE t (x); "
                                  "BEGIN IMMEDIATE", NULL, NULL, NULL),
                     SQLITE_OK);
    start(&r, &config, LUMIGRATE_EVENT_WAITING);
    assert_int_equal(sem_wait(&r.reached), 0);
    lumigrate_interrupt(r.lm);
    assert_int_equal(finish(&r), LUMIGRATE_INTERRUPTED);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM sqlite_schema"),
                     1);
}

/* One that came too early or too late does not stop the next run. */
static void hit_one_run_only(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    lumigrate_report *report;
    lumigrate *lm;

    box_migration(b, "1", "");
    assert_int_equal(lumigrate_open(&lm, &config), LUMIGRATE_OK);
    lumigrate_interrupt(lm);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_INTERRUPTED);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    assert_int_equal(lumigrate_status(lm, &report), LUMIGRATE_OK);
    assert_int_equal(report->applied, 1);
    lumigrate_report_free(report);
    lumigrate_close(lm);
}

enum { MANY = 8, STEPS = 12 };

static void make_steps(box *b)
{
    char id[8], body[200];
    int i;

    for (i = 0; i < STEPS; i++) {
        snprintf(id, sizeof id, "%02d", i);
        snprintf(body, sizeof body, "if not table_exists(\"work\") then "
                 "conn:execute(\"CREATE TABLE work (id)\") end "
                 "conn:execute(\"INSERT INTO work VALUES (%d)\")", i);
        box_migration(b, id, body);
    }
}

static void assert_steps(box *b)
{
    assert_int_equal(box_integer(b, "SELECT count(*) FROM work"), STEPS);
    assert_int_equal(box_integer(b, "SELECT count(DISTINCT id) FROM work"),
                     STEPS);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM "
                                 "schema_migrations"), STEPS);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM "
                                 "schema_migrations_history"), STEPS);
}

static void run_side_by_side_on_one_database(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    runner r[MANY];
    int i;

    make_steps(b);
    for (i = 0; i < MANY; i++)
        start(&r[i], &config, 0);
    for (i = 0; i < MANY; i++)
        assert_int_equal(finish(&r[i]), LUMIGRATE_OK);
    assert_steps(b);
}

static void run_side_by_side_on_two_databases(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    char other[100];
    runner r[2];
    int i;

    make_steps(b);
    snprintf(other, sizeof other, "%s.2", b->database);
    for (i = 0; i < 2; i++) {
        config.database = i == 0 ? b->database : other;
        start(&r[i], &config, 0);
    }
    for (i = 0; i < 2; i++)
        assert_int_equal(finish(&r[i]), LUMIGRATE_OK);
    assert_steps(b);
    strcpy(b->database, other);
    assert_steps(b);
}

/* An interrupted handle leaves the other one alone. */
static void interrupt_one_and_not_the_other(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    char other[100];
    runner r[2];

    box_migration(b, "1", "print(1) local t = os.clock() "
                  "while os.clock() - t < 0.3 do end");
    snprintf(other, sizeof other, "%s.2", b->database);
    start(&r[0], &config, LUMIGRATE_EVENT_PRINT);
    config.database = other;
    start(&r[1], &config, LUMIGRATE_EVENT_PRINT);
    assert_int_equal(sem_wait(&r[0].reached), 0);
    assert_int_equal(sem_wait(&r[1].reached), 0);
    lumigrate_interrupt(r[0].lm);
    assert_int_equal(finish(&r[0]), LUMIGRATE_INTERRUPTED);
    assert_int_equal(finish(&r[1]), LUMIGRATE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(end_a_long_statement),
        BOX_TEST(end_a_loop_in_lua),
        BOX_TEST(end_a_loop_that_catches_errors),
        BOX_TEST(end_a_coroutine),
        BOX_TEST(end_a_function_that_sql_calls),
        BOX_TEST(end_the_wait_for_a_lock),
        BOX_TEST(hit_one_run_only),
        BOX_TEST(run_side_by_side_on_one_database),
        BOX_TEST(run_side_by_side_on_two_databases),
        BOX_TEST(interrupt_one_and_not_the_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
