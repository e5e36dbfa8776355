/* SPDX-License-Identifier: MIT */
#include "statements.h"

#include <string.h>

#include "../base/text.h"
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

/* The next token that counts. */
static lm_sqlkind next_token(lm_sqltok *t)
{
    do
        lm_sqltok_next(t);
    while (t->kind == LM_TOK_SPACE || t->kind == LM_TOK_COMMENT);
    return t->kind;
}

static bool token_is(const lm_sqltok *t, const char *word)
{
    size_t quote = t->kind == LM_TOK_QUOTED || t->kind == LM_TOK_STRING;

    return t->size > 2 * quote &&
           lm_same_name_n(t->text + t->start + quote, t->size - 2 * quote,
                          word, strlen(word));
}

typedef enum keys_use {
    KEYS_NONE,          /* no PRAGMA foreign_keys */
    KEYS_HARMLESS,      /* asked for, or switched off */
    KEYS_ON
} keys_use;

/* PRAGMA [main.]foreign_keys [= value | (value)]. SQLite takes an unknown
 * word for off. */
static keys_use foreign_keys_use(const char *sql, size_t n)
{
    static const char *const on[] = {"1", "on", "yes", "true"};
    lm_sqltok t;
    size_t i;

    if (!lm_sql_word_is(sql, n, 0, "PRAGMA"))
        return KEYS_NONE;
    lm_sqltok_start(&t, sql, n);
    next_token(&t);
    next_token(&t);
    if (token_is(&t, "main")) {
        next_token(&t);
        next_token(&t);
    }
    if (!token_is(&t, "foreign_keys"))
        return KEYS_NONE;
    next_token(&t);
    next_token(&t);
    for (i = 0; i < sizeof on / sizeof *on; i++)
        if (token_is(&t, on[i]))
            return KEYS_ON;
    return KEYS_HARMLESS;
}

/* May a foreign key act when this runs (cascade, set null)? Only what takes
 * rows or keys away makes one do so. */
static bool may_act(const char *sql, size_t n)
{
    lm_sqltok t;

    if (lm_sql_word_is(sql, n, 0, "CREATE") ||
        lm_sql_word_is(sql, n, 0, "SELECT"))
        return false;
    lm_sqltok_start(&t, sql, n);
    while (next_token(&t) != LM_TOK_END)
        if (lm_sqltok_is(&t, "DELETE") || lm_sqltok_is(&t, "UPDATE") ||
            lm_sqltok_is(&t, "REPLACE") || lm_sqltok_is(&t, "DROP"))
            return true;
    return false;
}

static int refuse_keys(const lm_source *source, size_t offset, lm_err *err)
{
    lm_err_hint(err, "leave it out: what breaks a foreign key is found when "
                "the file has run; where ON DELETE or ON UPDATE are to act, "
                "write a Lua script with FOREIGN_KEYS = true");
    lm_statements_place(source, offset, err);
    return LM_EUSAGE;
}

/* What the part looks like from afar. */
typedef struct outline {
    size_t count;           /* without PRAGMA foreign_keys */
    bool begins, ends;      /* the first is BEGIN, the last COMMIT */
    bool keys_on;           /* foreign keys were to be enforced, */
    size_t keys_at;         /* from here on */
} outline;

static int look_at(const lm_source *source, const char *sql, size_t n,
                   outline *out, lm_err *err)
{
    size_t offset = (size_t)(sql - source->text);
    keys_use use = foreign_keys_use(sql, n);

    if (use != KEYS_NONE) {
        out->keys_on = use == KEYS_ON;
        out->keys_at = offset;
        return LM_OK;
    }
    if (out->keys_on && may_act(sql, n)) {
        lm_err_set(err, LM_EUSAGE, "PRAGMA foreign_keys has no effect in a "
                   "migration: foreign keys do not act while it runs");
        return refuse_keys(source, out->keys_at, err);
    }
    if (out->count++ == 0)
        out->begins = is_begin(sql, n);
    out->ends = is_end(sql, n);
    return LM_OK;
}

static int look_over(const lm_source *source, const lm_part *part,
                     outline *out, lm_err *err)
{
    const char *text = source->text + part->start;
    lm_sqlsplit split;
    lm_split found;
    int rc = LM_OK;

    memset(out, 0, sizeof *out);
    lm_sqlsplit_start(&split, text, part->size);
    while (rc == LM_OK &&
           (found = lm_sqlsplit_next(&split)) == LM_SPLIT_STATEMENT)
        rc = look_at(source, text + split.start, split.size, out, err);
    if (rc != LM_OK)
        return rc;
    if (found == LM_SPLIT_OPEN_QUOTE)
        return refuse(source, part->start + split.start, "a quote that "
                      "begins here is never closed", err);
    if (found == LM_SPLIT_OPEN_TRIGGER)
        return refuse(source, part->start + split.start, "the trigger that "
                      "begins here has no END", err);
    return LM_OK;
}

/* In the runner's transaction. */
static int judge(const lm_source *source, const lm_sqlsplit *split,
                 size_t offset, lm_err *err)
{
    const char *sql = source->text + offset;
    size_t n = split->size;

    if (!is_begin(sql, n) && !is_end(sql, n) && !is_rollback(sql, n))
        return LM_OK;
    return refuse(source, offset, "BEGIN, COMMIT and ROLLBACK are the "
                  "runner's: only a BEGIN as first and a COMMIT as last "
                  "statement may stand in the file", err);
}

int lm_statements_each(const lm_source *source, const lm_part *part,
                       lm_err *err, lm_statement_fn each, void *user)
{
    bool ours = source->txn == LM_TXN_ONE;
    lm_sqlsplit split;
    size_t n = 0, at;
    outline o;
    int rc = look_over(source, part, &o, err);

    lm_sqlsplit_start(&split, source->text + part->start, part->size);
    while (rc == LM_OK && lm_sqlsplit_next(&split) == LM_SPLIT_STATEMENT) {
        at = part->start + split.start;
        if (foreign_keys_use(source->text + at, split.size) != KEYS_NONE)
            continue;
        n++;
        if (ours && o.begins && o.ends && (n == 1 || n == o.count))
            continue;
        if (ours)
            rc = judge(source, &split, at, err);
        if (rc == LM_OK)
            rc = each(user, source->text + at, split.size, at);
    }
    return rc;
}
