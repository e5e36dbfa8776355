/* SPDX-License-Identifier: MIT */
/*
 * Reading only (status): a read-only open of a WAL database leaves -wal and
 * -shm behind; one for reading and writing with PRAGMA query_only leaves
 * nothing and keeps bytes and time of the file. What a -wal holds is not
 * moved into the file when we close, also when another process has written
 * it in the meantime; and where it has no -shm beside it, nobody is at work,
 * and in exclusive mode SQLite makes none
 * (sqlite.org/wal.html#use_of_wal_without_shared_memory).
 *
 * On a read-only volume it is the other way round, and without a -wal only
 * immutable=1 can read a WAL database at all
 * (sqlite.org/wal.html#read_only_databases). That would miss what a -wal
 * holds: where one is there without -shm, exclusive mode reads it, too, but
 * locks the file, which cannot be done to one that is open for reading only;
 * so the VFS that locks nothing is asked (sqlite.org/vfs.html 2.1).
 */
#include "openfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/access.h"
#include "../base/file.h"
#include "../base/text.h"
#include "health.h"
#include "internal.h"
#include "trouble.h"

static int refuse_look(const char *path, int why, lm_err *err)
{
    if (why == EACCES)
        lm_access_way(err, path);
    lm_err_set(err, LM_EUSAGE, "cannot look at the database %s: %s", path,
               strerror(why));
    return err->code;
}

static int check_file(const char *path, lm_err *err, bool *exists)
{
    struct stat st;

    *exists = stat(path, &st) == 0;
    if (!*exists && errno != ENOENT && errno != ENOTDIR)
        return refuse_look(path, errno, err);
    if (*exists && S_ISDIR(st.st_mode))
        return lm_err_set(err, LM_EUSAGE, "the database %s is a folder, not "
                          "a file", path);
    if (*exists && !S_ISREG(st.st_mode))
        return lm_err_set(err, LM_EUSAGE, "the database %s is not a file",
                          path);
    return LM_OK;
}

static bool has_bytes(const char *path, const char *suffix)
{
    struct stat st;
    char *name = lm_format("%s%s", path, suffix);
    bool yes = name != NULL && stat(name, &st) == 0 && st.st_size > 0;

    free(name);
    return yes;
}

/* May we make files beside it and write it? */
static bool is_writable(const char *path)
{
    char *dir = lm_path_dir(path);
    bool yes = dir != NULL && access(path, W_OK) == 0 &&
               access(dir, W_OK | X_OK) == 0;

    free(dir);
    return yes;
}

static int open_handle(lm_db *db, const char *path, int flags)
{
    int rc = sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_NOMUTEX,
                             NULL);

    if (rc == SQLITE_OK)
        return LM_OK;
    if (lm_db_class(rc) == LM_ENOMEM)
        return lm_err_nomem(db->err);
    lm_trouble_explain(db->err, rc, path);
    lm_err_set(db->err, LM_EUSAGE, "cannot open the database %s: %s", path,
               sqlite3_errstr(rc));
    lm_err_hint(db->err, "check that the folder is there and that this user "
                "may write to it");
    return db->err->code;
}

/* file:...?option, every byte that means something escaped. */
static char *uri_of(const char *path, const char *option)
{
    static const char digits[] = "0123456789ABCDEF";
    char *real = realpath(path, NULL);
    char *uri = real == NULL ? NULL : malloc(strlen(real) * 3 + 32);
    char *to = uri;
    const char *s;

    if (uri != NULL) {
        to = stpcpy(to, "file:");
        for (s = real; *s != '\0'; s++)
            if (strchr("%?#", *s) != NULL) {
                *to++ = '%';
                *to++ = digits[(unsigned char)*s >> 4];
                *to++ = digits[(unsigned char)*s & 15];
            } else
                *to++ = *s;
        to = stpcpy(to, "?");
        stpcpy(to, option);
    }
    free(real);
    return uri;
}

static int open_with(lm_db *db, const char *path, const char *option)
{
    char *uri = uri_of(path, option);
    int rc = uri == NULL ? lm_err_nomem(db->err)
        : open_handle(db, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);

    free(uri);
    return rc;
}

static int open_unlocked(lm_db *db, const char *path)
{
    int rc = open_with(db, path, "vfs=unix-none");

    if (rc == LM_OK)
        rc = lm_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1);
    if (rc == LM_OK)
        rc = lm_db_exec(db, "PRAGMA locking_mode = EXCLUSIVE");
    return rc;
}

static int open_to_read(lm_db *db, const char *path)
{
    bool wal = lm_health_is_wal(path);
    bool rows = wal && has_bytes(path, "-wal");
    int rc;

    if (!is_writable(path)) {
        if (wal && !rows)
            return open_with(db, path, "immutable=1");
        if (wal && !has_bytes(path, "-shm"))
            return open_unlocked(db, path);
        return open_handle(db, path, SQLITE_OPEN_READONLY);
    }
    db->looks = wal;
    rc = open_handle(db, path, SQLITE_OPEN_READWRITE);
    if (rc == LM_OK && rows)
        rc = lm_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1);
    if (rc == LM_OK && rows && !has_bytes(path, "-shm"))
        rc = lm_db_exec(db, "PRAGMA locking_mode = EXCLUSIVE");
    if (rc == LM_OK)
        rc = lm_db_exec(db, "PRAGMA query_only = 1");
    return rc;
}

/* SQLite opens what it may not write for reading, and says so when the first
 * migration has begun. In WAL mode a folder that is closed to us may do, when
 * another program has made the files there. */
static int check_access(const char *path, bool exists, lm_err *err)
{
    bool wal;

    if (!exists || is_writable(path))
        return LM_OK;
    wal = lm_health_is_wal(path);
    if (wal && access(path, W_OK) == 0)
        return LM_OK;
    return lm_trouble_access(err, path, wal);
}

int lm_db_open_file(lm_db *db, const lm_db_options *options)
{
    bool exists;
    int flags = SQLITE_OPEN_READWRITE, rc;

    if (options->mode == LM_DB_PRIVATE)
        return open_handle(db, "", flags | SQLITE_OPEN_CREATE);
    rc = check_file(options->path, options->err, &exists);
    if (rc != LM_OK)
        return rc;
    if (!exists && options->mode != LM_DB_CREATE)
        return lm_err_set(options->err, LM_EUSAGE, "the database %s does "
                          "not exist", options->path);
    if (options->mode == LM_DB_READ)
        return open_to_read(db, options->path);
    if (options->mode == LM_DB_CREATE) {
        flags |= SQLITE_OPEN_CREATE;
        rc = check_access(options->path, exists, options->err);
    }
    return rc == LM_OK ? open_handle(db, options->path, flags) : rc;
}

/* The last connection to close moves what a -wal holds into the file, for
 * which it locks everybody out; that is not a reader's business. */
void lm_db_leave_wal(lm_db *db)
{
    const char *path = !db->looks || db->handle == NULL ? NULL
        : sqlite3_db_filename(db->handle, "main");

    if (path != NULL && has_bytes(path, "-wal"))
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                          NULL);
}
