/* SPDX-License-Identifier: MIT */
/*
 * What views and triggers use, as SQLite tells it while it compiles them.
 *
 * The authorizer gets the name of the view or trigger inside which something
 * is used. Of a view all is taken, what views below it read too; of a trigger
 * only what it does itself, because the statement that fires it fires others
 * as well.
 */
#include "use.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/buf.h"
#include "../../base/list.h"
#include "../../base/text.h"
#include "../../lex/sqltext.h"
#include "../../lex/sqltok.h"

static bool is_same(const lm_use *a, const lm_use *b)
{
    return a->writes == b->writes && a->broken == b->broken &&
           a->positional == b->positional &&
           strcmp(a->schema, b->schema) == 0 &&
           lm_same_name(a->table, b->table) &&
           (a->column == NULL) == (b->column == NULL) &&
           (a->column == NULL || lm_same_name(a->column, b->column));
}

static int keep_use(lm_db *db, lm_use use)
{
    lm_catalog *cat = db->catalog;
    lm_use *grown = lm_list_grow(cat->uses, cat->use_count, &cat->use_size,
                                 sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(db->err);
    cat->uses = grown;
    use.table = lm_catalog_copy(db, use.table, strlen(use.table));
    if (use.table == NULL)
        return LM_ENOMEM;
    if (use.column != NULL) {
        use.column = lm_catalog_copy(db, use.column, strlen(use.column));
        if (use.column == NULL)
            return LM_ENOMEM;
    }
    grown[cat->use_count++] = use;
    return LM_OK;
}

void lm_use_record(lm_recorder *r, lm_use use)
{
    const lm_catalog *cat = r->db->catalog;
    size_t i;

    use.schema = lm_same_name(use.schema, "temp") ? "temp"
               : lm_same_name(use.schema, cat->home) ? cat->home : NULL;
    if (use.schema == NULL)     /* nobody asks for that */
        return;
    use.view = r->by.view;
    use.trigger = r->by.trigger;
    for (i = r->from; i < cat->use_count; i++)
        if (is_same(&cat->uses[i], &use))
            return;
    if (r->rc == LM_OK)
        r->rc = keep_use(r->db, use);
}

/* ( a, b ) behind INTO t; without it the statement is for all columns in
 * their order. */
static void record_list(lm_recorder *r, lm_use use, lm_sqltok *t)
{
    lm_arena names = {0};

    use.positional = lm_sql_next(t) != LM_TOK_OPERATOR ||
                     !lm_sqltok_op(t, '(');
    if (use.positional) {
        lm_use_record(r, use);
        return;
    }
    while (lm_sql_next(t) != LM_TOK_END && !lm_sqltok_op(t, ')')) {
        if (lm_sqltok_op(t, ','))
            continue;
        use.column = lm_sqltext_name(&names, t->text + t->start, t->size);
        if (use.column == NULL)
            r->rc = lm_err_nomem(r->db->err);
        else
            lm_use_record(r, use);
    }
    lm_arena_clear(&names);
}

/* SQLite does not tell which columns an INSERT names. */
static void record_insert(lm_recorder *r, lm_use use)
{
    lm_arena names = {0};
    const char *name;
    lm_sqltok t;

    lm_sqltok_start(&t, r->by.trigger->sql, strlen(r->by.trigger->sql));
    while (lm_sql_next(&t) != LM_TOK_END) {
        if (!lm_sqltok_is(&t, "INTO") || lm_sql_next(&t) == LM_TOK_END)
            continue;
        name = lm_sqltext_name(&names, t.text + t.start, t.size);
        if (name == NULL)
            r->rc = lm_err_nomem(r->db->err);
        else if (lm_same_name(name, use.table))
            record_list(r, use, &t);
    }
    lm_arena_clear(&names);
}

/* A table of which no column is used is told without its schema. */
static const char *schema_of(const lm_recorder *r, const char *table)
{
    const char *own = r->by.view != NULL ? r->by.view->schema
                                         : r->by.trigger->schema;
    const lm_table_info *t =
        lm_catalog_find_text(r->db->catalog,
                             strcmp(own, "temp") == 0 ? NULL : own, table);

    return t == NULL ? own : t->schema;
}

static void listen(void *user, int action, const char *a, const char *b,
                   const char *schema, const char *inside)
{
    lm_recorder *r = user;
    lm_use use = {.schema = schema, .table = a, .column = b};

    if (a == NULL)
        return;
    if (schema == NULL)
        use.schema = schema_of(r, a);
    if (r->by.trigger != NULL &&
        (inside == NULL || !lm_same_name(inside, r->by.trigger->name)))
        return;
    if (b != NULL && b[0] == '\0')
        use.column = NULL;
    use.writes = action != SQLITE_READ;
    if (action == SQLITE_READ || action == SQLITE_UPDATE)
        lm_use_record(r, use);
    use.column = NULL;
    if (action == SQLITE_DELETE)
        lm_use_record(r, use);
    if (action == SQLITE_INSERT && r->by.trigger != NULL)
        record_insert(r, use);
}

/* Compile and listen. What does not compile is remembered as broken. */
static int compile(lm_recorder *r, const char *sql)
{
    lm_db *db = r->db;
    lm_use broken = {.schema = "temp", .table = "", .broken = true};
    sqlite3_stmt *stmt = NULL;
    lm_actor before = db->actor;
    int code;

    r->from = db->catalog->use_count;
    db->actor = LM_RUNNER;
    db->listener = listen;
    db->listener_user = r;
    code = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL);
    db->listener = NULL;
    db->actor = before;
    sqlite3_finalize(stmt);
    if (code != SQLITE_OK && (code & 0xFF) != SQLITE_ERROR)
        return lm_db_fail(db, code, NULL, 0);
    if (code != SQLITE_OK)
        lm_use_record(r, broken);
    return r->rc;
}

static int read_trigger(lm_db *db, const lm_trigger_info *g)
{
    lm_recorder r = {.db = db, .by = {.trigger = g}};
    lm_fired f = {g->table_schema, g->table, g->event[0]};
    lm_buf sql = {0};
    int rc = lm_fired_text(db, &f, &sql);

    if (rc == LM_OK)
        rc = compile(&r, lm_buf_text(&sql));
    if (rc == LM_OK)
        rc = lm_join_record(&r, g->sql, g->schema);
    lm_buf_clear(&sql);
    return rc;
}

/* The views that it is made of join tables, too. All of them are known: they
 * are among what it uses. */
static int read_joins(lm_recorder *r, const lm_table_info *view)
{
    const lm_catalog *cat = r->db->catalog;
    const lm_table_info *t;
    size_t i, n = cat->use_count;
    int rc = lm_join_record(r, view->sql, view->schema);

    for (i = r->from; i < n && rc == LM_OK; i++) {
        t = lm_catalog_find_text(r->db->catalog, cat->uses[i].schema,
                                 cat->uses[i].table);
        if (t != NULL && t != view && t->kind == LM_VIEW)
            rc = lm_join_record(r, t->sql, t->schema);
    }
    return rc;
}

static int read_view(lm_db *db, const lm_table_info *view)
{
    lm_recorder r = {.db = db, .by = {.view = view}};
    lm_fired f = {view->schema, view->name, '\0'};
    lm_buf sql = {0};
    int rc = lm_fired_text(db, &f, &sql);

    if (rc == LM_OK)
        rc = compile(&r, lm_buf_text(&sql));
    if (rc == LM_OK)
        rc = read_joins(&r, view);
    lm_buf_clear(&sql);
    return rc;
}

int lm_uses_read(lm_db *db, lm_catalog *cat)
{
    size_t i;
    int rc;

    if (cat->uses_read)
        return LM_OK;
    rc = lm_triggers_read(db, cat);
    for (i = 0; i < cat->listed_count && rc == LM_OK; i++)
        if (cat->listed[i]->kind == LM_VIEW)
            rc = read_view(db, cat->listed[i]);
    for (i = 0; i < cat->trigger_count && rc == LM_OK; i++)
        rc = read_trigger(db, &cat->triggers[i]);
    cat->uses_read = rc == LM_OK;
    if (rc != LM_OK)
        cat->read = false;
    return rc;
}
