/* SPDX-License-Identifier: MIT */
/* The indexes of a table. Which columns they have SQLite tells; expressions
 * and the condition stand in the text alone. */
#include <stdlib.h>
#include <string.h>

#include "../../base/list.h"
#include "../../base/text.h"
#include "../../lex/createother.h"
#include "inner.h"

static bool is_text(const lm_value *v, const char *s)
{
    return v->type == LM_TEXT &&
           lm_same_name_n(v->as.text.bytes, v->as.text.size, s, strlen(s));
}

static int begin_index(lm_db *db, lm_table_info *t, const lm_value *row)
{
    lm_index_info *index = lm_list_grow(t->indexes, t->index_count,
                                        &t->index_size, sizeof *index);
    const lm_entry *entry;

    if (index == NULL)
        return lm_err_nomem(db->err);
    t->indexes = index;
    index += t->index_count;
    memset(index, 0, sizeof *index);
    index->name = lm_catalog_column(db, &row[0]);
    if (index->name == NULL)
        return lm_err_nomem(db->err);
    index->unique = row[1].as.integer != 0;
    if (is_text(&row[2], "u"))
        index->origin = LM_ORIGIN_UNIQUE;
    if (is_text(&row[2], "pk"))
        index->origin = LM_ORIGIN_PRIMARY_KEY;
    index->partial = row[3].as.integer != 0;
    entry = lm_catalog_entry(db->catalog, t->schema, "index", index->name);
    index->sql = entry == NULL ? NULL : entry->sql;
    t->index_count++;
    return LM_OK;
}

enum { ROWID = -1 };    /* in column cid; -2 is an expression */

/* name, unique, origin, partial, cid, column, desc, coll */
static int add_part(void *user, lm_db *db, const lm_value *row)
{
    lm_table_info *t = user;
    lm_index_info *index;
    lm_index_part *part;
    const char *coll;
    int rc = LM_OK;

    if (t->index_count == 0 ||
        !is_text(&row[0], t->indexes[t->index_count - 1].name))
        rc = begin_index(db, t, row);
    if (rc != LM_OK)
        return rc;
    index = &t->indexes[t->index_count - 1];
    part = lm_list_grow(index->parts, index->count, &index->size,
                        sizeof *part);
    coll = lm_catalog_column(db, &row[7]);
    if (part == NULL || (coll == NULL && row[7].type == LM_TEXT))
        return lm_err_nomem(db->err);
    index->parts = part;
    part += index->count++;
    memset(part, 0, sizeof *part);
    part->name = lm_catalog_column(db, &row[5]);
    if (part->name == NULL && row[5].type == LM_TEXT)
        return LM_ENOMEM;
    if (row[4].as.integer == ROWID)
        part->name = "rowid";
    part->desc = row[6].as.integer != 0;
    part->collation = lm_catalog_collation(db, coll == NULL ? "BINARY"
                                                            : coll);
    return part->collation == NULL ? LM_ENOMEM : LM_OK;
}

static int complete(lm_db *db, lm_index_info *index,
                    const lm_createindex *text)
{
    const lm_key *key;
    size_t i;

    if (text->where.end > text->where.start) {
        index->where = lm_catalog_span(db, index->sql, text->where);
        if (index->where == NULL)
            return LM_ENOMEM;
    }
    for (i = 0; i < index->count && i < text->keys.count; i++) {
        if (index->parts[i].name != NULL)
            continue;
        key = &text->keys.list[i];
        index->parts[i].expr = lm_catalog_span(db, index->sql,
            key->collation != NULL &&
            lm_same_name(key->collation, index->parts[i].collation)
            ? key->expr : key->all);
        if (index->parts[i].expr == NULL)
            return LM_ENOMEM;
    }
    return LM_OK;
}

static int read_text(lm_db *db, lm_index_info *index)
{
    lm_createindex text;
    bool needed = index->partial;
    size_t i;
    int rc;

    for (i = 0; i < index->count; i++)
        needed = needed || index->parts[i].name == NULL;
    if (!needed || index->sql == NULL)
        return LM_OK;
    rc = lm_createindex_parse(index->sql, strlen(index->sql), &text,
                              db->err);
    if (rc == LM_OK)
        rc = complete(db, index, &text);
    lm_createindex_clear(&text);
    return rc;
}

/* SQLite lists the newest index first. */
int lm_describe_indexes(lm_db *db, lm_table_info *t)
{
    static const char sql[] =
        "SELECT l.name, l.\"unique\", l.origin, l.partial, "
        "x.cid, x.name, x.\"desc\", x.coll "
        "FROM pragma_index_list(?1, ?2) AS l, "
        "pragma_index_xinfo(l.name, ?2) AS x "
        "WHERE x.key = 1 ORDER BY l.seq DESC, x.seqno";
    lm_value v[2];
    size_t i;
    int rc;

    v[0] = lm_text_of(t->name);
    v[1] = lm_text_of(t->schema);
    if (t->kind == LM_VIEW || t->kind == LM_VIRTUAL)
        return LM_OK;
    rc = lm_db_each(db, sql, v, 2, add_part, t);
    for (i = 0; i < t->index_count && rc == LM_OK; i++)
        rc = read_text(db, &t->indexes[i]);
    return rc;
}
