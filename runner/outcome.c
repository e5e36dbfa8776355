/* SPDX-License-Identifier: MIT */
/* How far a run is to go, and what one that failed leaves. */
#include <string.h>

#include "base/text.h"
#include "handle.h"

int lm_read_way_back(lumigrate *lm, const lumigrate_target *target,
                     lm_way_back *out)
{
    memset(out, 0, sizeof *out);
    if (target == NULL)
        return LM_OK;
    if (target->before != NULL)
        return lm_err_set(&lm->err, LM_EUSAGE, "\"before\" is no way back");
    if ((target->count > 0) + (target->to != NULL) + (target->all != 0) > 1)
        return lm_err_set(&lm->err, LM_EUSAGE, "a number, an ID to go back "
                          "to and everything exclude each other");
    out->count = target->count > 0 ? (size_t)target->count : 0;
    out->to = target->to;
    out->all = target->all != 0;
    out->from_file = target->from_file != 0;
    out->dry_run = target->dry_run != 0;
    return LM_OK;
}

/* What became of the migration that failed. */
static const char *fate_of(const lumigrate *lm, const lm_outcome *o)
{
    if (!o->begun || lm->err.migration == NULL)
        return "nothing was changed";
    if (!o->outside)
        return o->down ? "the way down was rolled back"
                       : "the migration was rolled back";
    return o->down ? "the way down ran outside a transaction: what it had "
                     "done stays, and the migration is still recorded as "
                     "applied"
                   : "the migration ran outside a transaction: what it had "
                     "done stays, and it is not recorded as applied";
}

/* What a failed run leaves, in one sentence. */
char *lm_state_after(const lumigrate *lm, const lm_outcome *o)
{
    const char *what = fate_of(lm, o);
    const char *word = o->reverted > 0 ? "reverted" : "applied";
    size_t n = o->reverted > 0 ? o->reverted : o->applied;

    if (lm->session.one_transaction && o->begun)
        return lm_format("the whole run was one transaction and was rolled "
                         "back: nothing was changed");
    if (n == 0)
        return lm_format("%s", what);
    if (o->reverted > 0 && !o->down)
        return lm_format("%s; it was reverted before, and is pending now",
                         what);
    return lm_format("%s; %zu migration%s %s before it stay%s %s", what, n,
                     n == 1 ? "" : "s", word, n == 1 ? "s" : "", word);
}
