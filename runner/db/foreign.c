/* SPDX-License-Identifier: MIT */
/*
 * Foreign keys: nothing may point nowhere that did not before.
 *
 * PRAGMA foreign_key_check of a whole database fails altogether when one key
 * in it has an impossible target ("foreign key mismatch"), so it is asked
 * table by table. What was broken before a table was touched for the first
 * time is remembered, by value, and does not count (violation.h).
 *
 * Which table points to which is read once and kept until the schema changes
 * in a way that can move a key.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"
#include "allowed.h"

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

/* A row of (child, parent). */
static int add_link(void *unused, lm_db *db, const lm_value *row)
{
    const lm_value *child = &row[0], *parent = &row[1];
    lm_link *grown;

    (void)unused;
    if (child->type != LM_TEXT || parent->type != LM_TEXT)
        return LM_OK;
    grown = lm_list_grow(db->links, db->link_count, &db->link_size,
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
    rc = lm_db_each(db, links, NULL, 0, add_link, NULL);
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
    t->relinked = t->relinked || all;
    if (rc == LM_OK && all)
        rc = read_all(db);
    if (rc == LM_OK)
        db->links_at = schema;
    return rc;
}

/* What was there is remembered, because it may be there again: a savepoint
 * may be rolled back. So the version is none that the schema can have. */
int lm_links_renew(lm_db *db)
{
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < db->link_count && rc == LM_OK; i++)
        rc = lm_names_add(&db->track.linked, db->links[i].child, db->err);
    if (rc == LM_OK)
        rc = read_all(db);
    db->links_at = -1;
    return rc;
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
        rc = lm_violations_each(db, table, lm_allowed_add, NULL,
                                &mismatch);
    if (rc == LM_EFAILED && mismatch) {
        lm_err_clear(db->err);
        rc = lm_names_add(&t->mismatched, table, db->err);
        if (rc == LM_OK)
            rc = lm_violations_guess(db, table, lm_allowed_add, NULL);
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

typedef struct checking {
    const char *table;
    lm_allowed *allowed;
} checking;

static int refuse_violation(lm_db *db, void *user, const lm_violation *v)
{
    const checking *c = user;
    const char *table = c->table;
    int64_t covered;
    int rc = lm_allowed_take(db, c->allowed, v, &covered);

    if (rc != LM_OK || v->count <= covered)
        return rc;
    if (v->has_row)
        lm_err_set(db->err, LM_EFAILED, "foreign key violated: row %lld of "
                   "%s points to no row of %s", (long long)v->row, table,
                   v->parent);
    else
        lm_err_set(db->err, LM_EFAILED, "foreign key violated: a row of %s "
                   "points to no row of %s", table, v->parent);
    lm_err_hint(db->err, "find such rows with PRAGMA foreign_key_check(%s); "
                "foreign keys are not enforced while a migration runs "
                "(FOREIGN_KEYS = true changes that), but none may be broken "
                "by it", table);
    return LM_EFAILED;
}

/* In SQLite's words, without our statement. */
static int refuse_mismatch(lm_db *db)
{
    char *why = lm_strdup(lm_err_text(db->err));

    if (why == NULL)
        return LM_EFAILED;
    lm_err_clear(db->err);
    lm_err_set(db->err, LM_EFAILED, "%s", why);
    lm_err_hint(db->err, "what a foreign key points to must be the PRIMARY "
                "KEY of its table, or have a UNIQUE constraint or index of "
                "its own");
    free(why);
    return LM_EFAILED;
}

static int see_known(lm_db *db, void *user, const lm_violation *v)
{
    lm_allowed *allowed = user;
    int64_t covered;
    int rc = lm_allowed_take(db, allowed, v, &covered);

    allowed->all = allowed->all && v->count <= covered;
    return rc;
}

static int see_all(lm_db *db, const char *table, bool swap, bool *known_all)
{
    lm_allowed allowed = {0};
    bool mismatch;
    int rc = lm_allowed_read(db, &allowed);

    allowed.swap = swap;
    allowed.all = true;
    if (rc == LM_OK)
        rc = lm_violations_each(db, table, see_known, &allowed, &mismatch);
    if (rc == LM_EFAILED && mismatch) {
        lm_err_clear(db->err);
        allowed.all = !swap;
        rc = LM_OK;
    }
    *known_all = allowed.all;
    free(allowed.list);
    return rc;
}

int lm_foreign_known(lm_db *db, const char *table, bool *known_all)
{
    return see_all(db, table, false, known_all);
}

int lm_foreign_give(lm_db *db, const char *table, bool *all)
{
    size_t before = db->track.swap_count;
    int rc;

    rc = see_all(db, table, true, all);
    if (rc == LM_OK && !*all)
        db->track.swap_count = before;
    return rc;
}

int lm_foreign_take(lm_db *db, const char *table)
{
    bool mismatch;
    int rc = lm_violations_each(db, table, lm_allowed_swap, NULL, &mismatch);

    if (rc == LM_EFAILED && mismatch) {
        lm_err_clear(db->err);
        rc = LM_OK;
    }
    return rc;
}

static int look_after(lm_db *db, const char *table, lm_allowed *allowed)
{
    checking c = {table, allowed};
    bool mismatch;
    int rc = lm_violations_each(db, table, refuse_violation, &c, &mismatch);

    if (rc != LM_EFAILED || !mismatch)
        return rc;
    if (!lm_names_has(&db->track.mismatched, table))
        return refuse_mismatch(db);
    lm_err_clear(db->err);
    return LM_OK;
}

/* Children of touched tables, touched children, and children that were not
 * there before: renamed ones are touched by their old name only. */
static bool concerns(const lm_db *db, const lm_link *link)
{
    const lm_track *t = &db->track;

    return lm_names_has(&t->touched, link->parent) ||
           lm_names_has(&t->touched, link->child) ||
           (t->altered && t->relinked &&
            !lm_names_has(&t->linked, link->child));
}

int lm_foreign_after(lm_db *db)
{
    lm_names done = {0};
    lm_allowed allowed = {0};
    size_t i;
    int rc = lm_allowed_read(db, &allowed);

    for (i = 0; i < db->link_count && rc == LM_OK; i++) {
        if (!concerns(db, &db->links[i]) ||
            lm_names_has(&done, db->links[i].child))
            continue;
        rc = lm_names_add(&done, db->links[i].child, db->err);
        if (rc == LM_OK)
            rc = look_after(db, db->links[i].child, &allowed);
    }
    free(allowed.list);
    lm_names_clear(&done);
    return rc;
}
