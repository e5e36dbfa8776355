/* SPDX-License-Identifier: MIT */
#include "jsonread.h"

#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "internal.h"

struct lm_jsonread {
    sqlite3 *handle;
    lm_err *err;
};

/* What stands against reading it, or NULL. json_type fails where json_valid
 * says no, which it also says when memory runs out; but json_valid alone is
 * strict (since SQLite 3.42 all others take JSON5). Without pairs of
 * backslashes what looks like the escape of a NUL is one. */
static const char judge[] =
    "SELECT CASE WHEN json_type(?1) IS NULL OR NOT json_valid(?1) THEN "
    "'it is not JSON' "
    "WHEN instr(replace(?1, '\\\\', ''), '\\u0000') THEN "
    "'a text in it holds a NUL' "
    "WHEN EXISTS (SELECT 1 FROM json_tree(?1) WHERE "
    "type IN ('integer', 'real') AND "
    "(typeof(atom) <> type OR atom IN (9e999, -9e999))) THEN "
    "'a number in it is too large' END";

/* The kinds as lm_jsonread_kind has them. */
static const char walk[] =
    "SELECT key, value, CASE type WHEN 'integer' THEN 1 WHEN 'text' THEN 2 "
    "WHEN 'array' THEN 3 WHEN 'object' THEN 4 ELSE 0 END "
    "FROM json_each(?1) ORDER BY id";

static int fail(lm_jsonread *r, int rc)
{
    if (rc == SQLITE_NOMEM)
        return lm_err_nomem(r->err);
    return lm_err_set(r->err, lm_db_class(rc), "%s",
                      sqlite3_errmsg(r->handle));
}

/* The statements are ours and right, so that a plain error says that SQLite
 * lacks what they call. */
static int prepare(lm_jsonread *r, const char *sql, const char *json,
                   sqlite3_stmt **out)
{
    int rc = sqlite3_prepare_v2(r->handle, sql, -1, out, NULL);

    if (rc == SQLITE_ERROR)
        return lm_err_set(r->err, LM_EUSAGE, "this SQLite (%s) has no JSON "
                          "functions; every one since 3.38 has them unless it "
                          "was built without", sqlite3_libversion());
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(*out, 1, json, -1, SQLITE_STATIC);
    return rc == SQLITE_OK ? LM_OK : fail(r, rc);
}

static int check(lm_jsonread *r, const char *json)
{
    sqlite3_stmt *s = NULL;
    int step, rc = prepare(r, judge, json, &s);

    if (rc == LM_OK) {
        step = sqlite3_step(s);
        if (step == SQLITE_ERROR)
            rc = lm_err_set(r->err, LM_EUSAGE, "it is not JSON");
        else if (step != SQLITE_ROW)
            rc = fail(r, step);
        else if (sqlite3_column_type(s, 0) != SQLITE_NULL)
            rc = lm_err_set(r->err, LM_EUSAGE, "%s",
                            (const char *)sqlite3_column_text(s, 0));
    }
    sqlite3_finalize(s);
    return rc;
}

int lm_jsonread_open(const char *text, size_t len, lm_err *err,
                     lm_jsonread **out)
{
    lm_jsonread *r;
    int rc;

    *out = NULL;
    if (memchr(text, '\0', len) != NULL || !lm_utf8_valid(text, len))
        return lm_err_set(err, LM_EUSAGE, "it is not JSON");
    r = calloc(1, sizeof *r);
    if (r == NULL)
        return lm_err_nomem(err);
    r->err = err;
    rc = sqlite3_open(":memory:", &r->handle);
    rc = rc == SQLITE_OK ? check(r, text) : fail(r, rc);
    if (rc != LM_OK)
        lm_jsonread_close(r);
    else
        *out = r;
    return rc;
}

/* Half of a UTF-16 pair, escaped, comes out as bytes that are no text. */
static int check_unicode(lm_jsonread *r, const char *text)
{
    if (text == NULL || lm_utf8_valid(text, strlen(text)))
        return LM_OK;
    return lm_err_set(r->err, LM_EUSAGE, "a text in it is not Unicode");
}

static int hand_over(lm_jsonread *r, sqlite3_stmt *s, lm_jsonread_fn each,
                     void *user)
{
    bool named = sqlite3_column_type(s, 0) == SQLITE_TEXT;
    bool null = sqlite3_column_type(s, 1) == SQLITE_NULL;
    lm_jsonread_item item = {0};
    int rc;

    item.kind = (lm_jsonread_kind)sqlite3_column_int(s, 2);
    item.integer = sqlite3_column_int64(s, 1);
    if (named)
        item.key = (const char *)sqlite3_column_text(s, 0);
    item.text = (const char *)sqlite3_column_text(s, 1);
    if ((named && item.key == NULL) || (!null && item.text == NULL))
        return lm_err_nomem(r->err);
    rc = check_unicode(r, item.key);
    if (rc == LM_OK)
        rc = check_unicode(r, item.text);
    return rc == LM_OK ? each(user, &item) : rc;
}

int lm_jsonread_each(lm_jsonread *r, const char *json, lm_jsonread_fn each,
                     void *user)
{
    sqlite3_stmt *s = NULL;
    int step = SQLITE_ROW, rc = prepare(r, walk, json, &s);

    while (rc == LM_OK && step == SQLITE_ROW) {
        step = sqlite3_step(s);
        if (step == SQLITE_ROW)
            rc = hand_over(r, s, each, user);
        else if (step != SQLITE_DONE)
            rc = fail(r, step);
    }
    sqlite3_finalize(s);
    return rc;
}

void lm_jsonread_close(lm_jsonread *r)
{
    if (r == NULL)
        return;
    sqlite3_close(r->handle);
    free(r);
}
