/* SPDX-License-Identifier: MIT */
/*
 * The new definition as a table of another name: what SQLite makes of it is
 * seen before anything is lost, and a rebuild copies into it.
 */
#include <string.h>

#include "../../lex/sqltok.h"
#include "alter.h"

/* A name that nothing has in any schema of the connection. */
const char *lm_alter_free_name(lm_alter_run *a)
{
    const char *name, *sql;
    int64_t taken;
    unsigned i;

    for (i = 0; i < 100000; i++) {
        name = lm_alter_text(a, "_lumigrate_%u", i);
        sql = lm_alter_text(a, "SELECT (SELECT count(*) FROM "
            "%s.sqlite_schema WHERE name = ?1 COLLATE NOCASE) + (SELECT "
            "count(*) FROM temp.sqlite_schema WHERE name = ?1 COLLATE "
            "NOCASE)", a->in);
        if (name == NULL ||
            lm_alter_ask_integer(a, sql, name, &taken) != LM_OK)
            return NULL;
        if (taken == 0)
            return name;
    }
    lm_alter_refuse(a, LM_REASON_TABLE, "no name is free for the new table");
    return NULL;
}

static bool is_table(const lm_sqltok *t, const char *table)
{
    lm_arena arena = {0};
    const char *name;
    bool same;

    if (t->kind != LM_TOK_WORD && t->kind != LM_TOK_QUOTED)
        return false;
    name = lm_sqltext_name(&arena, t->text + t->start, t->size);
    same = name != NULL && lm_same_name(name, table);
    lm_arena_clear(&arena);
    return same;
}

static bool is_dot(const lm_sqltok *t)
{
    return t->kind == LM_TOK_OPERATOR && t->size == 1 &&
           t->text[t->start] == '.';
}

static lm_sqltok behind(lm_sqltok t)
{
    do
        lm_sqltok_next(&t);
    while (t.kind == LM_TOK_SPACE || t.kind == LM_TOK_COMMENT);
    return t;
}

/* CHECK may call the table by its own name (t.a < t.b, main.t.a), which is
 * another one for now: the names go without it. Nothing else in a definition
 * has a dot behind it. */
static void add_body(const lm_alter_run *a, lm_buf *out, const char *text)
{
    lm_sqltok t, dot;

    lm_sqltok_start(&t, text, strlen(text));
    while (lm_sqltok_next(&t) != LM_TOK_END) {
        dot = behind(t);
        if (is_dot(&dot) && is_table(&t, a->schema)) {
            lm_sqltok table = behind(dot), second = behind(table);

            if (is_table(&table, a->table) && is_dot(&second)) {
                t = second;
                continue;
            }
        }
        if (is_dot(&dot) && is_table(&t, a->table))
            t = dot;
        else
            lm_buf_add(out, text + t.start, t.size);
    }
}

static const char *create_text(lm_alter_run *a)
{
    lm_buf b = {0};

    lm_buf_printf(&b, "CREATE TABLE %s.%s", a->in, a->scratch);
    add_body(a, &b, a->draft.text + a->draft.def.name_span.end);
    return lm_alter_take(a, &b);
}

int lm_alter_compile(lm_alter_run *a, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int rc = lm_alter_prepare(a, sql, &stmt);

    sqlite3_finalize(stmt);
    return rc;
}

/* An expression that was given names columns: where one is not there, a name
 * in double quotes must not pass for a string. */
int lm_scratch_exprs(lm_alter_run *a, const char *table)
{
    lm_buf b = {0};
    size_t i;
    int rc = lm_rights_flag(a, SQLITE_DBCONFIG_DQS_DML, false);

    for (i = 0; i < a->exprs.count && rc == LM_OK; i++) {
        lm_buf_puts(&b, "SELECT (");
        add_body(a, &b, a->exprs.list[i]);
        lm_buf_printf(&b, "\n) FROM %s", table == NULL ? "" : table);
        rc = lm_alter_compile(a, lm_alter_take(a, &b));
        if (rc != LM_OK)
            rc = lm_alter_rejected(a, LM_REASON_DEFINITION, lm_alter_text(a,
                                   "the expression (%s)",
                                   a->exprs.list[i]));
    }
    if (rc == LM_OK)
        rc = lm_rights_flag(a, SQLITE_DBCONFIG_DQS_DML, true);
    return rc;
}

int lm_scratch_try(lm_alter_run *a)
{
    int rc;

    a->scratch = lm_alter_free_name(a);
    if (a->scratch == NULL)
        return a->db->err->code;
    rc = lm_alter_compile(a, create_text(a));
    if (rc != LM_OK)
        rc = lm_alter_rejected(a, LM_REASON_DEFINITION, "");
    a->scratch = NULL;
    return rc;
}

int lm_scratch_make(lm_alter_run *a)
{
    int rc;

    a->scratch = lm_alter_free_name(a);
    if (a->scratch == NULL)
        return a->db->err->code;
    rc = lm_alter_step(a, create_text(a));
    if (rc != LM_OK)
        return lm_alter_rejected(a, LM_REASON_DEFINITION,
                                 "SQLite refuses the new definition");
    return lm_scratch_exprs(a, lm_alter_text(a, "%s.%s",
                            a->in, a->scratch));
}
