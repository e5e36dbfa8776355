/* SPDX-License-Identifier: MIT */
/*
 * The disk fills up in the middle of a backup, at any of its writes: an error
 * of the class of data (7), no half copy left behind, the database as it was,
 * and a run that was to be backed up first does not begin.
 *
 * SQLite writes the copy through the VFS that stands before its own here.
 */
#include "../unit/box.h"

#include <dirent.h>

static long room;               /* so many writes to the copy fit; -1: all */
static long counted;

static sqlite3_vfs *real, shim;
static sqlite3_io_methods full;
static const sqlite3_io_methods *plain;

static int write_copy(sqlite3_file *f, const void *p, int n,
                      sqlite3_int64 at)
{
    counted++;
    return room >= 0 && counted > room ? SQLITE_FULL
                                       : plain->xWrite(f, p, n, at);
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *f,
                     int flags, int *given)
{
    int rc = real->xOpen(real, name, f, flags, given);
    const char *base = name == NULL ? NULL : strrchr(name, '/');

    (void)vfs;
    if (rc != SQLITE_OK || !(flags & SQLITE_OPEN_MAIN_DB) ||
        base == NULL || strcmp(base, "/app.db") == 0)
        return rc;
    plain = f->pMethods;
    full = *plain;
    full.xWrite = write_copy;
    f->pMethods = &full;
    return rc;
}

static int stand_before(void **state)
{
    (void)state;
    real = sqlite3_vfs_find(NULL);
    shim = *real;
    shim.zName = "full";
    shim.pNext = NULL;
    shim.xOpen = open_file;
    return sqlite3_vfs_register(&shim, 1);
}

static int step_aside(void **state)
{
    (void)state;
    return sqlite3_vfs_unregister(&shim);
}

/* Beside the database and its migrations. */
static long files(const box *b)
{
    DIR *dir = opendir(b->dir);
    struct dirent *e;
    long n = 0;

    assert_non_null(dir);
    while ((e = readdir(dir)) != NULL)
        n += e->d_name[0] != '.' && strcmp(e->d_name, "app.db") != 0 &&
             strcmp(e->d_name, "migrations") != 0;
    closedir(dir);
    return n;
}

static void prepare(box *b)
{
    box_exec(b, "CREATE TABLE t (x); WITH RECURSIVE n(i) AS (SELECT 1 UNION "
             "ALL SELECT i + 1 FROM n WHERE i < 200) INSERT INTO t SELECT "
             "zeroblob(3000) FROM n");
    counted = 0;
}

static void is_as_it_was(box *b, lumigrate *lm)
{
    assert_int_equal(lumigrate_errcode(lm), LUMIGRATE_REFUSED);
    assert_non_null(strstr(lumigrate_errmsg(lm), "full"));
    assert_string_equal(lumigrate_errinfo(lm)->state, "nothing was changed");
    assert_int_equal(files(b), 0);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM sqlite_schema"), 1);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM t"), 200);
}

static void leaves_no_half_copy(void **state)
{
    box *b = *state;
    lumigrate_config c = box_config(b);
    lumigrate *lm;
    long all;

    prepare(b);
    room = -1;
    assert_int_equal(lumigrate_open(&lm, &c), LUMIGRATE_OK);
    assert_int_equal(lumigrate_backup(lm, NULL, NULL), LUMIGRATE_OK);
    assert_int_equal(files(b), 1);
    all = counted;
    assert_true(all > 100);
    lumigrate_close(lm);
    assert_int_equal(box_teardown(state), 0);
    assert_int_equal(box_setup(state), 0);
    b = *state;
    c = box_config(b);
    prepare(b);
    for (room = 0; room < all; room += 1 + all / 20) {
        counted = 0;
        assert_int_equal(lumigrate_open(&lm, &c), LUMIGRATE_OK);
        assert_int_equal(lumigrate_backup(lm, NULL, NULL),
                         LUMIGRATE_REFUSED);
        is_as_it_was(b, lm);
        lumigrate_close(lm);
    }
}

static void stops_the_run_that_it_was_for(void **state)
{
    box *b = *state;
    lumigrate_config c = box_config(b);
    lumigrate *lm;

    prepare(b);
    box_migration(b, "2026_01_01_a", "conn:execute('DELETE FROM t')\n");
    room = 50;
    c.backup = b->dir;
    assert_int_equal(lumigrate_open(&lm, &c), LUMIGRATE_OK);
    assert_int_equal(lumigrate_up(lm, NULL), LUMIGRATE_REFUSED);
    is_as_it_was(b, lm);
    lumigrate_close(lm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(leaves_no_half_copy),
        BOX_TEST(stops_the_run_that_it_was_for),
    };

    return cmocka_run_group_tests(tests, stand_before, step_aside);
}
