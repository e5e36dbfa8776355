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
#include "violation.h"

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

/* The place of a link among those that were violated; their count when it is
 * not one of them. */
static size_t find_broken(const lm_track *t, uint64_t link)
{
    size_t i = 0;

    while (i < t->broken_count && t->broken[i].link != link)
        i++;
    return i;
}

static int add_broken(lm_db *db, uint64_t link)
{
    lm_track *t = &db->track;
    lm_broken *grown = lm_list_grow(t->broken, t->broken_count,
                                    &t->broken_size, sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(db->err);
    t->broken = grown;
    grown[t->broken_count].link = link;
    grown[t->broken_count++].there = false;
    return LM_OK;
}

static int remember_violation(lm_db *db, void *user, const lm_violation *v)
{
    lm_track *t = &db->track;
    size_t at = find_broken(t, v->link);
    lm_astray *grown;

    (void)user;
    if (at == t->broken_count && add_broken(db, v->link) != LM_OK)
        return LM_ENOMEM;
    grown = lm_list_grow(t->before, t->before_count, &t->before_size,
                         sizeof *grown);
    if (grown == NULL)
        return lm_err_nomem(db->err);
    t->before = grown;
    grown += t->before_count++;
    grown->broken = at;
    grown->value = v->value;
    grown->count = v->count;
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
        rc = lm_violations_each(db, table, remember_violation, NULL,
                                &mismatch);
    if (rc == LM_EFAILED && mismatch) {
        lm_err_clear(db->err);
        rc = lm_names_add(&t->mismatched, table, db->err);
        if (rc == LM_OK)
            rc = lm_violations_guess(db, table, remember_violation, NULL);
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

static int by_value(const void *a, const void *b)
{
    const lm_astray *x = a, *y = b;

    if (x->broken != y->broken)
        return x->broken < y->broken ? -1 : 1;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return 0;
}

static lm_astray *find_astray(const lm_track *t, size_t broken,
                              uint64_t value)
{
    lm_astray key = {0};

    key.broken = broken;
    key.value = value;
    return t->before_count == 0 ? NULL
        : bsearch(&key, t->before, t->before_count, sizeof key, by_value);
}

/* How many rows pointed to this nowhere before? Where the link was not
 * violated before, it may be one that was renamed or made anew: then those
 * of links that are gone count, each once. */
static int64_t count_before(const lm_track *t, const lm_violation *v)
{
    size_t i = find_broken(t, v->link);
    int64_t left = v->count, taken;
    lm_astray *found;

    if (i < t->broken_count) {
        found = find_astray(t, i, v->value);
        return found == NULL ? 0 : found->count;
    }
    for (i = 0; i < t->broken_count && left > 0; i++) {
        found = t->broken[i].there ? NULL : find_astray(t, i, v->value);
        if (found == NULL)
            continue;
        taken = found->count < left ? found->count : left;
        found->count -= taken;
        left -= taken;
    }
    return v->count - left;
}

static int refuse_violation(lm_db *db, void *user, const lm_violation *v)
{
    const char *table = user;

    if (v->count <= count_before(&db->track, v))
        return LM_OK;
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

/* -- broken before and after, with other values --------------------------- */

typedef struct known {
    size_t sorted;          /* so many of t->before were there */
    bool all;
} known;

static int see_known(lm_db *db, void *user, const lm_violation *v)
{
    lm_track *t = &db->track;
    known *k = user;
    lm_astray *found;
    int64_t count = 0;
    size_t i, own = find_broken(t, v->link);

    /* A table that was renamed has another link: any will do. */
    for (i = 0; i < t->broken_count; i++) {
        found = own < t->broken_count && i != own ? NULL
                                                  : find_astray(t, i,
                                                                v->value);
        count += found == NULL ? 0 : found->count;
    }
    k->all = k->all && v->count <= count;
    return LM_OK;
}

static int accept_violation(lm_db *db, void *user, const lm_violation *v)
{
    lm_track *t = &db->track;
    known *k = user;
    size_t i = find_broken(t, v->link), all = t->before_count;
    lm_astray *found;

    t->before_count = k->sorted;
    found = i < t->broken_count ? find_astray(t, i, v->value) : NULL;
    t->before_count = all;
    if (found == NULL)
        return remember_violation(db, NULL, v);
    found->count = v->count > found->count ? v->count : found->count;
    return LM_OK;
}

static int each_known(lm_db *db, const char *table, lm_on_violation each,
                      known *k)
{
    lm_track *t = &db->track;
    bool mismatch;
    int rc;

    if (t->before_count > 0)
        qsort(t->before, t->before_count, sizeof *t->before, by_value);
    k->sorted = t->before_count;
    k->all = true;
    rc = lm_violations_each(db, table, each, k, &mismatch);
    if (rc == LM_EFAILED && mismatch) {
        lm_err_clear(db->err);
        rc = LM_OK;
    }
    return rc;
}

int lm_foreign_known(lm_db *db, const char *table, bool *known_all)
{
    known k;
    int rc = each_known(db, table, see_known, &k);

    *known_all = k.all;
    return rc;
}

int lm_foreign_accept(lm_db *db, const char *table)
{
    known k;

    return each_known(db, table, accept_violation, &k);
}

static int look_after(lm_db *db, char *table)
{
    bool mismatch;
    int rc = lm_violations_each(db, table, refuse_violation, table,
                                &mismatch);

    if (rc != LM_EFAILED || !mismatch)
        return rc;
    if (!lm_names_has(&db->track.mismatched, table))
        return refuse_mismatch(db);
    lm_err_clear(db->err);
    return LM_OK;
}

static int mark_there(lm_db *db, void *user, uint64_t link)
{
    lm_track *t = &db->track;
    size_t i = find_broken(t, link);

    (void)user;
    if (i < t->broken_count)
        t->broken[i].there = true;
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
    lm_track *t = &db->track;
    lm_names done = {0};
    size_t i;
    int rc = LM_OK;

    if (t->before_count > 0) {
        qsort(t->before, t->before_count, sizeof *t->before, by_value);
        rc = lm_links_each(db, mark_there, NULL);
    }
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
