/* SPDX-License-Identifier: MIT */
/*
 * What a script may not say and SQLite tells no authorizer: found in the text
 * of a statement, before it is compiled.
 */
#include <string.h>

#include "../base/text.h"
#include "../lex/sqlsplit.h"
#include "internal.h"

/* VACUUM asks the authorizer only when it steps, so its INTO is looked for
 * in the text. */
static int judge_vacuum(lm_db *db, const char *sql, size_t len, bool *vacuum)
{
    lm_sqltok t;

    *vacuum = lm_sql_word_is(sql, len, 0, "VACUUM");
    if (!*vacuum)
        return LM_OK;
    lm_sqltok_start(&t, sql, len);
    while (lm_sqltok_next(&t) != LM_TOK_END)
        if (lm_sqltok_is(&t, "INTO"))
            return lm_err_set(db->err, LM_EFAILED, "VACUUM INTO is not "
                              "allowed in a migration");
    if (!db->own_txn)
        return lm_err_set(db->err, LM_EFAILED, "VACUUM cannot run inside a "
                          "transaction: it needs TRANSACTION = false");
    return LM_OK;
}

/* The token that counts next. */
static lm_sqlkind next_word(lm_sqltok *t)
{
    do
        lm_sqltok_next(t);
    while (t->kind == LM_TOK_SPACE || t->kind == LM_TOK_COMMENT);
    return t->kind;
}

/* The last token of RENAME TO x. A table may be called rename, too. */
static bool find_new_name(const char *sql, size_t len, lm_sqltok *t)
{
    lm_sqltok_start(t, sql, len);
    next_word(t);
    while (t->kind != LM_TOK_END) {
        if (!lm_sqltok_is(t, "RENAME")) {
            next_word(t);
            continue;
        }
        next_word(t);
        if (lm_sqltok_is(t, "TO"))
            return next_word(t) != LM_TOK_END;
    }
    return false;
}

/* ALTER TABLE tells the authorizer no more than the old name. */
static int judge_rename(lm_db *db, const char *sql, size_t len)
{
    lm_sqltok t;
    size_t i, quote;

    if (!lm_sql_word_is(sql, len, 0, "ALTER") ||
        !find_new_name(sql, len, &t))
        return LM_OK;
    quote = t.kind == LM_TOK_QUOTED || t.kind == LM_TOK_STRING;
    for (i = 0; i < 3 && t.size > 2 * quote; i++)
        if (lm_same_name_n(sql + t.start + quote, t.size - 2 * quote,
                           db->own[i], strlen(db->own[i])))
            return lm_err_set(db->err, LM_EFAILED, "%s belongs to the "
                              "runner: not allowed in a migration",
                              db->own[i]);
    return LM_OK;
}

int lm_text_judge(lm_db *db, const char *sql, size_t len, bool *vacuum)
{
    int rc = judge_vacuum(db, sql, len, vacuum);

    return rc == LM_OK ? judge_rename(db, sql, len) : rc;
}
