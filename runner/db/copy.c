/* SPDX-License-Identifier: MIT */
#include "copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/place.h"
#include "../base/text.h"
#include "internal.h"
#include "trouble.h"
#include "txn.h"

enum {
    LM_COPY_PAGES = 1000,   /* of one step: a few milliseconds */
    LM_COPY_STARTS = 3      /* so often it begins before it keeps the lock */
};

typedef struct copy {
    lm_db *from, *to;
    sqlite3_backup *backup;
    bool held;          /* by a read transaction of ours */
    int starts;
} copy;

int lm_copy_size(lm_db *db, uint64_t *bytes)
{
    int64_t pages, size = 0;
    int rc = lm_db_integer(db, "PRAGMA main.page_count", 0, &pages);

    if (rc == LM_OK)
        rc = lm_db_integer(db, "PRAGMA main.page_size", 0, &size);
    *bytes = rc == LM_OK ? (uint64_t)pages * (uint64_t)size : 0;
    return rc;
}

static int refuse_room(lm_err *err, uint64_t bytes, uint64_t room,
                       const char *folder)
{
    lm_err_set(err, LM_EDATA, "there is no room for a copy of the database: "
               "it takes %llu bytes, and %llu are free in %s",
               (unsigned long long)bytes, (unsigned long long)room, folder);
    lm_err_hint(err, "make room, or name a folder that has it");
    return LM_EDATA;
}

static int check_room(lm_db *from, const char *folder)
{
    uint64_t bytes = 0, room = lm_place_free(folder);
    uint64_t limit = lm_place_file_limit();
    int rc = lm_copy_size(from, &bytes);

    if (rc == LM_OK && bytes > room)
        rc = refuse_room(from->err, bytes, room, folder);
    if (rc == LM_OK && bytes > limit) {
        lm_err_set(from->err, LM_EDATA, "a copy of the database takes %llu "
                   "bytes, and no file may have more than %llu",
                   (unsigned long long)bytes, (unsigned long long)limit);
        lm_err_hint(from->err, "raise the limit with ulimit -f");
        rc = LM_EDATA;
    }
    return rc;
}

static int take_mode(void *user, lm_db *db, const lm_value *row)
{
    bool *wal = user;

    (void)db;
    *wal = row->type == LM_TEXT &&
           lm_same_name_n(row->as.text.bytes, row->as.text.size, "wal", 3);
    return LM_OK;
}

/* From here on nothing that others commit is seen. */
static int hold(copy *c)
{
    bool began = false;
    int rc = lm_txn_read_begin(c->from, &began);

    c->held = began;
    return rc == LM_OK ? lm_db_exec(c->from, "SELECT 1 FROM "
                                    "main.sqlite_schema LIMIT 1") : rc;
}

static int begin(copy *c)
{
    bool wal = false;
    int rc = lm_db_each(c->from, "PRAGMA main.journal_mode", NULL, 0,
                        take_mode, &wal);

    if (rc == LM_OK && wal)
        rc = hold(c);
    if (rc != LM_OK)
        return rc;
    c->backup = sqlite3_backup_init(c->to->handle, "main", c->from->handle,
                                    "main");
    if (c->backup == NULL)
        return lm_db_fail(c->to, sqlite3_errcode(c->to->handle), NULL, 0);
    return LM_OK;
}

/* The room that was there when it began is gone. */
static int fail_full(copy *c)
{
    const char *path = sqlite3_db_filename(c->to->handle, "main");
    const char *temp = lm_trouble_temp();

    if (path == NULL || path[0] == '\0') {
        lm_err_set(c->from->err, LM_EDATA, "the folder for temporary files "
                   "%s is full: there is no room for a copy of the database",
                   temp != NULL ? temp : "");
        lm_err_hint(c->from->err, "set SQLITE_TMPDIR to a folder with more "
                    "room");
        return LM_EDATA;
    }
    return lm_db_fail(c->to, SQLITE_FULL, NULL, 0);
}

/* SQLite gives the code alone, whichever of the two failed; what can only
 * have been read went wrong where it was read. */
static int fail(copy *c, int code)
{
    bool read = (code & 0xFF) == SQLITE_CORRUPT ||
                (code & 0xFF) == SQLITE_NOTADB ||
                (code & 0xFF) == SQLITE_BUSY || code == SQLITE_IOERR_READ ||
                code == SQLITE_IOERR_SHORT_READ;

    if ((code & 0xFF) == SQLITE_FULL)
        return fail_full(c);
    return lm_db_fail(read ? c->from : c->to, code, NULL, 0);
}

static int ask(copy *c)
{
    const lm_db_watch *w = &c->from->watch;

    return w->stop == NULL ? LM_OK : w->stop(w->user, c->from->err);
}

/* A writer that waits gets its turn. */
static void give_way(const copy *c)
{
    const struct timespec moment = {0, 1000000L};

    if (!c->held)
        nanosleep(&moment, NULL);
}

/* Fewer pages are left after every step, unless the copy began again. */
static int notice_start(copy *c, int before)
{
    int left = sqlite3_backup_remaining(c->backup);

    if (before < 0 || left <= before - LM_COPY_PAGES || left == 0)
        return LM_OK;
    if (++c->starts < LM_COPY_STARTS || c->held)
        return LM_OK;
    return hold(c);
}

static int copy_pages(copy *c)
{
    int left = -1, code = SQLITE_OK, rc = LM_OK;

    c->starts = 1;
    while (rc == LM_OK && code == SQLITE_OK) {
        rc = ask(c);
        if (rc != LM_OK)
            break;
        code = sqlite3_backup_step(c->backup, LM_COPY_PAGES);
        if (code != SQLITE_OK)
            break;
        rc = notice_start(c, left);
        left = sqlite3_backup_remaining(c->backup);
        give_way(c);
    }
    if (rc != LM_OK || code == SQLITE_DONE)
        return rc;
    return fail(c, code);
}

int lm_copy_between(lm_db *from, lm_db *to)
{
    copy c = {.from = from, .to = to};
    bool may_wait = to->may_wait;
    int code, rc;

    to->may_wait = true;
    rc = begin(&c);
    if (rc == LM_OK)
        rc = copy_pages(&c);
    code = c.backup == NULL ? SQLITE_OK : sqlite3_backup_finish(c.backup);
    if (rc == LM_OK && code != SQLITE_OK)
        rc = fail(&c, code);
    lm_txn_read_end(from, c.held);
    to->may_wait = may_wait;
    if (rc != LM_OK && from->err != to->err)
        lm_err_move(from->err, to->err);
    return rc;
}

int lm_copy_open(lm_db *from, const lm_db_options *options, lm_db **out)
{
    const char *temp = lm_trouble_temp();
    lm_db_options o = *options;
    int rc;

    *out = NULL;
    rc = check_room(from, temp != NULL ? temp : ".");
    if (rc != LM_OK)
        return rc;
    o.mode = LM_DB_PRIVATE;
    rc = lm_db_open(&o, out);
    if (rc == LM_OK)
        rc = lm_copy_between(from, *out);
    else if (from->err != o.err)
        lm_err_move(from->err, o.err);
    if (rc != LM_OK) {
        lm_db_close(*out);
        *out = NULL;
    }
    return rc;
}

/* Made by ourselves, so that it is nobody else's file and may be read by
 * those who may read the database. */
static int make_file(lm_db *from, const char *path, unsigned mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                  (mode_t)mode);

    if (fd < 0) {
        lm_err_set(from->err, LM_EDATA, "cannot make the file %s for a "
                   "copy: %s", path, strerror(errno));
        lm_err_hint(from->err, errno == EEXIST ? "a copy never takes the "
                    "place of another file: move it, or give another name"
                    : "the folder must be there and writable");
        return LM_EDATA;
    }
    close(fd);
    return LM_OK;
}

static int open_copy(lm_db *from, const char *path, lm_db_mode mode,
                     lm_db **out)
{
    lm_db_options o = {.path = path, .mode = mode};

    o.own_table = from->own[0];
    o.watch = from->watch;
    o.err = from->err;
    return lm_db_open(&o, out);
}

/* Nobody waits for a file that is not finished, so it needs no journal. */
static int fill_file(lm_db *from, const char *path)
{
    lm_db *to;
    int rc = open_copy(from, path, LM_DB_WRITE, &to);

    if (rc == LM_OK)
        rc = lm_db_exec(to, "PRAGMA journal_mode = MEMORY");
    if (rc == LM_OK)
        rc = lm_copy_between(from, to);
    lm_db_close(to);
    return rc;
}

/* As it lies on the disk, not as a connection remembers it. */
static int verify_file(lm_db *from, const char *path)
{
    lm_db *to;
    int rc = open_copy(from, path, LM_DB_READ, &to);

    if (rc == LM_OK)
        rc = lm_copy_verify(to);
    lm_db_close(to);
    return rc;
}

int lm_copy_file(lm_db *from, const char *path, unsigned mode)
{
    char *folder = lm_path_dir(path);
    int rc = folder == NULL ? lm_err_nomem(from->err)
                            : check_room(from, folder);

    free(folder);
    if (rc == LM_OK)
        rc = make_file(from, path, mode);
    if (rc != LM_OK)
        return rc;
    rc = fill_file(from, path);
    if (rc == LM_OK)
        rc = verify_file(from, path);
    if (rc != LM_OK)
        unlink(path);
    return rc;
}

/* What quick_check says besides damage: rows that break a rule of their table
 * (sqlite.org/pragma.html#pragma_integrity_check). A copy keeps them. */
static bool is_damage(const char *line)
{
    return strstr(line, " value in ") == NULL &&
           !lm_starts(line, "CHECK constraint failed");
}

static int judge_line(void *user, lm_db *db, const lm_value *row)
{
    char *line, *shown;

    (void)user;
    if (row->type != LM_TEXT || row->as.text.size == 0)
        return LM_OK;
    line = lm_strndup(row->as.text.bytes, row->as.text.size);
    if (line == NULL)
        return lm_err_nomem(db->err);
    if (strcmp(line, "ok") != 0 && is_damage(line)) {
        shown = lm_one_line(line, strlen(line), 200);
        lm_err_set(db->err, LM_EDATA, "the copy is not whole: %s",
                   shown != NULL ? shown : "damaged");
        lm_err_hint(db->err, "what was copied is damaged already: look at "
                    "it with the sqlite3 shell's PRAGMA integrity_check");
        free(shown);
    }
    free(line);
    return db->err->code;
}

/* CHECKs may call functions that only their own program has. */
int lm_copy_verify(lm_db *db)
{
    int rc = lm_db_exec(db, "PRAGMA ignore_check_constraints = 1");

    if (rc == LM_OK)
        rc = lm_db_each(db, "PRAGMA main.quick_check(20)", NULL, 0,
                        judge_line, NULL);
    return rc;
}
