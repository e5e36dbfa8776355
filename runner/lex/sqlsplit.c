/* SPDX-License-Identifier: MIT */
#include "sqlsplit.h"

/*
 * Where in a statement the tokens read so far have led. Only its first words
 * decide whether it is a trigger, so that a table called "trigger" or a
 * column called "end" changes nothing.
 */
typedef enum state {
    AT_START,       /* nothing but blanks, comments, semicolons */
    IN_PLAIN,       /* it ends at the next semicolon */
    AFTER_EXPLAIN,
    AFTER_CREATE,
    IN_TRIGGER,
    AFTER_SEMI,     /* in a trigger, behind a semicolon */
    AFTER_END,      /* in a trigger, behind ; END */
    FINISHED
} state;

static state follow_head(state now, const lm_sqltok *t)
{
    if (now == AFTER_CREATE) {
        if (lm_sqltok_is(t, "TRIGGER"))
            return IN_TRIGGER;
        return lm_sqltok_is(t, "TEMP") || lm_sqltok_is(t, "TEMPORARY")
                   ? AFTER_CREATE
                   : IN_PLAIN;
    }
    if (lm_sqltok_is(t, "CREATE"))
        return AFTER_CREATE;
    if (now == AT_START)
        return lm_sqltok_is(t, "EXPLAIN") ? AFTER_EXPLAIN : IN_PLAIN;
    return lm_sqltok_is(t, "QUERY") || lm_sqltok_is(t, "PLAN")
               ? AFTER_EXPLAIN
               : IN_PLAIN;
}

static state follow(state now, const lm_sqltok *t)
{
    if (t->kind == LM_TOK_SEMI) {
        if (now == IN_TRIGGER || now == AFTER_SEMI)
            return AFTER_SEMI;
        return FINISHED;
    }
    switch (now) {
    case IN_PLAIN: return IN_PLAIN;
    case AFTER_SEMI:
        return lm_sqltok_is(t, "END") ? AFTER_END : IN_TRIGGER;
    case IN_TRIGGER:
    case AFTER_END: return IN_TRIGGER;
    default: return follow_head(now, t);
    }
}

/* A malformed blob is closed, and SQLite's own message about it is good. */
static bool is_open_quote(const lm_sqltok *t)
{
    const char *s = t->text + t->start;

    if (t->kind != LM_TOK_BAD)
        return false;
    switch (s[0]) {
    case '\'':
    case '"':
    case '`':
    case '[': return true;
    case 'x':
    case 'X': return t->size == 2 || s[t->size - 1] != '\'';
    default: return false;
    }
}

void lm_sqlsplit_start(lm_sqlsplit *s, const char *text, size_t len)
{
    lm_sqltok_start(&s->tok, text, len);
    s->start = 0;
    s->size = 0;
}

static lm_split end_at_open_quote(lm_sqlsplit *s)
{
    s->start = s->tok.start;
    s->size = s->tok.len - s->start;
    s->tok.pos = s->tok.len;
    return LM_SPLIT_OPEN_QUOTE;
}

lm_split lm_sqlsplit_next(lm_sqlsplit *s)
{
    state now = AT_START;
    lm_sqlkind kind;

    while ((kind = lm_sqltok_next(&s->tok)) != LM_TOK_END) {
        if (kind == LM_TOK_SPACE || kind == LM_TOK_COMMENT)
            continue;
        if (now == AT_START && kind == LM_TOK_SEMI)
            continue;
        if (is_open_quote(&s->tok))
            return end_at_open_quote(s);
        if (now == AT_START)
            s->start = s->tok.start;
        s->size = s->tok.pos - s->start;
        now = follow(now, &s->tok);
        if (now == FINISHED)
            return LM_SPLIT_STATEMENT;
    }
    if (now == AT_START) {
        s->start = s->tok.len;
        s->size = 0;
        return LM_SPLIT_DONE;
    }
    return now == IN_TRIGGER || now == AFTER_SEMI ? LM_SPLIT_OPEN_TRIGGER
                                                  : LM_SPLIT_STATEMENT;
}

bool lm_sql_word_is(const char *sql, size_t len, int n, const char *keyword)
{
    lm_sqltok t;
    lm_sqlkind kind;

    lm_sqltok_start(&t, sql, len);
    for (;;) {
        kind = lm_sqltok_next(&t);
        if (kind == LM_TOK_SPACE || kind == LM_TOK_COMMENT)
            continue;
        if (kind != LM_TOK_WORD)
            return false;
        if (n-- == 0)
            return lm_sqltok_is(&t, keyword);
    }
}
