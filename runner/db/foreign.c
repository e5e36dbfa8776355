/* SPDX-License-Identifier: MIT */
/*
 * Foreign keys: nothing may point nowhere that did not before.
 *
 * PRAGMA foreign_key_check of a whole database fails altogether when one key
 * in it has an impossible target ("foreign key mismatch"), so it is asked
 * table by table. What was broken before a table was touched for the first
 * time is remembered and does not count.
 *
 * Which table points to which is read once and kept until the schema changes
 * in a way that can move a key.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"
#include "internal.h"

void lm_links_clear(lm_db *db)
{
    size_t i;

    for (i = 0; i < db->link_count; i++) {
        free(db->links[i].child);
        free(db->links[i].parent);
    }
    free(db->links);
    db->links = NULL;
    db->link_count = db->link_size = 0;
    db->links_at = -1;
}

static int add_link(lm_db *db, const lm_value *child, const lm_value *parent)
{
    lm_link *grown = lm_list_grow(db->links, db->link_count, &db->link_size,
                                  sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(db->err);
    db->links = grown;
    grown += db->link_count;
    grown->child = lm_strndup(child->as.text.bytes, child->as.text.size);
    grown->parent = lm_strndup(parent->as.text.bytes, parent->as.text.size);
    if (grown->child == NULL || grown->parent == NULL) {
        free(grown->child);
        free(grown->parent);
        return lm_err_nomem(db->err);
    }
    db->link_count++;
    return LM_OK;
}

/* Add the links that a query of (child, parent) gives. */
static int add_links(lm_db *db, const char *sql)
{
    const lm_value *row;
    lm_stmt *stmt;
    bool more;
    int rc = lm_db_prepare(db, LM_RUNNER, sql, strlen(sql), &stmt);

    while (rc == LM_OK) {
        rc = lm_stmt_step(stmt, &more);
        if (rc != LM_OK || !more)
            break;
        row = lm_stmt_row(stmt);
        if (row == NULL)
            rc = LM_ENOMEM;
        else if (row[0].type == LM_TEXT && row[1].type == LM_TEXT)
            rc = add_link(db, &row[0], &row[1]);
    }
    lm_stmt_release(stmt);
    return rc;
}

static int read_all(lm_db *db)
{
    static const char links[] =
        "SELECT DISTINCT m.name, f.\"table\" FROM main.sqlite_schema AS m, "
        "pragma_foreign_key_list(m.name, 'main') AS f "
        "WHERE m.type = 'table' AND m.sql LIKE '%references%'";
    static const char code[] =
        "SELECT EXISTS (SELECT 1 FROM main.sqlite_schema "
        "WHERE type IN ('view', 'trigger'))";
    int64_t any;
    int rc;

    lm_links_clear(db);
    rc = add_links(db, links);
    if (rc == LM_OK)
        rc = lm_db_integer(db, code, 0, &any);
    if (rc == LM_OK)
        db->has_code = any != 0;
    return rc;
}

int lm_links_read(lm_db *db, int64_t schema)
{
    int rc = LM_OK;

    if (db->links_at != schema)
        rc = read_all(db);
    if (rc == LM_OK)
        db->links_at = schema;
    return rc;
}

static bool has_links(const lm_db *db, const char *table)
{
    size_t i;

    for (i = 0; i < db->link_count; i++)
        if (lm_same_name(db->links[i].child, table) ||
            lm_same_name(db->links[i].parent, table))
            return true;
    return false;
}

/* After a script changed the schema. Most changes move no key, and reading
 * all of it after each of a thousand migrations would cost more than they
 * do: only where keys or code are about is all of it read again. */
int lm_links_refresh(lm_db *db, int64_t schema)
{
    lm_track *t = &db->track;
    bool all = t->coded || t->referring || (t->altered && db->link_count > 0);
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < t->touched.count && !all; i++)
        all = has_links(db, t->touched.list[i]);
    for (i = 0; i < db->link_count && all && rc == LM_OK; i++)
        rc = lm_names_add(&t->linked, db->links[i].child, db->err);
    if (rc == LM_OK && all)
        rc = read_all(db);
    if (rc == LM_OK)
        db->links_at = schema;
    return rc;
}

/* FNV-1a, of a name without case. */
static uint64_t hash_name(const char *s, size_t n)
{
    uint64_t h = 14695981039346656037u;
    size_t i;

    for (i = 0; i < n; i++)
        h = (h ^ (uint64_t)lm_fold((unsigned char)s[i])) * 1099511628211u;
    return h;
}

typedef int (*on_violation)(lm_db *db, void *user, const lm_violation *v,
                            const char *parent);

/* Call `each` for every violation in a table. Rows of a WITHOUT ROWID table
 * have no number: they are counted. *mismatch: SQLite could not look, because
 * a key has an impossible target. */
static int each_violation(lm_db *db, const char *table, on_violation each,
                          void *user, bool *mismatch)
{
    static const char sql[] =
        "SELECT \"rowid\", \"parent\" "
        "FROM pragma_foreign_key_check(?1, 'main')";
    lm_value name = lm_text_value(table, strlen(table));
    lm_violation v = {0};
    const lm_value *row;
    lm_stmt *stmt;
    int64_t unnamed = 0;
    bool more;
    char *parent;
    int rc = lm_db_prepare(db, LM_RUNNER, sql, sizeof sql - 1, &stmt);

    *mismatch = false;
    if (rc == LM_OK)
        rc = lm_stmt_bind(stmt, 1, &name);
    while (rc == LM_OK) {
        rc = lm_stmt_step(stmt, &more);
        if (rc == LM_EFAILED) {
            *mismatch = true;
            break;
        }
        if (rc != LM_OK || !more)
            break;
        row = lm_stmt_row(stmt);
        if (row == NULL) {
            rc = LM_ENOMEM;
            break;
        }
        v.rowid = row[0].type == LM_INTEGER ? row[0].as.integer : ++unnamed;
        v.parent = hash_name(row[1].as.text.bytes, row[1].as.text.size);
        parent = lm_strndup(row[1].as.text.bytes, row[1].as.text.size);
        rc = parent == NULL ? lm_err_nomem(db->err)
                            : each(db, user, &v, parent);
        free(parent);
    }
    lm_stmt_release(stmt);
    return rc;
}

static int remember_violation(lm_db *db, void *user, const lm_violation *v,
                              const char *parent)
{
    lm_track *t = &db->track;
    lm_violation *grown = lm_list_grow(t->before, t->before_count,
                                       &t->before_size, sizeof *grown);

    (void)user;
    (void)parent;
    if (grown == NULL)
        return lm_err_nomem(db->err);
    t->before = grown;
    grown[t->before_count] = *v;
    grown[t->before_count++].table = t->looked.count - 1;
    return LM_OK;
}

static int look_before(lm_db *db, const char *table)
{
    lm_track *t = &db->track;
    bool mismatch;
    int rc;

    if (lm_names_has(&t->looked, table))
        return LM_OK;
    rc = lm_names_add(&t->looked, table, db->err);
    if (rc == LM_OK)
        rc = each_violation(db, table, remember_violation, NULL, &mismatch);
    if (rc == LM_EFAILED && mismatch) {
        lm_err_clear(db->err);
        rc = lm_names_add(&t->mismatched, table, db->err);
    }
    return rc;
}

/* The tables touched since the last look, and their children. */
int lm_foreign_before(lm_db *db)
{
    lm_track *t = &db->track;
    const char *table;
    size_t i;
    int rc = LM_OK;

    for (; t->seen < t->touched.count && rc == LM_OK; t->seen++) {
        table = t->touched.list[t->seen];
        for (i = 0; i < db->link_count && rc == LM_OK; i++)
            if (lm_same_name(db->links[i].parent, table) ||
                lm_same_name(db->links[i].child, table))
                rc = look_before(db, db->links[i].child);
    }
    return rc;
}

static int by_row(const void *a, const void *b)
{
    const lm_violation *x = a, *y = b;

    if (x->rowid != y->rowid)
        return x->rowid < y->rowid ? -1 : 1;
    if (x->parent != y->parent)
        return x->parent < y->parent ? -1 : 1;
    return 0;
}

static int by_row_and_table(const void *a, const void *b)
{
    const lm_violation *x = a, *y = b;
    int order = by_row(a, b);

    if (order == 0 && x->table != y->table)
        order = x->table < y->table ? -1 : 1;
    return order;
}

/* Was the same row broken before? A table that was not looked at before is
 * new, or has got the name of another: then a row of any table will do. */
static bool was_broken(const lm_track *t, const char *table,
                       const lm_violation *v)
{
    lm_violation key = *v;
    size_t i = 0;

    if (t->before_count == 0)
        return false;
    while (i < t->looked.count && !lm_same_name(t->looked.list[i], table))
        i++;
    key.table = i;
    return bsearch(&key, t->before, t->before_count, sizeof key,
                   i < t->looked.count ? by_row_and_table : by_row) != NULL;
}

static int refuse_violation(lm_db *db, void *user, const lm_violation *v,
                            const char *parent)
{
    const char *table = user;

    if (was_broken(&db->track, table, v))
        return LM_OK;
    lm_err_set(db->err, LM_EFAILED, "foreign key violated: row %lld of %s "
               "points to no row of %s", (long long)v->rowid, table, parent);
    lm_err_hint(db->err, "find such rows with PRAGMA foreign_key_check(%s); "
                "foreign keys are not enforced while a migration runs "
                "(FOREIGN_KEYS = true changes that), but none may be broken "
                "by it", table);
    return LM_EFAILED;
}

static int look_after(lm_db *db, char *table)
{
    bool mismatch;
    int rc = each_violation(db, table, refuse_violation, table, &mismatch);

    if (rc == LM_EFAILED && mismatch &&
        lm_names_has(&db->track.mismatched, table)) {
        lm_err_clear(db->err);
        rc = LM_OK;
    }
    return rc;
}

/* Children of touched tables, touched children, and children that were not
 * there before: renamed ones are touched by their old name only. */
static bool concerns(const lm_db *db, const lm_link *link)
{
    const lm_track *t = &db->track;

    return lm_names_has(&t->touched, link->parent) ||
           lm_names_has(&t->touched, link->child) ||
           (t->altered && !lm_names_has(&t->linked, link->child));
}

int lm_foreign_after(lm_db *db)
{
    lm_track *t = &db->track;
    lm_names done = {0};
    size_t i;
    int rc = LM_OK;

    if (t->before_count > 1)
        qsort(t->before, t->before_count, sizeof *t->before,
              by_row_and_table);
    for (i = 0; i < db->link_count && rc == LM_OK; i++) {
        if (!concerns(db, &db->links[i]) ||
            lm_names_has(&done, db->links[i].child))
            continue;
        rc = lm_names_add(&done, db->links[i].child, db->err);
        if (rc == LM_OK)
            rc = look_after(db, db->links[i].child);
    }
    lm_names_clear(&done);
    return rc;
}
