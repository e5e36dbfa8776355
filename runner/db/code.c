/* SPDX-License-Identifier: MIT */
/*
 * Views and triggers: what compiled before a migration must compile after.
 *
 * SQLite stores them as text and looks at it when it is used, so a migration
 * that drops a column leaves them broken until somebody meets the error. A
 * view is compiled by preparing a SELECT from it; a trigger by preparing the
 * statement that fires it, without running it. Triggers that were broken
 * before are hidden meanwhile (stale.h).
 */
#include <stdlib.h>
#include <string.h>

#include "../base/buf.h"
#include "../base/list.h"
#include "../base/text.h"
#include "../lex/sqltok.h"
#include "internal.h"
#include "stale.h"

typedef struct code {
    char *type, *name, *table, *sql;
} code;

typedef struct code_list {
    code *list;
    size_t count, size;
} code_list;

static void clear_list(code_list *all)
{
    size_t i;

    for (i = 0; i < all->count; i++) {
        free(all->list[i].type);
        free(all->list[i].name);
        free(all->list[i].table);
        free(all->list[i].sql);
    }
    free(all->list);
    memset(all, 0, sizeof *all);
}

static char *copy_text(const lm_value *v)
{
    if (v->type != LM_TEXT)
        return lm_strdup("");
    return lm_strndup(v->as.text.bytes, v->as.text.size);
}

static int add_code(void *user, lm_db *db, const lm_value *row)
{
    code_list *all = user;
    code *grown = lm_list_grow(all->list, all->count, &all->size,
                               sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(db->err);
    all->list = grown;
    grown += all->count++;
    grown->type = copy_text(&row[0]);
    grown->name = copy_text(&row[1]);
    grown->table = copy_text(&row[2]);
    grown->sql = copy_text(&row[3]);
    if (grown->type == NULL || grown->name == NULL ||
        grown->table == NULL || grown->sql == NULL)
        return lm_err_nomem(db->err);
    return LM_OK;
}

/* Views first, as they were made: what breaks is then named by its cause, not
 * by a trigger that reads it. */
static int read_code(lm_db *db, code_list *all)
{
    return lm_db_each(db, "SELECT type, name, tbl_name, sql "
                      "FROM main.sqlite_schema WHERE type IN "
                      "('view', 'trigger') ORDER BY type DESC, rowid", NULL,
                      0, add_code, all);
}

/* INSERT, UPDATE or DELETE: the first such word behind TRIGGER. A name that
 * is such a word must be quoted. */
static const char *event_of(const char *sql)
{
    lm_sqltok t;
    bool behind = false;

    lm_sqltok_start(&t, sql, strlen(sql));
    while (lm_sqltok_next(&t) != LM_TOK_END) {
        if (t.kind != LM_TOK_WORD)
            continue;
        if (lm_sqltok_is(&t, "TRIGGER"))
            behind = true;
        else if (behind && lm_sqltok_is(&t, "INSERT"))
            return "INSERT";
        else if (behind && lm_sqltok_is(&t, "UPDATE"))
            break;
        else if (behind && lm_sqltok_is(&t, "DELETE"))
            return "DELETE";
    }
    return "UPDATE";
}

/* The statement whose preparation compiles it. */
static int probe_text(lm_db *db, const code *c, lm_buf *sql)
{
    bool view = strcmp(c->type, "view") == 0;
    lm_fired f = {"main", view ? c->name : c->table,
                  view ? '\0' : event_of(c->sql)[0]};

    return lm_fired_text(db, &f, sql);
}

/* Does it compile? If not, *why is SQLite's reason, for the caller to free.
 * Straight to SQLite, past the statement cache. */
static int probe(lm_db *db, const code *c, bool *sound, char **why)
{
    lm_buf sql = {0};
    sqlite3_stmt *stmt = NULL;
    int rc = probe_text(db, c, &sql), got;

    *why = NULL;
    if (rc != LM_OK) {
        lm_buf_clear(&sql);
        return rc;
    }
    got = sqlite3_prepare_v2(db->handle, lm_buf_text(&sql), -1, &stmt,
                             NULL);
    *sound = got == SQLITE_OK;
    if ((got & 0xFF) == SQLITE_ERROR) {
        *why = lm_strdup(sqlite3_errmsg(db->handle));
        if (*why == NULL)
            rc = lm_err_nomem(db->err);
    } else if (got != SQLITE_OK)
        rc = lm_db_fail(db, got, NULL, 0);
    sqlite3_finalize(stmt);
    lm_buf_clear(&sql);
    return rc;
}

/* -- those that were broken before ---------------------------------------- */

typedef struct asking {
    lm_db *db;
    const code_list *all;
} asking;

static int compiles(void *user, const lm_stale *one, bool *ok)
{
    asking *a = user;
    char *why;
    int rc = probe(a->db, &a->all->list[one->group], ok, &why);

    free(why);
    return rc;
}

/* What does not compile is unsound: a view as it is, a trigger if it does not
 * by itself. */
static int list_failing(lm_db *db, const code_list *all, lm_stales *out)
{
    lm_stale one = {.schema = "main"};
    bool sound;
    char *why;
    int rc = LM_OK;

    for (; one.group < all->count && rc == LM_OK; one.group++) {
        one.name = all->list[one.group].name;
        rc = probe(db, &all->list[one.group], &sound, &why);
        free(why);
        if (rc == LM_OK && !sound)
            rc = strcmp(all->list[one.group].type, "view") == 0
                ? lm_names_add(&db->track.unsound, one.name, db->err)
                : lm_stale_add(db, out, &one);
    }
    return rc;
}

static int find_stale(lm_db *db, const code_list *all, lm_stales *stale)
{
    asking a = {db, all};
    lm_stale_ask ask = {compiles, &a};
    lm_stale_rights rights;
    int rc = LM_OK;

    if (stale->count < 2)
        return LM_OK;
    rc = lm_stale_begin(db, &rights);
    return rc != LM_OK ? rc
        : lm_stale_end(db, &rights, lm_stale_find(db, stale, &ask));
}

/* "view" and "trigger" have one name space in SQLite, so a name is enough. */
int lm_code_before(lm_db *db)
{
    code_list all = {0};
    lm_stales stale = {0};
    lm_track *t = &db->track;
    size_t i;
    int rc = read_code(db, &all);

    if (rc == LM_OK)
        rc = list_failing(db, &all, &stale);
    if (rc == LM_OK)
        rc = find_stale(db, &all, &stale);
    for (i = 0; i < stale.count && rc == LM_OK; i++)
        rc = lm_names_add(&t->unsound, stale.list[i].name, db->err);
    for (i = 0; i < all.count && rc == LM_OK; i++)
        if (!lm_names_has(&t->unsound, all.list[i].name))
            rc = lm_names_add(&t->sound, all.list[i].name, db->err);
    t->compiled = rc == LM_OK;
    lm_stale_clear(&stale);
    clear_list(&all);
    return rc;
}

/* -- and those that are now ----------------------------------------------- */

static int refuse_broken(lm_db *db, const code *c, const char *why)
{
    bool view = strcmp(c->type, "view") == 0;

    lm_err_set(db->err, LM_EFAILED, "the migration breaks the %s %s%s%s: %s",
               c->type, c->name, view ? "" : " on ", view ? "" : c->table,
               why);
    lm_err_hint(db->err, "drop the %s before the change and create it anew "
                "after it, in the same migration", c->type);
    lm_err_sql(db->err, c->sql, strlen(c->sql), -1, 0);
    return LM_EFAILED;
}

static int look_after(lm_db *db, const code_list *all)
{
    bool sound;
    char *why;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < all->count && rc == LM_OK; i++) {
        if (!lm_names_has(&db->track.sound, all->list[i].name))
            continue;
        rc = probe(db, &all->list[i], &sound, &why);
        if (rc == LM_OK && !sound)
            rc = refuse_broken(db, &all->list[i], why);
        free(why);
    }
    return rc;
}

static int look_without(lm_db *db, const code_list *all,
                        const lm_stales *stale)
{
    lm_stale_rights rights;
    int rc = lm_stale_begin(db, &rights);

    if (rc != LM_OK)
        return rc;
    rc = lm_stale_hide(db, stale);
    if (rc == LM_OK)
        rc = look_after(db, all);
    if (rc == LM_OK)
        rc = lm_stale_show(db, stale);
    return lm_stale_end(db, &rights, rc);
}

int lm_code_after(lm_db *db)
{
    code_list all = {0};
    lm_stales stale = {0};
    lm_stale one = {.schema = "main"};
    int rc = read_code(db, &all);

    for (; one.group < all.count && rc == LM_OK; one.group++) {
        one.name = all.list[one.group].name;
        if (strcmp(all.list[one.group].type, "trigger") == 0 &&
            lm_names_has(&db->track.unsound, one.name))
            rc = lm_stale_add(db, &stale, &one);
    }
    if (rc == LM_OK)
        rc = stale.count == 0 ? look_after(db, &all)
                              : look_without(db, &all, &stale);
    lm_stale_clear(&stale);
    clear_list(&all);
    return rc;
}

/* Triggers of one table and event are compiled together, and SQLite does not
 * say which one of them it stumbled over. */
static bool share_a_probe(const code *a, const code *b)
{
    return a == b ||
           (strcmp(a->type, "trigger") == 0 &&
            strcmp(b->type, "trigger") == 0 &&
            lm_same_name(a->table, b->table) &&
            strcmp(event_of(a->sql), event_of(b->sql)) == 0);
}

static bool was_probed(const code_list *all, size_t at)
{
    size_t i = 0;

    while (!share_a_probe(&all->list[i], &all->list[at]))
        i++;
    return i < at;
}

/* Hand on what does not compile, with all names that it may be. */
static int tell_unsound(lm_db *db, const code_list *all, size_t at,
                        const char *why, const lm_on_unsound *on)
{
    lm_unsound found = {0};
    lm_buf names = {0};
    size_t i;
    int rc;

    for (i = at; i < all->count; i++)
        if (share_a_probe(&all->list[i], &all->list[at]))
            lm_buf_printf(&names, "%s%s", found.count++ > 0 ? ", " : "",
                          all->list[i].name);
    found.type = all->list[at].type;
    found.names = lm_buf_text(&names);
    found.table = all->list[at].table;
    found.why = why;
    rc = lm_buf_failed(&names) ? lm_err_nomem(db->err)
                               : on->tell(on->user, db, &found);
    lm_buf_clear(&names);
    return rc;
}

/* Nobody is to blame for what stumbles over one that was there before. */
static bool is_new(const lm_db *db, const code_list *all, size_t at)
{
    size_t i;

    for (i = 0; i < all->count; i++)
        if (share_a_probe(&all->list[i], &all->list[at]) &&
            (lm_names_has(&db->track.sound, all->list[i].name) ||
             lm_names_has(&db->track.unsound, all->list[i].name)))
            return false;
    return true;
}

static int look_at_all(lm_db *db, bool made, const lm_on_unsound *on)
{
    code_list all = {0};
    bool sound = true;
    char *why;
    size_t i;
    int rc = read_code(db, &all);

    for (i = 0; i < all.count && rc == LM_OK; i++) {
        if (was_probed(&all, i) || (made && !is_new(db, &all, i)))
            continue;
        rc = probe(db, &all.list[i], &sound, &why);
        if (rc == LM_OK && !sound)
            rc = tell_unsound(db, &all, i, why, on);
        free(why);
    }
    clear_list(&all);
    return rc;
}

int lm_code_unsound(lm_db *db, const lm_on_unsound *on)
{
    return look_at_all(db, false, on);
}

/* Where there was code and it was not compiled, no statement has made any. */
int lm_code_made(lm_db *db, const lm_on_unsound *on)
{
    const lm_track *t = &db->track;

    if (!t->coded || !db->has_code || db->links_at == t->schema ||
        (t->had_code && !t->compiled))
        return LM_OK;
    return look_at_all(db, true, on);
}
