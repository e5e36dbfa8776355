/* SPDX-License-Identifier: MIT */
/* Which table is meant, and whether it is one that can be altered. */
#include <string.h>

#include "alter.h"

typedef struct found {
    lm_alter_run *a;
    const char *name;
    bool view, virtual;
} found;

static int on_object(void *user, lm_db *db, const lm_value *row)
{
    found *f = user;

    (void)db;
    f->name = lm_alter_value(f->a, &row[0]);
    f->view = row[1].as.text.bytes[0] == 'v';
    f->virtual = !f->view && row[2].type == LM_INTEGER &&
                 row[2].as.integer == 0;
    return f->name == NULL ? LM_ENOMEM : LM_OK;
}

static int look_for(lm_alter_run *a, const char *schema, const char *name,
                    found *out)
{
    lm_value v = lm_text_of(name);
    const char *sql = lm_alter_text(a, "SELECT name, type, rootpage FROM "
        "%s.sqlite_schema WHERE name = ?1 COLLATE NOCASE AND type IN "
        "('table', 'view')", lm_alter_quote(a, schema));

    memset(out, 0, sizeof *out);
    out->a = a;
    return sql == NULL ? LM_ENOMEM
        : lm_db_each(a->db, sql, &v, 1, on_object, out);
}

static int check_schema(lm_alter_run *a)
{
    a->schema = lm_db_schema(a->db, a->req->schema);
    return a->schema != NULL ? LM_OK
        : lm_alter_refuse(a, LM_REASON_TABLE, "there is no schema %s",
                          a->req->schema);
}

/* Temp first, as SQLite looks. */
static int look_everywhere(lm_alter_run *a, const char *name, found *out)
{
    int rc = LM_OK;

    memset(out, 0, sizeof *out);
    if (a->req->schema != NULL)
        return look_for(a, a->schema, name, out);
    a->schema = "temp";
    if (lm_db_has_temp(a->db))
        rc = look_for(a, "temp", name, out);
    if (rc == LM_OK && out->name == NULL) {
        a->schema = "main";
        rc = look_for(a, "main", name, out);
    }
    return rc;
}

/* Where the table is gone and one of the names that it is to get is there,
 * it has been renamed already. */
static int look_for_new_name(lm_alter_run *a, found *out)
{
    size_t i;
    int rc = LM_OK;

    for (i = a->req->count; i > 0 && rc == LM_OK && out->name == NULL; i--)
        if (a->req->ops[i - 1].kind == LM_OP_RENAME_TO)
            rc = look_everywhere(a, a->req->ops[i - 1].text, out);
    a->renames_done = i + (out->name != NULL);
    return rc;
}

/* A shadow table is called by its virtual table's name and an underscore. */
static int check_shadow(lm_alter_run *a)
{
    int64_t near, shadow = 0;
    int rc = lm_alter_ask_integer(a, lm_alter_text(a, "SELECT EXISTS (SELECT "
        "1 FROM %s.sqlite_schema WHERE type = 'table' AND rootpage = 0 AND "
        "substr(?1, 1, length(name) + 1) = name || '_' COLLATE NOCASE)",
        a->in), a->table, &near);

    if (rc == LM_OK && near != 0)
        rc = lm_alter_ask_integer(a, lm_alter_text(a, "SELECT count(*) FROM "
            "pragma_table_list(?1) WHERE schema = %s AND type = 'shadow'",
            a->in_text), a->table, &shadow);
    if (rc == LM_OK && shadow != 0)
        rc = lm_alter_refuse(a, LM_REASON_TABLE, "it belongs to a virtual "
                             "table");
    return rc;
}

static int check_table(lm_alter_run *a, const found *f)
{
    if (f->name == NULL)
        return lm_alter_refuse(a, LM_REASON_TABLE, "there is no table %s",
                               a->table);
    a->table = f->name;
    if (f->view)
        return lm_alter_refuse(a, LM_REASON_TABLE, "it is a view: drop it "
                               "and create it anew");
    if (f->virtual)
        return lm_alter_refuse(a, LM_REASON_TABLE, "it is a virtual table");
    if (lm_db_is_own(a->db, a->table))
        return lm_alter_refuse(a, LM_REASON_TABLE, "it belongs to the "
                               "runner");
    if (strlen(a->table) >= 7 && lm_same_name_n(a->table, 7, "sqlite_", 7))
        return lm_alter_refuse(a, LM_REASON_TABLE, "it belongs to SQLite");
    return check_shadow(a);
}

int lm_alter_find(lm_alter_run *a)
{
    found f;
    int rc = LM_OK;

    if (a->req->schema != NULL)
        rc = check_schema(a);
    if (rc == LM_OK)
        rc = look_everywhere(a, a->req->table, &f);
    if (rc == LM_OK && f.name == NULL)
        rc = look_for_new_name(a, &f);
    if (rc == LM_OK) {
        a->in = lm_alter_quote(a, a->schema);
        a->in_text = lm_alter_literal(a, a->schema);
        rc = a->in == NULL || a->in_text == NULL ? LM_ENOMEM
            : check_table(a, &f);
    }
    a->first = a->table;
    return rc;
}
