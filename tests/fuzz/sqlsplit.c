/* SPDX-License-Identifier: MIT */
/*
 * The splitter against SQLite itself: a piece is what sqlite3_complete calls
 * complete, and no shorter piece is; where sqlite3_prepare_v2 takes the text,
 * it goes on reading where the next piece begins.
 *
 * sqlite3_complete knows fewer tokens than the tokenizer: ?1, :a and bytes
 * that begin no token may be anything to it, and so may what stands between
 * EXPLAIN and CREATE. Such texts are not held against it.
 */
#include "fuzz.h"

#include <sqlite3.h>

#include "../../runner/base/text.h"
#include "../../runner/lex/sqlsplit.h"

typedef struct text {
    const char *bytes;
    size_t size;
} text;

static int deny(void *user, int what, const char *a, const char *b,
                const char *c, const char *d)
{
    (void)user, (void)a, (void)b, (void)c, (void)d;
    return what == SQLITE_PRAGMA || what == SQLITE_ATTACH ? SQLITE_DENY
                                                          : SQLITE_OK;
}

/* Nothing is ever run in it, so it stays as it is, and one does for all. */
static sqlite3 *open_database(void)
{
    static sqlite3 *db;

    if (db != NULL)
        return db;
    MUST(sqlite3_open(":memory:", &db) == SQLITE_OK);
    MUST(sqlite3_exec(db, "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT a "
                      "FROM t; CREATE TABLE users (id INTEGER PRIMARY KEY, "
                      "name, email)", NULL, NULL, NULL) == SQLITE_OK);
    MUST(sqlite3_set_authorizer(db, deny, NULL) == SQLITE_OK);
    return db;
}

static int counts(const lm_sqltok *t)
{
    return t->kind != LM_TOK_SPACE && t->kind != LM_TOK_COMMENT;
}

/* Only blanks, comments and empty statements. */
static int is_empty(const char *from, const char *to)
{
    lm_sqltok t;

    lm_sqltok_start(&t, from, (size_t)(to - from));
    while (lm_sqltok_next(&t) != LM_TOK_END)
        if (counts(&t) && t.kind != LM_TOK_SEMI)
            return 0;
    return 1;
}

static int is_complete(const char *sql, size_t size)
{
    char *copy = lm_strndup(sql, size);
    int yes;

    MUST(copy != NULL);
    yes = sqlite3_complete(copy);
    free(copy);
    return yes;
}

/* Do both see the same tokens in it? */
static int is_plain(const char *sql, size_t size)
{
    int explained = lm_sql_word_is(sql, size, 0, "EXPLAIN");
    lm_sqltok t;

    lm_sqltok_start(&t, sql, size);
    while (lm_sqltok_next(&t) != LM_TOK_END)
        if (t.kind == LM_TOK_BAD || t.kind == LM_TOK_VARIABLE ||
            t.kind == LM_TOK_NUMBER || t.kind == LM_TOK_BLOB)
            return 0;
    return !explained;
}

/* No semicolon in it ends a statement. */
static void hold_open(const char *sql, size_t size)
{
    lm_sqltok t;

    if (!is_plain(sql, size))
        return;
    lm_sqltok_start(&t, sql, size);
    while (lm_sqltok_next(&t) != LM_TOK_END)
        if (t.kind == LM_TOK_SEMI)
            MUST(!is_complete(sql, t.start + 1));
}

static void hold_against_complete(const char *sql, size_t size)
{
    if (is_plain(sql, size))
        MUST(is_complete(sql, size) == (sql[size - 1] == ';'));
    hold_open(sql, size - 1);
}

/* What SQLite compiled may end later than the piece, by blanks alone. */
static void hold_against_prepare(sqlite3 *db, const text *all,
                                 const lm_sqlsplit *s)
{
    const char *sql = all->bytes + s->start, *tail = NULL;
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, sql, (int)(all->size - s->start), &stmt,
                                &tail);

    if (rc == SQLITE_OK && stmt != NULL) {
        MUST(tail >= sql + s->size);
        MUST(tail == sql + s->size || is_empty(sql + s->size, tail));
    }
    sqlite3_finalize(stmt);
}

static void split(sqlite3 *db, const text *all)
{
    size_t end = 0;
    lm_sqlsplit s;
    lm_split what;

    lm_sqlsplit_start(&s, all->bytes, all->size);
    while ((what = lm_sqlsplit_next(&s)) == LM_SPLIT_STATEMENT) {
        MUST(s.start >= end && s.size > 0);
        MUST(s.start + s.size <= all->size);
        MUST(is_empty(all->bytes + end, all->bytes + s.start));
        end = s.start + s.size;
        hold_against_complete(all->bytes + s.start, s.size);
        hold_against_prepare(db, all, &s);
    }
    if (what == LM_SPLIT_DONE)
        MUST(is_empty(all->bytes + end, all->bytes + all->size));
    else
        MUST(s.start >= end && s.start < all->size);
    if (what == LM_SPLIT_OPEN_TRIGGER)
        hold_open(all->bytes + s.start, all->size - s.start);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    text all = {fuzz_text(data, size), size};

    /* A file with a NUL is refused before it is split. */
    if (memchr(all.bytes, '\0', size) == NULL)
        split(open_database(), &all);
    free((char *)all.bytes);
    return 0;
}
