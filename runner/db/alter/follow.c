/* SPDX-License-Identifier: MIT */
/*
 * A trigger that does not compile is left alone by SQLite's RENAME where the
 * schema may be written: it would go on standing on a table that is no more,
 * and SQLite could not read it back. So the name that it stands on is changed
 * here; what it does stays as it was, broken.
 */
#include <stdlib.h>
#include <string.h>

#include "../../lex/createother.h"
#include "alter.h"

typedef struct following {
    lm_alter_run *a;
    const char *from, *to;  /* to: quoted */
    const char *schema;     /* where the triggers are */
    bool elsewhere;         /* a bare name means another table there */
    lm_texts found;         /* a name and its new text, by turns */
} following;

static bool stands_here(const following *f, const lm_createtrigger *t)
{
    if (!lm_same_name(t->table, f->from))
        return false;
    return t->table_schema == NULL ? !f->elsewhere
        : lm_same_name(t->table_schema, f->a->schema);
}

static int on_trigger(void *user, lm_db *db, const lm_value *row)
{
    following *f = user;
    lm_alter_run *a = f->a;
    const char *sql = row[1].as.text.bytes;
    size_t n = row[1].as.text.size;
    lm_createtrigger t = {0};
    int rc = LM_OK;

    if (lm_createtrigger_parse(sql, n, &t, db->err) != LM_OK)
        lm_err_clear(db->err);
    else if (stands_here(f, &t)) {
        rc = lm_texts_add(a, &f->found, lm_alter_copy(a,
            row[0].as.text.bytes, row[0].as.text.size));
        if (rc == LM_OK)
            rc = lm_texts_add(a, &f->found, lm_alter_text(a, "%.*s%s%.*s",
                (int)t.table_span.start, sql, f->to,
                (int)(n - t.table_span.end), sql + t.table_span.end));
    }
    lm_createtrigger_clear(&t);
    return rc;
}

static int store(const following *f, const char *to)
{
    lm_alter_run *a = f->a;
    size_t i;
    int rc = LM_OK;

    if (f->found.count > 0)
        rc = lm_rights_flag(a, SQLITE_DBCONFIG_WRITABLE_SCHEMA, true);
    for (i = 0; i < f->found.count && rc == LM_OK; i += 2)
        rc = lm_alter_step(a, lm_alter_text(a, "UPDATE %s.sqlite_schema SET "
            "sql = %s, tbl_name = %s WHERE type = 'trigger' AND name = %s",
            lm_alter_quote(a, f->schema),
            lm_alter_literal(a, f->found.list[i + 1]),
            lm_alter_literal(a, to), lm_alter_literal(a, f->found.list[i])));
    return rc == LM_OK && f->found.count > 0 ? lm_store_forget(a) : rc;
}

static int follow_in(following *f, const char *to)
{
    lm_alter_run *a = f->a;
    lm_name table = {f->from, strlen(f->from)};
    const char *sql = lm_alter_text(a, "SELECT name, sql FROM "
        "%s.sqlite_schema WHERE type = 'trigger' AND sql IS NOT NULL",
        lm_alter_quote(a, f->schema));
    int rc = sql == NULL ? LM_ENOMEM : LM_OK;

    f->elsewhere = false;
    if (rc == LM_OK && !lm_same_name(f->schema, a->schema))
        rc = lm_schema_table(a->db, "temp", table, &f->elsewhere);
    if (rc == LM_OK && !lm_same_name(f->schema, a->schema) && !f->elsewhere)
        rc = lm_schema_view(a->db, "temp", table, &f->elsewhere);
    f->found.count = 0;
    if (rc == LM_OK)
        rc = lm_db_each(a->db, sql, NULL, 0, on_trigger, f);
    return rc == LM_OK ? store(f, to) : rc;
}

int lm_follow_name(lm_alter_run *a, const char *from, const char *to)
{
    following f = {.a = a, .from = from};
    int rc;

    if (!a->was_broken)
        return LM_OK;
    f.to = lm_alter_quote(a, to);
    f.schema = a->schema;
    rc = f.to == NULL ? LM_ENOMEM : follow_in(&f, to);
    f.schema = "temp";
    if (rc == LM_OK && strcmp(a->schema, "temp") != 0)
        rc = follow_in(&f, to);
    free(f.found.list);
    return rc;
}
