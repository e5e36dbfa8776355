/* SPDX-License-Identifier: MIT */
/*
 * The n-th write, truncation, sync or deletion of a file fails, once or from
 * there on, during the run that test_allocations.c sweeps: an honest result,
 * work and ledger agree, and the next run completes. Where the fault was one
 * of a moment nothing is left to be rolled back: the run has done that.
 *
 * SQLite writes through the VFS that stands before its own here. A full disk
 * is what the system says (SQLITE_FULL), otherwise it is an I/O error.
 */
#include "whole_cursor.h"

static int is_full;

static sqlite3_vfs *real, shim;
static const sqlite3_io_methods *plain;
static sqlite3_io_methods faulty;

static int write_file(sqlite3_file *f, const void *p, int n,
                      sqlite3_int64 at)
{
    if (!fails_now())
        return plain->xWrite(f, p, n, at);
    return is_full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int truncate_file(sqlite3_file *f, sqlite3_int64 size)
{
    return fails_now() ? SQLITE_IOERR_TRUNCATE : plain->xTruncate(f, size);
}

static int sync_file(sqlite3_file *f, int flags)
{
    return fails_now() ? SQLITE_IOERR_FSYNC : plain->xSync(f, flags);
}

static int delete_file(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    return fails_now() ? SQLITE_IOERR_DELETE
                       : real->xDelete(real, name, sync);
}

/* All files of one way to lock have one table of methods. */
static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *f,
                     int flags, int *given)
{
    int rc = real->xOpen(real, name, f, flags, given);

    (void)vfs;
    if (f->pMethods != NULL && plain == NULL) {
        plain = f->pMethods;
        faulty = *plain;
        faulty.xWrite = write_file;
        faulty.xTruncate = truncate_file;
        faulty.xSync = sync_file;
    }
    if (f->pMethods == plain)
        f->pMethods = &faulty;
    return rc;
}

static int up(lumigrate *lm)
{
    return lumigrate_up(lm, NULL);
}

static int run_once(box *b, long at)
{
    return run_with_fault(b, at, up);
}

static void try_one(box *b, long n)
{
    int rc = run_once(b, n);
    int hot = has_hot_journal(b);
    long done = assert_whole(b);

    assert_true(rc == LUMIGRATE_OK || rc == LUMIGRATE_FAILED ||
                rc == LUMIGRATE_REFUSED || rc == LUMIGRATE_USAGE);
    if (rc == LUMIGRATE_OK)
        assert_int_equal(done, 1);
    if (!for_ever)
        assert_false(hot);
    assert_int_equal(run_once(b, 0), LUMIGRATE_OK);
    assert_int_equal(box_integer(b, "SELECT count(*) FROM t"), 5);
    remove_database(b);
}

/* Pages spill out of the cache, so that there is something to be undone. */
static void write_migration(box *b)
{
    char body[4000];

    snprintf(body, sizeof body, "conn:execute('PRAGMA cache_size = 5')\n%s"
             "conn:execute('CREATE TABLE big (x)')\n"
             "for i = 1, 100 do conn:execute('INSERT INTO big VALUES "
             "(randomblob(3000))') end\n", whole_cursor);
    box_migration(b, "2026_01_01_a", body);
}

static void sweep(box *b, int endless, int full)
{
    long n, total;

    for_ever = endless;
    is_full = full;
    choose_database(b);
    write_migration(b);
    assert_int_equal(run_once(b, 1L << 40), LUMIGRATE_OK);
    total = counted;
    assert_true(total > 100);
    remove_database(b);
    for (n = 1; n <= total; n++)
        try_one(b, n);
}

static void survives_one_failed_write(void **state)
{
    sweep(*state, 0, 0);
}

static void survives_a_disk_that_fails(void **state)
{
    sweep(*state, 1, 0);
}

static void survives_a_disk_that_is_full_for_a_moment(void **state)
{
    sweep(*state, 0, 1);
}

static void survives_a_full_disk(void **state)
{
    sweep(*state, 1, 1);
}

static int stand_before(void **state)
{
    (void)state;
    real = sqlite3_vfs_find(NULL);
    shim = *real;
    shim.zName = "faulty";
    shim.pNext = NULL;
    shim.xOpen = open_file;
    shim.xDelete = delete_file;
    return sqlite3_vfs_register(&shim, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(survives_one_failed_write),
        BOX_TEST(survives_a_disk_that_fails),
        BOX_TEST(survives_a_disk_that_is_full_for_a_moment),
        BOX_TEST(survives_a_full_disk)
    };

    return cmocka_run_group_tests(tests, stand_before, NULL);
}
