/* SPDX-License-Identifier: MIT */
#include "trouble.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/access.h"
#include "../base/file.h"
#include "../base/place.h"
#include "../base/text.h"

/* Less than this on a file system is no room. */
enum { LM_LITTLE = 1 << 20 };

/* The places that SQLite tries (sqlite.org/tempfiles.html 5). */
const char *lm_trouble_temp(void)
{
    const char *places[] = {sqlite3_temp_directory, getenv("SQLITE_TMPDIR"),
                            getenv("TMPDIR"), "/var/tmp", "/usr/tmp", "/tmp",
                            "."};
    size_t i;

    for (i = 0; i < sizeof places / sizeof *places; i++)
        if (places[i] != NULL && places[i][0] != '\0' &&
            access(places[i], W_OK | X_OK) == 0)
            return places[i];
    return NULL;
}

static int explain_temp(lm_err *err)
{
    lm_err_set(err, LM_EDATA, "there is no folder for temporary files that "
               "can be written (SQLite needs one to sort and to index)");
    lm_err_hint(err, "set SQLITE_TMPDIR to a folder that is writable, for "
                "instance the database's own, or give the container a /tmp");
    return err->code;
}

static void explain_no_room(lm_err *err, const char *path,
                            const char *folder)
{
    struct stat st;
    long long size = stat(path, &st) == 0 ? (long long)st.st_size : 0;

    lm_err_set(err, LM_EDATA, "the disk is full: %llu bytes are free where "
               "the database %s (%lld bytes) is",
               (unsigned long long)lm_place_free(folder), path, size);
    lm_err_hint(err, "make room and run it again; a table that is rebuilt "
                "needs its own size once more, and twice in WAL mode");
}

static int explain_full(lm_err *err, const char *path, const char *folder)
{
    const char *temp = lm_trouble_temp();
    uint64_t here = lm_place_free(folder);
    uint64_t there = temp == NULL ? LM_PLACE_ENDLESS : lm_place_free(temp);

    if (there < LM_LITTLE && there < here) {
        lm_err_set(err, LM_EDATA, "the folder for temporary files %s is "
                   "full: %llu bytes are free", temp,
                   (unsigned long long)there);
        lm_err_hint(err, "set SQLITE_TMPDIR to a folder with more room, for "
                    "instance the database's own");
    } else
        explain_no_room(err, path, folder);
    return err->code;
}

static int explain_size_limit(lm_err *err, const char *path)
{
    uint64_t limit = lm_place_file_limit();

    if (limit == LM_PLACE_ENDLESS)
        return LM_OK;
    lm_err_set(err, LM_EDATA, "the limit on the size of files (%llu bytes) "
               "was reached while writing %s", (unsigned long long)limit,
               path);
    lm_err_hint(err, "raise it with ulimit -f and run it again");
    return err->code;
}

static int explain_alone(lm_err *err, const char *path)
{
    lm_err_set(err, LM_EUSAGE, "the file %s is mounted by itself: SQLite "
               "makes a journal beside the database and cannot", path);
    lm_err_hint(err, "mount the folder, not the single file");
    return err->code;
}

/* immutable=1 reads past a -wal, and past the rows that are in it. */
static bool has_wal_file(const char *path)
{
    char *name = lm_format("%s-wal", path);
    struct stat st;
    bool yes = name == NULL || (stat(name, &st) == 0 && st.st_size > 0);

    free(name);
    return yes;
}

static int explain_read_only(lm_err *err, const char *path, bool wal)
{
    if (wal)
        lm_err_set(err, LM_EUSAGE, "the database %s is in WAL mode on a "
                   "read-only volume: SQLite needs %s-shm beside it and "
                   "cannot make it", path, path);
    else
        lm_err_set(err, LM_EUSAGE, "the database %s is on a read-only "
                   "volume", path);
    lm_err_hint(err, "mount it writable; lumigrate status reads it as it "
                "is%s", wal && !has_wal_file(path)
                ? ", and other programs can with immutable=1" : "");
    return err->code;
}

/* What another user's program left beside the database, or has there. */
static int explain_beside(lm_err *err, const char *path)
{
    static const char *const suffixes[] = {"-journal", "-wal", "-shm"};
    size_t i;
    int rc = LM_OK;
    char *name;

    for (i = 0; i < sizeof suffixes / sizeof *suffixes && rc == LM_OK; i++) {
        name = lm_format("%s%s", path, suffixes[i]);
        if (name == NULL)
            return lm_err_nomem(err);
        if (access(name, R_OK | W_OK) != 0 && errno == EACCES)
            rc = lm_access_refused(err, "write", name);
        free(name);
    }
    return rc;
}

static int explain_access(lm_err *err, const char *path, const char *folder,
                          bool wal)
{
    bool there = access(path, F_OK) == 0;
    bool closed = access(folder, W_OK | X_OK) != 0;

    if (lm_access_way(err, path) != LM_OK)
        return err->code;
    if (there && closed && lm_place_is_alone(path, folder))
        return explain_alone(err, path);
    if (lm_place_is_read_only(there ? path : folder))
        return explain_read_only(err, path, wal);
    if (there && access(path, R_OK) != 0)
        return lm_access_refused(err, "read the database", path);
    if (there && access(path, W_OK) != 0)
        return lm_access_refused(err, "write the database", path);
    if (closed)
        return lm_access_refused(err, "write the database's folder", folder);
    return explain_beside(err, path);
}

int lm_trouble_access(lm_err *err, const char *path, bool wal)
{
    char *folder = lm_path_dir(path);
    int rc = folder == NULL ? lm_err_nomem(err)
                            : explain_access(err, path, folder, wal);

    free(folder);
    return rc;
}

int lm_trouble_folder(lm_err *err, const char *folder)
{
    char *above = lm_path_dir(folder);
    int rc = above == NULL ? lm_err_nomem(err) : lm_access_way(err, folder);

    if (rc == LM_OK && lm_place_is_read_only(above)) {
        rc = lm_err_set(err, LM_EUSAGE, "the folder %s is on a read-only "
                        "volume: the folder %s cannot be made in it", above,
                        folder);
        lm_err_hint(err, "mount it writable, or check the path");
    } else if (rc == LM_OK && access(above, W_OK | X_OK) != 0 &&
               errno == EACCES)
        rc = lm_access_refused(err, "make a folder in", above);
    free(above);
    return rc;
}

static int explain_content(lm_err *err, int code, const char *path)
{
    if (code == SQLITE_NOTADB)
        return lm_err_set(err, LM_EDATA, "the file %s is not a SQLite "
                          "database", path);
    return lm_err_set(err, LM_EDATA, "the database %s is damaged", path);
}

int lm_trouble_explain(lm_err *err, int code, const char *path)
{
    char *folder = path == NULL ? NULL : lm_path_dir(path);
    int rc = LM_OK;

    if (code == SQLITE_IOERR_GETTEMPPATH)
        rc = explain_temp(err);
    else if (folder != NULL && (code & 0xFF) == SQLITE_FULL)
        rc = explain_full(err, path, folder);
    else if (folder != NULL && (code == SQLITE_IOERR_WRITE ||
                                code == SQLITE_IOERR_SHMSIZE))
        rc = explain_size_limit(err, path);
    else if (folder != NULL && (code == SQLITE_NOTADB ||
                                (code & 0xFF) == SQLITE_CORRUPT))
        rc = explain_content(err, code, path);
    else if (folder != NULL && ((code & 0xFF) == SQLITE_CANTOPEN ||
                                (code & 0xFF) == SQLITE_READONLY ||
                                (code & 0xFF) == SQLITE_PERM))
        /* A file that is there can be opened to read; what cannot be on a
         * read-only volume is the memory that a WAL's readers share. */
        rc = explain_access(err, path, folder,
                            (code & 0xFF) == SQLITE_CANTOPEN &&
                            access(path, F_OK) == 0);
    free(folder);
    return rc;
}
