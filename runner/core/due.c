/* SPDX-License-Identifier: MIT */
#include "due.h"

#include <string.h>

/* Positions are given out anew, and two may come in one millisecond. */
static bool same_application(const lm_applied *a, const lm_applied *b)
{
    return a->position == b->position && a->duration_ms == b->duration_ms &&
           strcmp(a->applied_at, b->applied_at) == 0 &&
           strcmp(a->checksum, b->checksum) == 0;
}

/* Has another process done it since it was chosen? On the way up it may also
 * have done again what had changed; RUN = "always" is run by each process. */
static bool is_done(const lm_session *s, const lm_job *job)
{
    const lm_applied *row = lm_ledger_find(s->ledger, job->source->id);

    if (job->row == NULL)
        return row != NULL && !lm_runs_again(job->source, row, &s->rules);
    return row == NULL || !same_application(row, job->row);
}

/* What was built on top of it must go first, and nobody has asked for that:
 * it was not there when this one was chosen. */
static int check_newest(const lm_session *s, const lm_job *job)
{
    const lm_ledger *l = s->ledger;
    lm_err *err = s->err;
    size_t i;

    for (i = 0; i < l->count && job->newest; i++) {
        if (l->rows[i].position <= job->row->position)
            continue;
        lm_err_set(err, LM_EHISTORY, "%s was applied by another process in "
                   "the meantime, on top of %s, which stays applied",
                   l->rows[i].id, job->source->id);
        lm_err_hint(err, "look at \"lumigrate status\" and decide again");
        return LM_EHISTORY;
    }
    return LM_OK;
}

static void tell_skipped(lm_session *s, const lm_job *job)
{
    lm_event event = {.type = LM_EVENT_SKIPPED};

    event.source = job->source;
    if (job->row != NULL)
        lm_session_emit(s, &event);
}

int lm_due(lm_session *s, const lm_job *job, bool *due)
{
    int rc;

    *due = !is_done(s, job);
    if (!*due) {
        tell_skipped(s, job);
        return LM_OK;
    }
    rc = check_newest(s, job);
    *due = rc == LM_OK;
    return rc;
}
