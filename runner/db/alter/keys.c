/* SPDX-License-Identifier: MIT */
/*
 * Rows that point nowhere. Those that did before do not count, and where
 * nothing that is done can make one, nobody looks: a look costs about as much
 * as the change itself.
 */
#include <stdlib.h>
#include <string.h>

#include "alter.h"

typedef struct look {
    lm_alter_run *a;
    const char *table;
    bool after;
    const char *parent;     /* of the first new one */
    const char *where;      /* its table */
    bool own;               /* the table is the one that is altered */
} look;

static uint64_t hash_text(uint64_t h, const lm_value *v)
{
    size_t i;

    for (i = 0; v->type == LM_TEXT && i < v->as.text.size; i++)
        h = (h ^ (uint64_t)lm_fold((unsigned char)v->as.text.bytes[i])) *
            1099511628211u;
    return (h ^ 0x1FF) * 1099511628211u;
}

static int by_key(const void *a, const void *b)
{
    const lm_loose *x = a, *y = b;

    return x->key < y->key ? -1 : x->key > y->key;
}

/* Each counts once: rows without a number look the same. Those of the table
 * itself are told apart where they are moved (match.c). */
static int add_loose(lm_alter_run *a, uint64_t key)
{
    lm_loose *grown = lm_list_grow(a->loose, a->loose_count, &a->loose_size,
                                   sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(a->db->err);
    a->loose = grown;
    grown[a->loose_count].met = false;
    grown[a->loose_count++].key = key;
    return LM_OK;
}

static bool was_there(lm_alter_run *a, uint64_t key)
{
    size_t low = 0, high = a->loose_count, at;

    while (low < high) {
        at = (low + high) / 2;
        if (a->loose[at].key < key)
            low = at + 1;
        else
            high = at;
    }
    while (low < a->loose_count && a->loose[low].key == key &&
           a->loose[low].met)
        low++;
    if (low == a->loose_count || a->loose[low].key != key)
        return false;
    a->loose[low].met = true;
    return true;
}

static int add_new(look *l, const lm_value *parent, const lm_value *rowid)
{
    lm_alter_run *a = l->a;

    if (l->parent == NULL) {
        l->parent = lm_alter_value(a, parent);
        l->where = l->table;
        if (l->parent == NULL)
            return LM_ENOMEM;
    }
    return lm_rows_misfit(a, rowid, NULL);
}

/* table, rowid, parent, columns */
static int on_violation(void *user, lm_db *db, const lm_value *row)
{
    look *l = user;
    lm_alter_run *a = l->a;
    uint64_t key = hash_text(hash_text(hash_text(14695981039346656037u,
                             &row[0]), &row[2]), &row[3]);

    if (l->own && l->after && a->matched)
        return LM_OK;
    a->astray = a->astray || (l->own && !l->after);
    (void)db;
    if (row[1].type == LM_INTEGER)
        key = (key ^ (uint64_t)row[1].as.integer) * 1099511628211u;
    else if (!l->own && !l->after &&
             !lm_texts_has(&a->numberless, l->table) &&
             lm_texts_add(a, &a->numberless, l->table) != LM_OK)
        return LM_ENOMEM;
    if (!l->after)
        return add_loose(a, key);
    return was_there(a, key) ? LM_OK : add_new(l, &row[2], &row[1]);
}

/* parent, foreign key, value: of another table, whose rows stay as they
 * are */
static int on_value(void *user, lm_db *db, const lm_value *row)
{
    look *l = user;
    lm_value none = {0};
    uint64_t key = hash_text(hash_text(14695981039346656037u, &row[1]),
                             &row[2]);

    (void)db;
    if (!l->after)
        return add_loose(l->a, key);
    return was_there(l->a, key) ? LM_OK : add_new(l, &row[0], &none);
}

/* Tables whose rows have no numbers, and some of which pointed nowhere. */
static int look_at_values(look *l)
{
    lm_alter_run *a = l->a;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < a->numberless.count && rc == LM_OK; i++) {
        l->table = a->numberless.list[i];
        rc = lm_match_values(a, l->table, on_value, l);
    }
    return rc;
}

/* Where SQLite could not look before, what the migration's own check knows
 * of it counts. */
static int look_again(look *l, const char *table)
{
    bool known = true;
    int rc = strcmp(l->a->schema, "main") != 0 ? LM_OK
        : lm_foreign_known(l->a->db, table, &known);

    if (rc == LM_OK && !known && l->parent == NULL) {
        l->where = table;
        l->parent = "another table";
    }
    return rc;
}

/* A key with an impossible target stops the look; that is mostly found where
 * the table is compiled, and otherwise told at the end.
 * Where it did so before, nobody knows what was broken then: the check before
 * the commit looks better. */
static int look_at(look *l, const char *table)
{
    lm_alter_run *a = l->a;
    const char *name = lm_alter_literal(a, table), *sql;
    int rc;

    if (name == NULL)
        return LM_ENOMEM;
    if (l->after && lm_texts_has(&a->unlooked, table))
        return look_again(l, table);
    sql = lm_alter_text(a, "SELECT c.\"table\", c.rowid, c.parent, (SELECT "
        "group_concat(f.\"from\") FROM pragma_foreign_key_list(%s, %s) AS f "
        "WHERE f.id = c.fkid) FROM pragma_foreign_key_check(%s, %s) AS c",
        name, a->in_text, name, a->in_text);

    l->table = table;
    l->own = lm_same_name(table, a->table);
    rc = sql == NULL ? LM_ENOMEM
        : lm_db_each(a->db, sql, NULL, 0, on_violation, l);
    if (rc == LM_EFAILED && !lm_db_fatal(a->db->err->sqlite_code)) {
        sql = lm_alter_show(a, lm_err_text(a->db->err));
        lm_err_clear(a->db->err);
        if (sql == NULL)
            return lm_err_nomem(a->db->err);
        if (l->after)
            a->mismatch = sql;
        rc = l->after ? LM_OK : lm_texts_add(a, &a->unlooked, table);
    }
    return rc;
}

static int on_child(void *user, lm_db *db, const lm_value *row)
{
    look *l = user;

    (void)db;
    return lm_texts_add(l->a, &l->a->children, lm_alter_value(l->a, row));
}

static int look_everywhere(look *l)
{
    lm_alter_run *a = l->a;
    size_t i;
    int rc = look_at(l, a->table);

    a->children.count = 0;
    if (rc == LM_OK)
        rc = lm_alter_children(a, on_child, l);
    for (i = 0; i < a->children.count && rc == LM_OK; i++)
        if (!lm_same_name(a->children.list[i], a->table))
            rc = look_at(l, a->children.list[i]);
    return rc == LM_OK ? look_at_values(l) : rc;
}

/* The check before the commit knows rows by their values, which may change
 * here: those of the old rows are given, and those of the new ones taken. Two
 * foreign keys over the same columns are one to it; there the values must be
 * such as they were. */
int lm_keys_give(lm_alter_run *a)
{
    const char *old = lm_alter_literal(a, a->table);
    const char *new = lm_alter_literal(a, a->scratch);
    int64_t twice = 0;
    int rc;

    a->matched = true;
    if (strcmp(a->schema, "main") != 0)
        return LM_OK;
    if (old == NULL || new == NULL)
        return LM_ENOMEM;
    rc = lm_alter_ask_integer(a, lm_alter_text(a, "SELECT count(*) - "
        "count(DISTINCT k) FROM (SELECT t || lower(group_concat(\"table\" || "
        "char(0) || \"from\")) AS k FROM (SELECT %s AS t UNION SELECT %s), "
        "pragma_foreign_key_list(t, 'main') GROUP BY t, id)", old, new),
        NULL, &twice);
    if (rc != LM_OK)
        return rc;
    return twice != 0 ? lm_foreign_known(a->db, a->table, &a->known)
                      : lm_foreign_give(a->db, a->table, &a->given);
}

int lm_keys_before(lm_alter_run *a)
{
    look l = {.a = a};
    int rc;

    a->loose_count = a->numberless.count = 0;
    a->astray = a->matched = a->given = a->known = false;
    rc = look_everywhere(&l);
    if (a->loose_count > 0)
        qsort(a->loose, a->loose_count, sizeof *a->loose, by_key);
    return rc;
}

int lm_keys_refuse(lm_alter_run *a, const char *table, const char *parent)
{
    const char *own = lm_same_name(table, a->table) ? a->req->table : table;
    int rc = lm_rows_refuse(a, lm_alter_text(a, "rows of %s point to no row "
                                             "of %s", own, parent));

    if (rc == LM_EFAILED)
        a->out->refused = LM_REASON_FOREIGN_KEY;
    return rc;
}

int lm_keys_after(lm_alter_run *a)
{
    look l = {.a = a, .after = true};
    int rc;

    a->mismatch = NULL;
    rc = look_everywhere(&l);
    if (rc == LM_OK && a->known)
        rc = look_again(&l, a->table);
    if (rc == LM_OK && l.parent != NULL)
        return lm_keys_refuse(a, l.where, l.parent);
    return rc == LM_OK && a->given ? lm_foreign_take(a->db, a->table) : rc;
}
