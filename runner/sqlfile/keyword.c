/* SPDX-License-Identifier: MIT */
#include "keyword.h"

#include <string.h>

#include "../base/text.h"

bool lm_is_begin(const char *sql, size_t n)
{
    return lm_sql_word_is(sql, n, 0, "BEGIN");
}

bool lm_is_commit(const char *sql, size_t n)
{
    return lm_sql_word_is(sql, n, 0, "COMMIT") ||
           lm_sql_word_is(sql, n, 0, "END");
}

bool lm_is_rollback(const char *sql, size_t n)
{
    return lm_sql_word_is(sql, n, 0, "ROLLBACK") &&
           !lm_sql_word_is(sql, n, 1, "TO") &&
           !lm_sql_word_is(sql, n, 2, "TO");
}

static lm_word word_of(const lm_sqltok *t)
{
    lm_word w = {t->text + t->start, t->size, t->kind};

    return w;
}

size_t lm_word_quotes(const lm_word *w)
{
    return (w->kind == LM_TOK_QUOTED || w->kind == LM_TOK_STRING) && w->n >= 2
        ? 1 : 0;
}

bool lm_word_is(const lm_word *w, const char *name)
{
    size_t q = lm_word_quotes(w);

    return lm_same_name_n(w->s + q, w->n - 2 * q, name, strlen(name));
}

bool lm_words_same(const lm_word *a, const lm_word *b)
{
    size_t p = lm_word_quotes(a), q = lm_word_quotes(b);

    return lm_same_name_n(a->s + p, a->n - 2 * p, b->s + q, b->n - 2 * q);
}

static bool is_name(const lm_sqltok *t)
{
    return t->kind == LM_TOK_WORD || t->kind == LM_TOK_QUOTED ||
           t->kind == LM_TOK_STRING;
}

/* [schema.]name from the token that is read on; steps behind it. */
static bool take_name(lm_sqltok *t, lm_word *out)
{
    if (!is_name(t))
        return false;
    *out = word_of(t);
    lm_sql_next(t);
    if (t->size != 1 || t->text[t->start] != '.')
        return true;
    lm_sql_next(t);
    if (!is_name(t))
        return false;
    *out = word_of(t);
    lm_sql_next(t);
    return true;
}

bool lm_pragma_read(const char *sql, size_t n, lm_pragma *out)
{
    lm_sqltok t;

    memset(out, 0, sizeof *out);
    if (!lm_sql_word_is(sql, n, 0, "PRAGMA"))
        return false;
    lm_sqltok_start(&t, sql, n);
    lm_sql_next(&t);
    lm_sql_next(&t);
    if (!take_name(&t, &out->name))
        return false;
    if (t.kind != LM_TOK_OPERATOR)
        return true;
    lm_sql_next(&t);
    /* A sign belongs to the number behind it. */
    if (t.kind == LM_TOK_OPERATOR)
        lm_sql_next(&t);
    if (t.kind != LM_TOK_END && t.kind != LM_TOK_SEMI)
        out->value = word_of(&t);
    return true;
}

bool lm_pragma_is_on(const lm_pragma *p)
{
    static const char on[][5] = {"1", "on", "yes", "true"};
    size_t i;

    for (i = 0; i < sizeof on / sizeof *on; i++)
        if (p->value.n > 0 && lm_word_is(&p->value, on[i]))
            return true;
    return false;
}

static bool is_harmless(const lm_sqltok *t)
{
    static const char words[][7] = {"CREATE", "SELECT", "ALTER", "PRAGMA"};
    size_t i;

    for (i = 0; i < sizeof words / sizeof *words; i++)
        if (lm_sqltok_is(t, words[i]))
            return true;
    return false;
}

/* Steps over IF [NOT] EXISTS. */
static void skip_exists(lm_sqltok *t)
{
    if (!lm_sqltok_is(t, "IF"))
        return;
    while (lm_sqltok_is(t, "IF") || lm_sqltok_is(t, "NOT") ||
           lm_sqltok_is(t, "EXISTS"))
        lm_sql_next(t);
}

bool lm_drops(const char *sql, size_t n, lm_word *table)
{
    lm_sqltok t;

    if (!lm_sql_word_is(sql, n, 0, "DROP") ||
        !lm_sql_word_is(sql, n, 1, "TABLE"))
        return false;
    lm_sqltok_start(&t, sql, n);
    lm_sql_next(&t);
    lm_sql_next(&t);
    lm_sql_next(&t);
    skip_exists(&t);
    return take_name(&t, table);
}

/* UPDATE [OR word] name, DELETE FROM name, REPLACE INTO name; on the first of
 * these words. */
static bool take_target(lm_sqltok *t, lm_act *out)
{
    out->updates = lm_sqltok_is(t, "UPDATE");
    lm_sql_next(t);
    if (lm_sqltok_is(t, "OR")) {
        lm_sql_next(t);
        lm_sql_next(t);
    }
    if (lm_sqltok_is(t, "FROM") || lm_sqltok_is(t, "INTO"))
        lm_sql_next(t);
    return take_name(t, &out->table);
}

/* Only what takes rows or keys away makes one act. ON UPDATE, DO UPDATE and
 * replace() are other things. */
bool lm_may_act(const char *sql, size_t n, lm_act *out)
{
    bool first = true, other = false, or = false;
    lm_sqltok t;

    memset(out, 0, sizeof *out);
    lm_sqltok_start(&t, sql, n);
    lm_sql_next(&t);
    if (is_harmless(&t))
        return false;
    if (lm_sqltok_is(&t, "DROP"))
        return lm_drops(sql, n, &out->table);
    do {
        if (lm_sqltok_is(&t, "REPLACE") && (first || or))
            return take_target(&t, out);
        if (!other && (lm_sqltok_is(&t, "DELETE") ||
                       lm_sqltok_is(&t, "UPDATE")))
            return take_target(&t, out);
        other = lm_sqltok_is(&t, "ON") || lm_sqltok_is(&t, "DO");
        or = lm_sqltok_is(&t, "OR");
        first = false;
    } while (lm_sql_next(&t) != LM_TOK_END);
    return false;
}

bool lm_renames_to(const char *sql, size_t n, lm_word *name)
{
    lm_word old;
    lm_sqltok t;

    if (!lm_sql_word_is(sql, n, 0, "ALTER"))
        return false;
    lm_sqltok_start(&t, sql, n);
    lm_sql_next(&t);
    lm_sql_next(&t);
    lm_sql_next(&t);
    if (!take_name(&t, &old) || !lm_sqltok_is(&t, "RENAME"))
        return false;
    lm_sql_next(&t);
    if (!lm_sqltok_is(&t, "TO"))
        return false;
    lm_sql_next(&t);
    return take_name(&t, name);
}

/* CREATE [TEMP] TABLE [IF NOT EXISTS] name; CREATE [UNIQUE] INDEX … ON name */
static bool creates(lm_sqltok *t, lm_word *table)
{
    bool index;

    lm_sql_next(t);
    if (lm_sqltok_is(t, "UNIQUE"))
        lm_sql_next(t);
    index = lm_sqltok_is(t, "INDEX");
    if (!index && !lm_sqltok_is(t, "TABLE"))
        return false;
    lm_sql_next(t);
    skip_exists(t);
    if (!take_name(t, table))
        return false;
    if (!index)
        return true;
    if (!lm_sqltok_is(t, "ON"))
        return false;
    lm_sql_next(t);
    return take_name(t, table);
}

bool lm_writes_table(const char *sql, size_t n, lm_word *table, bool *takes)
{
    bool insert;
    lm_sqltok t;

    *takes = false;
    lm_sqltok_start(&t, sql, n);
    lm_sql_next(&t);
    if (lm_sqltok_is(&t, "CREATE"))
        return creates(&t, table);
    if (lm_sqltok_is(&t, "DROP")) {
        *takes = true;
        return lm_drops(sql, n, table);
    }
    insert = lm_sqltok_is(&t, "INSERT") || lm_sqltok_is(&t, "REPLACE");
    *takes = lm_sqltok_is(&t, "DELETE");
    if (!insert && !*takes)
        return false;
    while (lm_sql_next(&t) == LM_TOK_WORD)
        if (lm_sqltok_is(&t, insert ? "INTO" : "FROM")) {
            lm_sql_next(&t);
            return take_name(&t, table);
        }
    return false;
}
