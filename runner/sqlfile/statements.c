/* SPDX-License-Identifier: MIT */
#include "statements.h"

#include <string.h>

#include "../lex/sqlsplit.h"

void lm_statements_place(const lm_source *source, size_t offset, lm_err *err)
{
    int line, column;

    lm_text_position(source->text, offset, &line, &column);
    lm_err_line(err, line, column);
}

static int refuse(const lm_source *source, size_t offset, const char *what,
                  lm_err *err)
{
    lm_err_set(err, LM_EUSAGE, "%s", what);
    lm_statements_place(source, offset, err);
    return LM_EUSAGE;
}

static bool is_begin(const char *sql, size_t n)
{
    return lm_sql_word_is(sql, n, 0, "BEGIN");
}

static bool is_end(const char *sql, size_t n)
{
    return lm_sql_word_is(sql, n, 0, "COMMIT") ||
           lm_sql_word_is(sql, n, 0, "END");
}

/* ROLLBACK TO belongs to savepoints. */
static bool is_rollback(const char *sql, size_t n)
{
    return lm_sql_word_is(sql, n, 0, "ROLLBACK") &&
           !lm_sql_word_is(sql, n, 1, "TO") &&
           !lm_sql_word_is(sql, n, 2, "TO");
}

static bool sets_foreign_keys(const char *sql, size_t n)
{
    return lm_sql_word_is(sql, n, 0, "PRAGMA") &&
           lm_sql_word_is(sql, n, 1, "foreign_keys");
}

/* What the part looks like from afar. */
typedef struct outline {
    size_t count;
    bool begins, ends;      /* the first is BEGIN, the last COMMIT */
} outline;

static int look_over(const lm_source *source, const lm_part *part,
                     outline *out, lm_err *err)
{
    const char *text = source->text + part->start, *sql;
    lm_sqlsplit split;
    lm_split found;

    memset(out, 0, sizeof *out);
    lm_sqlsplit_start(&split, text, part->size);
    while ((found = lm_sqlsplit_next(&split)) == LM_SPLIT_STATEMENT) {
        sql = text + split.start;
        if (out->count++ == 0)
            out->begins = is_begin(sql, split.size);
        out->ends = is_end(sql, split.size);
    }
    if (found == LM_SPLIT_OPEN_QUOTE)
        return refuse(source, part->start + split.start, "a quote that "
                      "begins here is never closed", err);
    if (found == LM_SPLIT_OPEN_TRIGGER)
        return refuse(source, part->start + split.start, "the trigger that "
                      "begins here has no END", err);
    return LM_OK;
}

/* In the runner's transaction: what is left out, what is refused. */
static int judge(const lm_source *source, const lm_sqlsplit *split,
                 size_t offset, lm_err *err, bool *skip)
{
    const char *sql = source->text + offset;
    size_t n = split->size;

    *skip = sets_foreign_keys(sql, n);
    if (*skip || !(is_begin(sql, n) || is_end(sql, n) ||
                   is_rollback(sql, n)))
        return LM_OK;
    return refuse(source, offset, "BEGIN, COMMIT and ROLLBACK are the "
                  "runner's: only a BEGIN as first and a COMMIT as last "
                  "statement may stand in the file", err);
}

int lm_statements_each(const lm_source *source, const lm_part *part,
                       lm_err *err, lm_statement_fn each, void *user)
{
    bool ours = source->txn == LM_TXN_ONE, skip;
    lm_sqlsplit split;
    size_t n = 0, at;
    outline o;
    int rc = look_over(source, part, &o, err);

    lm_sqlsplit_start(&split, source->text + part->start, part->size);
    while (rc == LM_OK && lm_sqlsplit_next(&split) == LM_SPLIT_STATEMENT) {
        n++;
        skip = false;
        at = part->start + split.start;
        if (ours && o.begins && o.ends && (n == 1 || n == o.count))
            continue;
        if (ours)
            rc = judge(source, &split, at, err, &skip);
        if (rc == LM_OK && !skip)
            rc = each(user, source->text + at, split.size, at);
    }
    return rc;
}
