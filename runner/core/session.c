/* SPDX-License-Identifier: MIT */
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../db/copy.h"
#include "../db/trouble.h"

void lm_session_emit(lm_session *s, lm_event *event)
{
    if (s->sink->emit == NULL)
        return;
    if (event->source == NULL)
        event->source = s->running;
    event->down = s->running != NULL && s->way == LM_DOWN;
    if (s->sink->emit(s->sink->user, event) != 0)
        lm_stop_request(&s->stop);
}

void lm_session_warn(lm_session *s, const lm_source *source,
                     const char *text)
{
    lm_event event = {.type = LM_EVENT_WARNING};

    event.source = source;
    event.text = text;
    event.len = strlen(text);
    lm_session_emit(s, &event);
}

int lm_session_refuse_empty(const lm_session *s, const lm_folder *folder)
{
    if (s->engines.no_folder)
        return lm_err_set(s->err, LM_EUSAGE, "there is no folder, and no "
                          "migration was added");
    lm_err_set(s->err, LM_EUSAGE, "there is no migration in the folder %s",
               s->folder);
    if (folder->sources.note_count > 0)
        lm_err_hint(s->err, "%s", folder->sources.notes[0]);
    lm_err_hint(s->err, "check --migrations (LUMIGRATE_MIGRATIONS), or write "
                "the first one: lumigrate new NAME");
    return LM_EUSAGE;
}

void lm_session_waits(void *session)
{
    lm_event event = {.type = LM_EVENT_WAITING};

    lm_session_emit(session, &event);
}

static void on_statement(void *user, const char *sql, size_t len)
{
    lm_event event = {.type = LM_EVENT_STATEMENT};

    event.text = sql;
    event.len = len;
    lm_session_emit(user, &event);
}

static int ask_stop(void *user, lm_err *err)
{
    lm_session *s = user;

    return lm_stop_ask(&s->stop, err);
}

static int missing(const lm_session *s)
{
    return s->path != NULL && access(s->path, F_OK) != 0 &&
           (errno == ENOENT || errno == ENOTDIR);
}

static int refuse_folder(lm_err *err, const char *dir, int why)
{
    if (why == EACCES || why == EROFS)
        lm_trouble_folder(err, dir);
    lm_err_set(err, LM_EUSAGE, "cannot make the folder %s for the database: "
               "%s", dir, strerror(why));
    lm_err_hint(err, "make it yourself, or check the path");
    return err->code;
}

/* The last folder of the path, and no more: a mistyped path should not grow
 * a tree. */
static int make_folder(lm_session *s)
{
    lm_event event = {.type = LM_EVENT_CREATED};
    char *dir = lm_path_dir(s->path);
    int rc = LM_OK;

    if (dir == NULL)
        return lm_err_nomem(s->err);
    if (access(dir, F_OK) != 0) {
        if (mkdir(dir, 0777) == 0) {
            event.text = dir;
            event.len = strlen(dir);
            lm_session_emit(s, &event);
        } else if (errno != EEXIST) {
            rc = refuse_folder(s->err, dir, errno);
        }
    }
    free(dir);
    return rc;
}

static lm_db_options options_of(lm_session *s, lm_db_mode mode)
{
    lm_db_options options = {0};

    options.path = s->path;
    options.mode = mode;
    options.lock_timeout = s->lock_timeout;
    options.own_table = s->table;
    options.watch.user = s;
    options.watch.stop = ask_stop;
    options.watch.waiting = lm_session_waits;
    options.watch.statement = s->sink->emit != NULL ? on_statement : NULL;
    options.err = s->err;
    return options;
}

int lm_session_private(lm_session *s, bool copy, lm_db **out)
{
    lm_db_options options = options_of(s, LM_DB_PRIVATE);

    return copy ? lm_copy_open(s->db, &options, out)
                : lm_db_open(&options, out);
}

int lm_session_beside(lm_session *s, const char *path, lm_db_mode mode,
                      lm_db **out)
{
    lm_db_options o = {.path = path, .mode = mode};

    o.lock_timeout = s->lock_timeout;
    o.own_table = s->table;
    o.watch.user = &s->stop;
    o.watch.stop = lm_stop_ask;
    o.err = s->err;
    return lm_db_open(&o, out);
}

static int open_db(lm_session *s, lm_db_mode mode)
{
    lm_db_options options = options_of(s, mode);

    if (s->host != NULL)
        return lm_db_attach(s->host, &options, &s->db);
    return lm_db_open(&options, &s->db);
}

int lm_session_open(lm_session *s, lm_db_mode mode, bool *found)
{
    int rc = LM_OK;

    if (s->ledger == NULL)
        s->ledger = lm_ledger_new(s->table);
    if (s->ledger == NULL)
        return lm_err_nomem(s->err);
    *found = s->db != NULL;
    if (*found)
        return LM_OK;
    if (missing(s) && mode != LM_DB_CREATE)
        return LM_OK;
    if (missing(s))
        rc = make_folder(s);
    if (rc == LM_OK)
        rc = open_db(s, mode);
    *found = rc == LM_OK;
    return rc;
}

void lm_session_shut(lm_session *s)
{
    if (s->host != NULL || s->keep_open)
        return;
    lm_db_close(s->db);
    s->db = NULL;
}

void lm_session_close(lm_session *s)
{
    lm_db_close(s->db);
    s->db = NULL;
    lm_ledger_free(s->ledger);
    s->ledger = NULL;
}
