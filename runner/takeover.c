/* SPDX-License-Identifier: MIT */
/* What lumigrate_adopt found and did, as a public list. */
#include <stdlib.h>

#include "core/adopt.h"
#include "handle.h"

/* The list and everything that it points to. */
typedef struct owned_adoption {
    lumigrate_adoption shown;   /* first: it is what the caller holds */
    lm_adoption made;
    lumigrate_adopted *list;
} owned_adoption;

void lumigrate_adoption_free(lumigrate_adoption *adoption)
{
    owned_adoption *a = (owned_adoption *)adoption;

    if (a == NULL)
        return;
    lm_adoption_clear(&a->made);
    free(a->list);
    free(a);
}

static int public_status(lm_adopt_status status)
{
    switch (status) {
    case LM_ADOPT_APPLIED: return LUMIGRATE_ADOPT_APPLIED;
    case LM_ADOPT_KNOWN: return LUMIGRATE_ADOPT_KNOWN;
    case LM_ADOPT_PENDING: return LUMIGRATE_ADOPT_PENDING;
    case LM_ADOPT_SATISFIED: return LUMIGRATE_ADOPT_SATISFIED;
    case LM_ADOPT_NEEDED: return LUMIGRATE_ADOPT_NEEDED;
    case LM_ADOPT_CONFLICT: return LUMIGRATE_ADOPT_CONFLICT;
    }
    return 0;
}

static void show_one(const lm_adopted *from, lumigrate_adopted *to)
{
    to->id = from->id;
    to->file = from->file;
    to->status = public_status(from->status);
    to->applied_at = from->at;
    to->duration_ms = from->ms;
    to->reason = from->reason;
}

static bool show(owned_adoption *a)
{
    size_t i;

    a->list = calloc(a->made.count + 1, sizeof *a->list);
    if (a->list == NULL)
        return false;
    for (i = 0; i < a->made.count; i++)
        show_one(&a->made.list[i], &a->list[i]);
    a->shown.tool = a->made.tool;
    a->shown.tool_name = a->made.shown;
    a->shown.table = a->made.table;
    a->shown.renamed_to = a->made.renamed;
    a->shown.recorded = (long)a->made.recorded;
    a->shown.count = (long)a->made.count;
    a->shown.migrations = a->list;
    return true;
}

static int adopt_new(lumigrate *lm, const lumigrate_takeover *options,
                     lumigrate_adoption **out)
{
    owned_adoption *a = calloc(1, sizeof *a);
    lm_adopt_options o = {0};
    int rc;

    if (a == NULL)
        return lm_err_nomem(&lm->err);
    if (options != NULL) {
        o.from = options->from;
        o.dry_run = options->dry_run != 0;
        o.rename = options->rename != 0;
        o.satisfied = options->satisfied != 0;
    }
    rc = lm_adopt(&lm->session, &o, &a->made);
    if (rc == LM_OK && out != NULL && !show(a))
        rc = lm_err_nomem(&lm->err);
    if (rc == LM_OK && out != NULL)
        *out = &a->shown;
    else
        lumigrate_adoption_free(&a->shown);
    return rc;
}

int lumigrate_adopt(lumigrate *lm, const lumigrate_takeover *options,
                    lumigrate_adoption **out)
{
    int rc;

    if (out != NULL)
        *out = NULL;
    rc = lm_handle_begin(lm);
    if (rc != LM_OK)
        return rc;
    return lm_handle_end_whole(lm, adopt_new(lm, options, out));
}
