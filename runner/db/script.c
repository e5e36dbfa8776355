/* SPDX-License-Identifier: MIT */
/*
 * Before and after a script: what it may find and what it must not leave.
 *
 * Nothing of one migration reaches the next. What a script puts into the
 * connection (temporary objects, pragmas, functions, statements) is taken
 * away when it ends, before the checks and the ledger row, so that a TEMP
 * trigger of a script cannot act on them either.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/buf.h"
#include "../base/text.h"
#include "../lex/name.h"
#include "catalog.h"
#include "internal.h"
#include "txn.h"

int lm_db_latched(lm_db *db)
{
    const lm_err *latch = &db->latch;

    if (latch->code == LM_OK)
        return LM_OK;
    if (db->err->code != LM_OK)
        return db->err->code;
    if (latch->message == NULL)
        return lm_err_nomem(db->err);
    lm_err_set(db->err, latch->code, "%s", latch->message);
    if (latch->hint != NULL)
        lm_err_hint(db->err, "%s", latch->hint);
    if (latch->sql != NULL || latch->sqlite_code != 0)
        lm_err_sql(db->err, latch->sql, latch->sql != NULL
                   ? strlen(latch->sql) : 0, latch->sql_offset,
                   latch->sqlite_code);
    return latch->code;
}

/* The error in db->err, if it is one that cannot be survived, or if the
 * transaction is gone, is kept for every later statement. */
void lm_db_latch(lm_db *db)
{
    lm_err *from = db->err, *latch = &db->latch;
    bool lost = db->in_txn && sqlite3_get_autocommit(db->handle);

    if (latch->code != LM_OK || from->code == LM_OK)
        return;
    if (!lost && !lm_db_fatal(from->sqlite_code) && from->code != LM_ENOMEM)
        return;
    if (from->message == NULL)
        lm_err_nomem(latch);
    else if (lost && from->sqlite_code != 0 &&
             !lm_db_fatal(from->sqlite_code))
        lm_err_set(latch, LM_EFAILED, "the transaction was rolled back by "
                   "SQLite: %s", from->message);
    else
        lm_err_set(latch, from->code, "%s", from->message);
    if (from->hint != NULL)
        lm_err_hint(latch, "%s", from->hint);
    if (from->sql != NULL)
        lm_err_sql(latch, from->sql, strlen(from->sql), from->sql_offset,
                   from->sqlite_code);
}

static int set_foreign_keys(lm_db *db, int on)
{
    return lm_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, on);
}

/* `PRAGMA foreign_keys` does nothing inside a transaction; this call does. */
int lm_db_script_begin(lm_db *db, bool enforce, bool own_txn)
{
    db->in_script = true;
    db->own_txn = own_txn;
    db->may_wait = !db->in_txn;
    lm_catalog_forget(db);
    return set_foreign_keys(db, enforce);
}

/* Names that the host does not have. */
typedef struct temp_list {
    lm_names names;
    const lm_names *others;
} temp_list;

static int add_temp(void *user, lm_db *db, const lm_value *row)
{
    temp_list *list = user;
    char *name = lm_strndup(row->as.text.bytes, row->as.text.size);
    int rc = LM_OK;

    if (name == NULL)
        return lm_err_nomem(db->err);
    if (!lm_names_has(list->others, name))
        rc = lm_names_add(&list->names, name, db->err);
    free(name);
    return rc;
}

/* The names of temporary objects of one type, the host's own left out.
 * What SQLite makes for itself (sqlite_sequence) cannot be dropped. */
static int list_temp(lm_db *db, const char *type, temp_list *out)
{
    lm_value v = lm_text_of(type);

    out->others = &db->temp_before;
    return lm_db_each(db, "SELECT name FROM sqlite_temp_schema WHERE type = "
                      "?1 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'", &v,
                      1, add_temp, out);
}

static int drop_temp(lm_db *db, const char *type)
{
    temp_list list = {0};
    lm_buf sql = {0};
    char *quoted;
    size_t i;
    int rc = list_temp(db, type, &list);

    for (i = 0; i < list.names.count && rc == LM_OK; i++) {
        quoted = lm_quote_ident(list.names.list[i]);
        lm_buf_printf(&sql, "DROP %s IF EXISTS temp.%s", type,
                      quoted != NULL ? quoted : "");
        if (quoted == NULL || lm_buf_failed(&sql))
            rc = lm_err_nomem(db->err);
        else
            rc = lm_db_exec(db, lm_buf_text(&sql));
        free(quoted);
        lm_buf_clear(&sql);
    }
    lm_names_clear(&list.names);
    return rc;
}

static int drop_all_temp(lm_db *db)
{
    int rc = drop_temp(db, "trigger");

    if (rc == LM_OK)
        rc = drop_temp(db, "view");
    if (rc == LM_OK)
        rc = drop_temp(db, "table");
    return rc;
}

int lm_db_script_end(lm_db *db)
{
    int rc = lm_db_latched(db), ended;

    if (!db->in_script)
        return rc;
    db->in_script = false;
    lm_idle_clear(db, true);
    lm_functions_clear(db);
    lm_catalog_forget(db);
    ended = lm_pragma_restore(db);
    if (ended == LM_OK)
        ended = set_foreign_keys(db, 0);
    if (ended == LM_OK && db->track.made_temp)
        ended = drop_all_temp(db);
    lm_err_clear(&db->latch);
    db->own_txn = false;
    return rc != LM_OK ? rc : ended;
}
