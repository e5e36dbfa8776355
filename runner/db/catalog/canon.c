/* SPDX-License-Identifier: MIT */
#include "canon.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/text.h"
#include "../../lex/sqltext.h"
#include "../../lex/sqltok.h"

void lm_canon_field(lm_buf *b, const char *s)
{
    if (s == NULL)
        lm_buf_puts(b, "-,");
    else
        lm_buf_printf(b, "%zu:%s,", strlen(s), s);
}

void lm_canon_name(lm_buf *b, const char *name)
{
    size_t i;

    if (name == NULL) {
        lm_buf_puts(b, "-,");
        return;
    }
    lm_buf_printf(b, "%zu:", strlen(name));
    for (i = 0; name[i] != '\0'; i++)
        lm_buf_putc(b, (char)lm_fold((unsigned char)name[i]));
    lm_buf_putc(b, ',');
}

void lm_canon_count(lm_buf *b, size_t n)
{
    lm_buf_printf(b, "%zu,", n);
}

/* Move what a part is made of over, with its length before it. */
static void add_part(lm_buf *b, lm_buf *part)
{
    if (lm_buf_failed(part))
        b->failed = true;
    lm_canon_field(b, lm_buf_text(part));
    lm_buf_clear(part);
}

static void add_text(lm_buf *b, const char *text, lm_span span)
{
    lm_buf part = {0};

    lm_sqltext_canon(&part, text + span.start, span.end - span.start);
    add_part(b, &part);
}

void lm_canon_exact(lm_buf *b, const char *text, lm_span span)
{
    lm_buf part = {0};
    lm_sqltok t;

    lm_sqltok_start(&t, text + span.start, span.end - span.start);
    while (lm_sql_next(&t) != LM_TOK_END) {
        lm_buf_add(&part, t.text + t.start, t.size);
        lm_buf_putc(&part, ' ');
    }
    add_part(b, &part);
}

static bool is_column(const lm_table_info *t, const char *name)
{
    size_t i;

    for (i = 0; i < t->column_count; i++)
        if (lm_same_name(t->columns[i].name, name))
            return true;
    return lm_same_name(t->name, name) || lm_same_name(name, "rowid") ||
           lm_same_name(name, "oid") || lm_same_name(name, "_rowid_");
}

static void add_string(lm_buf *out, const char *s)
{
    lm_buf_putc(out, '\'');
    for (; *s != '\0'; s++) {
        if (*s == '\'')
            lm_buf_putc(out, '\'');
        lm_buf_putc(out, *s);
    }
    lm_buf_putc(out, '\'');
}

/* Over what a name is looked up: one table, or a view or trigger of main. */
typedef struct scope {
    const lm_table_info *table;
    lm_db *db;
    const char *sql;        /* the whole text of the view or trigger */
    int rc;
} scope;

static bool is_op(const lm_sqltok *t, char c)
{
    return t->kind == LM_TOK_OPERATOR && t->text[t->start] == c;
}

/* Does the text give something this name here: AS name, name (…) and
 * name AS (…)? */
static bool is_given(const lm_sqltok *t, bool after_as)
{
    lm_sqltok next = *t;

    lm_sql_next(&next);
    if (after_as || is_op(&next, '('))
        return true;
    return lm_sqltok_is(&next, "AS") &&
           (lm_sql_next(&next), is_op(&next, '('));
}

/* Is the token a table or view with this name, or column? */
static bool is_of_table(scope *s, const char *token, const char *name)
{
    lm_table_info *t;
    lm_catalog *cat;

    s->rc = lm_catalog_open(s->db, &cat);
    t = s->rc == LM_OK ? lm_catalog_find_text(cat, "main", token) : NULL;
    if (t != NULL)
        s->rc = lm_catalog_describe(s->db, t);
    return t != NULL && s->rc == LM_OK && is_column(t, name);
}

/* Where the text alone does not tell what resolves, a name that is a column
 * of any table in it counts as one. */
static bool is_known(scope *s, const char *name)
{
    bool known = false, as = false;
    lm_arena names = {0};
    const char *token;
    lm_sqltok t;

    if (s->table != NULL)
        return is_column(s->table, name);
    lm_sqltok_start(&t, s->sql, strlen(s->sql));
    while (!known && s->rc == LM_OK && lm_sql_next(&t) != LM_TOK_END) {
        if (t.kind == LM_TOK_WORD || t.kind == LM_TOK_QUOTED) {
            token = lm_sqltext_name(&names, t.text + t.start, t.size);
            if (token == NULL)
                s->rc = lm_err_nomem(s->db->err);
            else
                known = (lm_same_name(token, name) && is_given(&t, as)) ||
                        is_of_table(s, token, name);
        }
        as = lm_sqltok_is(&t, "AS");
    }
    lm_arena_clear(&names);
    return known;
}

/* In double quotes and the name of nothing: a string to SQLite
 * (sqlite.org/quirks.html 8). `named`: what is before it takes a name. */
static bool add_as_string(lm_buf *out, scope *s, const lm_sqltok *tok,
                          bool named)
{
    lm_sqltok next = *tok;
    lm_arena names = {0};
    const char *name;
    bool is;

    if (tok->kind != LM_TOK_QUOTED || tok->text[tok->start] != '"' || named)
        return false;
    if (lm_sql_next(&next) == LM_TOK_OPERATOR &&
        strchr("(.", next.text[next.start]) != NULL)
        return false;
    name = lm_sqltext_name(&names, tok->text + tok->start, tok->size);
    is = name != NULL && !is_known(s, name);
    if (name == NULL)
        out->failed = true;
    else if (is)
        add_string(out, name);
    lm_arena_clear(&names);
    return is;
}

static void add_scoped(lm_buf *b, scope *s, const char *text, lm_span span)
{
    lm_buf part = {0};
    lm_sqltok tok;
    bool named = false;

    lm_sqltok_start(&tok, text + span.start, span.end - span.start);
    while (lm_sql_next(&tok) != LM_TOK_END) {
        if (!add_as_string(&part, s, &tok, named))
            lm_sqltext_canon(&part, tok.text + tok.start, tok.size);
        lm_buf_putc(&part, ' ');
        named = lm_sqltok_is(&tok, "COLLATE") || is_op(&tok, '.') ||
                lm_sqltok_is(&tok, "AS");
    }
    add_part(b, &part);
}

void lm_canon_expression(lm_buf *b, const lm_table_info *t,
                         const char *text, lm_span span)
{
    scope s = {.table = t};

    add_scoped(b, &s, text, span);
}

int lm_canon_code(lm_buf *b, lm_db *db, const char *sql, lm_span span)
{
    scope s = {.db = db, .sql = sql};

    add_scoped(b, &s, sql, span);
    return s.rc;
}

static bool is_one_token(const char *text, lm_span span, lm_sqltok *t)
{
    lm_sqltok next;

    lm_sqltok_start(t, text + span.start, span.end - span.start);
    if (lm_sql_next(t) == LM_TOK_END)
        return false;
    next = *t;
    return lm_sql_next(&next) == LM_TOK_END;
}

/* A lone name as a default is a string to SQLite, but for the constants. NULL
 * is none. */
void lm_canon_default(lm_buf *b, const char *text, lm_span span)
{
    static const char *const constants[] = {
        "CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP", "TRUE", "FALSE"
    };
    lm_arena names = {0};
    lm_buf part = {0};
    const char *name;
    bool lone;
    lm_sqltok t;
    size_t i;

    lone = is_one_token(text, span, &t) &&
           (t.kind == LM_TOK_WORD || t.kind == LM_TOK_QUOTED);
    for (i = 0; i < sizeof constants / sizeof *constants; i++)
        lone = lone && !lm_sqltok_is(&t, constants[i]);
    if (lone && lm_sqltok_is(&t, "NULL")) {
        lm_canon_field(b, NULL);
        return;
    }
    if (!lone) {
        add_text(b, text, span);
        return;
    }
    name = lm_sqltext_name(&names, t.text + t.start, t.size);
    if (name == NULL)
        part.failed = true;
    else
        add_string(&part, name);
    add_part(b, &part);
    lm_arena_clear(&names);
}

/* VARCHAR (10) is VARCHAR(10). */
void lm_canon_type(lm_buf *b, const char *text, lm_span span)
{
    lm_buf canon = {0}, part = {0};
    const char *s;

    lm_sqltext_canon(&canon, text + span.start, span.end - span.start);
    for (s = lm_buf_text(&canon); *s != '\0'; s++)
        if (*s != ' ')
            lm_buf_putc(&part, *s);
    if (lm_buf_failed(&canon))
        b->failed = true;
    lm_buf_clear(&canon);
    add_part(b, &part);
}
