/* SPDX-License-Identifier: MIT */
/*
 * A string in double quotes as an index's key: SQLite's ALTER writes it in
 * single quotes, which are a column's there, and can read the index no more.
 * So while ALTER runs the stored text has a blob in its place.
 *
 * And a string would become a column that gets its name, so it is written in
 * single quotes before; as a key by itself it cannot be, and nothing is done.
 */
#include <stdlib.h>
#include <string.h>

#include "../../lex/createother.h"
#include "../../lex/sqltok.h"
#include "alter.h"

#define LM_PLACE "x'5f6c756d69677261746500'"

enum { PLACE_SIZE = sizeof LM_PLACE - 1 };

typedef struct hiding {
    lm_alter_run *a;
    lm_texts *out;
    const char *schema;
    const char *named;      /* these strings alone, written as such; or NULL */
    const char *name;       /* of the string at hand */
    bool any;               /* a key may be such a string */
} hiding;

static const char *copy(lm_alter_run *a, const lm_value *v)
{
    return lm_alter_copy(a, v->as.text.bytes, v->as.text.size);
}

/* Is the token a string that counts, and not a column, function or collation?
 */
static int is_string(hiding *h, const lm_sqltok *t, const char *table,
                     bool *out)
{
    lm_sqltok next = *t;
    const char *name;
    int64_t n = 0;
    int rc;

    *out = false;
    if (t->kind != LM_TOK_QUOTED || t->text[t->start] != '"')
        return LM_OK;
    lm_sql_next(&next);
    if (lm_sqltok_op(&next, '(') || lm_sqltok_op(&next, '.'))
        return LM_OK;
    name = lm_sqltext_name(&h->a->arena, t->text + t->start, t->size);
    if (name == NULL)
        return lm_err_nomem(h->a->db->err);
    if (h->named != NULL && !lm_same_name(name, h->named))
        return LM_OK;
    h->name = name;
    rc = lm_alter_ask_integer(h->a, lm_alter_text(h->a, "SELECT count(*) "
        "FROM pragma_table_xinfo(%s, %s) WHERE name = ?1 COLLATE NOCASE",
        table, lm_alter_literal(h->a, h->schema)), name, &n);
    *out = rc == LM_OK && n == 0;
    return rc;
}

/* What the text has in its place. */
static const char *other(const hiding *h)
{
    return h->named == NULL ? LM_PLACE : lm_alter_literal(h->a, h->name);
}

/* The text with places, and then the strings, after the index's name. */
static int hide(hiding *h, const char *sql, size_t from, const char *table)
{
    lm_buf b = {0};
    const char *with;
    lm_sqltok t;
    bool string, fixed = false;
    size_t at = 0, slot = h->out->count;
    int rc = lm_texts_add(h->a, h->out, "");

    lm_sqltok_start(&t, sql, strlen(sql));
    while (rc == LM_OK && lm_sql_next(&t) != LM_TOK_END) {
        string = false;
        if (t.start >= from && !fixed)
            rc = is_string(h, &t, table, &string);
        fixed = lm_sqltok_is(&t, "COLLATE") || lm_sqltok_op(&t, '.');
        with = rc == LM_OK && string ? other(h) : NULL;
        if (with == NULL) {
            rc = string && rc == LM_OK ? LM_ENOMEM : rc;
            continue;
        }
        lm_buf_printf(&b, "%.*s%s", (int)(t.start - at), sql + at, with);
        at = t.start + t.size;
        rc = lm_texts_add(h->a, h->out, lm_alter_copy(h->a, sql + t.start,
                                                      t.size));
    }
    lm_buf_puts(&b, sql + at);
    if (rc == LM_OK && (h->out->list[slot] = lm_alter_take(h->a, &b)) == NULL)
        rc = LM_ENOMEM;
    lm_buf_clear(&b);
    return rc;
}

int lm_strings_refuse(lm_alter_run *a, const char *string, const char *kind,
                      const char *name)
{
    lm_hanger h = {kind, a->schema, name, NULL, "read", a->first};
    int rc = lm_alter_hanger(a, &h);

    return rc != LM_OK ? rc
        : lm_alter_refuse(a, LM_REASON_DEPENDENTS, "\"%s\" is a string in "
                          "%s %s, and would become a column", string,
                          strcmp(kind, "index") == 0 ? "the index"
                          : kind[0] == 'c' ? "a CHECK" : "a generated column",
                          name == NULL ? "of the table" : name);
}

/* Nothing but a string, with parentheses and collations: in single quotes it
 * is a column, too. */
static int check_key(hiding *h, const char *sql, lm_span key,
                     const char *table, bool *alone)
{
    lm_sqltok t;
    size_t words = 0;
    int rc = LM_OK;

    *alone = false;
    lm_sqltok_start(&t, sql, key.end);
    t.pos = key.start;
    while (rc == LM_OK && lm_sql_next(&t) != LM_TOK_END) {
        if (lm_sqltok_is(&t, "COLLATE"))
            lm_sql_next(&t);
        else if (!lm_sqltok_op(&t, '(') && !lm_sqltok_op(&t, ')') &&
                 words++ == 0)
            rc = is_string(h, &t, table, alone);
    }
    *alone = *alone && words == 1;
    return rc;
}

static int check_keys(hiding *h, const lm_createindex *i, const char *sql,
                      const char *table)
{
    bool alone = false;
    size_t k;
    int rc = LM_OK;

    for (k = 0; k < i->keys.count && rc == LM_OK && !h->any; k++) {
        rc = check_key(h, sql, i->keys.list[k].all, table, &alone);
        if (rc == LM_OK && alone)
            rc = lm_strings_refuse(h->a, h->named, "index", i->name);
    }
    return rc;
}

/* What is noted of each index: schema, name, text, strings, NULL as "". */
static int on_index(void *user, lm_db *db, const lm_value *row)
{
    hiding *h = user;
    const char *name = copy(h->a, &row[0]), *table = copy(h->a, &row[1]);
    const char *sql = copy(h->a, &row[2]);
    lm_createindex i = {0};
    size_t start = h->out->count;
    int rc;

    table = table == NULL ? NULL : lm_alter_literal(h->a, table);
    if (name == NULL || table == NULL || sql == NULL)
        return LM_ENOMEM;
    if (strstr(sql, LM_PLACE) != NULL ||
        lm_createindex_parse(sql, strlen(sql), &i, db->err) != LM_OK) {
        lm_err_clear(db->err);
        lm_createindex_clear(&i);
        return LM_OK;
    }
    rc = check_keys(h, &i, sql, table);
    if (rc == LM_OK)
        rc = lm_texts_add(h->a, h->out, h->schema);
    if (rc == LM_OK)
        rc = lm_texts_add(h->a, h->out, name);
    if (rc == LM_OK)
        rc = hide(h, sql, i.table_span.end, table);
    if (rc == LM_OK && h->out->count == start + 3)
        h->out->count = start;
    else if (rc == LM_OK)
        rc = lm_texts_add(h->a, h->out, "");
    lm_createindex_clear(&i);
    return rc;
}

typedef int run(lm_alter_run *a, const char *sql);

static int store(lm_alter_run *a, const char *const *index, const char *sql,
                 run *how)
{
    int rc = lm_rights_flag(a, SQLITE_DBCONFIG_WRITABLE_SCHEMA, true);

    if (rc == LM_OK && sql == NULL)
        rc = LM_ENOMEM;
    if (rc == LM_OK)
        rc = how(a, lm_alter_text(a, "UPDATE %s.sqlite_schema SET "
            "sql = %s WHERE type = 'index' AND name = %s",
            lm_alter_quote(a, index[0]), lm_alter_literal(a, sql),
            lm_alter_literal(a, index[1])));
    return rc == LM_OK
        ? lm_rights_flag(a, SQLITE_DBCONFIG_WRITABLE_SCHEMA, false) : rc;
}

static size_t next_index(const lm_texts *list, size_t i)
{
    for (i += 3; list->list[i][0] != '\0'; i++)
        continue;
    return i + 1;
}

int lm_strings_hide(lm_alter_run *a, lm_texts *out)
{
    const char *schemas[] = {a->schema, "temp"}, *sql;
    hiding h = {a, out, NULL, NULL, NULL, true};
    size_t i, n = strcmp(a->schema, "temp") == 0 ? 1 : 2;
    int rc = LM_OK;

    for (i = 0; i < n && rc == LM_OK; i++) {
        h.schema = schemas[i];
        sql = lm_alter_text(a, "SELECT name, tbl_name, sql FROM "
            "%s.sqlite_schema WHERE type = 'index' AND sql LIKE '%%\"%%'",
            lm_alter_quote(a, h.schema));
        rc = sql == NULL ? LM_ENOMEM
            : lm_db_each(a->db, sql, NULL, 0, on_index, &h);
    }
    for (i = 0; i < out->count && rc == LM_OK; i = next_index(out, i))
        rc = store(a, out->list + i, out->list[i + 2], lm_alter_exec);
    return rc;
}

/* Where the name is a string, in indexes of the table. */
static int find_named(lm_alter_run *a, const char *name, bool alone,
                      lm_texts *out)
{
    hiding h = {a, out, a->schema, name, NULL, alone};
    lm_value table = lm_text_of(a->table);
    const char *sql = lm_alter_text(a, "SELECT name, tbl_name, sql FROM "
        "%s.sqlite_schema WHERE type = 'index' AND tbl_name = ?1 COLLATE "
        "NOCASE AND sql LIKE '%%\"%%'", a->in);

    return sql == NULL ? LM_ENOMEM
        : lm_db_each(a->db, sql, &table, 1, on_index, &h);
}

int lm_strings_keep(lm_alter_run *a, const char *name)
{
    lm_texts found = {0};
    size_t i;
    int rc = find_named(a, name, false, &found);

    for (i = 0; i < found.count && rc == LM_OK; i = next_index(&found, i))
        rc = store(a, found.list + i, found.list[i + 2], lm_alter_step);
    free(found.list);
    return rc;
}

int lm_strings_check(lm_alter_run *a, const char *name)
{
    lm_texts found = {0};
    size_t i;
    int rc = find_named(a, name, true, &found);

    for (i = 0; i < found.count && rc == LM_OK; i = next_index(&found, i))
        rc = lm_strings_refuse(a, name, "index", found.list[i + 1]);
    free(found.list);
    return rc;
}

static int show(lm_alter_run *a, const char *const *index)
{
    const char *sql, *at;
    lm_buf b = {0};
    size_t i;
    int rc = lm_alter_ask(a, lm_alter_text(a, "SELECT sql FROM "
        "%s.sqlite_schema WHERE type = 'index' AND name = ?1",
        lm_alter_quote(a, index[0])), index[1], &sql);

    if (rc != LM_OK || sql == NULL)
        return rc;
    for (i = 3; (at = strstr(sql, LM_PLACE)) != NULL &&
                index[i][0] != '\0'; i++) {
        lm_buf_printf(&b, "%.*s%s", (int)(at - sql), sql, index[i]);
        sql = at + PLACE_SIZE;
    }
    lm_buf_puts(&b, sql);
    return store(a, index, lm_alter_take(a, &b), lm_alter_exec);
}

int lm_strings_show(lm_alter_run *a, lm_texts *list)
{
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < list->count && rc == LM_OK; i = next_index(list, i))
        rc = show(a, list->list + i);
    return rc == LM_OK && list->count > 0 ? lm_store_forget(a) : rc;
}
