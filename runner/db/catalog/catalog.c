/* SPDX-License-Identifier: MIT */
/*
 * The list of what there is, and how long it stays true.
 *
 * schema_version changes with every change of the schema and comes back with
 * a rollback: then two different schemas may have the same one, so rollbacks
 * are part of the key. A new function can make a view valid that was not.
 */
#include <stdlib.h>
#include <string.h>

#include "../../base/list.h"
#include "../../base/text.h"
#include "inner.h"

static void clear_table(lm_table_info *t)
{
    size_t i;

    if (t->text != NULL) {
        lm_createtable_clear((lm_createtable *)t->text);
        free((lm_createtable *)t->text);
    }
    for (i = 0; i < t->index_count; i++)
        free(t->indexes[i].parts);
    for (i = 0; i < t->foreign_count; i++) {
        free(t->foreign[i].columns.list);
        free(t->foreign[i].ref_columns.list);
    }
    for (i = 0; i < t->unique_count; i++)
        free(t->uniques[i].columns.list);
    free(t->columns);
    free(t->key.list);
    free(t->indexes);
    free(t->foreign);
    free(t->checks);
    free(t->uniques);
}

static void clear(lm_catalog *cat)
{
    size_t i;

    for (i = 0; i < cat->table_count; i++)
        clear_table(&cat->tables[i]);
    for (i = 0; i < cat->trigger_count; i++)
        free(cat->triggers[i].update_of.list);
    for (i = 0; i < cat->view_count; i++)
        free(cat->views[i].columns.list);
    free(cat->tables);
    free(cat->listed);
    free(cat->entries);
    free(cat->triggers);
    free(cat->views);
    free(cat->picked);
    free(cat->references);
    free(cat->uses);
    free(cat->dependents);
    lm_arena_clear(&cat->arena);
    memset(cat, 0, sizeof *cat);
}

void lm_catalog_forget(lm_db *db)
{
    if (db->catalog == NULL)
        return;
    clear(db->catalog);
    free(db->catalog);
    db->catalog = NULL;
}

const char *lm_catalog_copy(lm_db *db, const char *s, size_t n)
{
    const char *copy = lm_arena_add(&db->catalog->arena, s, n);

    if (copy == NULL)
        lm_err_nomem(db->err);
    return copy;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

const char *lm_catalog_span(lm_db *db, const char *text, lm_span span)
{
    while (span.start < span.end && is_blank(text[span.start]))
        span.start++;
    while (span.start < span.end && is_blank(text[span.end - 1]))
        span.end--;
    return lm_catalog_copy(db, text + span.start, span.end - span.start);
}

const char *lm_catalog_column(lm_db *db, const lm_value *value)
{
    if (value->type != LM_TEXT)
        return NULL;
    return lm_catalog_copy(db, value->as.text.bytes, value->as.text.size);
}

const char *lm_catalog_collation(lm_db *db, const char *name)
{
    static const char *const known[] = {"BINARY", "NOCASE", "RTRIM"};
    size_t i;

    for (i = 0; i < sizeof known / sizeof *known; i++)
        if (lm_same_name(known[i], name))
            return known[i];
    return lm_catalog_copy(db, name, strlen(name));
}

int lm_strings_add(lm_db *db, lm_strings *to, const char *s)
{
    const char **grown;

    if (s == NULL)
        return lm_err_nomem(db->err);
    grown = lm_list_grow(to->list, to->count, &to->size, sizeof *grown);
    if (grown == NULL)
        return lm_err_nomem(db->err);
    to->list = grown;
    grown[to->count++] = s;
    return LM_OK;
}

static lm_table_kind kind_of(const lm_value *type)
{
    const char *s = type->as.text.bytes;

    if (type->type != LM_TEXT)
        return LM_TABLE;
    if (lm_same_name_n(s, type->as.text.size, "view", 4))
        return LM_VIEW;
    if (lm_same_name_n(s, type->as.text.size, "virtual", 7))
        return LM_VIRTUAL;
    if (lm_same_name_n(s, type->as.text.size, "shadow", 6))
        return LM_SHADOW;
    return LM_TABLE;
}

/* name, type, ncol, wr, strict, sql */
static int add_table(void *unused, lm_db *db, const lm_value *row)
{
    lm_catalog *cat = db->catalog;
    lm_table_info *t = lm_list_grow(cat->tables, cat->table_count,
                                    &cat->table_size, sizeof *t);

    (void)unused;
    if (t == NULL)
        return lm_err_nomem(db->err);
    cat->tables = t;
    t += cat->table_count;
    memset(t, 0, sizeof *t);
    t->schema = cat->reading;
    t->name = lm_catalog_column(db, &row[0]);
    t->kind = kind_of(&row[1]);
    t->ncol = (int)row[2].as.integer;
    t->without_rowid = row[3].as.integer != 0;
    t->strict = row[4].as.integer != 0;
    t->sql = lm_catalog_column(db, &row[5]);
    if (t->name == NULL || (t->sql == NULL && row[5].type == LM_TEXT))
        return lm_err_nomem(db->err);
    t->listed = !lm_same_name_n(t->name, strlen(t->name) < 7 ? 0 : 7,
                                "sqlite_", 7) &&
                !lm_db_is_own(db, t->name);
    cat->table_count++;
    return LM_OK;
}

/* type, name, tbl_name, sql */
static int add_entry(void *unused, lm_db *db, const lm_value *row)
{
    lm_catalog *cat = db->catalog;
    lm_entry *o = lm_list_grow(cat->entries, cat->entry_count,
                               &cat->entry_size, sizeof *o);

    (void)unused;
    if (o == NULL)
        return lm_err_nomem(db->err);
    cat->entries = o;
    o += cat->entry_count;
    o->schema = cat->reading;
    o->type = lm_catalog_column(db, &row[0]);
    o->name = lm_catalog_column(db, &row[1]);
    o->table = lm_catalog_column(db, &row[2]);
    o->sql = lm_catalog_column(db, &row[3]);
    if (o->type == NULL || o->name == NULL || o->table == NULL ||
        (o->sql == NULL && row[3].type == LM_TEXT))
        return lm_err_nomem(db->err);
    cat->entry_count++;
    return LM_OK;
}

/* Takes the statement. */
static int read_rows(lm_db *db, char *sql, lm_row_fn each)
{
    int rc = sql == NULL ? lm_err_nomem(db->err)
        : lm_db_each(db, sql, NULL, 0, each, NULL);

    sqlite3_free(sql);
    return rc;
}

static int set_ncol(void *user, lm_db *db, const lm_value *row)
{
    lm_table_info *t = user;

    (void)db;
    t->ncol = (int)row[0].as.integer;
    return LM_OK;
}

/* table_list stops at the first view that does not compile, and counts no
 * columns of those behind it. What does not compile has none. */
static int count_columns(lm_db *db)
{
    lm_catalog *cat = db->catalog;
    lm_table_info *t;
    lm_value v[2];
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < cat->table_count && rc == LM_OK; i++) {
        t = &cat->tables[i];
        if (t->kind != LM_VIEW || t->ncol != 0)
            continue;
        v[0] = lm_text_of(t->name);
        v[1] = lm_text_of(t->schema);
        rc = lm_db_each(db, "SELECT count(*) FROM pragma_table_info(?1, ?2)",
                        v, 2, set_ncol, t);
        if (rc == LM_EFAILED && !lm_db_fatal(db->err->sqlite_code)) {
            lm_err_clear(db->err);
            rc = LM_OK;
        }
    }
    return rc;
}

static bool is_whole(const lm_catalog *cat, const char *schema)
{
    return strcmp(schema, "temp") == 0 || strcmp(schema, cat->home) == 0;
}

static int read_schema(lm_db *db, const char *schema)
{
    lm_catalog *cat = db->catalog;
    int rc;

    cat->reading = lm_catalog_copy(db, schema, strlen(schema));
    if (cat->reading == NULL)
        return LM_ENOMEM;
    rc = read_rows(db, sqlite3_mprintf(
        "SELECT l.name, l.type, l.ncol, l.wr, l.strict, s.sql "
        "FROM pragma_table_list AS l LEFT JOIN \"%w\".sqlite_schema AS s "
        "ON s.name = l.name AND s.type IN ('table', 'view') "
        "WHERE l.schema = %Q ORDER BY s.rowid", schema, schema), add_table);
    return rc != LM_OK || !is_whole(cat, schema) ? rc
        : read_rows(db, sqlite3_mprintf(
        "SELECT type, name, tbl_name, sql FROM \"%w\".sqlite_schema "
        "WHERE type IN ('index', 'trigger') ORDER BY rowid", schema),
        add_entry);
}

/* In the order in which SQLite looks: temp first. */
static int read_all(lm_db *db)
{
    const char *schema;
    int i, rc = lm_db_has_temp(db) ? read_schema(db, "temp") : LM_OK;

    for (i = 0; rc == LM_OK; i += 1 + (i == 0)) {
        schema = sqlite3_db_name(db->handle, i);
        if (schema == NULL)
            break;
        rc = read_schema(db, schema);
    }
    return rc == LM_OK ? count_columns(db) : rc;
}

/* Main before temp here: this is what a person sees. */
static int list_tables(lm_db *db, lm_catalog *cat)
{
    size_t i, pass;

    cat->listed = calloc(cat->table_count + 1, sizeof *cat->listed);
    if (cat->listed == NULL)
        return lm_err_nomem(db->err);
    for (pass = 0; pass < 2; pass++)
        for (i = 0; i < cat->table_count; i++)
            if (cat->tables[i].listed &&
                is_whole(cat, cat->tables[i].schema) &&
                (strcmp(cat->tables[i].schema, "temp") == 0) == (pass == 1))
                cat->listed[cat->listed_count++] = &cat->tables[i];
    return LM_OK;
}

static int add_version(lm_db *db, const char *schema, lm_catalog *now)
{
    char *sql = sqlite3_mprintf("PRAGMA \"%w\".schema_version", schema);
    int64_t version = 0;
    int rc = sql == NULL ? lm_err_nomem(db->err)
        : lm_db_integer(db, sql, 0, &version);

    sqlite3_free(sql);
    now->versions = now->versions * 1099511628211u + (uint64_t)version + 1;
    return rc;
}

static int read_key(lm_db *db, lm_catalog *now)
{
    const char *schema;
    int i, rc = LM_OK;

    for (i = 0; rc == LM_OK; i++) {
        schema = sqlite3_db_name(db->handle, i);
        if (schema == NULL)
            break;
        if (i != 1 || lm_db_has_temp(db))
            rc = add_version(db, schema, now);
    }
    now->undos = db->undos;
    now->functions = db->functions.count;
    return rc;
}

static bool is_current(const lm_catalog *cat, const lm_catalog *now)
{
    return cat != NULL && cat->read && strcmp(cat->home, now->home) == 0 &&
           cat->versions == now->versions &&
           cat->undos == now->undos && cat->functions == now->functions;
}

int lm_catalog_open(lm_db *db, lm_catalog **out)
{
    return lm_catalog_open_at(db, NULL, out);
}

static int open_home(lm_db *db, const char *home, lm_catalog **out)
{
    lm_catalog now = {.home = home};
    int rc = read_key(db, &now);

    if (rc == LM_OK && !is_current(db->catalog, &now)) {
        lm_catalog_forget(db);
        db->catalog = malloc(sizeof now);
        if (db->catalog == NULL)
            return lm_err_nomem(db->err);
        memcpy(db->catalog, &now, sizeof now);
        db->catalog->home = lm_catalog_copy(db, home, strlen(home));
        rc = db->catalog->home == NULL ? LM_ENOMEM : read_all(db);
        if (rc == LM_OK)
            rc = list_tables(db, db->catalog);
        if (rc == LM_OK)
            db->catalog->read = true;
    }
    *out = db->catalog;
    return rc;
}

int lm_catalog_open_at(lm_db *db, const char *schema, lm_catalog **out)
{
    if (schema != NULL && !lm_same_name(schema, "temp"))
        schema = lm_db_schema(db, schema);
    else
        schema = NULL;
    return open_home(db, schema == NULL ? "main" : schema, out);
}

static lm_table_info *find(lm_catalog *cat, const char *schema, lm_name name,
                           bool everywhere)
{
    lm_table_info *t;
    size_t i;

    for (i = 0; i < cat->table_count; i++) {
        t = &cat->tables[i];
        if ((everywhere || is_whole(cat, t->schema)) &&
            (schema == NULL || lm_same_name(schema, t->schema)) &&
            lm_same_name_n(t->name, strlen(t->name), name.text, name.size))
            return t;
    }
    return NULL;
}

lm_table_info *lm_catalog_find(lm_catalog *cat, const char *schema,
                               lm_name name)
{
    return find(cat, schema, name, false);
}

lm_table_info *lm_catalog_find_text(lm_catalog *cat, const char *schema,
                                    const char *name)
{
    lm_name n = {name, strlen(name)};

    return find(cat, schema, n, true);
}

const lm_entry *lm_catalog_entry(const lm_catalog *cat, const char *schema,
                                 const char *type, const char *name)
{
    const lm_entry *o;
    size_t i;

    for (i = 0; i < cat->entry_count; i++) {
        o = &cat->entries[i];
        if ((schema == NULL || lm_same_name(schema, o->schema)) &&
            strcmp(type, o->type) == 0 && lm_same_name(o->name, name))
            return o;
    }
    return NULL;
}

int lm_catalog_tables(lm_db *db, const lm_table_info *const **out,
                      size_t *count)
{
    lm_catalog *cat;
    int rc = lm_catalog_open(db, &cat);

    *out = rc == LM_OK ? cat->listed : NULL;
    *count = rc == LM_OK ? cat->listed_count : 0;
    return rc;
}

int lm_catalog_table(lm_db *db, const char *schema, lm_name name,
                     const lm_table_info **out)
{
    lm_table_info *t = NULL;
    lm_catalog *cat;
    int rc = lm_catalog_open(db, &cat);

    *out = NULL;
    if (rc == LM_OK)
        t = lm_catalog_find(cat, schema, name);
    if (t != NULL)
        rc = lm_catalog_describe(db, t);
    if (rc == LM_OK)
        *out = t;
    return rc;
}

int lm_catalog_sql(lm_db *db, const char *schema, lm_name name,
                   const char **out)
{
    const lm_entry *o = NULL;
    const lm_table_info *t;
    lm_catalog *cat;
    int rc = lm_catalog_open(db, &cat);

    *out = NULL;
    if (rc != LM_OK || memchr(name.text, '\0', name.size) != NULL)
        return rc;
    t = lm_catalog_find(cat, schema, name);
    if (t != NULL) {
        *out = t->sql;
        return LM_OK;
    }
    o = lm_catalog_entry(cat, schema, "index", name.text);
    if (o == NULL)
        o = lm_catalog_entry(cat, schema, "trigger", name.text);
    *out = o == NULL ? NULL : o->sql;
    return LM_OK;
}
