/* SPDX-License-Identifier: MIT */
/* Backups, dumps and differences through the public header. */
#include "box.h"

#define TABLES "CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)"

static lumigrate *opened(box *b)
{
    lumigrate_config c = box_config(b);
    lumigrate *lm;

    assert_int_equal(lumigrate_open(&lm, &c), LUMIGRATE_OK);
    return lm;
}

static void backs_up_and_restores(void **state)
{
    box *b = *state;
    lumigrate *lm = opened(b);
    lumigrate_copy copy = {0};
    const char *made, *aside = "";
    char path[300];

    assert_int_equal(lumigrate_backup(lm, NULL, &made), LUMIGRATE_USAGE);
    assert_null(made);
    box_exec(b, TABLES);
    copy.keep = 1;
    assert_int_equal(lumigrate_backup(lm, &copy, NULL), LUMIGRATE_OK);
    assert_int_equal(lumigrate_backup(lm, &copy, &made), LUMIGRATE_OK);
    snprintf(path, sizeof path, "%s", made);
    box_exec(b, "DELETE FROM t");
    if (lumigrate_restore(lm, path, 0, &aside) != LUMIGRATE_OK)
        fail_msg("%s", lumigrate_errmsg(lm));
    assert_null(aside);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM t"), 2);
    box_exec(b, "DROP TABLE t; CREATE TABLE u (x)");
    assert_int_equal(lumigrate_restore(lm, path, 0, NULL),
                     LUMIGRATE_REFUSED);
    assert_string_equal(lumigrate_errinfo(lm)->state, "nothing was changed");
    assert_int_equal(lumigrate_restore(lm, path, 1, NULL), LUMIGRATE_OK);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM t"), 2);
    lumigrate_close(lm);
}

static void backs_up_a_hosts_connection(void **state)
{
    box *b = *state;
    sqlite3 *db = box_open(":memory:");
    lumigrate_config c = box_config(b);
    lumigrate_copy copy = {0};
    lumigrate *lm;

    assert_int_equal(sqlite3_exec(db, TABLES, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(lumigrate_attach(&lm, db, &c), LUMIGRATE_OK);
    assert_int_equal(lumigrate_backup(lm, NULL, NULL), LUMIGRATE_USAGE);
    copy.to = b->database;
    if (lumigrate_backup(lm, &copy, NULL) != LUMIGRATE_OK)
        fail_msg("%s", lumigrate_errmsg(lm));
    assert_int_equal(lumigrate_restore(lm, b->database, 1, NULL),
                     LUMIGRATE_USAGE);
    lumigrate_close(lm);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM t"), 2);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* What the callback was told, and whether it says no. */
typedef struct listener {
    char backup[300];
    int refuse, started;
} listener;

static int listen(void *user, const lumigrate_event *e)
{
    listener *l = user;

    if (e->type == LUMIGRATE_EVENT_START)
        l->started++;
    if (e->type != LUMIGRATE_EVENT_BACKUP)
        return 0;
    snprintf(l->backup, sizeof l->backup, "%s", e->text);
    return l->refuse;
}

static int up(box *b, listener *l)
{
    lumigrate_config c = box_config(b);
    lumigrate *lm;
    int rc;

    c.backup = "";
    c.keep = 1;
    c.on_event = listen;
    c.user = l;
    assert_int_equal(lumigrate_open(&lm, &c), LUMIGRATE_OK);
    rc = lumigrate_up(lm, NULL);
    lumigrate_close(lm);
    return rc;
}

static void tells_of_a_backup_and_can_be_cancelled(void **state)
{
    box *b = *state;
    listener l = {.refuse = 1};

    box_exec(b, TABLES);
    box_migration(b, "2026_01_01_a", "conn:execute('DROP TABLE t')");
    assert_int_equal(up(b, &l), LUMIGRATE_INTERRUPTED);
    assert_int_equal(l.started, 0);
    assert_int_equal(access(l.backup, F_OK), 0);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM sqlite_schema"),
                     1);
    l.refuse = 0;
    assert_int_equal(up(b, &l), LUMIGRATE_OK);
    assert_int_equal(l.started, 1);
}

static void dumps_and_loads(void **state)
{
    box *b = *state;
    sqlite3 *db = box_open(":memory:");
    lumigrate_config c = box_config(b);
    lumigrate *lm = opened(b);
    char *text;
    unsigned long len;
    long objects, migrations;

    assert_int_equal(lumigrate_dump(lm, &text, &len), LUMIGRATE_USAGE);
    assert_null(text);
    box_migration(b, "2026_01_01_a", "conn:execute('CREATE TABLE t (x)')");
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    assert_int_equal(lumigrate_dump(lm, &text, &len), LUMIGRATE_OK);
    assert_int_equal(strlen(text), len);
    assert_int_equal(lumigrate_load(lm, text, len, NULL, NULL),
                     LUMIGRATE_USAGE);
    lumigrate_close(lm);
    assert_int_equal(lumigrate_attach(&lm, db, &c), LUMIGRATE_OK);
    assert_int_equal(lumigrate_load(lm, text, len - 5, NULL, NULL),
                     LUMIGRATE_REFUSED);
    if (lumigrate_load(lm, text, len, &objects, &migrations) != LUMIGRATE_OK)
        fail_msg("%s", lumigrate_errmsg(lm));
    assert_int_equal(objects, 2);
    assert_int_equal(migrations, 1);
    lumigrate_close(lm);
    free(text);
    assert_string_equal(box_ask(b, db, "SELECT id FROM schema_migrations"),
                        "2026_01_01_a");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void compares(void **state)
{
    box *b = *state;
    lumigrate *lm = opened(b);
    lumigrate_comparison *found;
    const lumigrate_contrast *d;

    box_exec(b, "CREATE TABLE t (x, y)");
    box_migration(b, "2026_01_01_a", "conn:execute('CREATE TABLE t (x)')");
    assert_int_equal(lumigrate_diff(lm, b->migrations, b->database, &found),
                     LUMIGRATE_OK);
    assert_int_equal(found->count, 1);
    d = &found->differences[0];
    assert_string_equal(d->kind, "table");
    assert_string_equal(d->name, "t");
    assert_int_equal(d->change, LUMIGRATE_DIFFERENT);
    assert_string_equal(d->a_sql, "CREATE TABLE t (x)");
    assert_string_equal(d->b_sql, "CREATE TABLE t (x, y)");
    assert_int_equal(d->detail_count, 1);
    assert_string_equal(d->details[0], "column y: only in B");
    lumigrate_comparison_free(found);
    assert_int_equal(lumigrate_diff(lm, b->database, "nowhere", &found),
                     LUMIGRATE_USAGE);
    assert_null(found);
    lumigrate_comparison_free(found);
    /* The handle works as before. */
    box_exec(b, "DROP TABLE t");
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_OK);
    lumigrate_close(lm);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM "
                                 "schema_migrations"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(backs_up_and_restores),
        BOX_TEST(backs_up_a_hosts_connection),
        BOX_TEST(tells_of_a_backup_and_can_be_cancelled),
        BOX_TEST(dumps_and_loads),
        BOX_TEST(compares),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
