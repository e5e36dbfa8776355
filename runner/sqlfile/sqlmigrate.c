/* SPDX-License-Identifier: MIT */
/*
 * sql-migrate's files (rubenv/sql-migrate: sqlparse/sqlparse.go). A command
 * that is not written as it wants is nothing to it; here it is an error.
 */
#include <string.h>

#include "../base/text.h"
#include "mark.h"
#include "marked.h"

static const char prefix[] = "-- +migrate ";

typedef struct reading {
    const char *text;
    lm_err *err;
    lm_parts *out;
    bool any, down;         /* a direction was given; it is this */
    lm_begun begun;
} reading;

static bool is_mark(const lm_sqltok *t)
{
    return lm_mark_is_line(t) && lm_mark_begins(t, "+migrate");
}

bool lm_sql_migrate_directive(const lm_sqltok *comment)
{
    return is_mark(comment) && lm_sqltok_at_line(comment);
}

static bool is(const char *word, size_t n, const char *what)
{
    return n == strlen(what) && memcmp(word, what, n) == 0;
}

static void take_options(reading *r, const char *at, size_t left)
{
    const char *word;
    size_t n;

    while (word = lm_mark_next_word(&at, &left, &n), n > 0) {
        if (!is(word, n, "notransaction"))
            continue;
        if (r->down)
            r->out->down_no_txn = true;
        else
            r->out->no_txn = true;
    }
}

static int take_direction(reading *r, const lm_sqltok *t, bool down,
                          const char *options)
{
    const char *end = t->text + t->start + t->size;

    if (r->begun.open)
        return lm_marked_refuse_open(&r->begun, r->text, r->err);
    if (down && !r->any)
        return lm_marked_refuse(t, r->err, "-- +migrate Down "
                                "stands before -- +migrate Up");
    r->any = true;
    r->down = down;
    take_options(r, options, (size_t)(end - options));
    lm_parts_end(r->out, t->start);
    return lm_parts_begin(r->out, t->pos, !down, r->err);
}

static int take_mark(reading *r, const lm_sqltok *t)
{
    const char *at = t->text + t->start, *word;
    size_t left = t->size, n, m = sizeof prefix - 1;

    if (!lm_sqltok_at_line(t) || left < m || memcmp(at, prefix, m) != 0)
        return lm_marked_refuse(t, r->err, "sql-migrate sees "
                                "no command here: it must begin its line, as "
                                "-- +migrate Up");
    at += m;
    left -= m;
    word = lm_mark_next_word(&at, &left, &n);
    if (is(word, n, "Up"))
        return take_direction(r, t, false, at);
    if (is(word, n, "Down"))
        return take_direction(r, t, true, at);
    if (is(word, n, "StatementBegin"))
        return lm_marked_statement(&r->begun, t, true, r->out, r->err);
    if (is(word, n, "StatementEnd"))
        return lm_marked_statement(&r->begun, t, false, r->out, r->err);
    return lm_marked_refuse(t, r->err, "sql-migrate knows no "
                            "such command: it has Up, Down, StatementBegin "
                            "and StatementEnd, written so");
}

static int take_token(reading *r, const lm_sqltok *t)
{
    if (t->kind == LM_TOK_COMMENT)
        return is_mark(t) ? take_mark(r, t) : LM_OK;
    if (r->any || t->kind == LM_TOK_SPACE)
        return LM_OK;
    return lm_marked_refuse(t, r->err, "something stands "
                            "before the first -- +migrate Up");
}

int lm_sql_migrate_parse(const char *text, size_t len, lm_err *err,
                         lm_parts *out)
{
    reading r = {0};
    lm_sqltok t;
    int rc = LM_OK;

    r.text = text;
    r.err = err;
    r.out = out;
    lm_sqltok_start(&t, text, len);
    while (rc == LM_OK && lm_sqltok_next(&t) != LM_TOK_END)
        rc = take_token(&r, &t);
    lm_parts_end(out, len);
    if (rc == LM_OK && r.begun.open)
        rc = lm_marked_refuse_open(&r.begun, text, err);
    return rc;
}

/* Numbered ones first, by number; then, and the others, by the text. */
static int by_place(const void *a, const void *b)
{
    const char *x = lm_claim_at(a)->file, *y = lm_claim_at(b)->file;
    bool n = lm_claim_digits(x) > 0, m = lm_claim_digits(y) > 0;
    int c;

    if (n != m)
        return n ? -1 : 1;
    c = lm_claim_cmp_number(x, y);
    return c != 0 ? c : strcmp(x, y);
}

int lm_sql_migrate_claim(lm_claim *c)
{
    int rc = lm_marked_claim(c, LM_MARKS_SQL_MIGRATE, NULL);

    return rc == LM_OK ? lm_claim_rank(c, by_place) : rc;
}
