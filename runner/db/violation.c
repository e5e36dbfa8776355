/* SPDX-License-Identifier: MIT */
/*
 * Which rows violate a foreign key.
 *
 * PRAGMA foreign_key_check tells whether any does, and where SQLite cannot
 * look. What stands in the columns is asked for only then, by a statement of
 * our own, which compares as foreign keys do (sqlite.org/foreignkeys.html 3):
 * the unary + takes the affinity from the child's value, so that the
 * parent's applies, and the operand on the left gives the collation.
 */
#include "violation.h"

#include <stdlib.h>
#include <string.h>

#include "../base/buf.h"
#include "../base/list.h"
#include "../base/text.h"
#include "../lex/name.h"

/* FNV-1a. The byte behind each text keeps "a", "bc" from "ab", "c". */
static const uint64_t hash_seed = 14695981039346656037u;

static uint64_t hash_text(uint64_t h, const lm_value *v, bool fold)
{
    const char *s = v->as.text.bytes;
    size_t i;
    int c;

    for (i = 0; v->type == LM_TEXT && i <= v->as.text.size; i++) {
        c = i < v->as.text.size ? (unsigned char)s[i] : 0x1FF;
        h = (h ^ (uint64_t)(fold ? lm_fold(c) : c)) * 1099511628211u;
    }
    return h;
}

/* One foreign key as SQL. */
typedef struct key {
    uint64_t link;
    lm_buf value, filled, joined;
    char *parent;
    bool there;         /* the parent is a table */
    bool rowid;         /* the child's rows have numbers */
} key;

static void clear_key(key *k)
{
    lm_buf_clear(&k->value);
    lm_buf_clear(&k->filled);
    lm_buf_clear(&k->joined);
    free(k->parent);
}

static char *quote_value(const lm_value *v)
{
    char *name, *quoted;

    if (v->type != LM_TEXT)
        return lm_strdup("NULL");
    name = lm_strndup(v->as.text.bytes, v->as.text.size);
    quoted = name == NULL ? NULL : lm_quote_ident(name);
    free(name);
    return quoted;
}

/* Parent, child's column, parent's column, is the parent there, has the
 * child rowids? */
static int add_column(lm_db *db, key *k, const lm_value *v)
{
    const char *and = k->filled.len > 0 ? " AND " : "";
    char *from = quote_value(&v[1]), *to = quote_value(&v[2]);
    int rc = LM_OK;

    if (k->parent == NULL) {
        k->parent = lm_strndup(v[0].as.text.bytes, v[0].as.text.size);
        k->link = hash_text(k->link, &v[0], true);
    }
    if (from == NULL || to == NULL || k->parent == NULL)
        rc = lm_err_nomem(db->err);
    else {
        k->link = hash_text(k->link, &v[1], true);
        /* 7, 7.0 and '7' are the same: a type may have changed. */
        lm_buf_printf(&k->value, "%squote(CAST(CASE WHEN typeof(lm_child.%s)"
                      " = 'real' AND lm_child.%s = CAST(lm_child.%s AS "
                      "INTEGER) THEN CAST(lm_child.%s AS INTEGER) ELSE "
                      "lm_child.%s END AS TEXT))", k->value.len > 0
                      ? " || ',' || " : "", from, from, from, from, from);
        lm_buf_printf(&k->filled, "%slm_child.%s IS NOT NULL", and, from);
        lm_buf_printf(&k->joined, "%slm_parent.%s = +lm_child.%s", and, to,
                      from);
    }
    k->there = v[3].as.integer != 0;
    k->rowid = v[4].as.integer != 0;
    free(from);
    free(to);
    return rc;
}

/* Bind one table and perhaps a number, and hand each row to `add`. */
static int each_row(lm_db *db, const char *sql, const lm_value *bound,
                    int (*add)(lm_db *, void *, const lm_value *),
                    void *user)
{
    const lm_value *row;
    lm_stmt *stmt;
    bool more;
    int i, rc = lm_db_prepare(db, LM_RUNNER, sql, strlen(sql), &stmt);

    for (i = 0; rc == LM_OK && i < lm_stmt_param_count(stmt); i++)
        rc = lm_stmt_bind(stmt, i + 1, &bound[i]);
    while (rc == LM_OK) {
        rc = lm_stmt_step(stmt, &more);
        if (rc != LM_OK || !more)
            break;
        row = lm_stmt_row(stmt);
        rc = row == NULL ? LM_ENOMEM : add(db, user, row);
    }
    lm_stmt_release(stmt);
    return rc;
}

static int on_column(lm_db *db, void *user, const lm_value *row)
{
    return add_column(db, user, row);
}

static int read_key(lm_db *db, const lm_value bound[2], key *k)
{
    static const char sql[] =
        "SELECT f.\"table\", f.\"from\", coalesce(f.\"to\", (SELECT t.name "
        "FROM pragma_table_info(f.\"table\", 'main') AS t "
        "WHERE t.pk = f.seq + 1)), EXISTS (SELECT 1 FROM main.sqlite_schema "
        "WHERE type = 'table' AND name = f.\"table\" COLLATE NOCASE), "
        "(SELECT NOT wr FROM pragma_table_list(?1) WHERE schema = 'main') "
        "FROM pragma_foreign_key_list(?1, 'main') AS f WHERE f.id = ?2 "
        "ORDER BY f.seq";

    k->link = hash_text(hash_seed, &bound[0], true);
    return each_row(db, sql, bound, on_column, k);
}

/* A key being looked through. */
typedef struct search {
    const key *key;
    lm_on_violation each;
    void *user;
    int64_t left;       /* so many rows are not told yet */
} search;

static int on_value(lm_db *db, void *user, const lm_value *row)
{
    search *s = user;
    lm_violation v = {0};

    v.link = s->key->link;
    v.value = hash_text(hash_seed, &row[2], false);
    v.has_row = row[0].type == LM_INTEGER;
    v.row = v.has_row ? row[0].as.integer : 0;
    v.count = row[1].as.integer;
    v.parent = s->key->parent;
    s->left -= v.count;
    return s->each(db, s->user, &v);
}

static int search_key(lm_db *db, const char *table, search *s)
{
    const key *k = s->key;
    char *child = lm_quote_ident(table);
    char *parent = lm_quote_ident(k->parent);
    lm_buf sql = {0};
    int rc = LM_OK;

    if (child == NULL || parent == NULL)
        rc = lm_err_nomem(db->err);
    else
        lm_buf_printf(&sql, "SELECT %s, count(*), %s FROM main.%s AS "
                      "lm_child WHERE %s", k->rowid
                      ? "max(lm_child._rowid_)" : "NULL",
                      lm_buf_text(&k->value), child,
                      lm_buf_text(&k->filled));
    if (rc == LM_OK && k->there)
        lm_buf_printf(&sql, " AND NOT EXISTS (SELECT 1 FROM main.%s AS "
                      "lm_parent WHERE %s)", parent,
                      lm_buf_text(&k->joined));
    lm_buf_puts(&sql, " GROUP BY 3");
    if (rc == LM_OK && lm_buf_failed(&sql))
        rc = lm_err_nomem(db->err);
    if (rc == LM_OK)
        rc = each_row(db, lm_buf_text(&sql), NULL, on_value, s);
    lm_buf_clear(&sql);
    free(child);
    free(parent);
    return rc;
}

/* Tell those of one key. What SQLite counts and we do not find is told as
 * well, as rows of an unknown value. */
static int tell_key(lm_db *db, const char *table, const lm_value bound[2],
                    search *s)
{
    lm_violation rest = {0};
    key k = {0};
    int rc = read_key(db, bound, &k);

    s->key = &k;
    if (rc == LM_OK && k.parent != NULL)
        rc = search_key(db, table, s);
    if (rc == LM_OK && s->left > 0) {
        rest.link = k.link;
        rest.count = s->left;
        rest.parent = k.parent != NULL ? k.parent : "its parent";
        rc = s->each(db, s->user, &rest);
    }
    clear_key(&k);
    return rc;
}

/* The foreign keys of a table that are violated, and how often. */
typedef struct broken {
    struct { int64_t id, rows; } *list;
    size_t count, size;
} broken;

static int on_broken(lm_db *db, void *user, const lm_value *row)
{
    broken *b = user;
    void *grown = lm_list_grow(b->list, b->count, &b->size, sizeof *b->list);

    if (grown == NULL)
        return lm_err_nomem(db->err);
    b->list = grown;
    b->list[b->count].id = row[0].as.integer;
    b->list[b->count++].rows = row[1].as.integer;
    return LM_OK;
}

int lm_violations_each(lm_db *db, const char *table, lm_on_violation each,
                       void *user, bool *mismatch)
{
    static const char sql[] = "SELECT fkid, count(*) FROM "
        "pragma_foreign_key_check(?1, 'main') GROUP BY fkid";
    lm_value bound[2];
    search s = {0};
    broken b = {0};
    size_t i;
    int rc;

    bound[0] = lm_text_value(table, strlen(table));
    rc = each_row(db, sql, bound, on_broken, &b);
    *mismatch = rc == LM_EFAILED;
    s.each = each;
    s.user = user;
    for (i = 0; i < b.count && rc == LM_OK; i++) {
        bound[1].type = LM_INTEGER;
        bound[1].as.integer = b.list[i].id;
        s.left = b.list[i].rows;
        rc = tell_key(db, table, bound, &s);
    }
    free(b.list);
    return rc;
}

static int on_id(lm_db *db, void *user, const lm_value *row)
{
    broken *b = user;
    lm_value counted[2] = {row[0]};

    counted[1].type = LM_INTEGER;
    counted[1].as.integer = 0;
    return on_broken(db, b, counted);
}

int lm_violations_guess(lm_db *db, const char *table, lm_on_violation each,
                        void *user)
{
    static const char sql[] = "SELECT DISTINCT id FROM "
        "pragma_foreign_key_list(?1, 'main')";
    lm_value bound[2];
    search s = {0};
    broken b = {0};
    size_t i;
    int rc;

    s.each = each;
    s.user = user;
    bound[0] = lm_text_value(table, strlen(table));
    rc = each_row(db, sql, bound, on_id, &b);
    for (i = 0; i < b.count && rc == LM_OK; i++) {
        bound[1].type = LM_INTEGER;
        bound[1].as.integer = b.list[i].id;
        s.left = 0;
        rc = tell_key(db, table, bound, &s);
        if (rc == LM_EFAILED) {     /* a column that is not there */
            lm_err_clear(db->err);
            rc = LM_OK;
        }
    }
    free(b.list);
    return rc;
}

/* The link that the rows of the query below are about, so far. */
typedef struct walk {
    lm_on_link each;
    void *user;
    uint64_t link;
    bool begun;
} walk;

static int on_part(lm_db *db, void *user, const lm_value *row)
{
    walk *w = user;
    int rc = LM_OK;

    if (row[2].as.integer == 0) {
        if (w->begun)
            rc = w->each(db, w->user, w->link);
        w->begun = true;
        w->link = hash_text(hash_seed, &row[0], true);
        w->link = hash_text(w->link, &row[1], true);
    }
    w->link = hash_text(w->link, &row[3], true);
    return rc;
}

int lm_links_each(lm_db *db, lm_on_link each, void *user)
{
    static const char sql[] =
        "SELECT m.name, f.\"table\", f.seq, f.\"from\" "
        "FROM main.sqlite_schema AS m, "
        "pragma_foreign_key_list(m.name, 'main') AS f "
        "WHERE m.type = 'table' AND m.sql LIKE '%references%' "
        "ORDER BY m.rowid, f.id, f.seq";
    walk w = {each, user, 0, false};
    int rc = each_row(db, sql, NULL, on_part, &w);

    if (rc == LM_OK && w.begun)
        rc = each(db, user, w.link);
    return rc;
}
