/* SPDX-License-Identifier: MIT */
/*
 * The text of a view or trigger has a star over the table and, somewhere, the
 * name of a new column. Does the name mean the column? Then the same is
 * compiled into another program where the column is called otherwise, which
 * it is here for a moment. Where the table would not be one (its own
 * constraints say the name too), nothing is known, and it may.
 */
#include <string.h>

#include "trial.h"

/* The text as it is stored now, with another name for the column. */
static int otherwise(lm_alter_run *a, const char *name, const char *stored,
                     const char **out)
{
    lm_createtable def = {0};
    const char *other = lm_alter_free_name(a);
    const lm_span *at;
    size_t i;
    int rc = other == NULL ? LM_ENOMEM
        : lm_createtable_parse(stored, strlen(stored), &def, a->db->err);

    *out = NULL;
    for (i = 0; i < def.column_count && rc == LM_OK; i++) {
        at = &def.columns[i].name_span;
        if (lm_same_name(def.columns[i].name, name))
            *out = lm_alter_text(a, "%.*s%s%s", (int)at->start, stored, other,
                                 stored + at->end);
    }
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
