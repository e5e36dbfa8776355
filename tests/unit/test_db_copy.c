/* SPDX-License-Identifier: MIT */
/* Copies of a database that others use. */
#include "connection.h"

#include <signal.h>
#include <sys/resource.h>

#include "../../runner/db/copy.h"

#define FILL "CREATE TABLE t (x); WITH RECURSIVE n(i) AS (SELECT 1 UNION " \
    "ALL SELECT i + 1 FROM n WHERE i < 3500) INSERT INTO t SELECT " \
    "randomblob(4000) FROM n; CREATE INDEX i ON t (substr(x, 1, 20))"

static lm_db *private_copy(fixture *f)
{
    lm_db_options o = options_of(f);
    lm_db *copy;

    o.path = NULL;
    if (lm_copy_open(f->db, &o, &copy) != LM_OK)
        fail_msg("%s", lm_err_text(&f->err));
    return copy;
}

static int64_t count(lm_db *db)
{
    int64_t n;

    assert_int_equal(lm_db_integer(db, "SELECT count(*) FROM t", -1, &n),
                     LM_OK);
    return n;
}

static void is_private_and_can_be_written(void **state)
{
    fixture *f = *state;
    lm_db *copy;

    box_exec(f->box, FILL);
    copy = private_copy(f);
    assert_int_equal(count(copy), 3500);
    assert_int_equal(lm_copy_verify(copy), LM_OK);
    assert_int_equal(lm_db_run(copy, "DELETE FROM t", NULL, 0), LM_OK);
    assert_int_equal(count(copy), 0);
    assert_int_equal(count(f->db), 3500);
    lm_db_close(copy);
}

static void copies_what_a_wal_holds(void **state)
{
    fixture *f = *state;
    sqlite3 *other = box_open(f->box->database);
    lm_db *copy;

    box_ask(f->box, other, "PRAGMA journal_mode = WAL");
    assert_int_equal(sqlite3_exec(other, FILL, NULL, NULL, NULL), SQLITE_OK);
    copy = private_copy(f);
    assert_int_equal(count(copy), 3500);
    assert_int_equal(lm_db_run(copy, "DELETE FROM t", NULL, 0), LM_OK);
    lm_db_close(copy);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
}

/* A writer that commits between any two steps. */
typedef struct writer {
    sqlite3 *db;
    int written, refused;
} writer;

static int write_between(void *user, lm_err *err)
{
    writer *w = user;
    int rc = sqlite3_exec(w->db, "INSERT INTO t VALUES (1)", NULL, NULL,
                          NULL);

    (void)err;
    w->written += rc == SQLITE_OK;
    w->refused += rc == SQLITE_BUSY;
    return LM_OK;
}

static lm_db *copy_beside(fixture *f, writer *w)
{
    lm_db_options o = options_of(f);
    lm_db *from, *copy;

    w->db = box_open(f->box->database);
    sqlite3_busy_timeout(w->db, 0);
    o.watch.user = w;
    o.watch.stop = write_between;
    assert_int_equal(lm_db_open(&o, &from), LM_OK);
    o = options_of(f);
    if (lm_copy_open(from, &o, &copy) != LM_OK)
        fail_msg("%s", lm_err_text(&f->err));
    lm_db_close(from);
    assert_int_equal(sqlite3_close(w->db), SQLITE_OK);
    return copy;
}

static void begins_again_and_then_keeps_the_lock(void **state)
{
    fixture *f = *state;
    writer w = {0};
    lm_db *copy;

    box_exec(f->box, FILL);
    copy = copy_beside(f, &w);
    assert_int_equal(lm_copy_verify(copy), LM_OK);
    assert_int_equal(w.written, 3);
    assert_true(w.refused > 0);
    assert_int_equal(count(copy), 3500 + w.written);
    lm_db_close(copy);
}

static void holds_nobody_up_in_wal_mode(void **state)
{
    fixture *f = *state;
    writer w = {0};
    lm_db *copy;

    box_exec(f->box, "PRAGMA journal_mode = WAL; " FILL);
    copy = copy_beside(f, &w);
    assert_int_equal(lm_copy_verify(copy), LM_OK);
    assert_int_equal(w.refused, 0);
    assert_true(w.written > 2);
    assert_int_equal(count(copy), 3500);
    lm_db_close(copy);
}

static void waits_no_longer_than_the_lock_timeout(void **state)
{
    fixture *f = *state;
    sqlite3 *other = box_open(f->box->database);
    lm_db_options o = options_of(f);
    lm_db *copy;

    assert_int_equal(sqlite3_exec(other, FILL "; BEGIN EXCLUSIVE", NULL,
                                  NULL, NULL), SQLITE_OK);
    assert_int_equal(lm_copy_open(f->db, &o, &copy), LM_EBUSY);
    assert_null(copy);
    assert_non_null(strstr(lm_err_text(&f->err), "locked"));
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
}

static void stops_when_asked(void **state)
{
    fixture *f = *state;
    lm_db_options o = options_of(f);
    lm_db *copy;

    box_exec(f->box, FILL);
    f->stop = LM_EINTERRUPT;
    assert_int_equal(lm_copy_open(f->db, &o, &copy), LM_EINTERRUPT);
    f->stop = LM_OK;
}

static void makes_a_file_that_was_not_there(void **state)
{
    fixture *f = *state;
    char path[200];
    struct stat st;

    box_exec(f->box, FILL);
    snprintf(path, sizeof path, "%s/copy.db", f->box->dir);
    assert_int_equal(lm_copy_file(f->db, path, 0600), LM_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(lm_copy_file(f->db, path, 0600), LM_EDATA);
    assert_non_null(strstr(lm_err_text(&f->err), "File exists"));
    snprintf(path, sizeof path, "%s/copy.db-journal", f->box->dir);
    assert_int_not_equal(stat(path, &st), 0);
}

static void leaves_nothing_when_it_cannot_be_finished(void **state)
{
    fixture *f = *state;
    struct rlimit before, little;
    char path[200];
    struct stat st;

    box_exec(f->box, FILL);
    snprintf(path, sizeof path, "%s/copy.db", f->box->dir);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    little = before;
    little.rlim_cur = 1 << 20;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    assert_int_equal(lm_copy_file(f->db, path, 0600), LM_EDATA);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_non_null(strstr(lm_err_text(&f->err), "no file may have more"));
    assert_int_not_equal(stat(path, &st), 0);
}

/* The limit comes down between two steps, as a disk fills up. */
static int lower_limit(void *user, lm_err *err)
{
    struct rlimit limit;
    int *asked = user;

    (void)err;
    if (++*asked == 3 && getrlimit(RLIMIT_FSIZE, &limit) == 0) {
        limit.rlim_cur = 6 << 20;
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    return LM_OK;
}

static void leaves_nothing_when_it_stops_in_the_middle(void **state)
{
    fixture *f = *state;
    lm_db_options o = options_of(f);
    struct rlimit before;
    char path[200];
    int asked = 0;
    lm_db *from;

    box_exec(f->box, FILL);
    snprintf(path, sizeof path, "%s/copy.db", f->box->dir);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    o.watch.user = &asked;
    o.watch.stop = lower_limit;
    assert_int_equal(lm_db_open(&o, &from), LM_OK);
    assert_int_equal(lm_copy_file(from, path, 0600), LM_EDATA);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_non_null(strstr(lm_err_text(&f->err), "limit on the size"));
    lm_db_close(from);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(count(f->db), 3500);
}

static void finds_what_is_damaged(void **state)
{
    fixture *f = *state;
    char path[200], junk[4096];
    FILE *file;

    memset(junk, 'x', sizeof junk);
    box_exec(f->box, FILL);
    file = fopen(f->box->database, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 40 * 4096, SEEK_SET), 0);
    assert_int_equal(fwrite(junk, sizeof junk, 1, file), 1);
    assert_int_equal(fclose(file), 0);
    snprintf(path, sizeof path, "%s/copy.db", f->box->dir);
    assert_int_equal(lm_copy_file(f->db, path, 0600), LM_EDATA);
    assert_non_null(strstr(lm_err_text(&f->err), "not whole"));
    assert_int_not_equal(access(path, F_OK), 0);
}

/* Rows that break a rule are rows. */
static void keeps_rows_that_break_a_rule(void **state)
{
    fixture *f = *state;
    char path[200];

    box_exec(f->box, "CREATE TABLE t (x NOT NULL, y CHECK (y > 0)); PRAGMA "
             "ignore_check_constraints = 1; INSERT INTO t VALUES (1, -1); "
             "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = "
             "'CREATE TABLE t (x, y NOT NULL CHECK (nowhere(y)), z NOT "
             "NULL)'");
    snprintf(path, sizeof path, "%s/copy.db", f->box->dir);
    if (lm_copy_file(f->db, path, 0600) != LM_OK)
        fail_msg("%s", lm_err_text(&f->err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DB_TEST(is_private_and_can_be_written),
        DB_TEST(copies_what_a_wal_holds),
        DB_TEST(begins_again_and_then_keeps_the_lock),
        DB_TEST(holds_nobody_up_in_wal_mode),
        DB_TEST(waits_no_longer_than_the_lock_timeout),
        DB_TEST(stops_when_asked),
        DB_TEST(makes_a_file_that_was_not_there),
        DB_TEST(leaves_nothing_when_it_cannot_be_finished),
        DB_TEST(leaves_nothing_when_it_stops_in_the_middle),
        DB_TEST(finds_what_is_damaged),
        DB_TEST(keeps_rows_that_break_a_rule),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
