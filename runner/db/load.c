/* SPDX-License-Identifier: MIT */
/* A dump becomes a schema again. */
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../lex/name.h"
#include "../lex/sqlsplit.h"
#include "dump.h"
#include "dumpform.h"
#include "internal.h"

const char lm_dump_first[] = "-- lumigrate dump 1";
const char lm_dump_last[] = "-- end of dump";
const char lm_dump_ledger_mark[] = "-- ledger: ";

/* A byte order mark is nothing. */
static void skip_mark(const char **text, size_t *len)
{
    if (*len >= 3 && memcmp(*text, "\xEF\xBB\xBF", 3) == 0) {
        *text += 3;
        *len -= 3;
    }
}

/* The line at `at`, without its end. */
static size_t line_length(const char *text, size_t len, size_t at)
{
    const char *end = memchr(text + at, '\n', len - at);
    size_t n = (end == NULL ? len : (size_t)(end - text)) - at;

    return n > 0 && text[at + n - 1] == '\r' ? n - 1 : n;
}

static bool line_is(const char *text, size_t len, size_t at,
                    const char *line)
{
    size_t n = line_length(text, len, at);

    return n == strlen(line) && memcmp(text + at, line, n) == 0;
}

bool lm_dump_is(const char *text, size_t len)
{
    skip_mark(&text, &len);
    return len > 0 && line_is(text, len, 0, lm_dump_first);
}

/* The last line that is not blank. */
static bool is_whole(const char *text, size_t len)
{
    while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
        len--;
    return len >= sizeof lm_dump_last &&
           text[len - sizeof lm_dump_last] == '\n' &&
           memcmp(text + len - sizeof lm_dump_last + 1, lm_dump_last,
                  sizeof lm_dump_last - 1) == 0;
}

static int check_ledger(const char *text, size_t len, const char *table,
                        lm_err *err)
{
    size_t at = strlen(lm_dump_first), mark = strlen(lm_dump_ledger_mark);
    char *shown, *name;
    int rc = LM_OK;

    while (at < len && text[at] != '\n')
        at++;
    at++;
    if (at + mark > len || memcmp(text + at, lm_dump_ledger_mark, mark) != 0)
        return LM_OK;
    at += mark;
    name = lm_strndup(text + at, line_length(text, len, at));
    shown = lm_one_line(table, strlen(table), 0);
    if (name == NULL || shown == NULL)
        rc = lm_err_nomem(err);
    else if (!lm_same_name(name, shown)) {
        rc = lm_err_set(err, LM_EUSAGE, "the dump's ledger is called %s, "
                        "and ours is to be %s", name, shown);
        lm_err_hint(err, "load it with --table %s (LUMIGRATE_TABLE)", name);
    }
    free(name);
    free(shown);
    return rc;
}

int lm_dump_check(const char *text, size_t len, const char *table,
                  lm_err *err)
{
    skip_mark(&text, &len);
    if (!lm_dump_is(text, len)) {
        lm_err_set(err, LM_EUSAGE, "this is no dump of lumigrate's: its "
                   "first line is not \"%s\"", lm_dump_first);
        lm_err_hint(err, "lumigrate dump writes one; other SQL can be a "
                    "migration, and a backup comes back with lumigrate "
                    "restore");
        return LM_EUSAGE;
    }
    if (!is_whole(text, len)) {
        lm_err_set(err, LM_EDATA, "the dump was cut off: its last line is "
                   "not \"%s\"", lm_dump_last);
        lm_err_hint(err, "write it again, or copy all of it");
        return LM_EDATA;
    }
    if (memchr(text, '\0', len) != NULL)
        return lm_err_set(err, LM_EDATA, "there is a NUL byte in the dump");
    return check_ledger(text, len, table, err);
}

/* ---- statements ---- */

typedef struct loading {
    lm_db *db;
    const char *text;
    size_t len;
    const char *sql;    /* the statement that is looked at */
    size_t size;
    size_t objects;
} loading;

/* Words at the beginning, NULL at the end. */
static bool begins(const loading *l, const char *const *words)
{
    int i;

    for (i = 0; words[i] != NULL; i++)
        if (!lm_sql_word_is(l->sql, l->size, i, words[i]))
            return false;
    return true;
}

/* What a dump has for other programs. */
static bool is_for_others(const loading *l)
{
    static const char *const begin[] = {"BEGIN", NULL};
    static const char *const commit[] = {"COMMIT", NULL};
    static const char *const keys[] = {"PRAGMA", "foreign_keys", NULL};
    static const char *const encoding[] = {"PRAGMA", "encoding", NULL};

    return begins(l, begin) || begins(l, commit) || begins(l, keys) ||
           begins(l, encoding);
}

static bool is_number(const loading *l)
{
    static const char *const user[] = {"PRAGMA", "user_version", NULL};
    static const char *const id[] = {"PRAGMA", "application_id", NULL};

    return begins(l, user) || begins(l, id);
}

static bool is_definition(const loading *l)
{
    static const char *const temp[] = {"CREATE", "TEMP", NULL};
    static const char *const temporary[] = {"CREATE", "TEMPORARY", NULL};
    static const char *const create[] = {"CREATE", NULL};

    return begins(l, create) && !begins(l, temp) && !begins(l, temporary);
}

/* The third token is the ledger's name, as a dump writes it. */
static bool goes_to_ledger(const loading *l, lm_sqltok *t)
{
    static const char *const insert[] = {"INSERT", "INTO", NULL};
    char *quoted = lm_quote_ident(l->db->own[0]);
    bool yes;

    lm_sqltok_start(t, l->sql, l->size);
    lm_sql_next(t);
    lm_sql_next(t);
    lm_sql_next(t);
    yes = quoted != NULL && begins(l, insert) &&
          lm_same_name_n(l->sql + t->start, t->size, quoted,
                         strlen(quoted));
    free(quoted);
    return yes;
}

/* INSERT INTO "ledger" (…) VALUES (…), of literals: no word behind VALUES
 * but NULL. */
static bool is_row(const loading *l)
{
    bool values = false;
    lm_sqltok t;

    if (!goes_to_ledger(l, &t))
        return false;
    while (lm_sql_next(&t) != LM_TOK_END) {
        if (values && (t.kind == LM_TOK_QUOTED || t.kind == LM_TOK_VARIABLE ||
                       t.kind == LM_TOK_BAD ||
                       (t.kind == LM_TOK_WORD && !lm_sqltok_is(&t, "NULL"))))
            return false;
        if (t.kind == LM_TOK_WORD && lm_sqltok_is(&t, "VALUES"))
            values = true;
    }
    return values;
}

/* The sentence gets the line in front; where it stands is all that a reader
 * of a long dump wants. */
static int blame(loading *l, const char *at, int sqlite_code)
{
    lm_err *err = l->db->err, first = {0};
    int line, column;

    lm_text_position(l->text, (size_t)(at - l->text), &line, &column);
    lm_err_move(&first, err);
    lm_err_set(err, first.code, "line %d of the dump: %s", line,
               lm_err_text(&first));
    if (first.hint != NULL)
        lm_err_hint(err, "%s", first.hint);
    lm_err_sql(err, at, at == l->sql ? l->size : 0, first.sql_offset,
               sqlite_code);
    lm_err_line(err, line, column);
    lm_err_clear(&first);
    return err->code;
}

static int refuse(loading *l)
{
    lm_err_set(l->db->err, LM_EUSAGE, "there is a statement that no dump "
               "has");
    return blame(l, l->sql, 0);
}

static int run(loading *l)
{
    lm_stmt *stmt;
    bool row = true;
    int rc = lm_db_prepare(l->db, LM_RUNNER, l->sql, l->size, &stmt);

    while (rc == LM_OK && row)
        rc = lm_stmt_step(stmt, &row);
    lm_stmt_release(stmt);
    return rc == LM_OK ? rc : blame(l, l->sql, l->db->err->sqlite_code);
}

static int load_statement(loading *l)
{
    if (is_for_others(l))
        return LM_OK;
    if (is_definition(l))
        l->objects++;
    else if (!is_number(l) && !is_row(l))
        return refuse(l);
    return run(l);
}

static int refuse_split(loading *l, const lm_sqlsplit *split)
{
    lm_err_set(l->db->err, LM_EDATA, "a statement has no end: the dump is "
               "damaged");
    return blame(l, l->text + split->start, 0);
}

int lm_dump_load(lm_db *into, const char *text, size_t len, size_t *objects)
{
    loading l = {.db = into};
    lm_sqlsplit split;
    lm_split found;
    int rc = LM_OK;

    skip_mark(&text, &len);
    l.text = text;
    l.len = len;
    lm_sqlsplit_start(&split, text, len);
    while (rc == LM_OK &&
           (found = lm_sqlsplit_next(&split)) != LM_SPLIT_DONE) {
        l.sql = text + split.start;
        l.size = split.size;
        rc = found == LM_SPLIT_STATEMENT ? load_statement(&l)
                                         : refuse_split(&l, &split);
    }
    *objects = l.objects;
    return rc;
}

int lm_dump_encoding(lm_db *into, const char *text, size_t len)
{
    static const char *const encoding[] = {"PRAGMA", "encoding", NULL};
    loading l = {.db = into};
    lm_sqlsplit split;

    skip_mark(&text, &len);
    l.text = text;
    l.len = len;
    lm_sqlsplit_start(&split, text, len);
    if (lm_sqlsplit_next(&split) != LM_SPLIT_STATEMENT)
        return LM_OK;
    l.sql = text + split.start;
    l.size = split.size;
    return begins(&l, encoding) ? run(&l) : LM_OK;
}
