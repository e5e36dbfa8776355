/* SPDX-License-Identifier: MIT */
#include "look.h"

#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"
#include "../lex/name.h"

const char lm_ledger_body[] = "(\n"
    "  id          TEXT    NOT NULL PRIMARY KEY,\n"
    "  position    INTEGER NOT NULL UNIQUE,\n"
    "  description TEXT    NOT NULL,\n"
    "  checksum    TEXT    NOT NULL,\n"
    "  effect      TEXT    NOT NULL,\n"
    "  applied_at  TEXT    NOT NULL,\n"
    "  duration_ms REAL    NOT NULL\n)";

const char lm_history_body[] = "(\n"
    "  seq INTEGER PRIMARY KEY, id TEXT, action TEXT, outcome TEXT, "
    "error TEXT,\n"
    "  checksum TEXT, source TEXT,\n"
    "  started_at TEXT, duration_ms REAL, runner TEXT, sqlite TEXT, "
    "host TEXT, user TEXT, run_id TEXT,\n"
    "  repeats INTEGER, last_at TEXT\n)";

void lm_columns_clear(lm_columns *c)
{
    free(c->list);
    lm_arena_clear(&c->strings);
    memset(c, 0, sizeof *c);
}

static int add_column(void *user, lm_db *db, const lm_value *v)
{
    lm_columns *c = user;
    lm_err *err = lm_db_err(db);
    lm_column *grown = lm_list_grow(c->list, c->count, &c->size,
                                    sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(err);
    c->list = grown;
    grown += c->count;
    grown->name = lm_arena_add(&c->strings, v[0].as.text.bytes,
                               v[0].as.text.size);
    grown->type = v[1].type != LM_TEXT ? ""
        : lm_arena_add(&c->strings, v[1].as.text.bytes, v[1].as.text.size);
    grown->not_null = v[2].as.integer != 0;
    grown->value = v[3].type != LM_TEXT ? NULL
        : lm_arena_add(&c->strings, v[3].as.text.bytes, v[3].as.text.size);
    grown->pk = (int)v[4].as.integer;
    grown->generated = v[5].as.integer > 1;
    if (grown->name == NULL || grown->type == NULL ||
        (grown->value == NULL && v[3].type == LM_TEXT))
        return lm_err_nomem(err);
    c->count++;
    return LM_OK;
}

int lm_columns_read(lm_db *db, const char *table, lm_columns *out)
{
    lm_value v = lm_text_of(table);

    return lm_db_each(db, "SELECT name, type, \"notnull\", dflt_value, pk, "
                      "hidden FROM pragma_table_xinfo(?1, 'main')", &v, 1,
                      add_column, out);
}

/* What the catalogue says about the names that matter. */
typedef struct finding {
    const char *name;       /* the ledger's */
    bool table, view, history, rails, ours;
    bool history_view, history_ours;
} finding;

static bool is_text(const lm_value *v, const char *s)
{
    return v->type == LM_TEXT &&
           lm_same_name_n(v->as.text.bytes, v->as.text.size, s, strlen(s));
}

/* Made by ourselves, to the letter: then nothing more need be asked. */
static bool is_our_text(const lm_value *sql, const char *body)
{
    size_t n = strlen(body);

    return sql->type == LM_TEXT && sql->as.text.size > n &&
           memcmp(sql->as.text.bytes + sql->as.text.size - n, body, n) == 0 &&
           memchr(sql->as.text.bytes, '(', sql->as.text.size - n) == NULL;
}

static int note(void *user, lm_db *db, const lm_value *row)
{
    finding *out = user;
    bool is_table = is_text(&row[0], "table");

    (void)db;
    if (is_text(&row[1], "ar_internal_metadata"))
        out->rails = true;
    else if (!is_text(&row[1], out->name)) {
        out->history = is_table;
        out->history_view = !is_table;
        out->history_ours = is_table && is_our_text(&row[2], lm_history_body);
    } else {
        out->table = is_table;
        out->view = !is_table;
        out->ours = is_table && is_our_text(&row[2], lm_ledger_body);
    }
    return LM_OK;
}

static int search(lm_db *db, finding *out)
{
    lm_value v = lm_text_of(out->name);

    return lm_db_each(db, "SELECT type, name, sql FROM main.sqlite_schema "
                      "WHERE type IN ('table', 'view') AND name COLLATE "
                      "NOCASE IN (?1, ?1 || '_history', "
                      "'ar_internal_metadata')", &v, 1, note, out);
}

static int refuse_view(lm_db *db, const char *table)
{
    lm_err_set(lm_db_err(db), LM_EHISTORY, "%s is a view in this database, "
               "so no ledger can have its name", table);
    lm_err_hint(lm_db_err(db), "keep lumigrate's record in a table of "
                "another name with --table NAME (LUMIGRATE_TABLE)");
    return LM_EHISTORY;
}

static int refuse_history(lm_db *db, const char *table, const char *why)
{
    lm_err_set(lm_db_err(db), LM_EHISTORY, "%s_history is %s, so the history "
               "cannot be kept there; it was not touched", table, why);
    lm_err_hint(lm_db_err(db), "keep lumigrate's record in tables of "
                "another name with --table NAME (LUMIGRATE_TABLE)");
    return LM_EHISTORY;
}

static bool has_column(const lm_columns *c, const char *name)
{
    size_t i;

    for (i = 0; i < c->count; i++)
        if (lm_same_name(c->list[i].name, name))
            return true;
    return false;
}

/* One that was written otherwise still does when it has all columns. */
static int judge_history(lm_db *db, const char *table)
{
    static const char *const names[] = {
        "seq", "id", "action", "outcome", "error", "checksum", "source",
        "started_at", "duration_ms", "runner", "sqlite", "host", "user",
        "run_id", "repeats", "last_at"
    };
    lm_columns c = {0};
    char *history = lm_format("%s_history", table);
    size_t i;
    int rc = history == NULL ? lm_err_nomem(lm_db_err(db))
                             : lm_columns_read(db, history, &c);

    for (i = 0; i < sizeof names / sizeof *names && rc == LM_OK; i++)
        if (!has_column(&c, names[i]))
            rc = refuse_history(db, table, "a table of another program");
    lm_columns_clear(&c);
    free(history);
    return rc;
}

/* (id, applied_at) with names of .sql files in it is sql-migrate's. */
static int ask_sql_migrate(lm_db *db, const char *table, bool *out)
{
    char *quoted = lm_quote_ident(table);
    char *sql = quoted == NULL ? NULL
        : lm_format("SELECT count(*) > 0 AND count(*) = sum(id LIKE "
                    "'%%.sql') FROM main.%s", quoted);
    int64_t n = 0;
    int rc = sql == NULL ? lm_err_nomem(lm_db_err(db))
                         : lm_db_integer(db, sql, 0, &n);

    *out = n != 0;
    free(quoted);
    free(sql);
    return rc;
}

int lm_look_shape(lm_db *db, const char *table, bool rails, lm_shape *out)
{
    lm_columns c = {0};
    bool other = false;
    int rc = lm_columns_read(db, table, &c);

    if (rc == LM_OK)
        *out = lm_shape_of(c.list, c.count, rails);
    if (rc == LM_OK && *out == LM_SHAPE_HOME_MADE && c.count == 2)
        rc = ask_sql_migrate(db, table, &other);
    if (other)
        *out = LM_SHAPE_SQL_MIGRATE;
    lm_columns_clear(&c);
    return rc;
}

int lm_look_at(lm_db *db, const char *table, lm_look *out)
{
    finding found = {.name = table};
    int rc = search(db, &found);

    if (rc != LM_OK)
        return rc;
    if (found.view)
        return refuse_view(db, table);
    if (found.history_view)
        return refuse_history(db, table, "a view");
    out->exists = found.table;
    out->has_history = found.history;
    out->shape = LM_SHAPE_OURS;
    if (found.table && !found.ours)
        rc = lm_look_shape(db, table, found.rails, &out->shape);
    if (rc == LM_OK && found.history && !found.history_ours)
        rc = judge_history(db, table);
    return rc;
}
