/* SPDX-License-Identifier: MIT */
#include "restore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../db/copy.h"
#include "../db/health.h"
#include "../db/kin.h"
#include "../db/txn.h"

typedef struct restoring {
    lm_session *s;
    const char *path;   /* of the backup */
    lm_db *backup;
    bool damaged;       /* the database is */
    char *aside;
} restoring;

static int check_backup(restoring *r)
{
    lm_err *err = r->s->err;
    uint64_t size = 0;
    int rc = lm_copy_verify(r->backup);

    if (rc == LM_OK)
        rc = lm_copy_size(r->backup, &size);
    if (rc == LM_OK && size == 0)
        rc = lm_err_set(err, LM_EDATA, "the file %s is empty: nothing can "
                        "be restored from it", r->path);
    return rc;
}

static int check_files(restoring *r)
{
    struct stat a, b;

    if (stat(r->path, &a) != 0)
        return lm_err_set(r->s->err, LM_EUSAGE, "cannot read the backup %s: "
                          "%s", r->path, strerror(errno));
    if (stat(r->s->path, &b) == 0 && a.st_dev == b.st_dev &&
        a.st_ino == b.st_ino)
        return lm_err_set(r->s->err, LM_EUSAGE, "%s is the database itself, "
                          "not a backup of it", r->path);
    return LM_OK;
}

/* A ledger that is not ours says nothing. */
static int read_ledger(restoring *r, lm_db *db, lm_ledger **out)
{
    lm_ledger *l = lm_ledger_new(r->s->table);
    int rc = l == NULL ? lm_err_nomem(r->s->err) : lm_ledger_look(l, db);

    if (rc == LM_EHISTORY) {
        lm_err_clear(r->s->err);
        rc = LM_OK;
    }
    *out = l;
    return rc;
}

/* One migration that came to both at the same millisecond is enough; a folder
 * that two databases share gives both the same IDs. */
static bool share_a_moment(const lm_ledger *a, const lm_ledger *b)
{
    const lm_applied *other;
    size_t i;

    for (i = 0; i < a->count; i++) {
        other = lm_ledger_find(b, a->rows[i].id);
        if (other != NULL &&
            strcmp(other->applied_at, a->rows[i].applied_at) == 0)
            return true;
    }
    return false;
}

static int refuse_kin(restoring *r, const char *why)
{
    lm_err_set(r->s->err, LM_EDATA, "%s seems to be a backup of another "
               "database than %s: %s", r->path, r->s->path, why);
    lm_err_hint(r->s->err, "if it is the right one, say so with --force; "
                "what is in the database now is lost then");
    return LM_EDATA;
}

static int compare_tables(restoring *r, lm_db *live)
{
    size_t counts[2] = {0, 0}, shared = 0;
    int rc = lm_kin_tables(live, r->backup, counts, &shared);

    if (rc == LM_OK && counts[0] > 0 && shared == 0)
        rc = refuse_kin(r, "they have no table in common");
    return rc;
}

static int compare_ledgers(restoring *r, lm_db *live)
{
    lm_ledger *ours = NULL, *its = NULL;
    int rc = read_ledger(r, live, &ours);

    if (rc == LM_OK)
        rc = read_ledger(r, r->backup, &its);
    if (rc == LM_OK && ours->count > 0 && its->count > 0) {
        if (!share_a_moment(ours, its))
            rc = refuse_kin(r, "no migration was applied to both at the "
                            "same time");
    } else if (rc == LM_OK)
        rc = compare_tables(r, live);
    lm_ledger_free(ours);
    lm_ledger_free(its);
    return rc;
}

static int compare(restoring *r, lm_db *live)
{
    int64_t ours = 0, its = 0;
    int rc = lm_kin_application(live, &ours);

    if (rc == LM_OK)
        rc = lm_kin_application(r->backup, &its);
    if (rc == LM_OK && ours != its && ours != 0 && its != 0)
        return refuse_kin(r, "they have another application_id");
    return rc == LM_OK ? compare_ledgers(r, live) : rc;
}

/* Is what is there now a state of the same database? What cannot be read any
 * more cannot say, and is what backups are for. */
static int check_kin(restoring *r, bool force)
{
    lm_session *s = r->s;
    lm_db *live;
    int rc = lm_session_beside(s, s->path, LM_DB_READ, &live);

    if (rc == LM_OK)
        rc = compare(r, live);
    lm_db_close(live);
    if (rc != LM_EDATA)
        return rc;
    if (s->err->sqlite_code != 0)
        r->damaged = true;
    else if (!force)
        return rc;
    lm_err_clear(s->err);
    return LM_OK;
}

/* SQLite knows that somebody has a lock, the kernel who. */
static int name_holder(restoring *r, int rc)
{
    lm_session *s = r->s;
    char name[64];
    long pid;

    if (rc != LM_EBUSY || !lm_health_holder(s->path, &pid, name))
        return rc;
    lm_err_clear(s->err);
    if (pid > 0)
        lm_err_set(s->err, LM_EBUSY, "the database %s is in use by process "
                   "%ld (%s)", s->path, pid, name);
    else
        lm_err_set(s->err, LM_EBUSY, "the database %s is in use by another "
                   "program", s->path);
    lm_err_hint(s->err, "stop what uses the database, then restore; it was "
                "waited for as long as --lock-timeout says");
    return LM_EBUSY;
}

static int overwrite(restoring *r, lm_db_mode mode)
{
    lm_session *s = r->s;
    lm_db *live;
    int rc = lm_session_beside(s, s->path, mode, &live);

    if (rc == LM_OK)
        rc = lm_txn_alone(live);
    if (rc == LM_OK)
        rc = lm_copy_between(r->backup, live);
    else if (rc == LM_EDATA && s->err->sqlite_code != 0) {
        r->damaged = true;
        lm_err_clear(s->err);
        rc = LM_OK;
    }
    lm_db_close(live);
    return name_holder(r, rc);
}

static int move_beside(restoring *r, const char *end)
{
    char *from = lm_format("%s%s", r->s->path, end);
    char *to = lm_format("%s%s", r->aside, end);
    int rc = from == NULL || to == NULL ? lm_err_nomem(r->s->err) : LM_OK;

    if (rc == LM_OK && rename(from, to) != 0 && errno != ENOENT)
        rc = lm_err_set(r->s->err, LM_EDATA, "cannot put %s aside: %s",
                        from, strerror(errno));
    free(from);
    free(to);
    return rc;
}

/* The journals first: they must never meet the new file. What may be read by
 * SQLite together keeps its names together. */
static int put_aside(restoring *r)
{
    int rc = move_beside(r, "-wal");

    if (rc == LM_OK)
        rc = move_beside(r, "-journal");
    if (rc == LM_OK)
        rc = move_beside(r, "-shm");
    if (rc == LM_OK && link(r->s->path, r->aside) != 0)
        rc = move_beside(r, "");
    return rc;
}

static int swap_in(restoring *r, const char *fresh)
{
    int rc = put_aside(r);

    if (rc == LM_OK && rename(fresh, r->s->path) != 0)
        rc = lm_err_set(r->s->err, LM_EDATA, "cannot give %s the name %s: "
                        "%s", fresh, r->s->path, strerror(errno));
    return rc;
}

/* A file that SQLite cannot lock, because it cannot read it. */
static int refuse_use(restoring *r)
{
    char name[64];
    long pid;

    if (!lm_health_holder(r->s->path, &pid, name))
        return LM_OK;
    return name_holder(r, LM_EBUSY);
}

static void sync_folder(const char *path)
{
    char *folder = lm_path_dir(path);
    int fd = folder == NULL ? -1
        : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

static int replace(restoring *r)
{
    lm_session *s = r->s;
    char now[LM_UTC_SIZE], *fresh;
    struct stat st = {0};
    int rc = refuse_use(r);

    if (rc != LM_OK)
        return rc;
    lm_clock_stamp(now);
    r->aside = lm_format("%s.%s.damaged", s->path, now);
    fresh = lm_format("%s.%s.restored", s->path, now);
    if (r->aside == NULL || fresh == NULL || stat(s->path, &st) != 0)
        rc = lm_err_nomem(s->err);
    if (rc == LM_OK)
        rc = lm_copy_file(r->backup, fresh, st.st_mode & 0777u);
    if (rc == LM_OK) {
        rc = swap_in(r, fresh);
        sync_folder(s->path);
    }
    if (rc != LM_OK && fresh != NULL)
        unlink(fresh);
    free(fresh);
    return rc;
}

static int restore(restoring *r, bool force)
{
    bool there = access(r->s->path, F_OK) == 0;
    int rc = check_backup(r);

    if (rc == LM_OK && there)
        rc = check_kin(r, force);
    if (rc == LM_OK && !r->damaged)
        rc = overwrite(r, there ? LM_DB_WRITE : LM_DB_CREATE);
    if (rc == LM_OK && r->damaged)
        rc = replace(r);
    if (rc != LM_OK && !there)
        unlink(r->s->path);
    return rc;
}

int lm_restore(lm_session *s, const char *backup, bool force, char **aside)
{
    restoring r = {.s = s, .path = backup};
    int rc;

    *aside = NULL;
    if (s->path == NULL)
        return lm_err_set(s->err, LM_EUSAGE, "a backup is restored to a "
                          "file, not to a connection of the host's");
    rc = check_files(&r);
    if (rc == LM_OK)
        rc = lm_session_beside(s, backup, LM_DB_READ, &r.backup);
    if (rc == LM_OK)
        rc = restore(&r, force);
    lm_db_close(r.backup);
    if (rc == LM_OK) {
        *aside = r.aside;
        r.aside = NULL;
    }
    free(r.aside);
    return rc;
}
