/* SPDX-License-Identifier: MIT */
/*
 * SQLite's ALTER stops at the first view or trigger that it would break, and
 * tells of no other. So it is asked again in the way in which it stops at
 * none, that of a schema in which something was broken before: the look at
 * the end names them all, and refuses.
 */
#include <string.h>

#include "../../base/text.h"
#include "alter.h"

static const char *const said[] = {
    "error in view ", "error in trigger ", "error in index ",
    "malformed database schema ("
};

enum { LM_SAID = sizeof said / sizeof *said };

/* What stands behind one of the first n of these; NULL: none does. */
static const char *behind(const char *text, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (lm_starts(text, said[i]))
            return text + strlen(said[i]);
    return NULL;
}

int lm_blame_retry(lm_alter_run *a, int rc, const char *sql)
{
    lm_err *err = a->db->err;

    if (rc != LM_EFAILED || a->was_broken ||
        behind(lm_err_text(err), 2) == NULL)
        return rc;
    a->stopped = lm_alter_text(a, "%s", lm_err_text(err));
    if (a->stopped == NULL)
        return LM_ENOMEM;
    lm_err_clear(err);
    a->was_broken = true;
    /* It undid what it had stored, and knows the schema as it would be. */
    rc = lm_store_forget(a);
    if (rc == LM_OK)
        rc = lm_rights_flag(a, SQLITE_DBCONFIG_WRITABLE_SCHEMA, true);
    return rc == LM_OK ? lm_alter_exec(a, sql) : rc;
}

/* Its type and name, where the schema has what the message begins with. */
static int find(lm_alter_run *a, const char *schema, const char *rest,
                lm_hanger *out)
{
    const char *in = lm_alter_quote(a, schema), *found;
    int rc = in == NULL ? LM_ENOMEM : lm_alter_ask(a, lm_alter_text(a,
        "SELECT type || ' ' || name FROM %s.sqlite_schema WHERE type IN "
        "('view', 'trigger', 'index') AND substr(?1, 1, length(name) + 1) "
        "IN (name || ':', name || ' ', name || ')') ORDER BY length(name) "
        "DESC LIMIT 1", in), rest, &found);

    if (rc != LM_OK || found == NULL)
        return rc;
    out->kind = found[0] == 'v' ? "view" : found[0] == 't' ? "trigger"
                                                           : "index";
    out->schema = schema;
    out->name = strchr(found, ' ') + 1;
    return found[0] == 'v' ? LM_OK
        : lm_alter_ask(a, lm_alter_text(a, "SELECT tbl_name FROM "
              "%s.sqlite_schema WHERE type = '%s' AND name = ?1", in,
              out->kind), out->name, &out->table);
}

int lm_blame_note(lm_alter_run *a, const char *text)
{
    const char *schemas[] = {a->schema, "temp", "main"};
    const char *rest = behind(text, LM_SAID);
    lm_hanger h = {NULL, NULL, NULL, NULL, "read", NULL};
    size_t i;
    int rc = LM_OK;

    if (rest == NULL)
        return LM_OK;
    /* What cannot be read back can be looked at so. */
    rc = lm_rights_flag(a, SQLITE_DBCONFIG_WRITABLE_SCHEMA, true);
    for (i = 0; i < 3 && rc == LM_OK && h.name == NULL; i++)
        rc = find(a, schemas[i], rest, &h);
    if (rc == LM_OK)
        rc = lm_rights_flag(a, SQLITE_DBCONFIG_WRITABLE_SCHEMA, false);
    return rc != LM_OK || h.name == NULL ? rc : lm_alter_hanger(a, &h);
}

int lm_blame_rejected(lm_alter_run *a, lm_reason otherwise)
{
    const char *text = lm_alter_text(a, "%s", lm_err_text(a->db->err));
    lm_err first = {0};
    int rc;

    if (text == NULL || a->db->err->code != LM_EFAILED ||
        behind(text, LM_SAID) == NULL)
        return lm_alter_rejected(a, otherwise, "");
    lm_err_move(&first, a->db->err);
    rc = lm_blame_note(a, text);
    if (rc == LM_OK)
        lm_err_move(a->db->err, &first);
    lm_err_clear(&first);
    return rc != LM_OK ? rc
        : lm_alter_rejected(a, LM_REASON_DEPENDENTS, "");
}

int lm_blame_refuse(lm_alter_run *a)
{
    int rc = a->stopped == NULL ? LM_OK : lm_blame_note(a, a->stopped);

    return rc != LM_OK || a->stopped == NULL ? rc
        : lm_alter_refuse(a, LM_REASON_DEPENDENTS, "%s", a->stopped);
}
