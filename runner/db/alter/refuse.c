/* SPDX-License-Identifier: MIT */
/* Saying no, texts that live as long as the call, and running a step. */
#include <stdlib.h>
#include <string.h>

#include "../../lex/name.h"
#include "alter.h"

int lm_alter_refuse(lm_alter_run *a, lm_reason reason, const char *format,
                    ...)
{
    lm_err *err = a->db->err;
    va_list args;
    char *why, *line;

    va_start(args, format);
    why = lm_vformat(format, args);
    va_end(args);
    line = why == NULL ? NULL : lm_one_line(why, strlen(why), 0);
    free(why);
    if (line == NULL)
        return lm_err_nomem(err);
    if (err->code == LM_OK) {
        a->out->refused = reason;
        a->out->op = a->op == NULL ? NULL : a->op->shown;
    }
    if (a->op != NULL)
        lm_err_set(err, LM_EFAILED, "alter %s: %s: %s", a->req->table,
                   a->op->shown, line);
    else
        lm_err_set(err, LM_EFAILED, "alter %s: %s", a->req->table, line);
    free(line);
    return err->code;
}

int lm_alter_refuse_all(lm_alter_run *a, lm_reason reason, const char *say,
                        const lm_texts *all)
{
    lm_buf b = {0};
    const char *text;
    size_t i;

    if (all->count == 0)
        return LM_OK;
    for (i = 0; i < all->count; i++)
        lm_buf_printf(&b, "%s%s", i == 0 ? say : "; ", all->list[i]);
    text = lm_alter_take(a, &b);
    return text == NULL ? LM_ENOMEM : lm_alter_refuse(a, reason, "%s", text);
}

/* The table under its name of the moment is shown by its own. */
static char *show_table(const lm_alter_run *a, const char *text)
{
    lm_buf b = {0};
    const char *at;
    size_t n = a->scratch == NULL ? 0 : strlen(a->scratch);

    while (n > 0 && (at = strstr(text, a->scratch)) != NULL) {
        lm_buf_add(&b, text, (size_t)(at - text));
        lm_buf_puts(&b, a->table);
        text = at + n;
    }
    lm_buf_puts(&b, text);
    return lm_buf_take(&b);
}

const char *lm_alter_show(lm_alter_run *a, const char *text)
{
    char *shown = show_table(a, text);
    const char *copy = shown == NULL ? NULL
        : lm_alter_copy(a, shown, strlen(shown));

    if (shown == NULL)
        lm_err_nomem(a->db->err);
    free(shown);
    return copy;
}

int lm_alter_rejected(lm_alter_run *a, lm_reason reason, const char *what)
{
    lm_err *err = a->db->err;
    int code = err->sqlite_code, rc;
    char *why;

    if (err->code != LM_EFAILED || lm_db_fatal(code) ||
        a->out->refused != LM_REASON_NONE)
        return err->code;
    why = show_table(a, lm_err_text(err));
    if (why == NULL)
        return LM_ENOMEM;
    lm_err_clear(err);
    rc = lm_alter_refuse(a, reason, "%s%s%s", what,
                         what[0] == '\0' ? "" : ": ", why);
    a->out->sqlite_code = code;
    free(why);
    return rc;
}

const char *lm_alter_copy(lm_alter_run *a, const char *s, size_t n)
{
    const char *copy = lm_arena_add(&a->arena, s, n);

    if (copy == NULL)
        lm_err_nomem(a->db->err);
    return copy;
}

const char *lm_alter_value(lm_alter_run *a, const lm_value *v)
{
    return v->type != LM_TEXT ? lm_alter_copy(a, "", 0)
        : lm_alter_copy(a, v->as.text.bytes, v->as.text.size);
}

const char *lm_alter_text(lm_alter_run *a, const char *format, ...)
{
    va_list args;
    char *made;
    const char *copy;

    va_start(args, format);
    made = lm_vformat(format, args);
    va_end(args);
    if (made == NULL) {
        lm_err_nomem(a->db->err);
        return NULL;
    }
    copy = lm_alter_copy(a, made, strlen(made));
    free(made);
    return copy;
}

const char *lm_alter_take(lm_alter_run *a, lm_buf *b)
{
    const char *copy = NULL;

    if (lm_buf_failed(b))
        lm_err_nomem(a->db->err);
    else
        copy = lm_alter_copy(a, lm_buf_text(b), b->len);
    lm_buf_clear(b);
    return copy;
}

int lm_texts_add(lm_alter_run *a, lm_texts *list, const char *text)
{
    const char **grown;

    if (text == NULL)
        return LM_ENOMEM;
    grown = lm_list_grow(list->list, list->count, &list->size,
                         sizeof *grown);
    if (grown == NULL)
        return lm_err_nomem(a->db->err);
    list->list = grown;
    grown[list->count++] = text;
    return LM_OK;
}

bool lm_texts_has(const lm_texts *list, const char *name)
{
    size_t i;

    for (i = 0; i < list->count; i++)
        if (lm_same_name(list->list[i], name))
            return true;
    return false;
}

const char *lm_alter_quote(lm_alter_run *a, const char *name)
{
    char *quoted = lm_quote_ident(name);
    const char *copy;

    if (quoted == NULL) {
        lm_err_nomem(a->db->err);
        return NULL;
    }
    copy = lm_alter_copy(a, quoted, strlen(quoted));
    free(quoted);
    return copy;
}

const char *lm_alter_name(lm_alter_run *a, const char *name)
{
    return lm_db_is_plain(name) ? name : lm_alter_quote(a, name);
}

const char *lm_alter_literal(lm_alter_run *a, const char *text)
{
    lm_buf b = {0};

    lm_buf_putc(&b, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            lm_buf_putc(&b, '\'');
        lm_buf_putc(&b, *text);
    }
    lm_buf_putc(&b, '\'');
    return lm_alter_take(a, &b);
}

const char *lm_alter_here(lm_alter_run *a)
{
    const char *table = lm_alter_name(a, a->table);

    if (table == NULL)
        return NULL;
    if (strcmp(a->schema, "main") == 0)
        return lm_alter_text(a, "main.%s", table);
    return lm_alter_text(a, "%s.%s", a->in, table);
}

/* Locks are waited for as the moment has it: never inside a transaction. */
int lm_alter_exec(lm_alter_run *a, const char *sql)
{
    lm_db *db = a->db;
    lm_actor actor = db->actor;
    int rc;

    if (sql == NULL)
        return LM_ENOMEM;
    db->actor = LM_RUNNER;
    db->refusal[0] = '\0';
    db->writes++;
    rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    db->actor = actor;
    return rc == SQLITE_OK ? LM_OK : lm_db_fail(db, rc, NULL, 0);
}

int lm_alter_plan_step(lm_alter_run *a, const char *sql)
{
    lm_alter_result *out = a->out;
    const char **grown;
    lm_db *db = a->db;

    if (sql == NULL)
        return LM_ENOMEM;
    grown = lm_list_grow(out->steps, out->step_count, &out->step_size,
                         sizeof *grown);
    if (grown == NULL)
        return lm_err_nomem(db->err);
    out->steps = grown;
    grown[out->step_count] = lm_arena_add(&out->arena, sql, strlen(sql));
    if (grown[out->step_count] == NULL)
        return lm_err_nomem(db->err);
    out->step_count++;
    if (db->watch.statement != NULL && !a->req->dry_run)
        db->watch.statement(db->watch.user, sql, strlen(sql));
    return LM_OK;
}

int lm_alter_step(lm_alter_run *a, const char *sql)
{
    int rc = lm_alter_plan_step(a, sql);

    if (rc != LM_OK)
        return rc;
    rc = lm_alter_exec(a, sql);
    /* One statement: when it fails, all of it is undone. */
    if (rc == LM_EFAILED)
        a->db->writes--;
    return rc;
}

static const char *keep(lm_alter_run *a, const char *s, bool *ok)
{
    const char *copy = s == NULL ? NULL
        : lm_arena_add(&a->out->arena, s, strlen(s));

    if (s != NULL && copy == NULL)
        *ok = false;
    return copy;
}

static bool same_or_null(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : lm_same_name(a, b);
}

int lm_alter_hanger(lm_alter_run *a, const lm_hanger *h)
{
    lm_alter_result *out = a->out;
    lm_hanger *grown;
    const char *table = h->table == NULL || !lm_same_name(h->table, a->table)
        ? h->table : a->first;  /* as it will be called again */
    bool ok = true;
    size_t i;

    for (i = 0; i < out->hanger_count; i++)
        if (strcmp(out->hangers[i].kind, h->kind) == 0 &&
            same_or_null(out->hangers[i].schema, h->schema) &&
            same_or_null(out->hangers[i].name, h->name) &&
            same_or_null(out->hangers[i].column, h->column) &&
            same_or_null(out->hangers[i].table, table) &&
            (h->name != NULL || h->column == NULL))
            return LM_OK;
    grown = lm_list_grow(out->hangers, out->hanger_count, &out->hanger_size,
                         sizeof *grown);
    if (grown == NULL)
        return lm_err_nomem(a->db->err);
    out->hangers = grown;
    grown += out->hanger_count;
    grown->kind = h->kind;
    grown->how = h->how;
    grown->schema = keep(a, h->schema, &ok);
    grown->name = keep(a, h->name, &ok);
    grown->column = keep(a, h->column, &ok);
    grown->table = keep(a, table, &ok);
    if (!ok)
        return lm_err_nomem(a->db->err);
    out->hanger_count++;
    return LM_OK;
}

typedef struct answer {
    lm_alter_run *a;
    const char *text;
    int64_t integer;
} answer;

static int on_answer(void *user, lm_db *db, const lm_value *row)
{
    answer *out = user;

    (void)db;
    if (row->type == LM_INTEGER)
        out->integer = row->as.integer;
    if (row->type != LM_TEXT)
        return LM_OK;
    out->text = lm_alter_value(out->a, row);
    return out->text == NULL ? LM_ENOMEM : LM_OK;
}

static int ask(lm_alter_run *a, const char *sql, const char *text,
               answer *out)
{
    lm_value v = lm_text_of(text);

    memset(out, 0, sizeof *out);
    out->a = a;
    if (sql == NULL)
        return LM_ENOMEM;
    return lm_db_each(a->db, sql, &v, text != NULL, on_answer, out);
}

int lm_alter_dependents(lm_alter_run *a, const char *column,
                        const lm_dependent **out, size_t *count)
{
    lm_name table = {a->table, strlen(a->table)}, name = {column, 0};

    if (column != NULL)
        name.size = strlen(column);
    return lm_catalog_dependents(a->db, a->schema, table,
                                 column == NULL ? NULL : &name, out, count);
}

int lm_alter_ask(lm_alter_run *a, const char *sql, const char *text,
                 const char **out)
{
    answer found;
    int rc = ask(a, sql, text, &found);

    *out = found.text;
    return rc;
}

int lm_alter_meant(lm_alter_run *a, const char *name, const char **schema)
{
    int rc = lm_alter_ask(a, "SELECT l.schema FROM pragma_table_list(?1) AS "
                          "l JOIN pragma_database_list AS d ON d.name = "
                          "l.schema ORDER BY d.seq <> 1, d.seq LIMIT 1",
                          name, schema);

    if (rc == LM_OK && *schema == NULL)
        *schema = "main";
    return rc;
}

int lm_alter_ask_integer(lm_alter_run *a, const char *sql, const char *text,
                         int64_t *out)
{
    answer found;
    int rc = ask(a, sql, text, &found);

    *out = found.integer;
    return rc;
}
