/* SPDX-License-Identifier: MIT */
/*
 * The definition being changed. Operations change its text by spans and it is
 * parsed again after each, so what they find is always what stands there.
 */
#include <stdlib.h>
#include <string.h>

#include "../../lex/sqltok.h"
#include "alter.h"

void lm_def_clear(lm_def *d)
{
    if (d->parsed)
        lm_createtable_clear(&d->def);
    free(d->cols);
    memset(d, 0, sizeof *d);
}

/* Parse the text into the draft; its columns are seen to by the caller. */
static int parse(lm_alter_run *a, const char *text)
{
    lm_def *d = &a->draft;

    if (d->parsed)
        lm_createtable_clear(&d->def);
    d->parsed = false;
    memset(&d->def, 0, sizeof d->def);
    d->text = text;
    d->parsed = true;
    if (lm_createtable_parse(text, strlen(text), &d->def, a->db->err)
        == LM_OK)
        return LM_OK;
    return lm_alter_rejected(a, LM_REASON_DEFINITION, "the definition");
}

int lm_def_set(lm_alter_run *a, const char *text)
{
    int rc = text == NULL ? LM_ENOMEM : parse(a, text);

    if (rc == LM_OK && a->draft.def.column_count != a->draft.col_count)
        rc = lm_alter_refuse(a, LM_REASON_DEFINITION, "the definition is "
                             "more than one column");
    return rc;
}

/* What is known of a column of the same name before; it keeps what it was
 * when the call began. */
static int load_columns(lm_alter_run *a, lm_col *before, size_t count)
{
    lm_def *d = &a->draft;
    size_t i, k;
    lm_col *c;

    d->cols = calloc(d->def.column_count + 1, sizeof *d->cols);
    if (d->cols == NULL)
        return lm_err_nomem(a->db->err);
    d->col_count = d->def.column_count;
    for (i = 0; i < d->col_count; i++) {
        c = &d->cols[i];
        c->source = lm_alter_copy(a, d->def.columns[i].name,
                                  strlen(d->def.columns[i].name));
        if (c->source == NULL)
            return LM_ENOMEM;
        c->first = before == NULL ? c->source : NULL;
        for (k = 0; k < count; k++)
            if (before[k].source != NULL &&
                lm_same_name(before[k].source, c->source)) {
                *c = before[k];
                c->value = NULL;
            }
    }
    return LM_OK;
}

int lm_def_stored(lm_alter_run *a, const char **out)
{
    const char *sql = lm_alter_text(a, "SELECT sql FROM %s.sqlite_schema "
        "WHERE type = 'table' AND name = ?1 COLLATE NOCASE",
        a->in);
    int rc = lm_alter_ask(a, sql, a->table, out);

    return rc != LM_OK || *out != NULL ? rc
        : lm_alter_refuse(a, LM_REASON_TABLE, "there is no table %s",
                          a->table);
}

/* After a change was made, cols[].source must name the columns as they are
 * called now. */
int lm_def_load(lm_alter_run *a)
{
    lm_def *d = &a->draft;
    lm_col *before = d->cols;
    size_t count = d->col_count;
    const char *text;
    int rc = lm_def_stored(a, &text);

    if (rc == LM_OK)
        rc = parse(a, text);
    if (rc != LM_OK)
        return rc;
    d->cols = NULL;
    d->stored = text;
    rc = load_columns(a, before, count);
    free(before);
    return rc;
}

int lm_def_replace(lm_alter_run *a, lm_span span, const char *with)
{
    lm_def *d = &a->draft;
    lm_buf b = {0};

    if (with == NULL)
        return LM_ENOMEM;
    lm_buf_add(&b, d->text, span.start);
    lm_buf_puts(&b, with);
    lm_buf_puts(&b, d->text + span.end);
    return lm_def_set(a, lm_alter_take(a, &b));
}

int lm_def_insert(lm_alter_run *a, size_t at, const char *text)
{
    lm_span span = {at, at};

    return lm_def_replace(a, span, text);
}

/* A line's end before it stays: there may be a -- comment in front of it. */
int lm_def_cut(lm_alter_run *a, lm_span span)
{
    const char *text = a->draft.text;
    size_t from = span.start;

    while (from > 0 && (text[from - 1] == ' ' || text[from - 1] == '\t'))
        from--;
    if (from == 0 || text[from - 1] != '\n')
        span.start = from;
    return lm_def_replace(a, span, "");
}

size_t lm_def_find(const lm_alter_run *a, const char *name)
{
    const lm_createtable *def = &a->draft.def;
    const lm_column *c = lm_createtable_column(def, name);

    return c == NULL ? def->column_count : (size_t)(c - def->columns);
}

int lm_def_need(lm_alter_run *a, const char *name, size_t *out)
{
    *out = lm_def_find(a, name);
    if (*out < a->draft.def.column_count)
        return LM_OK;
    if (lm_texts_has(&a->left, name))
        return lm_alter_refuse(a, LM_REASON_CONTRADICTION, "there is no "
                               "column %s any more: an operation before "
                               "this one took it away", name);
    return lm_alter_refuse(a, LM_REASON_COLUMN, "there is no column %s",
                           name);
}

const char *lm_def_span(lm_alter_run *a, lm_span span)
{
    return lm_alter_copy(a, a->draft.text + span.start,
                         span.end - span.start);
}

bool lm_def_same(const lm_alter_run *a, lm_span span, const char *text)
{
    return lm_sqltext_same(a->draft.text + span.start, span.end - span.start,
                           text, strlen(text));
}

/* Balanced, closed, and nothing that ends or leaves a definition. */
static const char *piece_problem(const char *text)
{
    lm_sqltok t;
    int depth = 0;
    bool any = false;

    lm_sqltok_start(&t, text, strlen(text));
    while (lm_sqltok_next(&t) != LM_TOK_END) {
        if (t.kind == LM_TOK_BAD)
            return "holds a quote that is never closed, or a character "
                   "that is no SQL";
        if (t.kind == LM_TOK_SEMI)
            return "holds a semicolon";
        if (t.kind == LM_TOK_VARIABLE)
            return "holds a parameter";
        if (t.kind == LM_TOK_COMMENT && t.pos == t.len &&
            text[t.start] == '/' &&
            (t.size < 4 || text[t.pos - 1] != '/'))
            return "holds a comment that is never closed";
        if (t.kind == LM_TOK_OPERATOR && t.size == 1) {
            depth += (text[t.start] == '(') - (text[t.start] == ')');
            if (depth < 0)
                return "closes a parenthesis that was not opened";
        }
        any = any || (t.kind != LM_TOK_SPACE && t.kind != LM_TOK_COMMENT);
    }
    if (depth > 0)
        return "does not close a parenthesis";
    return any ? NULL : "is empty";
}

int lm_def_piece(lm_alter_run *a, const char *text, const char *what)
{
    const char *problem = piece_problem(text);

    if (problem == NULL)
        return LM_OK;
    return lm_alter_refuse(a, LM_REASON_DEFINITION, "%s %s", what, problem);
}

/* The last one counts, where SQLite takes several. */
const lm_constraint *lm_column_has(const lm_column *c, lm_conkind kind)
{
    size_t i;

    for (i = c->count; i > 0; i--)
        if (c->constraints[i - 1].kind == kind)
            return &c->constraints[i - 1];
    return NULL;
}

static bool is_named(const lm_constraint *c, const char *name)
{
    return c->name != NULL && lm_same_name(c->name, name);
}

const lm_constraint *lm_def_named(const lm_alter_run *a, const char *name)
{
    const lm_createtable *def = &a->draft.def;
    size_t i, k;

    for (i = 0; i < def->constraint_count; i++)
        if (is_named(&def->constraints[i], name))
            return &def->constraints[i];
    for (i = 0; i < def->column_count; i++)
        for (k = 0; k < def->columns[i].count; k++)
            if (is_named(&def->columns[i].constraints[k], name))
                return &def->columns[i].constraints[k];
    return NULL;
}

bool lm_keys_are(const lm_keys *keys, const char **columns, size_t count)
{
    size_t i;

    if (keys->count != count)
        return false;
    for (i = 0; i < count; i++)
        if (keys->list[i].column == NULL ||
            !lm_same_name(keys->list[i].column, columns[i]))
            return false;
    return true;
}

static bool spells(const lm_sqltok *t, const char *name)
{
    lm_arena arena = {0};
    const char *said;
    bool same;

    if (t->kind != LM_TOK_WORD && t->kind != LM_TOK_QUOTED)
        return false;
    said = lm_sqltext_name(&arena, t->text + t->start, t->size);
    same = said != NULL && lm_same_name(said, name);
    lm_arena_clear(&arena);
    return same;
}

/* f( is a function, x. a table, COLLATE x a collation. */
bool lm_text_names(const char *text, size_t len, const char *name)
{
    lm_sqltok t, ahead;
    bool collation = false;
    char next;

    lm_sqltok_start(&t, text, len);
    while (lm_sql_next(&t) != LM_TOK_END) {
        ahead = t;
        lm_sql_next(&ahead);
        next = ahead.kind == LM_TOK_OPERATOR && ahead.size == 1
            ? text[ahead.start] : ' ';
        if (!collation && next != '.' &&
            (next != '(' || t.kind != LM_TOK_WORD) && spells(&t, name))
            return true;
        collation = lm_sqltok_is(&t, "COLLATE");
    }
    return false;
}

bool lm_text_says(const char *text, const char *word)
{
    lm_sqltok t;

    lm_sqltok_start(&t, text, strlen(text));
    while (lm_sqltok_next(&t) != LM_TOK_END)
        if (lm_sqltok_is(&t, word))
            return true;
    return false;
}

bool lm_text_quotes(const char *text, size_t len, const char *name)
{
    lm_arena arena = {0};
    const char *said;
    lm_sqltok t;
    bool found = false;

    lm_sqltok_start(&t, text, len);
    while (!found && lm_sqltok_next(&t) != LM_TOK_END) {
        if (t.kind != LM_TOK_QUOTED || text[t.start] != '"')
            continue;
        said = lm_sqltext_name(&arena, text + t.start, t.size);
        found = said != NULL && lm_same_name(said, name);
    }
    lm_arena_clear(&arena);
    return found;
}
