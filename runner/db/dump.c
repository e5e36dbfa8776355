/* SPDX-License-Identifier: MIT */
#include "dump.h"

#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../lex/name.h"
#include "../lex/sqltok.h"
#include "dumpform.h"
#include "internal.h"
#include "objects.h"
#include "txn.h"

/* What would swallow the semicolon, a comment to the end of the line or one
 * never closed, is given its end first. A blank behind a comment is at least
 * the end of its line. */
static void end_comment(const char *sql, lm_buf *out)
{
    const char *last = "";
    size_t size = 0;
    lm_sqltok t;

    lm_sqltok_start(&t, sql, strlen(sql));
    while (lm_sqltok_next(&t) != LM_TOK_END) {
        last = sql + t.start;
        size = t.kind == LM_TOK_COMMENT ? t.size : 0;
    }
    if (size > 0 && last[0] == '-')
        lm_buf_putc(out, '\n');
    else if (size > 0 && (size < 4 || memcmp(last + size - 2, "*/", 2) != 0))
        lm_buf_puts(out, "*/");
}

static void put_definition(const char *sql, lm_buf *out)
{
    if (out->len > 0)
        lm_buf_putc(out, '\n');
    lm_buf_puts(out, sql);
    end_comment(sql, out);
    lm_buf_puts(out, ";\n");
}

static void put_definitions(const lm_objects *all, lm_buf *out)
{
    size_t i;

    for (i = 0; i < all->count; i++)
        if (!all->list[i].own)
            put_definition(all->list[i].sql, out);
}

static int add_text(void *user, lm_db *db, const lm_value *row)
{
    lm_buf *out = user;

    (void)db;
    if (row->type == LM_TEXT) {
        lm_buf_add(out, row->as.text.bytes, row->as.text.size);
        lm_buf_putc(out, '\n');
    }
    return LM_OK;
}

/* ---- the ledger's rows ---- */

typedef struct columns {
    lm_buf names, values;   /* a, b; quote(a) || ', ' || quote(b) */
    bool position;
} columns;

static int add_column(void *user, lm_db *db, const lm_value *row)
{
    columns *c = user;
    char *name = lm_strndup(row->as.text.bytes, row->as.text.size);
    char *quoted = name == NULL ? NULL : lm_quote_ident(name);
    const char *comma = c->names.len > 0 ? ", " : "";

    if (quoted != NULL) {
        lm_buf_printf(&c->names, "%s%s", comma,
                      lm_db_is_plain(name) ? name : quoted);
        lm_buf_printf(&c->values, "%squote(%s)",
                      comma[0] != '\0' ? " || ', ' || " : "", quoted);
        c->position = c->position || lm_same_name(name, "position");
    }
    free(name);
    free(quoted);
    return quoted == NULL ? lm_err_nomem(db->err) : LM_OK;
}

/* A SELECT that writes an INSERT for each row. */
static int put_rows(lm_db *db, const char *table, lm_buf *out)
{
    columns c = {{0}, {0}, false};
    lm_value v = lm_text_of(table);
    char *quoted = lm_quote_ident(table), *head = NULL, *sql = NULL;
    int rc;

    rc = lm_db_each(db, "SELECT name FROM pragma_table_xinfo(?1, 'main') "
                    "WHERE hidden = 0", &v, 1, add_column, &c);
    if (rc == LM_OK && quoted != NULL)
        head = lm_format("INSERT INTO %s (%s) VALUES (", quoted,
                         lm_buf_text(&c.names));
    if (head != NULL)
        sql = lm_format("SELECT ?1 || %s || ');' FROM main.%s ORDER BY %s",
                        lm_buf_text(&c.values), quoted,
                        c.position ? "position" : "1");
    if (rc == LM_OK && sql == NULL)
        rc = lm_err_nomem(db->err);
    if (rc == LM_OK) {
        v = lm_text_of(head);
        rc = lm_db_each(db, sql, &v, 1, add_text, out);
    }
    lm_buf_clear(&c.names);
    lm_buf_clear(&c.values);
    free(quoted);
    free(head);
    free(sql);
    return rc;
}

/* ---- the whole ---- */

static void put_ledger_name(lm_db *db, lm_buf *out)
{
    char *shown = lm_one_line(db->own[0], strlen(db->own[0]), 0);

    if (shown == NULL)
        out->failed = true;
    else
        lm_buf_printf(out, "%s%s\n", lm_dump_ledger_mark, shown);
    free(shown);
}

/* Its rows before what stands on it, which may be a trigger. */
static int put_ledger(lm_db *db, const lm_objects *all,
                      const lm_object *ledger, lm_buf *out)
{
    const lm_object *o;
    size_t i;
    int rc;

    put_definition(ledger->sql, out);
    rc = put_rows(db, db->own[0], out);
    for (i = 0; i < all->count; i++) {
        o = &all->list[i];
        if (o != ledger && lm_same_name(o->table, ledger->name))
            put_definition(o->sql, out);
    }
    return rc;
}

/* What must be set before anything is made stands before BEGIN. */
static int put_head(lm_db *db, bool ledger, lm_buf *out)
{
    int64_t utf8 = 1;
    int rc = lm_db_integer(db, "SELECT encoding = 'UTF-8' FROM "
                           "pragma_encoding", 1, &utf8);

    lm_buf_printf(out, "%s\n", lm_dump_first);
    if (ledger)
        put_ledger_name(db, out);
    if (rc == LM_OK && !utf8)
        rc = lm_db_each(db, "SELECT 'PRAGMA encoding = ''' || encoding || "
                        "''';' FROM pragma_encoding", NULL, 0, add_text,
                        out);
    lm_buf_puts(out, "PRAGMA foreign_keys = OFF;\n" LM_DUMP_BEGIN ";\n");
    return rc;
}

static int put_numbers(lm_db *db, lm_buf *out)
{
    int rc = lm_db_each(db, "SELECT 'PRAGMA user_version = ' || "
                        "user_version || ';' FROM pragma_user_version WHERE "
                        "user_version <> 0", NULL, 0, add_text, out);

    if (rc == LM_OK)
        rc = lm_db_each(db, "SELECT 'PRAGMA application_id = ' || "
                        "application_id || ';' FROM pragma_application_id "
                        "WHERE application_id <> 0", NULL, 0, add_text, out);
    return rc;
}

static int dump(lm_db *db, lm_buf *out)
{
    const lm_object *ledger = NULL;
    lm_objects all;
    int rc = lm_objects_read(db, &all);

    if (rc == LM_OK) {
        ledger = lm_objects_find(&all, LM_OBJECT_TABLE, db->own[0]);
        rc = put_head(db, ledger != NULL, out);
        put_definitions(&all, out);
    }
    if (rc == LM_OK && ledger != NULL)
        rc = put_ledger(db, &all, ledger, out);
    lm_buf_putc(out, '\n');
    if (rc == LM_OK)
        rc = put_numbers(db, out);
    lm_buf_printf(out, LM_DUMP_END ";\n%s\n", lm_dump_last);
    lm_objects_clear(&all);
    if (rc == LM_OK && lm_buf_failed(out))
        rc = lm_err_nomem(db->err);
    return rc;
}

int lm_dump(lm_db *db, lm_buf *out)
{
    bool began;
    int rc = lm_txn_read_begin(db, &began);

    if (rc == LM_OK)
        rc = dump(db, out);
    lm_txn_read_end(db, began);
    return rc;
}

int lm_dump_schema(lm_db *db, const char **out)
{
    lm_buf text = {0};
    lm_objects all;
    int rc = lm_objects_read(db, &all);

    put_definitions(&all, &text);
    lm_objects_clear(&all);
    lm_buf_puts(&text, "");
    if (rc == LM_OK && lm_buf_failed(&text))
        rc = lm_err_nomem(db->err);
    free(db->dump);
    *out = db->dump = rc == LM_OK ? lm_buf_take(&text) : NULL;
    lm_buf_clear(&text);
    return rc;
}
