/* SPDX-License-Identifier: MIT */
/* What lumigrate_baseline and lumigrate_repair did, as a public list. */
#include <stdlib.h>
#include <string.h>

#include "core/baseline.h"
#include "core/repair.h"
#include "handle.h"

/* The list and everything that it points to. */
typedef struct owned_changes {
    lumigrate_changes shown;    /* first: it is what the caller holds */
    lm_changes made;
    lumigrate_change *list;
} owned_changes;

void lumigrate_changes_free(lumigrate_changes *changes)
{
    owned_changes *c = (owned_changes *)changes;

    if (c == NULL)
        return;
    lm_changes_clear(&c->made);
    free(c->list);
    free(c);
}

static bool show(owned_changes *c)
{
    size_t i;

    c->list = calloc(c->made.count + 1, sizeof *c->list);
    if (c->list == NULL)
        return false;
    for (i = 0; i < c->made.count; i++) {
        c->list[i].id = c->made.list[i].id;
        c->list[i].what = c->made.list[i].what;
    }
    c->shown.written = (long)c->made.written;
    c->shown.count = (long)c->made.count;
    c->shown.changes = c->list;
    return true;
}

static int give(lumigrate *lm, lm_changes *made, lumigrate_changes **out)
{
    owned_changes *c = calloc(1, sizeof *c);
    int rc = LM_OK;

    if (c == NULL)
        return lm_err_nomem(&lm->err);
    c->made = *made;
    memset(made, 0, sizeof *made);
    if (show(c))
        *out = &c->shown;
    else {
        rc = lm_err_nomem(&lm->err);
        lumigrate_changes_free(&c->shown);
    }
    return rc;
}

static int begin(lumigrate *lm, lumigrate_changes **out)
{
    if (out != NULL)
        *out = NULL;
    return lm_handle_begin(lm);
}

/* Takes what `made` holds. */
static int end(lumigrate *lm, int rc, lm_changes *made,
               lumigrate_changes **out)
{
    if (rc == LM_OK && out != NULL)
        rc = give(lm, made, out);
    lm_changes_clear(made);
    return lm_handle_end_whole(lm, rc);
}

static int refuse_id(lumigrate *lm, const char *what)
{
    return lm_err_set(&lm->err, LM_EUSAGE, "no migration is named to %s",
                      what);
}

static int baseline(lumigrate *lm, int how, const char *id, lm_changes *made)
{
    if (how < LUMIGRATE_BASELINE_UP_TO || how > LUMIGRATE_BASELINE_UNDO)
        return lm_err_set(&lm->err, LM_EUSAGE, "there is no such way to "
                          "baseline: %d", how);
    if (how != LUMIGRATE_BASELINE_ALL && id == NULL)
        return refuse_id(lm, "baseline");
    return lm_baseline(&lm->session,
                       (lm_baseline_how)(how - LUMIGRATE_BASELINE_UP_TO), id,
                       made);
}

static int repair(lumigrate *lm, int what, const char *id, lm_changes *made)
{
    if (what < LUMIGRATE_REPAIR_ACCEPT || what > LUMIGRATE_REPAIR_RESTART)
        return lm_err_set(&lm->err, LM_EUSAGE, "there is no such repair: %d",
                          what);
    if (id == NULL)
        return refuse_id(lm, "repair");
    return lm_repair(&lm->session,
                     (lm_repair_what)(what - LUMIGRATE_REPAIR_ACCEPT), id,
                     made);
}

int lumigrate_baseline(lumigrate *lm, int how, const char *id,
                       lumigrate_changes **out)
{
    lm_changes made = {0};
    int rc = begin(lm, out);

    return rc != LM_OK ? rc : end(lm, baseline(lm, how, id, &made), &made,
                                  out);
}

int lumigrate_repair(lumigrate *lm, int what, const char *id,
                     lumigrate_changes **out)
{
    lm_changes made = {0};
    int rc = begin(lm, out);

    return rc != LM_OK ? rc : end(lm, repair(lm, what, id, &made), &made,
                                  out);
}
