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

/* Each counts once: rows without a number look the same. */
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

/* table, rowid, parent, columns */
static int on_violation(void *user, lm_db *db, const lm_value *row)
{
    look *l = user;
    lm_alter_run *a = l->a;
    lm_loose *grown;
    uint64_t key = hash_text(hash_text(hash_text(14695981039346656037u,
                             &row[0]), &row[2]), &row[3]);

    /* Where rowids come or go with this call they tell nothing. */
    if (row[1].type == LM_INTEGER && a->wr_on == 0 && !a->key_moved)
        key = (key ^ (uint64_t)row[1].as.integer) * 1099511628211u;
    if (l->after) {
        if (was_there(a, key))
            return LM_OK;
        if (l->parent == NULL) {
            l->parent = lm_alter_copy(a, row[2].as.text.bytes,
                                      row[2].as.text.size);
            l->where = l->table;
            if (l->parent == NULL)
                return LM_ENOMEM;
        }
        return lm_rows_misfit(a, &row[1], NULL);
    }
    grown = lm_list_grow(a->loose, a->loose_count, &a->loose_size,
                         sizeof *grown);
    if (grown == NULL)
        return lm_err_nomem(db->err);
    a->loose = grown;
    grown[a->loose_count].met = false;
    grown[a->loose_count++].key = key;
    return LM_OK;
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
    const char *schema = lm_alter_literal(a, a->schema);
    int rc;

    if (name == NULL || schema == NULL)
        return LM_ENOMEM;
    if (l->after && lm_texts_has(&a->unlooked, table))
        return look_again(l, table);
    sql = lm_alter_text(a, "SELECT c.\"table\", c.rowid, c.parent, (SELECT "
        "group_concat(f.\"from\") FROM pragma_foreign_key_list(%s, %s) AS f "
        "WHERE f.id = c.fkid) FROM pragma_foreign_key_check(%s, %s) AS c",
        name, schema, name, schema);

    l->table = table;
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
    return lm_texts_add(l->a, &l->a->children, lm_alter_copy(l->a,
                        row->as.text.bytes, row->as.text.size));
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
    return rc;
}

/* The check before the commit knows rows by their values, which may change
 * here; we know them by their rowids. *out: the column that is the rowid, ""
 * where none is; NULL: rowids tell nothing, or the check could take one key
 * for another. */
static int ask_rowid(lm_alter_run *a, const char **out)
{
    const char *t = lm_alter_literal(a, a->table);

    if (t == NULL)
        return LM_ENOMEM;
    return lm_alter_ask(a, lm_alter_text(a, "SELECT coalesce((SELECT name "
        "FROM pragma_table_xinfo(%s, 'main') WHERE pk = 1 AND upper(type) = "
        "'INTEGER' AND NOT EXISTS (SELECT 1 FROM pragma_index_list(%s, "
        "'main') WHERE origin = 'pk')), '') FROM pragma_table_list(%s) WHERE "
        "schema = 'main' AND NOT wr AND NOT EXISTS (SELECT 1 FROM "
        "pragma_table_xinfo(%s, 'main') WHERE lower(name) IN ('rowid', "
        "'_rowid_', 'oid')) AND NOT EXISTS (SELECT 1 FROM (SELECT "
        "lower(group_concat(\"table\" || char(0) || \"from\")) AS k FROM "
        "pragma_foreign_key_list(%s, 'main') GROUP BY id) GROUP BY k HAVING "
        "count(*) > 1)", t, t, t, t, t), NULL, out);
}

static int give(lm_alter_run *a)
{
    int rc;

    a->given = false;
    if (a->loose_count == 0 || strcmp(a->schema, "main") != 0 ||
        a->key_moved || a->wr_on != 0 || lm_texts_has(&a->unlooked, a->table))
        return LM_OK;
    a->swaps_before = a->db->track.swap_count;
    rc = ask_rowid(a, &a->alias);
    return rc != LM_OK || a->alias == NULL ? rc
        : lm_foreign_give(a->db, a->table, &a->given);
}

/* Has each row the number that it had? */
static bool kept_rowids(const lm_alter_run *a, const char *alias)
{
    size_t at;

    if (alias == NULL || *alias == '\0')
        return alias != NULL && *a->alias == '\0';
    at = lm_def_find(a, alias);
    return at < a->draft.col_count && a->draft.cols[at].source != NULL &&
           a->draft.cols[at].value == NULL &&
           lm_same_name(a->draft.cols[at].source, a->alias);
}

static int take(lm_alter_run *a)
{
    const char *alias;
    int rc = ask_rowid(a, &alias);

    if (rc == LM_OK && kept_rowids(a, alias))
        return lm_foreign_take(a->db, a->table);
    a->db->track.swap_count = a->swaps_before;
    return rc;
}

int lm_keys_before(lm_alter_run *a)
{
    look l = {a, NULL, false, NULL, NULL};
    int rc;

    a->loose_count = 0;
    rc = look_everywhere(&l);
    if (a->loose_count > 0)
        qsort(a->loose, a->loose_count, sizeof *a->loose, by_key);
    return rc == LM_OK ? give(a) : rc;
}

int lm_keys_after(lm_alter_run *a)
{
    look l = {a, NULL, true, NULL, NULL};
    int rc;

    a->mismatch = NULL;
    rc = look_everywhere(&l);
    if (rc == LM_OK && l.parent == NULL && a->given)
        return take(a);
    if (rc != LM_OK || l.parent == NULL)
        return rc;
    rc = lm_rows_refuse(a, lm_alter_text(a, "rows of %s point to no row of "
                                         "%s", l.where, l.parent));
    a->out->refused = rc == LM_EFAILED ? LM_REASON_FOREIGN_KEY
                                       : a->out->refused;
    return rc;
}
