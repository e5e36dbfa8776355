/* SPDX-License-Identifier: MIT */
/* lumigrate_check, _wait, _text and _difference, by the public header. */
#include <pthread.h>

#include "box.h"

static lumigrate *opened(const lumigrate_config *config)
{
    lumigrate *lm = NULL;

    assert_int_equal(lumigrate_open(&lm, config), LUMIGRATE_OK);
    return lm;
}

static lumigrate *opened_for(const box *b)
{
    lumigrate_config config = box_config(b);

    return opened(&config);
}

static void two_migrations(box *b)
{
    box_migration(b, "a", "conn:execute(\"CREATE TABLE a (x)\")");
    box_migration(b, "b", "conn:execute(\"INSERT INTO a VALUES (1)\")");
}

static void goes_from_pending_to_ready(void **state)
{
    box *b = *state;
    lumigrate_report *r = NULL;
    lumigrate *lm;

    two_migrations(b);
    lm = opened_for(b);
    assert_int_equal(lumigrate_check(lm, &r), LUMIGRATE_PENDING);
    assert_non_null(r);
    assert_string_equal(r->status, "pending");
    assert_string_equal(lumigrate_errmsg(lm), "2 migrations are pending, "
                        "and the database does not exist yet");
    assert_null(r->current);
    assert_string_equal(r->latest, "b");
    assert_int_equal(r->pending, 2);
    assert_int_equal(r->applied, 0);
    assert_int_equal(r->exists, 0);
    assert_int_equal(r->schema_valid, 1);
    lumigrate_report_free(r);
    assert_int_equal(access(b->database, F_OK), -1);

    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    assert_int_equal(lumigrate_check(lm, &r), LUMIGRATE_OK);
    assert_int_equal(lumigrate_errcode(lm), LUMIGRATE_OK);
    assert_string_equal(r->status, "ready");
    assert_string_equal(r->current, "b");
    assert_int_equal(r->pending, 0);
    assert_int_equal(r->applied, 2);
    assert_int_equal(r->count, 2);
    assert_int_equal(r->items[0].status, LUMIGRATE_ITEM_APPLIED);
    lumigrate_close(lm);
    /* A report outlives the handle. */
    assert_string_equal(r->items[1].id, "b");
    lumigrate_report_free(r);
}

static void names_what_does_not_compile(void **state)
{
    box *b = *state;
    lumigrate_report *r = NULL;
    lumigrate *lm;

    two_migrations(b);
    lm = opened_for(b);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    box_exec(b, "CREATE VIEW v AS SELECT x FROM a; DROP TABLE a");
    assert_int_equal(lumigrate_check(lm, &r), LUMIGRATE_MISMATCH);
    assert_string_equal(r->status, "error");
    assert_int_equal(r->schema_valid, 0);
    assert_int_equal(r->problem_count, 1);
    assert_string_equal(r->problems[0], "the view v does not compile: no "
                        "such table: main.a");
    assert_string_equal(lumigrate_errmsg(lm), r->problems[0]);
    lumigrate_report_free(r);
    /* status does not ask. */
    assert_int_equal(lumigrate_status(lm, &r), LUMIGRATE_OK);
    assert_null(r->status);
    assert_int_equal(r->schema_valid, -1);
    lumigrate_report_free(r);
    lumigrate_close(lm);
}

static void reads_it_all_when_deep(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    lumigrate_report *r = NULL;
    lumigrate *lm;

    box_migration(b, "a", "conn:executescript(\"CREATE TABLE p (x PRIMARY "
                  "KEY); CREATE TABLE c (x REFERENCES p)\")");
    lm = opened(&config);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    box_exec(b, "INSERT INTO c VALUES (7)");
    assert_int_equal(lumigrate_check(lm, &r), LUMIGRATE_OK);
    lumigrate_report_free(r);
    lumigrate_close(lm);
    config.deep = 1;
    lm = opened(&config);
    assert_int_equal(lumigrate_check(lm, &r), LUMIGRATE_MISMATCH);
    assert_string_equal(r->problems[0], "1 row of c refers to no row of p");
    lumigrate_report_free(r);
    lumigrate_close(lm);
}

static void has_no_report_where_it_could_not_look(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    lumigrate_report *r = (lumigrate_report *)b;
    lumigrate *lm;
    sqlite3 *db;

    lm = opened(&config);
    assert_int_equal(lumigrate_check(lm, &r), LUMIGRATE_USAGE);
    assert_null(r);
    lumigrate_report_free(r);
    lumigrate_close(lm);
    assert_int_equal(lumigrate_check(NULL, &r), LUMIGRATE_NOMEM);
    assert_int_equal(lumigrate_wait(NULL, 0, &r), LUMIGRATE_NOMEM);

    two_migrations(b);
    config.lock_timeout = -1;
    lm = opened(&config);
    db = box_open(b->database);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE t (x); BEGIN EXCLUSIVE",
                                  NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(lumigrate_check(lm, &r), LUMIGRATE_LOCKED);
    assert_null(r);
    assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(lumigrate_check(lm, &r), LUMIGRATE_PENDING);
    lumigrate_report_free(r);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    lumigrate_close(lm);
}

static void looks_at_a_connection_of_the_hosts(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    lumigrate_report *r = NULL;
    lumigrate *lm = NULL;
    sqlite3 *db = box_open(":memory:");

    two_migrations(b);
    config.database = NULL;
    assert_int_equal(lumigrate_attach(&lm, db, &config), LUMIGRATE_OK);
    assert_int_equal(lumigrate_check(lm, &r), LUMIGRATE_PENDING);
    lumigrate_report_free(r);
    assert_int_equal(lumigrate_wait(lm, 0.02, &r), LUMIGRATE_LOCKED);
    assert_string_equal(r->status, "pending");
    lumigrate_report_free(r);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    assert_int_equal(lumigrate_wait(lm, 0, &r), LUMIGRATE_OK);
    lumigrate_report_free(r);
    lumigrate_close(lm);
    assert_string_equal(box_ask(b, db, "SELECT count(*) FROM a"), "1");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* ---- waiting ---- */

typedef struct told {
    lumigrate *lm;
    int count;
    int interrupt;
    char text[200];
} told;

static int on_event(void *user, const lumigrate_event *event)
{
    told *t = user;

    if (event->type != LUMIGRATE_EVENT_WAITING)
        return 0;
    t->count++;
    snprintf(t->text, sizeof t->text, "%s", event->text);
    if (t->interrupt)
        lumigrate_interrupt(t->lm);
    return 0;
}

static void *migrate(void *path)
{
    box *b = path;
    lumigrate_config config = box_config(b);
    lumigrate *lm = NULL;
    int rc = lumigrate_open(&lm, &config);

    if (rc == LUMIGRATE_OK)
        rc = lumigrate_up(lm, NULL);
    lumigrate_close(lm);
    return rc == LUMIGRATE_OK ? b : NULL;
}

static void waits_for_another_thread(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    lumigrate_report *r = NULL;
    told t = {0};
    pthread_t thread;
    void *result = NULL;

    two_migrations(b);
    config.on_event = on_event;
    config.user = &t;
    t.lm = opened(&config);
    assert_int_equal(lumigrate_wait(t.lm, 0.01, &r), LUMIGRATE_LOCKED);
    lumigrate_report_free(r);
    assert_int_equal(t.count, 1);
    assert_string_equal(t.text, "2 migrations are pending, and the database "
                        "does not exist yet");
    assert_int_equal(pthread_create(&thread, NULL, migrate, b), 0);
    assert_int_equal(lumigrate_wait(t.lm, 30, &r), LUMIGRATE_OK);
    assert_string_equal(r->status, "ready");
    lumigrate_report_free(r);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, b);
    lumigrate_close(t.lm);
}

static void stops_waiting_when_interrupted(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    lumigrate_report *r = NULL;
    told t = {0};

    two_migrations(b);
    config.on_event = on_event;
    config.user = &t;
    t.interrupt = 1;
    t.lm = opened(&config);
    assert_int_equal(lumigrate_wait(t.lm, 0, &r), LUMIGRATE_INTERRUPTED);
    assert_int_equal(lumigrate_errcode(t.lm), LUMIGRATE_INTERRUPTED);
    lumigrate_report_free(r);
    /* And goes on as ever. */
    t.interrupt = 0;
    assert_int_equal(lumigrate_up(t.lm, NULL), LUMIGRATE_OK);
    assert_int_equal(lumigrate_wait(t.lm, 0, &r), LUMIGRATE_OK);
    lumigrate_report_free(r);
    lumigrate_close(t.lm);
}

static void refuses_a_time_that_is_none(void **state)
{
    box *b = *state;
    lumigrate_report *r = NULL;
    lumigrate *lm;

    two_migrations(b);
    lm = opened_for(b);
    assert_int_equal(lumigrate_wait(lm, -1, &r), LUMIGRATE_USAGE);
    assert_int_equal(lumigrate_wait(lm, strtod("nan", NULL), &r),
                     LUMIGRATE_USAGE);
    assert_null(r);
    lumigrate_close(lm);
}

/* ---- again, and texts ---- */

static void runs_again_what_was_edited(void **state)
{
    box *b = *state;
    lumigrate_target target = {0};
    lumigrate_report *r = NULL;
    lumigrate *lm;
    char *text = NULL;
    unsigned long len = 0;

    two_migrations(b);
    lm = opened_for(b);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    box_migration(b, "b", "conn:execute(\"INSERT INTO a VALUES (2)\")");
    assert_int_equal(lumigrate_difference(lm, "b", &text), LUMIGRATE_OK);
    assert_non_null(strstr(text, "\n- "));
    assert_non_null(strstr(text, "VALUES (1)"));
    assert_non_null(strstr(text, "\n+ "));
    assert_non_null(strstr(text, "VALUES (2)"));
    free(text);
    assert_int_equal(lumigrate_difference(lm, "a", &text), LUMIGRATE_OK);
    assert_string_equal(text, "");
    free(text);
    assert_int_equal(lumigrate_difference(lm, "c", &text), LUMIGRATE_OK);
    assert_null(text);
    target.reapply_changed = 1;
    assert_int_equal(lumigrate_up(lm, &target), LUMIGRATE_OK);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM a"), 2);
    assert_int_equal(box_integer(b, "SELECT position FROM schema_migrations "
                                 "WHERE id = 'b'"), 2);
    /* It was for this one run. */
    box_migration(b, "b", "conn:execute(\"INSERT INTO a VALUES (3)\")");
    assert_int_equal(lumigrate_status(lm, &r), LUMIGRATE_OK);
    assert_int_equal(r->items[1].status, LUMIGRATE_ITEM_EDITED);
    lumigrate_report_free(r);
    assert_int_equal(lumigrate_text(lm, "b", &text, &len), LUMIGRATE_OK);
    assert_int_equal(len, strlen(text));
    assert_non_null(strstr(text, "VALUES (2)"));
    free(text);
    assert_int_equal(lumigrate_text(lm, "c", &text, &len), LUMIGRATE_USAGE);
    assert_null(text);
    lumigrate_close(lm);
}

static void refuses_what_is_ahead(void **state)
{
    box *b = *state;
    lumigrate_config config = box_config(b);
    lumigrate_report *r = NULL;
    lumigrate *lm;
    char path[200];

    two_migrations(b);
    lm = opened(&config);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    snprintf(path, sizeof path, "%s/b.lua", b->migrations);
    assert_int_equal(unlink(path), 0);
    config.if_ahead = LUMIGRATE_ERROR;
    lm = opened(&config);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_AHEAD);
    assert_int_equal(lumigrate_check(lm, &r), LUMIGRATE_AHEAD);
    assert_int_equal(r->state, LUMIGRATE_STATE_AHEAD);
    lumigrate_report_free(r);
    lumigrate_close(lm);
    config.if_ahead = LUMIGRATE_WARN;
    config.strict = 1;
    lm = opened(&config);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    config.if_ahead = LUMIGRATE_DEFAULT;
    lm = opened(&config);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_MISMATCH);
    lumigrate_close(lm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(goes_from_pending_to_ready),
        BOX_TEST(names_what_does_not_compile),
        BOX_TEST(reads_it_all_when_deep),
        BOX_TEST(has_no_report_where_it_could_not_look),
        BOX_TEST(looks_at_a_connection_of_the_hosts),
        BOX_TEST(waits_for_another_thread),
        BOX_TEST(stops_waiting_when_interrupted),
        BOX_TEST(refuses_a_time_that_is_none),
        BOX_TEST(runs_again_what_was_edited),
        BOX_TEST(refuses_what_is_ahead),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
