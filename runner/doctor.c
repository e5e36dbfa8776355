/* SPDX-License-Identifier: MIT */
/*
 * What in this environment will not work. Nothing is tried by making a file:
 * a probe that stays behind on a full disk would be trouble of its own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/access.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/place.h"
#include "base/text.h"
#include "checkup.h"
#include "core/alien.h"
#include "db/health.h"
#include "db/process.h"
#include "db/trouble.h"
#include "handle.h"
#include "script/lua_engine.h"

enum {
    FINE = LUMIGRATE_FINDING_FINE,
    DOUBT = LUMIGRATE_FINDING_DOUBT
};

enum {
    LM_NO_ROOM = 64 << 10,      /* less is not enough for a ledger */
    LM_LITTLE_ROOM = 1 << 20,
    LM_FEW_FILES = 16,
    LM_SOUND_LUA = 8            /* 5.4.8 */
};

typedef struct doctor {
    lm_session *s;
    lm_checkup *notes;
    lm_err *err;                /* the handle's, empty between two checks */
    char *folder;               /* of the database; NULL when attached */
    lm_health health;
    bool closed;                /* the database cannot be written */
} doctor;

/* 512 bytes, 48.0 KiB, 1.3 GiB */
static const char *size_in_words(uint64_t bytes, char out[32])
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
    double n = (double)bytes / 1024;
    size_t i = 0;

    if (bytes < 1024) {
        snprintf(out, 32, "%d bytes", (int)bytes);
        return out;
    }
    while (n >= 1024 && i + 1 < sizeof units / sizeof *units) {
        n /= 1024;
        i++;
    }
    snprintf(out, 32, "%.1f %s", n, units[i]);
    return out;
}

/* It will be made, and the last folder of its path too. */
static void check_absent(doctor *d)
{
    const char *path = d->s->path;
    bool has_folder = access(d->folder, F_OK) == 0;
    char *above = has_folder ? lm_strdup(d->folder) : lm_path_dir(d->folder);

    if (above == NULL)
        lm_err_nomem(d->err);
    else if (access(above, F_OK) != 0)
        lm_err_set(d->err, LM_EUSAGE, "neither the folder %s, for the "
                   "database, nor %s is there", d->folder, above);
    else if (has_folder)
        lm_trouble_access(d->err, path, false);
    else
        lm_trouble_folder(d->err, d->folder);
    free(above);
    d->closed = d->err->code != LM_OK;
    if (d->closed) {
        lm_err_hint(d->err, "make it yourself, or check the path");
        lm_checkup_error(d->notes, "database", d->err);
    } else if (has_folder)
        lm_checkup_add(d->notes, "database", FINE, "the database %s is not "
                       "there yet and can be made", path);
    else
        lm_checkup_add(d->notes, "database", FINE, "the database %s and its "
                       "folder are not there yet and can be made", path);
}

static void check_present(doctor *d)
{
    const char *path = d->s->path;
    char size[32];

    if (lm_trouble_access(d->err, path, d->health.wal) != LM_OK) {
        d->closed = true;
        lm_checkup_error(d->notes, "database", d->err);
    } else if (lm_place_is_alone(path, d->folder)) {
        lm_checkup_add(d->notes, "database", DOUBT, "the file %s is mounted "
                       "by itself: its journal is made on another volume, "
                       "and where that goes first, after a crash, the "
                       "database is damaged", path);
        lm_checkup_hint(d->notes, "mount the folder, not the single file");
    } else
        lm_checkup_add(d->notes, "database", FINE, "the database %s (%s%s) "
                       "can be written", path,
                       size_in_words(d->health.size, size),
                       d->health.wal ? ", WAL mode" : "");
}

static void check_writer(doctor *d)
{
    const lm_health *h = &d->health;
    char who[32] = "";

    if (h->writer > 0)
        snprintf(who, sizeof who, " (process %ld)", h->writer);
    if (h->locked) {
        lm_checkup_add(d->notes, "database", DOUBT, "another program%s "
                       "writes to %s now", who, d->s->path);
        lm_checkup_hint(d->notes, "lumigrate up waits for it, up to "
                        "--lock-timeout");
    }
    if (h->hot) {
        lm_checkup_add(d->notes, "database", DOUBT, "a program ended in the "
                       "middle of writing: whoever opens %s next rolls back "
                       "what it had done", d->s->path);
        lm_checkup_hint(d->notes, "let lumigrate up do it; never copy the "
                        "database without %s-journal, or delete that",
                        d->s->path);
    }
}

static void check_database(doctor *d)
{
    const char *path = d->s->path;

    lm_health_look(path, &d->health);
    if (d->health.exists) {
        check_present(d);
        check_writer(d);
    } else if (access(path, F_OK) != 0 && errno != ENOENT &&
               errno != ENOTDIR) {
        if (errno == EACCES)
            lm_access_way(d->err, path);
        lm_err_set(d->err, LM_EUSAGE, "cannot look at the database %s: %s",
                   path, strerror(errno));
        lm_checkup_error(d->notes, "database", d->err);
        d->closed = true;
    } else
        check_absent(d);
}

/* Reads the schema, which finds what is no database or damaged. Not while a
 * journal waits to be rolled back: reading would do that. */
static void check_ledger(doctor *d)
{
    double patience = d->s->lock_timeout;
    char *alien = NULL;
    bool found = false;
    int rc;

    if (d->health.hot)
        return;
    d->s->lock_timeout = 0;
    rc = lm_session_open(d->s, LM_DB_READ, &found);
    if (rc == LM_OK && found)
        rc = lm_ledger_look(d->s->ledger, d->s->db);
    if (rc == LM_OK && found)
        rc = lm_ledger_look_closer(d->s->ledger, d->s->db);
    if (rc == LM_OK && found)
        rc = lm_alien_find(d->s, &alien);
    d->s->lock_timeout = patience;
    if (rc == LM_EBUSY)
        lm_err_clear(d->err);
    if (rc == LM_EBUSY)
        lm_checkup_add(d->notes, "ledger", DOUBT, "the database is locked: "
                       "what is in it cannot be read now");
    else if (rc != LM_OK)
        lm_checkup_error(d->notes, "ledger", d->err);
    else if (found && !d->s->ledger->exists)
        lm_checkup_add(d->notes, "ledger", FINE, "there is no table %s yet",
                       d->s->table);
    else if (found)
        lm_checkup_add(d->notes, "ledger", FINE, "the table %s has %zu "
                       "row%s%s", d->s->table, d->s->ledger->count,
                       d->s->ledger->count == 1 ? "" : "s",
                       d->s->ledger->incomplete ? " of another runner's and "
                       "will be completed" : "");
    if (alien != NULL)
        lm_checkup_add(d->notes, "ledger", DOUBT, "%s", alien);
    free(alien);
    lm_session_close(d->s);
}

static void check_migrations(doctor *d)
{
    lm_folder folder = {0};
    int rc = lm_folder_read(d->s->folder, &d->s->engines, d->err, &folder);
    size_t n = folder.sources.count;

    if (rc == LM_OK && n == 0) {
        rc = lm_err_set(d->err, LM_EUSAGE, "there is no migration in the "
                        "folder %s", d->s->folder);
        lm_err_hint(d->err, "check --migrations (LUMIGRATE_MIGRATIONS), or "
                    "write the first one: lumigrate new NAME");
    }
    if (!d->s->engines.no_folder && access(d->s->folder, R_OK | X_OK) != 0)
        lm_err_hint(d->err, "check --migrations (LUMIGRATE_MIGRATIONS), and "
                    "that this user may read the folder");
    if (rc != LM_OK)
        lm_checkup_error(d->notes, "migrations", d->err);
    else
        lm_checkup_add(d->notes, "migrations", FINE, "%zu migration%s in the "
                       "folder %s can be read", n, n == 1 ? "" : "s",
                       d->s->folder);
    lm_folder_clear(&folder);
}

/* A rebuilt table needs its size once more; a database is more than that. */
static void check_space(doctor *d)
{
    uint64_t room = lm_place_free(d->folder);
    char words[32], size[32];

    if (d->closed || room == LM_PLACE_ENDLESS)
        return;
    size_in_words(room, words);
    size_in_words(d->health.size, size);
    if (room < LM_NO_ROOM) {
        lm_err_set(d->err, LM_EDATA, "the disk is full: %s are free where "
                   "the database is", words);
        lm_err_hint(d->err, "make room in %s", d->folder);
        lm_checkup_error(d->notes, "space", d->err);
    } else if (room < d->health.size || room < LM_LITTLE_ROOM) {
        lm_checkup_add(d->notes, "space", DOUBT, "only %s are free where the "
                       "database (%s) is", words, size);
        lm_checkup_hint(d->notes, "make room in %s: a table that is rebuilt "
                        "needs its own size once more, and twice in WAL "
                        "mode", d->folder);
    } else
        lm_checkup_add(d->notes, "space", FINE, "%s are free where the "
                       "database is", words);
}

static void check_temporary(doctor *d)
{
    const char *temp = lm_trouble_temp();
    uint64_t room = temp == NULL ? 0 : lm_place_free(temp);
    char words[32];

    if (temp == NULL && lm_process_is_dedicated() && !d->closed)
        lm_checkup_add(d->notes, "temporary", FINE, "temporary files will go "
                       "to %s: there is no other folder for them",
                       d->folder);
    else if (temp == NULL) {
        lm_err_set(d->err, LM_EUSAGE, "there is no folder for temporary "
                   "files that can be written");
        lm_err_hint(d->err, "set SQLITE_TMPDIR to a folder that is writable, "
                    "or give the container a /tmp");
        lm_checkup_error(d->notes, "temporary", d->err);
    } else if (room < d->health.size || room < LM_LITTLE_ROOM) {
        lm_checkup_add(d->notes, "temporary", DOUBT, "only %s are free in "
                       "%s, the folder for temporary files",
                       size_in_words(room, words), temp);
        lm_checkup_hint(d->notes, "set SQLITE_TMPDIR to a folder with more "
                        "room: sorting and indexing a large table needs it");
    } else
        lm_checkup_add(d->notes, "temporary", FINE, "temporary files go to "
                       "%s", temp);
}

static void check_file_limit(doctor *d)
{
    uint64_t limit = lm_place_file_limit();
    char words[32];

    if (limit == LM_PLACE_ENDLESS)
        return;
    size_in_words(limit, words);
    if (limit < LM_NO_ROOM || limit < d->health.size) {
        lm_err_set(d->err, LM_EDATA, "a file may not be larger than %s",
                   words);
        lm_err_hint(d->err, "raise the limit with ulimit -f");
        lm_checkup_error(d->notes, "limits", d->err);
    } else if (limit / 2 < d->health.size || limit < LM_LITTLE_ROOM) {
        lm_checkup_add(d->notes, "limits", DOUBT, "a file may not be larger "
                       "than %s, and the database must not grow beyond that",
                       words);
        lm_checkup_hint(d->notes, "raise the limit with ulimit -f");
    }
}

static void check_limits(doctor *d)
{
    uint64_t files = lm_place_open_limit();

    check_file_limit(d);
    if (files < LM_FEW_FILES) {
        lm_checkup_add(d->notes, "limits", DOUBT, "a process may have only "
                       "%d files open", (int)files);
        lm_checkup_hint(d->notes, "raise the limit with ulimit -n, to %d at "
                        "least", LM_FEW_FILES);
    }
}

static void check_clock(doctor *d)
{
    char now[LM_UTC_SIZE];

    lm_clock_utc(now);
    if (lm_place_is_dated(now))
        return;
    lm_checkup_add(d->notes, "clock", DOUBT, "the clock says %s: that is "
                   "what the ledger will say too", now);
    lm_checkup_hint(d->notes, "set the clock; the order of migrations does "
                    "not depend on it");
}

static void check_versions(doctor *d)
{
    const char *lua = lm_lua_version();
    long release;
    bool known = lm_starts(lua, "Lua 5.4.") &&
                 lm_parse_long(lua + 8, 0, 999, &release);

    if (known && release < LM_SOUND_LUA)
        lm_checkup_add(d->notes, "versions", FINE, "SQLite %s, %s: scripts "
                       "are kept from what is known to crash this Lua "
                       "(mended in 5.4.%d)", lm_db_version(), lua,
                       LM_SOUND_LUA);
    else
        lm_checkup_add(d->notes, "versions", FINE, "SQLite %s, %s",
                       lm_db_version(), lua);
}

int lm_doctor_new(lumigrate *lm, lumigrate_checkup **out)
{
    doctor d = {.s = &lm->session, .err = &lm->err};

    d.notes = lm_checkup_new();
    if (d.s->path != NULL)
        d.folder = lm_path_dir(d.s->path);
    if (d.notes == NULL || (d.s->path != NULL && d.folder == NULL)) {
        lumigrate_checkup_free((lumigrate_checkup *)d.notes);
        return lm_err_nomem(d.err);
    }
    if (d.folder != NULL)
        check_database(&d);
    check_ledger(&d);
    check_migrations(&d);
    if (d.folder != NULL)
        check_space(&d);
    check_temporary(&d);
    check_limits(&d);
    check_clock(&d);
    check_versions(&d);
    free(d.folder);
    *out = lm_checkup_take(d.notes);
    if (*out != NULL)
        return LM_OK;
    lumigrate_checkup_free((lumigrate_checkup *)d.notes);
    return lm_err_nomem(d.err);
}
