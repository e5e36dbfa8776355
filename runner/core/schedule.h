/* SPDX-License-Identifier: MIT */
/*
 * schedule.h - what is there and what is to do: folder and ledger compared.
 *
 *   lm_schedule_make   pure: one step for each migration of the folder and
 *                      each ID of the ledger, with its status; the warnings;
 *                      or the complaint that stops everything
 *   lm_schedule_note   one warning more, of the database; takes the text
 *   lm_schedule_clear  free it; may be called twice
 *   lm_runs_again      would a run do again what is applied already?
 *
 * Ownership: steps borrow from folder and ledger; the warnings are the
 * schedule's own.
 */
#ifndef LM_CORE_SCHEDULE_H
#define LM_CORE_SCHEDULE_H

#include "folder.h"
#include "ledger.h"

typedef enum lm_status {
    LM_STATUS_APPLIED = 1,
    LM_STATUS_PENDING,
    LM_STATUS_EDITED,
    LM_STATUS_MISSING,
    LM_STATUS_OUT_OF_ORDER,
    LM_STATUS_FAILED,
    LM_STATUS_PARTIAL
} lm_status;

typedef enum lm_policy {
    LM_POLICY_APPLY,
    LM_POLICY_WARN,
    LM_POLICY_ERROR
} lm_policy;

typedef struct lm_rules {
    bool strict;
    lm_policy out_of_order;
    lm_policy if_ahead;     /* ERROR: refuse; WARN: go on, even when strict;
                               APPLY: as for any that is missing */
    bool reapply;           /* what was edited runs again */
} lm_rules;

typedef struct lm_step {
    const lm_source *source;    /* NULL: missing */
    const lm_applied *applied;  /* NULL: not applied */
    lm_status status;
    bool late;                  /* out of order, also when it failed last */
    bool runs;                  /* pending, or RUN = "always" */
} lm_step;

typedef struct lm_warning {
    const lm_source *source;    /* or NULL */
    char *text;
} lm_warning;

typedef struct lm_schedule {
    lm_step *steps;
    size_t count, size;
    size_t pending, applied;
    bool ahead;         /* missing ones, all after the folder's last */
    bool mismatch;      /* edited, missing or partial ones */
    lm_warning *warnings;
    size_t warning_count, warning_size;
} lm_schedule;

/* `complain`: what the rules forbid is an error (up); without it only listed
 * (status). */
int lm_schedule_make(const lm_folder *folder, const lm_ledger *ledger,
                     const lm_rules *rules, bool complain, lm_err *err,
                     lm_schedule *out);
int lm_schedule_note(lm_schedule *schedule, char *text, lm_err *err);
void lm_schedule_clear(lm_schedule *schedule);
bool lm_status_is_pending(lm_status status);
bool lm_runs_again(const lm_source *source, const lm_applied *applied,
                   const lm_rules *rules);

#endif
