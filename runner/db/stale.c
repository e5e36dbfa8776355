/* SPDX-License-Identifier: MIT */
#include "stale.h"

#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"
#include "catalog.h"
#include "internal.h"
#include "txn.h"

int lm_stale_add(lm_db *db, lm_stales *all, const lm_stale *one)
{
    lm_stale *grown = lm_list_grow(all->list, all->count, &all->size,
                                   sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(db->err);
    all->list = grown;
    grown[all->count++] = *one;
    return LM_OK;
}

void lm_stale_clear(lm_stales *all)
{
    free(all->list);
    memset(all, 0, sizeof *all);
}

/* -- out of the schema and back ------------------------------------------- */

static int exec(lm_db *db, const char *sql)
{
    db->writes++;
    return lm_db_exec(db, sql);
}

/* How many of the first ones are in one schema? */
static size_t count_alike(const lm_stale *list, size_t n)
{
    size_t i = 1;

    while (i < n && strcmp(list[i].schema, list[0].schema) == 0)
        i++;
    return i;
}

/* These are in one schema. */
static int set_rows(lm_db *db, const lm_stale *list, size_t n, bool hide)
{
    sqlite3_str *s = sqlite3_str_new(db->handle);
    char *sql;
    size_t i;
    int rc;

    sqlite3_str_appendf(s, "UPDATE \"%w\".sqlite_schema SET %s'trigger' AND "
        "name IN (", list[0].schema, hide
        ? "type = '~' || type, sql = '~' || sql WHERE type = "
        : "type = substr(type, 2), sql = substr(sql, 2) WHERE type = '~' || ");
    for (i = 0; i < n; i++)
        sqlite3_str_appendf(s, "%s%Q", i == 0 ? "" : ", ", list[i].name);
    sqlite3_str_appendall(s, ")");
    sql = sqlite3_str_finish(s);
    rc = sql == NULL ? lm_err_nomem(db->err) : exec(db, sql);
    sqlite3_free(sql);
    return rc;
}

static int set(lm_db *db, const lm_stale *list, size_t n, bool hide)
{
    int rc = lm_db_config(db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1);
    size_t some;

    for (; n > 0 && rc == LM_OK; list += some, n -= some) {
        some = count_alike(list, n);
        rc = set_rows(db, list, some, hide);
    }
    return rc;
}

/* Read the schema as it is stored now, with what cannot be read of it. */
static int reread(lm_db *db)
{
    int rc = exec(db, "PRAGMA writable_schema = RESET");

    lm_catalog_forget(db);
    return rc != LM_OK ? rc
        : lm_db_config(db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1);
}

int lm_stale_hide(lm_db *db, const lm_stales *all)
{
    int64_t writes = db->writes;
    int rc;

    if (all->count == 0)
        return LM_OK;
    rc = set(db, all->list, all->count, true);
    if (rc == LM_OK)
        rc = reread(db);
    if (rc == LM_OK)
        db->writes = writes;
    return rc;
}

int lm_stale_show(lm_db *db, const lm_stales *all)
{
    int64_t writes = db->writes;
    int rc;

    if (all->count == 0)
        return LM_OK;
    rc = set(db, all->list, all->count, false);
    if (rc == LM_OK)
        rc = exec(db, "PRAGMA writable_schema = RESET");
    lm_catalog_forget(db);
    if (rc == LM_OK)
        db->writes = writes;
    return rc;
}

/* -- the right to do so --------------------------------------------------- */

int lm_stale_begin(lm_db *db, lm_stale_rights *r)
{
    int rc = lm_txn_savepoint(db);

    if (rc != LM_OK)
        return rc;
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, -1,
                      &r->defensive);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_WRITABLE_SCHEMA, -1,
                      &r->writable);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    return LM_OK;
}

/* What is left hidden may never be committed. */
static void undo(lm_db *db)
{
    lm_err first = {0};
    int rc;

    lm_err_move(&first, db->err);
    db->writes++;
    rc = lm_txn_undo(db);
    if (rc == LM_OK)
        rc = lm_db_exec(db, "PRAGMA writable_schema = RESET");
    lm_catalog_forget(db);
    lm_err_clear(db->err);
    lm_err_move(db->err, &first);
    if (rc != LM_OK)
        lm_db_latch(db);
}

/* These calls only set flags: they cannot fail. */
int lm_stale_end(lm_db *db, const lm_stale_rights *r, int rc)
{
    if (rc == LM_OK)
        rc = lm_txn_release(db);
    if (rc != LM_OK)
        undo(db);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_WRITABLE_SCHEMA,
                      r->writable, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, r->defensive,
                      NULL);
    return rc;
}

/* -- which ones ----------------------------------------------------------- */

typedef struct search {
    lm_db *db;
    const lm_stale_ask *ask;
    lm_stales *found;
} search;

static int fails(const search *s, const lm_stale *list, size_t n, bool *out)
{
    bool ok = true;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < n && rc == LM_OK && ok; i++)
        if (i == 0 || list[i].group != list[i - 1].group)
            rc = s->ask->compiles(s->ask->user, &list[i], &ok);
    *out = !ok;
    return rc;
}

/* All are hidden before and after. Where some compile together each of them
 * does; so what does not is halved. */
static int split(const search *s, const lm_stale *list, size_t n)
{
    bool failed = false;
    int rc = set(s->db, list, n, false);

    if (rc == LM_OK)
        rc = reread(s->db);
    if (rc == LM_OK)
        rc = fails(s, list, n, &failed);
    if (rc == LM_OK)
        rc = set(s->db, list, n, true);
    if (rc != LM_OK || !failed)
        return rc;
    if (n == 1)
        return lm_stale_add(s->db, s->found, list);
    rc = split(s, list, n / 2);
    return rc == LM_OK ? split(s, list + n / 2, n - n / 2) : rc;
}

int lm_stale_find(lm_db *db, lm_stales *all, const lm_stale_ask *ask)
{
    lm_stales asked = *all;
    search s = {db, ask, all};
    size_t half = asked.count / 2;
    int64_t writes = db->writes;
    int rc;

    if (asked.count < 2)
        return LM_OK;
    memset(all, 0, sizeof *all);
    rc = lm_stale_hide(db, &asked);
    if (rc == LM_OK)
        rc = split(&s, asked.list, half);
    if (rc == LM_OK)
        rc = split(&s, asked.list + half, asked.count - half);
    if (rc == LM_OK)
        rc = lm_stale_show(db, &asked);
    if (rc == LM_OK)
        db->writes = writes;
    free(asked.list);
    return rc;
}
