/* SPDX-License-Identifier: MIT */
/*
 * Sixty-four digits for a schema: each object becomes one line in a form that
 * leaves out what does not count (SPEC 4), the lines are sorted, and SHA-256
 * is taken of them. What is written at a column or at the table becomes the
 * same entry of one list, also sorted.
 */
#include "canon.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/list.h"
#include "../../base/text.h"
#include "../../lex/createother.h"

static void add_kind(lm_buf *b, const char *kind, const char *name)
{
    lm_canon_field(b, kind);
    lm_canon_field(b, name);
}

static int canon_view(lm_db *db, const lm_table_info *t, lm_buf *b)
{
    lm_createview v;
    size_t i;
    int rc = lm_createview_parse(t->sql, strlen(t->sql), &v, db->err);

    if (rc != LM_OK)
        return rc;
    add_kind(b, "view", t->name);
    lm_canon_count(b, v.columns.count);
    for (i = 0; i < v.columns.count; i++)
        lm_canon_name(b, v.columns.list[i].column);
    rc = lm_canon_code(b, db, t->sql, v.select);
    lm_createview_clear(&v);
    return rc;
}

/* The arguments are the module's language: their case counts. */
static int canon_virtual(lm_db *db, const lm_table_info *t, lm_buf *b)
{
    lm_createvirtual v;
    int rc = lm_createvirtual_parse(t->sql, strlen(t->sql), &v, db->err);

    if (rc != LM_OK)
        return rc;
    add_kind(b, "virtual", t->name);
    lm_canon_name(b, v.module);
    lm_canon_exact(b, t->sql, v.arguments);
    lm_createvirtual_clear(&v);
    return LM_OK;
}

static int canon_trigger(lm_db *db, const lm_entry *o, lm_buf *b)
{
    lm_createtrigger g;
    size_t i;
    int rc = lm_createtrigger_parse(o->sql, strlen(o->sql), &g, db->err);

    if (rc != LM_OK)
        return rc;
    add_kind(b, "trigger", o->name);
    lm_canon_name(b, g.table);
    lm_canon_count(b, (size_t)g.timing);
    lm_canon_count(b, (size_t)g.event);
    lm_canon_count(b, g.update_of.count);
    for (i = 0; i < g.update_of.count; i++)
        lm_canon_name(b, g.update_of.list[i].column);
    rc = lm_canon_code(b, db, o->sql, g.when);
    if (rc == LM_OK)
        rc = lm_canon_code(b, db, o->sql, g.body);
    lm_createtrigger_clear(&g);
    return rc;
}

/* The lines, each on the heap. */
typedef struct lines {
    char **list;
    size_t count, size;
} lines;

static int add_line(lm_db *db, lines *all, lm_buf *b)
{
    char **grown = lm_list_grow(all->list, all->count, &all->size,
                                sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(db->err);
    all->list = grown;
    grown[all->count] = lm_buf_take(b);
    if (grown[all->count] == NULL)
        return lm_err_nomem(db->err);
    all->count++;
    return LM_OK;
}

static int add_table(lm_db *db, lm_table_info *t, lines *all)
{
    lm_buf b = {0};
    int rc = lm_catalog_describe(db, t);

    if (rc == LM_OK && t->kind == LM_VIEW)
        rc = canon_view(db, t, &b);
    else if (rc == LM_OK && t->kind == LM_VIRTUAL)
        rc = canon_virtual(db, t, &b);
    else if (rc == LM_OK)
        rc = lm_canon_table(db, t, &b);
    if (rc == LM_OK)
        rc = add_line(db, all, &b);
    lm_buf_clear(&b);
    return rc;
}

/* The indexes that have a text of their own; those of constraints are told
 * with their table. */
static int add_indexes(lm_db *db, const lm_table_info *t, lines *all)
{
    lm_buf b = {0};
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < t->index_count && rc == LM_OK; i++) {
        if (t->indexes[i].sql == NULL)
            continue;
        lm_canon_index(t, &t->indexes[i], &b);
        rc = add_line(db, all, &b);
    }
    lm_buf_clear(&b);
    return rc;
}

static int add_trigger(lm_db *db, const lm_entry *o, lines *all)
{
    lm_buf b = {0};
    int rc = canon_trigger(db, o, &b);

    if (rc == LM_OK)
        rc = add_line(db, all, &b);
    lm_buf_clear(&b);
    return rc;
}

static int add_all(lm_db *db, lm_catalog *cat, lines *all)
{
    const lm_entry *o;
    lm_table_info *t;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < cat->table_count && rc == LM_OK; i++) {
        t = &cat->tables[i];
        if (!t->listed || t->kind == LM_SHADOW ||
            strcmp(t->schema, "main") != 0)
            continue;
        rc = add_table(db, t, all);
        if (rc == LM_OK)
            rc = add_indexes(db, t, all);
    }
    for (i = 0; i < cat->entry_count && rc == LM_OK; i++) {
        o = &cat->entries[i];
        if (strcmp(o->schema, "main") == 0 && o->sql != NULL &&
            strcmp(o->type, "trigger") == 0 && !lm_db_is_own(db, o->table))
            rc = add_trigger(db, o, all);
    }
    return rc;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void hash(lines *all, char hex[LM_SHA256_HEX])
{
    lm_sha256 h;
    size_t i;

    if (all->count > 0)
        qsort(all->list, all->count, sizeof *all->list, compare);
    lm_sha256_begin(&h);
    lm_sha256_add(&h, "schema 1\n", 9);
    for (i = 0; i < all->count; i++) {
        lm_sha256_add(&h, all->list[i], strlen(all->list[i]));
        lm_sha256_add(&h, "\n", 1);
    }
    lm_sha256_end(&h, hex);
}

int lm_catalog_fingerprint(lm_db *db, char hex[LM_SHA256_HEX])
{
    lines all = {0};
    lm_catalog *cat;
    size_t i;
    int rc = lm_catalog_open(db, &cat);

    hex[0] = '\0';
    if (rc == LM_OK && cat->fingerprint[0] == '\0') {
        rc = add_all(db, cat, &all);
        if (rc == LM_OK)
            hash(&all, cat->fingerprint);
        for (i = 0; i < all.count; i++)
            free(all.list[i]);
        free(all.list);
    }
    if (rc == LM_OK)
        memcpy(hex, cat->fingerprint, LM_SHA256_HEX);
    return rc;
}
