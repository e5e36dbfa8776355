/* SPDX-License-Identifier: MIT */
#include "runfile.h"

#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "keyword.h"
#include "statements.h"

/* A running file. */
typedef struct running {
    const lm_sql_context *context;
    const lm_sqlway *way;
    const lm_run *run;
    bool told;              /* of what SQLite takes in silence */
} running;

/* A listener that wants the run to end is asked for elsewhere. */
static int warn(running *r, const char *text)
{
    lm_event event = {.type = LM_EVENT_WARNING};

    event.source = r->way->source;
    event.text = text;
    event.len = strlen(text);
    if (r->run->sink != NULL && r->run->sink->emit != NULL)
        r->run->sink->emit(r->run->sink->user, &event);
    return LM_OK;
}

static int warn_of(running *r, const char *what, const lm_word *name)
{
    char *text = lm_format("left out: %s %.*s", what, (int)name->n, name->s);

    if (text == NULL)
        return lm_err_nomem(lm_db_err(r->run->db));
    warn(r, text);
    free(text);
    return LM_OK;
}

/* Settings of the tool's own connection, which end with it. */
static bool is_passing(const lm_pragma *p, lm_txn_mode txn)
{
    static const char *const names[] = {
        "busy_timeout", "cache_spill", "mmap_size", "threads",
        "analysis_limit", "journal_size_limit", "wal_autocheckpoint",
        "locking_mode", "secure_delete", "encoding", "automatic_index",
        "trusted_schema"
    };
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (lm_word_is(&p->name, names[i]))
            return true;
    return txn == LM_TXN_NONE && (lm_word_is(&p->name, "synchronous") ||
                                  lm_word_is(&p->name, "temp_store"));
}

/* *skip: the pragma is not to be executed. */
static int look_at_pragma(running *r, const lm_pragma *p, bool *skip)
{
    char mode[16];
    int rc;

    if (r->way->txn == LM_TXN_ONE && (lm_word_is(&p->name, "optimize") ||
                                      lm_word_is(&p->name,
                                                 "incremental_vacuum"))) {
        *skip = true;
        return warn_of(r, "what is better done outside a migration,",
                       &p->name);
    }
    if (p->value.n == 0)
        return LM_OK;
    if (is_passing(p, r->way->txn)) {
        *skip = true;
        return warn_of(r, "a setting of the connection,", &p->name);
    }
    if (r->way->txn != LM_TXN_ONE || !lm_word_is(&p->name, "journal_mode"))
        return LM_OK;
    rc = lm_db_journal_mode(r->run->db, mode, sizeof mode);
    *skip = rc == LM_OK && lm_word_is(&p->value, mode);
    return rc;
}

/* What belongs to a ledger that is called as ours: the tool's own. */
static int look_at_table(running *r, const char *sql, size_t len, bool *skip)
{
    lm_word table;
    bool takes;

    if (!lm_writes_table(sql, len, &table, &takes) ||
        !lm_word_is(&table, r->context->table) ||
        (takes && r->way->way == LM_UP))
        return LM_OK;
    *skip = true;
    return warn_of(r, "a statement about the ledger's table", &table);
}

/* Foreign keys do not act while a file runs. Where one of them would have to,
 * because the file asked for it, that is an error; what else breaks one is
 * found when the file has run. */
static int look_at_keys(running *r, const lm_statement *st)
{
    lm_err *err = lm_db_err(r->run->db);
    size_t quote;
    char *table;
    lm_act act;
    bool acts = false;
    int rc;

    if (st->keys_chunk == NULL || !lm_may_act(st->sql, st->len, &act))
        return LM_OK;
    quote = lm_word_quotes(&act.table);
    table = lm_strndup(act.table.s + quote, act.table.n - 2 * quote);
    if (table == NULL)
        return lm_err_nomem(err);
    rc = lm_db_key_acts(r->run->db, table, act.updates, &acts);
    if (rc == LM_OK && acts) {
        rc = lm_err_set(err, LM_EFAILED, "PRAGMA foreign_keys has no effect "
                        "in a migration: foreign keys that point to %s do "
                        "not act while it runs", table);
        lm_err_hint(err, "leave the pragma out and write what is to happen "
                    "to the other tables' rows, or write a Lua script with "
                    "FOREIGN_KEYS = true");
        lm_sqlway_place(r->way, st->keys_chunk, st->keys_at, err);
    }
    free(table);
    return rc;
}

static int run_statement(running *r, const lm_statement *st)
{
    lm_db *db = r->run->db;
    lm_err *err = lm_db_err(db);
    lm_stmt *stmt = NULL;
    bool row = true;
    long at;
    int rc = lm_db_prepare(db, LM_SCRIPT, st->sql, st->len, &stmt);

    while (rc == LM_OK && row)
        rc = lm_stmt_step(stmt, &row);
    lm_stmt_release(stmt);
    if (rc != LM_OK) {
        at = err->sql_offset > 0 ? err->sql_offset : 0;
        lm_explain(err, st->sql, st->len);
        lm_sqlway_place(r->way, st->chunk, (size_t)(st->sql - st->chunk->text)
                        + (size_t)at, err);
    }
    return rc;
}

static int take_statement(void *user, const lm_statement *st)
{
    running *r = user;
    const char *silent;
    lm_pragma p;
    bool skip = false;
    int rc;

    if (lm_pragma_read(st->sql, st->len, &p))
        rc = look_at_pragma(r, &p, &skip);
    else
        rc = look_at_table(r, st->sql, st->len, &skip);
    if (rc == LM_OK && !skip)
        rc = look_at_keys(r, st);
    if (rc != LM_OK || skip)
        return rc;
    silent = r->told ? NULL : lm_explain_silent(st->sql, st->len);
    if (silent != NULL) {
        r->told = true;
        warn(r, silent);
    }
    return run_statement(r, st);
}

int lm_runfile(const lm_sql_context *context, const lm_sqlway *way,
               const lm_run *run)
{
    running r = {context, way, run, false};

    return lm_statements_each(way, lm_db_err(run->db), take_statement, &r);
}
