/* SPDX-License-Identifier: MIT */
#include "trouble.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/text.h"

/* Less than this on a file system is no room. */
enum { LM_LITTLE = 1 << 20 };

/* The places that SQLite tries (sqlite.org/tempfiles.html 5). */
const char *lm_trouble_temp(void)
{
    const char *places[] = {getenv("SQLITE_TMPDIR"), getenv("TMPDIR"),
                            "/var/tmp", "/usr/tmp", "/tmp", "."};
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

static unsigned long long free_bytes(const char *folder)
{
    struct statvfs fs;

    if (statvfs(folder, &fs) != 0)
        return ~0ULL;
    return (unsigned long long)fs.f_bavail * fs.f_frsize;
}

static int explain_full(lm_err *err, const char *path, const char *folder)
{
    const char *temp = lm_trouble_temp();
    unsigned long long here = free_bytes(folder);
    unsigned long long there = temp == NULL ? ~0ULL : free_bytes(temp);

    if (there < LM_LITTLE && there < here) {
        lm_err_set(err, LM_EDATA, "the folder for temporary files %s is "
                   "full: %llu bytes are free", temp, there);
        lm_err_hint(err, "set SQLITE_TMPDIR to a folder with more room, for "
                    "instance the database's own");
    } else {
        lm_err_set(err, LM_EDATA, "the disk is full: %llu bytes are free "
                   "where the database %s is", here, path);
        lm_err_hint(err, "make room and run it again; a table that is "
                    "rebuilt needs its own size once more, and twice in WAL "
                    "mode");
    }
    return err->code;
}

static int explain_size_limit(lm_err *err, const char *path)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 ||
        limit.rlim_cur == RLIM_INFINITY)
        return LM_OK;
    lm_err_set(err, LM_EDATA, "the limit on the size of files (%llu bytes) "
               "was reached while writing %s",
               (unsigned long long)limit.rlim_cur, path);
    lm_err_hint(err, "raise it with ulimit -f and run it again");
    return err->code;
}

static bool on_read_only_volume(const char *folder)
{
    struct statvfs fs;

    return statvfs(folder, &fs) == 0 && (fs.f_flag & ST_RDONLY) != 0;
}

/* A file mounted by itself is on another device than its folder. */
static bool is_mounted_alone(const struct stat *file, const char *folder)
{
    struct stat dir;

    return stat(folder, &dir) == 0 && dir.st_dev != file->st_dev;
}

static int explain_owner(lm_err *err, const char *what, const char *path,
                         const struct stat *st)
{
    lm_err_set(err, LM_EUSAGE, "no permission to write the %s %s: this "
               "process is uid %lu, gid %lu; it belongs to uid %lu, gid %lu "
               "and has mode %04o", what, path, (unsigned long)geteuid(),
               (unsigned long)getegid(), (unsigned long)st->st_uid,
               (unsigned long)st->st_gid, (unsigned)(st->st_mode & 07777));
    lm_err_hint(err, "chown %lu %s, run as its owner, or set fsGroup for "
                "the volume", (unsigned long)geteuid(), path);
    return err->code;
}

static int explain_access(lm_err *err, const char *path, const char *folder)
{
    struct stat file, dir;
    bool there = stat(path, &file) == 0;

    if (on_read_only_volume(folder)) {
        lm_err_set(err, LM_EUSAGE, "the database %s is on a read-only "
                   "volume", path);
        lm_err_hint(err, "mount it writable; lumigrate status reads it as "
                    "it is");
        return err->code;
    }
    if (there && is_mounted_alone(&file, folder)) {
        lm_err_set(err, LM_EUSAGE, "the file %s is mounted by itself: "
                   "SQLite makes a journal beside the database and cannot",
                   path);
        lm_err_hint(err, "mount the folder, not the single file");
        return err->code;
    }
    if (there && access(path, W_OK) != 0)
        return explain_owner(err, "database", path, &file);
    if (access(folder, W_OK | X_OK) != 0 && stat(folder, &dir) == 0)
        return explain_owner(err, "database's folder", folder, &dir);
    return LM_OK;
}

int lm_trouble_explain(lm_err *err, int code, const char *path)
{
    char *folder = path == NULL ? NULL : lm_path_dir(path);
    int rc = LM_OK;

    if (code == SQLITE_IOERR_GETTEMPPATH)
        rc = explain_temp(err);
    else if (folder != NULL && (code & 0xFF) == SQLITE_FULL)
        rc = explain_full(err, path, folder);
    else if (folder != NULL && code == SQLITE_IOERR_WRITE)
        rc = explain_size_limit(err, path);
    else if (folder != NULL && ((code & 0xFF) == SQLITE_CANTOPEN ||
                                (code & 0xFF) == SQLITE_READONLY ||
                                (code & 0xFF) == SQLITE_PERM))
        rc = explain_access(err, path, folder);
    free(folder);
    return rc;
}
