/* SPDX-License-Identifier: MIT */
#include "objects.h"

#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"
#include "../lex/sqlsame.h"
#include "internal.h"

void lm_objects_clear(lm_objects *objects)
{
    size_t i;

    for (i = 0; i < objects->count; i++) {
        free(objects->list[i].name);
        free(objects->list[i].table);
        free(objects->list[i].sql);
    }
    free(objects->list);
    free(objects->by_name);
    memset(objects, 0, sizeof *objects);
}

const char *lm_object_word(lm_object_kind kind)
{
    switch (kind) {
    case LM_OBJECT_TABLE: return "table";
    case LM_OBJECT_VIRTUAL: return "virtual table";
    case LM_OBJECT_VIEW: return "view";
    case LM_OBJECT_INDEX: return "index";
    case LM_OBJECT_TRIGGER: return "trigger";
    }
    return "object";
}

static char *text_copy(const lm_value *v)
{
    return v->type != LM_TEXT ? lm_strdup("")
        : lm_strndup(v->as.text.bytes, v->as.text.size);
}

static lm_object_kind kind_of(const lm_value *row)
{
    switch (row[0].type == LM_TEXT ? row[0].as.text.bytes[0] : 0) {
    case 'i': return LM_OBJECT_INDEX;
    case 'v': return LM_OBJECT_VIEW;
    default: break;
    }
    if (row[0].type == LM_TEXT && row[0].as.text.size > 1 &&
        row[0].as.text.bytes[1] == 'r')
        return LM_OBJECT_TRIGGER;
    return row[5].as.integer != 0 ? LM_OBJECT_VIRTUAL : LM_OBJECT_TABLE;
}

/* type, name, tbl_name, sql, rowid, is it virtual? */
static int add_object(void *user, lm_db *db, const lm_value *row)
{
    lm_objects *out = user;
    lm_object *grown = lm_list_grow(out->list, out->count, &out->size,
                                    sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(db->err);
    out->list = grown;
    grown += out->count++;
    grown->kind = kind_of(row);
    grown->name = text_copy(&row[1]);
    grown->table = text_copy(&row[2]);
    grown->sql = text_copy(&row[3]);
    grown->made = row[4].as.integer;
    if (grown->name == NULL || grown->table == NULL || grown->sql == NULL)
        return lm_err_nomem(db->err);
    grown->own = lm_db_is_own(db, grown->table);
    return LM_OK;
}

static int read_all(lm_db *db, lm_objects *out)
{
    static const char sql[] =
        "SELECT m.type, m.name, m.tbl_name, m.sql, m.rowid, "
        "m.sql LIKE 'CREATE VIRTUAL %' FROM main.sqlite_schema AS m "
        "WHERE m.sql IS NOT NULL AND m.name NOT LIKE 'sqlite\\_%' ESCAPE "
        "'\\' AND m.tbl_name NOT IN (SELECT name FROM pragma_table_list "
        "WHERE schema = 'main' AND type = 'shadow')";

    return lm_db_each(db, sql, NULL, 0, add_object, out);
}

/* ---- what stands behind what ---- */

typedef enum mark { MARK_NEW, MARK_SEEN, MARK_TAKEN } mark;

typedef struct sorting {
    lm_objects *from;   /* sorted by in_order */
    size_t tables;      /* so many of them are tables and views */
    const lm_object **by_name;  /* these, by name alone */
    mark *marks;
    size_t *order;      /* of the tables */
    size_t ordered;
    lm_object *to;      /* all of them */
    size_t taken;
    bool failed;
} sorting;

static void visit(sorting *s, size_t i);

/* As SQLite compares names; what is one to it is told apart by bytes. */
static int compare_names(const char *a, const char *b)
{
    size_t i = 0;

    while (a[i] != '\0' && lm_fold(a[i]) == lm_fold(b[i]))
        i++;
    return lm_fold((unsigned char)a[i]) - lm_fold((unsigned char)b[i]);
}

static int by_name(const void *a, const void *b)
{
    return compare_names((*(const lm_object *const *)a)->name,
                         (*(const lm_object *const *)b)->name);
}

static int by_name_and_kind(const void *p, const void *q)
{
    const lm_object *a = *(const lm_object *const *)p;
    const lm_object *b = *(const lm_object *const *)q;
    int n = compare_names(a->name, b->name);

    return n != 0 ? n : (int)a->kind - (int)b->kind;
}

const lm_object *lm_objects_find(const lm_objects *objects,
                                 lm_object_kind kind, const char *name)
{
    const lm_object key = {.kind = kind, .name = (char *)name};
    const lm_object *p = &key, **found = NULL;

    if (objects->count > 0)
        found = bsearch(&p, objects->by_name, objects->count,
                        sizeof *objects->by_name, by_name_and_kind);
    return found == NULL ? NULL : *found;
}

static int index_names(lm_objects *objects, lm_err *err)
{
    size_t i;

    objects->by_name = calloc(objects->count + 1, sizeof *objects->by_name);
    if (objects->by_name == NULL)
        return lm_err_nomem(err);
    for (i = 0; i < objects->count; i++)
        objects->by_name[i] = &objects->list[i];
    qsort(objects->by_name, objects->count, sizeof *objects->by_name,
          by_name_and_kind);
    return LM_OK;
}

/* An index that carries one along while an object's text is read. */
typedef struct reading {
    sorting *s;
    size_t i;
} reading;

static bool visit_mentioned(void *user, const char *name, bool referenced)
{
    reading *r = user;
    sorting *s = r->s;
    lm_object key = {0};
    const lm_object *p = &key, **found;

    if (s->from->list[r->i].kind == LM_OBJECT_TABLE && !referenced)
        return true;
    key.name = (char *)name;
    found = bsearch(&p, s->by_name, s->tables, sizeof *s->by_name, by_name);
    if (found != NULL)
        visit(s, (size_t)(*found - s->from->list));
    return !s->failed;
}

/* What it mentions goes before it. */
static void visit(sorting *s, size_t i)
{
    const lm_object *o = &s->from->list[i];
    reading r = {s, i};

    if (s->failed || s->marks[i] != MARK_NEW)
        return;
    s->marks[i] = MARK_SEEN;
    if (!lm_sql_mentions(o->sql, strlen(o->sql), visit_mentioned, &r))
        s->failed = true;
    s->order[s->ordered++] = i;
}

static bool is_part(const lm_object *o)
{
    return o->kind == LM_OBJECT_INDEX || o->kind == LM_OBJECT_TRIGGER;
}

/* Tables, virtual tables, views by name; then indexes by table and name, then
 * triggers by table and time. */
static int in_order(const void *p, const void *q)
{
    const lm_object *a = p, *b = q;
    int n = (int)a->kind - (int)b->kind;

    if (n == 0 && is_part(a))
        n = compare_names(a->table, b->table);
    if (n == 0 && a->kind == LM_OBJECT_TRIGGER)
        return a->made < b->made ? -1 : 1;
    return n != 0 ? n : compare_names(a->name, b->name);
}

static void take(sorting *s, size_t i)
{
    s->marks[i] = MARK_TAKEN;
    s->to[s->taken++] = s->from->list[i];
}

static void take_indexes(sorting *s, const char *table)
{
    size_t i;

    for (i = s->tables; i < s->from->count; i++)
        if (s->from->list[i].kind == LM_OBJECT_INDEX &&
            s->marks[i] == MARK_NEW &&
            lm_same_name(s->from->list[i].table, table))
            take(s, i);
}

/* Triggers, and indexes on nothing that we know. */
static void take_rest(sorting *s)
{
    size_t i;

    for (i = s->tables; i < s->from->count; i++)
        if (s->marks[i] == MARK_NEW)
            take(s, i);
}

static int begin_sorting(sorting *s, lm_err *err)
{
    size_t i, n = s->from->count;

    while (s->tables < n && !is_part(&s->from->list[s->tables]))
        s->tables++;
    s->by_name = calloc(n + 1, sizeof *s->by_name);
    s->marks = calloc(n + 1, sizeof *s->marks);
    s->order = calloc(n + 1, sizeof *s->order);
    s->to = calloc(n + 1, sizeof *s->to);
    if (s->by_name == NULL || s->marks == NULL || s->order == NULL ||
        s->to == NULL)
        return lm_err_nomem(err);
    for (i = 0; i < s->tables; i++)
        s->by_name[i] = &s->from->list[i];
    qsort(s->by_name, s->tables, sizeof *s->by_name, by_name);
    return LM_OK;
}

static int sort_objects(lm_objects *objects, lm_err *err)
{
    sorting s = {.from = objects};
    size_t i;
    int rc;

    if (objects->count == 0)
        return LM_OK;
    qsort(objects->list, objects->count, sizeof *objects->list, in_order);
    rc = begin_sorting(&s, err);
    for (i = 0; i < s.tables && rc == LM_OK; i++) {
        visit(&s, i);
        if (s.failed)
            rc = lm_err_nomem(err);
    }
    for (i = 0; i < s.tables && rc == LM_OK; i++) {
        take(&s, s.order[i]);
        take_indexes(&s, objects->list[s.order[i]].name);
    }
    if (rc == LM_OK) {
        take_rest(&s);
        memcpy(objects->list, s.to, objects->count * sizeof *s.to);
    }
    free(s.to);
    free(s.order);
    free(s.marks);
    free(s.by_name);
    return rc;
}

int lm_objects_read(lm_db *db, lm_objects *out)
{
    int rc;

    memset(out, 0, sizeof *out);
    rc = read_all(db, out);
    if (rc == LM_OK)
        rc = sort_objects(out, db->err);
    if (rc == LM_OK)
        rc = index_names(out, db->err);
    if (rc != LM_OK)
        lm_objects_clear(out);
    return rc;
}
