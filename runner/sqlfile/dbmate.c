/* SPDX-License-Identifier: MIT */
#include "dbmate.h"

#include <string.h>

#include "../base/list.h"
#include "../lex/sqltok.h"

typedef enum mark { MARK_NONE, MARK_UP, MARK_DOWN } mark;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* -- migrate:up key:value ...; what stands behind the word must be nothing
 * or begin with a blank. */
static mark read_mark(const char *s, size_t n, bool *no_transaction)
{
    static const char off[] = "transaction:false";
    size_t i = 2, word;
    mark found;

    if (n < 2 || s[0] != '-')
        return MARK_NONE;
    while (i < n && is_blank(s[i]))
        i++;
    if (n - i >= 10 && memcmp(s + i, "migrate:up", 10) == 0) {
        found = MARK_UP;
        i += 10;
    } else if (n - i >= 12 && memcmp(s + i, "migrate:down", 12) == 0) {
        found = MARK_DOWN;
        i += 12;
    } else
        return MARK_NONE;
    if (i < n && !is_blank(s[i]))
        return MARK_NONE;
    while (i < n) {
        while (i < n && is_blank(s[i]))
            i++;
        for (word = i; i < n && !is_blank(s[i]);)
            i++;
        if (i - word == sizeof off - 1 &&
            memcmp(s + word, off, i - word) == 0)
            *no_transaction = true;
    }
    return found;
}

bool lm_dbmate_mark(const char *comment, size_t len)
{
    bool ignored = false;

    return read_mark(comment, len, &ignored) != MARK_NONE;
}

static int begin_part(lm_parts *parts, size_t start, bool up, lm_err *err)
{
    lm_part *grown = lm_list_grow(parts->list, parts->count, &parts->size,
                                  sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(err);
    parts->list = grown;
    grown += parts->count++;
    grown->start = start;
    grown->size = 0;
    grown->up = up;
    return LM_OK;
}

static void end_part(lm_parts *parts, size_t at)
{
    if (parts->count > 0)
        parts->list[parts->count - 1].size =
            at - parts->list[parts->count - 1].start;
}

static int refuse(const char *text, size_t at, const char *what, lm_err *err)
{
    int line, column;

    lm_text_position(text, at, &line, &column);
    lm_err_set(err, LM_EUSAGE, "%s", what);
    lm_err_line(err, line, column);
    return LM_EUSAGE;
}

static int take_token(const lm_sqltok *t, lm_parts *out, lm_err *err)
{
    const char *s = t->text + t->start;
    bool at_line = t->start == 0 || s[-1] == '\n' ||
                   (t->start == 3 && (unsigned char)t->text[0] == 0xEF);
    mark m = MARK_NONE;

    if (t->kind == LM_TOK_COMMENT && at_line)
        m = read_mark(s, t->size, &out->no_transaction);
    if (m == MARK_NONE) {
        if (out->count > 0 || t->kind == LM_TOK_SPACE ||
            (t->kind == LM_TOK_COMMENT && s[0] == '-'))
            return LM_OK;
        return refuse(t->text, t->start, "something stands before the first "
                      "-- migrate:up", err);
    }
    if (m == MARK_DOWN && out->count == 0)
        return refuse(t->text, t->start, "-- migrate:down stands before "
                      "-- migrate:up", err);
    end_part(out, t->start);
    return begin_part(out, t->start + t->size, m == MARK_UP, err);
}

int lm_dbmate_parse(const char *text, size_t len, lm_err *err, lm_parts *out)
{
    lm_sqltok t;
    int rc = LM_OK;

    memset(out, 0, sizeof *out);
    lm_sqltok_start(&t, text, len);
    while (rc == LM_OK && lm_sqltok_next(&t) != LM_TOK_END)
        rc = take_token(&t, out, err);
    end_part(out, len);
    return rc;
}
