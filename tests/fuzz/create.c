/* SPDX-License-Identifier: MIT */
/*
 * Definitions are taken apart into spans that lie side by side, and whatever
 * SQLite itself takes and stores is taken. The input is run as SQL on a small
 * database; all that is in its schema afterwards is read.
 */
#include "fuzz.h"

#include <sqlite3.h>

#include "../../runner/lex/createother.h"
#include "../../runner/lex/sqltext.h"

/* From one item's beginning to its end. */
static size_t check_item(const lm_item *item, size_t at)
{
    const lm_span parts[] = {item->lead, item->span, item->trail,
                             item->comma, item->post};
    size_t i;

    for (i = 0; i < sizeof parts / sizeof *parts; i++) {
        MUST(parts[i].start == at && parts[i].end >= at);
        at = parts[i].end;
    }
    return at;
}

static void check_spans(const lm_createtable *t)
{
    size_t i, at = t->body.start;

    for (i = 0; i < t->column_count; i++)
        at = check_item(&t->columns[i].item, at);
    for (i = 0; i < t->constraint_count; i++)
        at = check_item(&t->constraints[i].item, at);
    MUST(at == t->body.end && at <= t->len);
}

static int read_table(const char *text, lm_err *err)
{
    lm_createtable t;
    int rc = lm_createtable_parse(text, strlen(text), &t, err);

    if (rc == LM_OK)
        check_spans(&t);
    lm_createtable_clear(&t);
    return rc;
}

static int read_index(const char *text, lm_err *err)
{
    lm_createindex x;
    int rc = lm_createindex_parse(text, strlen(text), &x, err);

    lm_createindex_clear(&x);
    return rc;
}

static int read_view(const char *text, lm_err *err)
{
    lm_createview v;
    int rc = lm_createview_parse(text, strlen(text), &v, err);

    lm_createview_clear(&v);
    return rc;
}

static int read_trigger(const char *text, lm_err *err)
{
    lm_createtrigger g;
    int rc = lm_createtrigger_parse(text, strlen(text), &g, err);

    lm_createtrigger_clear(&g);
    return rc;
}

static int read_virtual(const char *text, lm_err *err)
{
    lm_createvirtual v;
    int rc = lm_createvirtual_parse(text, strlen(text), &v, err);

    lm_createvirtual_clear(&v);
    return rc;
}

/* Any text: an answer, and nothing left behind. */
static void read_as_all(const char *text)
{
    static int (*const readers[])(const char *, lm_err *) = {
        read_table, read_index, read_view, read_trigger, read_virtual
    };
    size_t i;

    for (i = 0; i < sizeof readers / sizeof *readers; i++) {
        lm_err err = {0};
        int rc = readers[i](text, &err);

        MUST(rc == err.code && (rc == LM_OK || rc == LM_EFAILED));
        lm_err_clear(&err);
    }
    MUST(lm_sqltext_same(text, strlen(text), text, strlen(text)));
}

/* type, rootpage, sql */
static int read_stored(void *unused, int n, char **row, char **names)
{
    lm_err err = {0};
    int rc;

    (void)unused;
    (void)n;
    (void)names;
    if (strcmp(row[0], "index") == 0)
        rc = read_index(row[2], &err);
    else if (strcmp(row[0], "view") == 0)
        rc = read_view(row[2], &err);
    else if (strcmp(row[0], "trigger") == 0)
        rc = read_trigger(row[2], &err);
    else if (strcmp(row[1], "0") == 0)
        rc = read_virtual(row[2], &err);
    else
        rc = read_table(row[2], &err);
    if (rc != LM_OK)
        fprintf(stderr, "%s\n%s\n", lm_err_text(&err), row[2]);
    MUST(rc == LM_OK);
    return 0;
}

/* What changes the schema by its text, and what reaches out, is denied. */
static int judge(void *unused, int action, const char *a, const char *b,
                 const char *schema, const char *inside)
{
    (void)unused;
    (void)a;
    (void)b;
    (void)schema;
    (void)inside;
    return action == SQLITE_PRAGMA || action == SQLITE_ATTACH ||
           action == SQLITE_FUNCTION ? SQLITE_DENY : SQLITE_OK;
}

static int stop(void *unused)
{
    (void)unused;
    return 1;
}

static void read_what_sqlite_stores(const char *text)
{
    sqlite3 *db;

    MUST(sqlite3_open(":memory:", &db) == SQLITE_OK);
    MUST(sqlite3_exec(db, "CREATE TABLE t(a, b); CREATE VIEW v AS "
                      "SELECT a FROM t", NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_set_authorizer(db, judge, NULL);
    sqlite3_progress_handler(db, 100000, stop, NULL);
    sqlite3_exec(db, text, NULL, NULL, NULL);
    sqlite3_set_authorizer(db, NULL, NULL);
    sqlite3_progress_handler(db, 0, NULL, NULL);
    sqlite3_exec(db, "SELECT type, rootpage, sql FROM sqlite_schema "
                 "WHERE sql IS NOT NULL", read_stored, NULL, NULL);
    MUST(sqlite3_close(db) == SQLITE_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);

    read_as_all(text);
    read_what_sqlite_stores(text);
    free(text);
    return 0;
}
