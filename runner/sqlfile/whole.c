/* SPDX-License-Identifier: MIT */
#include "whole.h"

#include <string.h>

#include "depends.h"
#include "mark.h"

bool lm_broken_directive(const lm_sqltok *comment)
{
    return lm_mark_is_break(comment);
}

bool lm_whole_directive(const lm_sqltok *comment)
{
    return lm_mark_is_break(comment) || lm_mark_opts_out(comment);
}

bool lm_loose_directive(const lm_sqltok *comment)
{
    return lm_whole_directive(comment) || lm_depends_line(comment);
}

bool lm_yoyo_directive(const lm_sqltok *comment)
{
    return lm_loose_directive(comment) || (lm_mark_is_line(comment) &&
           lm_mark_begins(comment, "transactional:"));
}

/* The mark ends with its words: what follows them on the line is SQL. */
static int cut_at_breaks(const char *text, size_t len, lm_err *err,
                         lm_parts *out)
{
    static const char words[] = "--> statement-breakpoint";
    size_t end;
    lm_sqltok t;
    int rc = LM_OK;

    lm_sqltok_start(&t, text, len);
    while (rc == LM_OK && lm_sqltok_next(&t) != LM_TOK_END) {
        if (t.kind != LM_TOK_COMMENT || !lm_mark_is_break(&t))
            continue;
        end = t.start + sizeof words - 1;
        rc = lm_parts_cut(out, t.start, end, err);
        t.pos = end;
    }
    return rc;
}

int lm_broken_parse(const char *text, size_t len, lm_err *err, lm_parts *out)
{
    int rc = lm_parts_begin(out, 0, true, err);

    if (rc == LM_OK && strstr(text, "--> statement-breakpoint") != NULL)
        rc = cut_at_breaks(text, len, err, out);
    lm_parts_end(out, len);
    return rc;
}

int lm_whole_parse(const char *text, size_t len, lm_err *err, lm_parts *out)
{
    lm_sqltok t;

    lm_sqltok_start(&t, text, len);
    lm_sqltok_next(&t);
    out->no_txn = lm_mark_opts_out(&t);
    return lm_broken_parse(text, len, err, out);
}

/* Comments before the first statement count, as for yoyo; and a folder that
 * gets its first way down stays what it was. */
int lm_yoyo_parse(const char *text, size_t len, lm_err *err, lm_parts *out)
{
    const char *body;
    size_t n;
    lm_sqltok t;

    lm_sqltok_start(&t, text, len);
    while (lm_sqltok_next(&t) == LM_TOK_SPACE || t.kind == LM_TOK_COMMENT) {
        if (lm_mark_opts_out(&t))
            out->no_txn = true;
        if (t.kind == LM_TOK_SPACE || !lm_mark_begins(&t, "transactional:"))
            continue;
        body = lm_mark_body(&t, &n);
        if (n >= 5 && memcmp(body + n - 5, "false", 5) == 0)
            out->no_txn = true;
    }
    return lm_broken_parse(text, len, err, out);
}
