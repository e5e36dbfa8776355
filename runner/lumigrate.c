/* SPDX-License-Identifier: MIT */
/*
 * The handle: wiring of the engines, the first error, and what state the
 * database is in after it.
 */
#include "lumigrate.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "db/process.h"
#include "db/url.h"
#include "handle.h"
#include "lex/name.h"
#include "native/native.h"
#include "script/lua_engine.h"
#include "sqlfile/sql_engine.h"

/* The history names the runner by the version of the public header. */
_Static_assert(sizeof LM_RUNNER_VERSION == sizeof LUMIGRATE_VERSION,
               "one version in both places");

static bool wire_engines(lumigrate *lm, const char *dialect)
{
    lm_engines *e = &lm->session.engines;
    lm_sql_options sql = {0};

    sql.dialect = dialect;
    sql.table = lm->session.table;
    sql.env_user = lm->session.env_user;
    sql.getenv = lm->session.getenv;
    lm->lua = lm_lua_context_new();
    lm->sql = lm_sql_context_new(&sql);
    lm->natives = lm_natives_new();
    if (lm->lua == NULL || lm->sql == NULL || lm->natives == NULL)
        return false;
    e->slots[0].engine = &lm_native_engine;
    e->slots[0].context = lm->natives;
    e->slots[1].engine = &lm_lua_engine;
    e->slots[1].context = lm->lua;
    e->slots[2].engine = &lm_sql_engine;
    e->slots[2].context = lm->sql;
    e->count = 3;
    e->added = &lm->added;
    return true;
}

static lumigrate *new_handle(const lumigrate_config *config)
{
    lumigrate *lm = calloc(1, sizeof *lm);
    int rc;

    if (lm == NULL)
        return NULL;
    lm->session.err = &lm->err;
    lm->session.sink = &lm->sink;
    if (config == NULL)
        rc = lm_err_set(&lm->err, LM_EUSAGE, "no configuration was given");
    else
        rc = lm_configure(lm, config);
    if (rc == LM_OK && !wire_engines(lm, config->dialect))
        rc = lm_err_nomem(&lm->err);
    if (rc == LM_OK && lm->on_event != NULL) {
        lm->sink.user = lm;
        lm->sink.emit = lm_tell;
    }
    return lm;
}

static int offer_temp(lumigrate *lm)
{
    char *folder = lm_path_dir(lm->session.path);
    bool ok = folder != NULL && lm_process_temp(folder);

    free(folder);
    return ok ? LM_OK : lm_err_nomem(&lm->err);
}

int lumigrate_open(lumigrate **out, const lumigrate_config *config)
{
    lumigrate *lm = new_handle(config);

    *out = lm;
    if (lm == NULL)
        return LUMIGRATE_NOMEM;
    if (lm->err.code == LM_OK && config->database == NULL)
        lm_err_set(&lm->err, LM_EUSAGE, "no database was given");
    if (lm->err.code == LM_OK)
        lm_db_path(config->database, &lm->err, &lm->session.path);
    if (lm->err.code == LM_OK)
        offer_temp(lm);
    lm_show_error(&lm->err, NULL, &lm->shown);
    return lm->err.code;
}

int lumigrate_attach(lumigrate **out, struct sqlite3 *connection,
                     const lumigrate_config *config)
{
    lumigrate *lm = new_handle(config);
    bool found;

    *out = lm;
    if (lm == NULL)
        return LUMIGRATE_NOMEM;
    lm->session.host = connection;
    if (lm->err.code == LM_OK && connection == NULL)
        lm_err_set(&lm->err, LM_EUSAGE, "no connection was given (it is "
                   "NULL)");
    /* Taken and given back at once: what is wrong with it is said here. */
    if (lm->err.code == LM_OK)
        lm_session_open(&lm->session, LM_DB_WRITE, &found);
    lm_session_close(&lm->session);
    lm_show_error(&lm->err, NULL, &lm->shown);
    return lm->err.code;
}

/* A new call forgets the last one's error. Without a handle there was no
 * memory to open one. */
static int begin(lumigrate *lm)
{
    if (lm == NULL)
        return LM_ENOMEM;
    if (lm->session.folder == NULL ||
        (lm->session.path == NULL && lm->session.host == NULL))
        return lm->err.code != LM_OK ? lm->err.code
            : lm_err_set(&lm->err, LM_EUSAGE, "the handle was not opened");
    lm_err_clear(&lm->err);
    free(lm->state);
    lm->state = NULL;
    lm->outside = false;
    lm->session.waited_ms = 0;
    return LM_OK;
}

static int end(lumigrate *lm, int rc)
{
    lm_session_close(&lm->session);
    lm->session.stop.requested = false;
    lm_show_error(&lm->err, lm->state, &lm->shown);
    lm->shown.rolled_back = lm->shown.id != NULL && !lm->outside;
    return rc;
}

int lm_handle_begin(lumigrate *lm)
{
    return begin(lm);
}

int lm_handle_end(lumigrate *lm, int rc)
{
    return end(lm, rc);
}

int lm_handle_end_whole(lumigrate *lm, int rc)
{
    if (rc != LM_OK)
        lm->state = lm_strdup("nothing was changed");
    return end(lm, rc);
}

static int finish(lumigrate *lm, const lm_outcome *o, int rc)
{
    lm->outside = o->outside && o->begun;
    if (rc != LM_OK)
        lm->state = lm_state_after(lm, o);
    return end(lm, rc);
}

int lumigrate_up(lumigrate *lm, const lumigrate_target *target)
{
    lm_target t = {0};
    lm_outcome outcome;
    int rc;

    rc = begin(lm);
    if (rc != LM_OK)
        return rc;
    if (target != NULL) {
        t.count = target->count > 0 ? (size_t)target->count : 0;
        t.to = target->to;
        t.before = target->before;
        t.reapply = target->reapply_changed != 0;
    }
    rc = lm_up(&lm->session, &t, &outcome);
    return finish(lm, &outcome, rc);
}

int lumigrate_down(lumigrate *lm, const lumigrate_target *target)
{
    lm_outcome outcome = {0};
    lm_way_back t;
    int rc;

    rc = begin(lm);
    if (rc != LM_OK)
        return rc;
    rc = lm_read_way_back(lm, target, &t);
    if (rc == LM_OK)
        rc = lm_down(&lm->session, &t, &outcome);
    return finish(lm, &outcome, rc);
}

int lumigrate_redo(lumigrate *lm, const char *id)
{
    lm_outcome outcome;
    int rc;

    rc = begin(lm);
    if (rc != LM_OK)
        return rc;
    rc = lm_redo(&lm->session, id, &outcome);
    return finish(lm, &outcome, rc);
}

int lumigrate_status(lumigrate *lm, lumigrate_report **out)
{
    int rc;

    *out = NULL;
    rc = begin(lm);
    if (rc != LM_OK)
        return rc;
    return end(lm, lm_report_new(lm, out));
}

/* The report of a look, or of the last one of many. A look that ends in an
 * error has a report too, as far as there is one. */
static int end_look(lumigrate *lm, lm_ready *ready, int rc,
                    lumigrate_report **out)
{
    int made = lm_readiness_new(lm, ready, out);

    lm_ready_clear(ready);
    return end(lm, rc == LM_OK ? made : rc);
}

int lumigrate_check(lumigrate *lm, lumigrate_report **out)
{
    lm_ready ready;
    int rc;

    *out = NULL;
    rc = begin(lm);
    if (rc != LM_OK)
        return rc;
    rc = lm_ready_look(&lm->session, lm->deep, &ready);
    return end_look(lm, &ready, rc, out);
}

int lumigrate_wait(lumigrate *lm, double seconds, lumigrate_report **out)
{
    lm_ready ready;
    int rc;

    *out = NULL;
    rc = begin(lm);
    if (rc != LM_OK)
        return rc;
    if (!(seconds >= 0))
        return end(lm, lm_err_set(&lm->err, LM_EUSAGE, "a time limit is no "
                                  "number of seconds"));
    rc = lm_ready_wait(&lm->session, seconds * 1e3, &ready);
    return end_look(lm, &ready, rc, out);
}

int lumigrate_history(lumigrate *lm, lumigrate_log **out)
{
    int rc;

    *out = NULL;
    rc = begin(lm);
    if (rc != LM_OK)
        return rc;
    return end(lm, lm_log_new(lm, out));
}

int lumigrate_text(lumigrate *lm, const char *id, char **out,
                   unsigned long *len)
{
    int rc;

    *out = NULL;
    *len = 0;
    rc = begin(lm);
    if (rc != LM_OK)
        return rc;
    return end(lm, lm_text_new(lm, id, out, len));
}

int lumigrate_difference(lumigrate *lm, const char *id, char **out)
{
    int rc;

    *out = NULL;
    rc = begin(lm);
    if (rc != LM_OK)
        return rc;
    return end(lm, lm_difference_new(lm, id, out));
}

int lumigrate_doctor(lumigrate *lm, lumigrate_checkup **out)
{
    int rc;

    *out = NULL;
    rc = begin(lm);
    if (rc != LM_OK)
        return rc;
    return end(lm, lm_doctor_new(lm, out));
}

int lumigrate_recover(lumigrate *lm, const lumigrate_loss *loss,
                      int *committed)
{
    lm_loss l = {loss->id, loss->reason, loss->interrupted != 0,
                 loss->down != 0, loss->from_file != 0};
    bool found = false;
    int rc;

    *committed = 0;
    if (lm == NULL)
        return LUMIGRATE_NOMEM;
    lm->session.stop.requested = false;
    rc = begin(lm);
    if (rc != LM_OK)
        return rc;
    rc = lm_recover(&lm->session, &l, &found);
    *committed = found;
    return end(lm, rc);
}

void lumigrate_interrupt(lumigrate *lm)
{
    if (lm != NULL)
        lm_stop_request(&lm->session.stop);
}

int lumigrate_errcode(const lumigrate *lm)
{
    return lm == NULL ? LUMIGRATE_NOMEM : lm->err.code;
}

const char *lumigrate_errmsg(const lumigrate *lm)
{
    return lm == NULL ? "out of memory" : lm_err_text(&lm->err);
}

const lumigrate_error *lumigrate_errinfo(const lumigrate *lm)
{
    return lm == NULL ? NULL : &lm->shown;
}

void lumigrate_close(lumigrate *lm)
{
    if (lm == NULL)
        return;
    lm_session_close(&lm->session);
    lm_lua_context_free(lm->lua);
    lm_sql_context_free(lm->sql);
    lm_natives_free(lm->natives);
    lm_added_clear(&lm->added);
    free(lm->session.path);
    free(lm->session.folder);
    free(lm->session.table);
    free(lm->session.backup);
    free(lm->made);
    free(lm->state);
    lm_err_clear(&lm->err);
    free(lm);
}

int lumigrate_dedicate(long memory_limit)
{
    size_t bytes = memory_limit <= 0 ? 0
        : (size_t)memory_limit * 1024 * 1024;

    return lm_process_dedicate(bytes) ? LUMIGRATE_OK : LUMIGRATE_USAGE;
}

char *lumigrate_quote_ident(const char *name)
{
    return lm_db_is_plain(name) ? lm_strdup(name) : lm_quote_ident(name);
}

int lumigrate_compare(const char *a, const char *b)
{
    return lm_natural_cmp(a, b);
}

const char *lumigrate_sqlite_version(void)
{
    return lm_db_version();
}

const char *lumigrate_lua_version(void)
{
    return lm_lua_version();
}
