/* SPDX-License-Identifier: MIT */
/*
 * connection.h - for tests of db/: a box and a connection to its database.
 *
 *   DB_TEST        a test with a fixture of its own, for cmocka's list
 *   run            one statement to its end; its code. The error is forgotten,
 *                  but for its sentence in box->text
 *   ok, refused    run, which must succeed; which must fail with these words
 *   integer        what a query of the runner's gives
 *   begin          a transaction, and a script in it
 */
#ifndef LM_TEST_CONNECTION_H
#define LM_TEST_CONNECTION_H

#include "box.h"

#include "../../runner/db/check.h"
#include "../../runner/db/txn.h"

#define DB_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* A box, and a connection to its database. */
typedef struct fixture {
    box *box;
    lm_db *db;
    lm_err err;
    int stop;           /* what the watch answers */
    char seen[200];     /* statements that it was told of */
} fixture;

static inline int answer_stop(void *user, lm_err *err)
{
    fixture *f = user;

    return f->stop == LM_OK ? LM_OK : lm_err_set(err, f->stop, "stop");
}

static inline void note_statement(void *user, const char *sql, size_t len)
{
    fixture *f = user;
    size_t n = strlen(f->seen);

    snprintf(f->seen + n, sizeof f->seen - n, "%.*s;", (int)len, sql);
}

static inline lm_db_options options_of(fixture *f)
{
    lm_db_options o = {0};

    o.path = f->box->database;
    o.mode = LM_DB_CREATE;
    o.own_table = "schema_migrations";
    o.watch.user = f;
    o.watch.stop = answer_stop;
    o.watch.statement = note_statement;
    o.err = &f->err;
    return o;
}

static inline int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    lm_db_options o;

    if (f == NULL || box_setup((void **)&f->box) != 0)
        return -1;
    o = options_of(f);
    *state = f;
    return lm_db_open(&o, &f->db);
}

static inline int teardown(void **state)
{
    fixture *f = *state;
    int rc;

    lm_db_close(f->db);
    lm_err_clear(&f->err);
    rc = box_teardown((void **)&f->box);
    free(f);
    return rc;
}

static inline int run(fixture *f, lm_actor actor, const char *sql)
{
    lm_stmt *stmt;
    bool row = true;
    int rc = lm_db_prepare(f->db, actor, sql, strlen(sql), &stmt);

    while (rc == LM_OK && row)
        rc = lm_stmt_step(stmt, &row);
    lm_stmt_release(stmt);
    assert_int_equal(rc, f->err.code);
    snprintf(f->box->text, sizeof f->box->text, "%s", lm_err_text(&f->err));
    lm_err_clear(&f->err);
    return rc;
}

static inline void ok(fixture *f, lm_actor actor, const char *sql)
{
    if (run(f, actor, sql) != LM_OK)
        fail_msg("%s: %s", sql, f->box->text);
}

static inline void refused(fixture *f, const char *sql, const char *words)
{
    if (run(f, LM_SCRIPT, sql) == LM_OK)
        fail_msg("%s is not refused", sql);
    if (strstr(f->box->text, words) == NULL)
        fail_msg("%s: %s", sql, f->box->text);
}

static inline int64_t integer(fixture *f, const char *sql)
{
    int64_t n;

    assert_int_equal(lm_db_integer(f->db, sql, -1, &n), LM_OK);
    return n;
}

static inline void begin(fixture *f)
{
    assert_int_equal(lm_txn_begin(f->db), LM_OK);
    assert_int_equal(lm_check_begin(f->db), LM_OK);
    assert_int_equal(lm_db_script_begin(f->db, false, false), LM_OK);
}

#endif
