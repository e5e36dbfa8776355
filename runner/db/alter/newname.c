/* SPDX-License-Identifier: MIT */
/*
 * The text of a view or trigger has a star over the table and, somewhere, the
 * name of a new column. Does the name mean the column? Then the same is
 * compiled into another program where the column is called otherwise, which
 * it is here for a moment. Where the table would not be one (its own
 * constraints say the name too), nothing is known, and it may.
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

int lm_newname_meant(lm_alter_run *a, const lm_sound *s, const char *name,
                     bool *out)
{
    uint64_t as_is, as_other = 0;
    const char *stored, *other;
    int rc = lm_def_stored(a, &stored);

    *out = true;
    if (rc == LM_OK)
        rc = otherwise(a, name, stored, &other);
    if (rc == LM_OK)
        rc = lm_trial_put(a, other);
    if (rc == LM_OK)
        rc = lm_program_hash(a, s, &as_other);
    if (rc == LM_OK)
        rc = lm_trial_put(a, stored);
    if (rc == LM_OK)
        rc = lm_program_hash(a, s, &as_is);
    if (rc == LM_OK)
        *out = as_other == 0 || as_is != as_other;
    return rc;
}
