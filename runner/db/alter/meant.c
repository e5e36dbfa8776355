/* SPDX-License-Identifier: MIT */
/*
 * The text of a view or trigger has a star over the table and, somewhere, the
 * name of a column that is new or is to go. Does the name mean the column?
 * Then the same is compiled into another program where the column is called
 * otherwise, which it is here for a moment, or a view shows another column by
 * the name. Where the table would not be one (its own constraints say the
 * name too), nothing is known, and it may.
 *
 * Indexes that say the name would not be read under the other one, and a
 * trigger is compiled together with those beside it: these are hidden both
 * times.
 */
#include <string.h>

#include "../../lex/sqltext.h"
#include "../../lex/sqltok.h"
#include "trial.h"

static bool is_type(const lm_createtable *def, size_t at)
{
    size_t i;

    for (i = 0; i < def->column_count; i++)
        if (at >= def->columns[i].type.start && at < def->columns[i].type.end)
            return true;
    return false;
}

/* Is the token the column's name, in its definition or in a constraint? That
 * a key may be taken for another column of its parent does no harm here. A
 * keyword is a name in quotes alone. */
static int is_name(lm_alter_run *a, const lm_createtable *def,
                   const lm_sqltok *t, const char *name, bool *out)
{
    const char *said;

    *out = false;
    if ((t->kind != LM_TOK_WORD || !lm_db_is_plain(name)) &&
        t->kind != LM_TOK_QUOTED)
        return LM_OK;
    if (t->start < def->body.start || is_type(def, t->start))
        return LM_OK;
    said = lm_sqltext_name(&a->arena, t->text + t->start, t->size);
    *out = said != NULL && lm_same_name(said, name);
    return said == NULL ? lm_err_nomem(a->db->err) : LM_OK;
}

/* The text as it is stored now, with another name for the column. */
static int otherwise(lm_alter_run *a, const char *name, const char *stored,
                     const char **out)
{
    lm_createtable def = {0};
    const char *other = lm_alter_free_name(a);
    lm_sqltok t;
    lm_buf b = {0};
    bool is;
    int rc = other == NULL ? LM_ENOMEM
        : lm_createtable_parse(stored, strlen(stored), &def, a->db->err);

    lm_sqltok_start(&t, stored, strlen(stored));
    while (rc == LM_OK && lm_sqltok_next(&t) != LM_TOK_END) {
        rc = is_name(a, &def, &t, name, &is);
        if (is)
            lm_buf_puts(&b, other);
        else
            lm_buf_add(&b, stored + t.start, t.size);
    }
    *out = lm_alter_take(a, &b);
    lm_createtable_clear(&def);
    return rc == LM_OK && *out == NULL ? LM_ENOMEM : rc;
}

/* Out of this schema, or back into it. */
static int hide_in(lm_alter_run *a, const char *in, const lm_sound *s,
                   const char *name, bool hide)
{
    const char *self = s->members.count == 1
        ? lm_alter_literal(a, s->members.list[0]) : "name";
    const char *on = lm_alter_literal(a, s->name);
    const char *of = lm_alter_literal(a, a->table);

    name = lm_alter_literal(a, name);
    if (in == NULL || self == NULL || on == NULL || of == NULL ||
        name == NULL)
        return LM_ENOMEM;
    return lm_alter_exec(a, hide
        ? lm_alter_text(a, "UPDATE %s.sqlite_schema SET type = '-' || type, "
            "sql = '-' || sql WHERE (type = 'trigger' AND tbl_name = %s "
            "COLLATE NOCASE AND name <> %s COLLATE NOCASE) OR (type = "
            "'index' AND tbl_name = %s COLLATE NOCASE AND "
            "instr(lower(sql), lower(%s)))", in, on, self, of, name)
        : lm_alter_text(a, "UPDATE %s.sqlite_schema SET type = "
            "substr(type, 2), sql = substr(sql, 2) WHERE type LIKE '-%%'",
            in));
}

static int set_hidden(lm_alter_run *a, const lm_sound *s, const char *name,
                      bool hide)
{
    int rc = lm_rights_flag(a, SQLITE_DBCONFIG_WRITABLE_SCHEMA, true);

    if (rc == LM_OK)
        rc = hide_in(a, a->in, s, name, hide);
    return rc != LM_OK || strcmp(a->schema, "temp") == 0 ||
           !lm_db_has_temp(a->db) ? rc : hide_in(a, "temp", s, name, hide);
}

/* What it is compiled into, and which column a view shows by the name. */
typedef struct form {
    uint64_t program;
    int at;                 /* -1: none */
} form;

static int find_shown(lm_alter_run *a, const lm_sound *s, const char *name,
                      int *at)
{
    const char *sql;
    sqlite3_stmt *stmt = NULL;
    int i, rc = lm_probe_text(a, s, &sql);

    if (rc == LM_OK)
        rc = lm_alter_prepare(a, sql, &stmt);
    if (rc == LM_OK)
        for (i = sqlite3_column_count(stmt) - 1; i >= 0; i--)
            if (lm_same_name(sqlite3_column_name(stmt, i), name))
                *at = i;
    sqlite3_finalize(stmt);
    return rc;
}

static int form_under(lm_alter_run *a, const lm_sound *s, const char *text,
                      const char *name, form *out)
{
    int rc = lm_trial_put(a, text);

    out->at = -1;
    if (rc == LM_OK)
        rc = lm_program_hash(a, s, &out->program);
    return rc == LM_OK && s->event == 0 && out->program != 0
        ? find_shown(a, s, name, &out->at) : rc;
}

/* Whoever calls may have others hidden. */
static int forget(lm_alter_run *a, int writable)
{
    int rc = lm_store_forget(a);

    lm_catalog_forget(a->db);
    return rc != LM_OK || !writable ? rc
        : lm_rights_flag(a, SQLITE_DBCONFIG_WRITABLE_SCHEMA, true);
}

int lm_name_meant(lm_alter_run *a, const lm_sound *s, const char *name,
                  bool *out)
{
    form as_is = {0, -1}, as_other = {0, -1};
    int64_t writes = a->db->writes;
    const char *stored, *other;
    int writable = 0, rc = lm_def_stored(a, &stored);

    sqlite3_db_config(a->db->handle, SQLITE_DBCONFIG_WRITABLE_SCHEMA, -1,
                      &writable);
    if (rc == LM_OK)
        rc = otherwise(a, name, stored, &other);
    if (rc == LM_OK)
        rc = set_hidden(a, s, name, true);
    if (rc == LM_OK)
        rc = form_under(a, s, other, name, &as_other);
    if (rc == LM_OK)
        rc = form_under(a, s, stored, name, &as_is);
    if (rc == LM_OK)
        rc = set_hidden(a, s, name, false);
    if (rc == LM_OK)
        rc = forget(a, writable);
    if (rc == LM_OK)
        a->db->writes = writes;
    *out = rc != LM_OK || as_other.program == 0 ||
           as_is.program != as_other.program ||
           (as_other.at >= 0 && as_is.at != as_other.at);
    return rc;
}
