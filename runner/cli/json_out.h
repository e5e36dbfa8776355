/* SPDX-License-Identifier: MIT */
/*
 * json_out.h - what `up` and `down` do, as JSON: one object at the end
 * (--json), or a line for each event as it happens and one for the end
 * (--jsonl).
 *
 *   lm_json_out_begin    an empty result; the clock runs
 *   lm_json_out_event    note an event, or write its line
 *   lm_json_out_ran      note a migration that was applied, from a report
 *   lm_json_out_went     note one that was reverted, from the history
 *   lm_json_out_remains  note an ID that is still pending
 *   lm_json_out_result   write the end: error is NULL when all went well
 *   lm_json_out_clear    free; may be called twice
 */
#ifndef LM_CLI_JSON_OUT_H
#define LM_CLI_JSON_OUT_H

#include "app.h"
#include "json.h"

typedef struct lm_json_out {
    lm_app *app;
    lm_json ran, remaining;  /* lists, so far */
    lm_str chosen;           /* what is to be reverted, in this order: IDs,
                                each with its NUL */
    size_t gone;             /* so many of them are no longer applied */
    bool failed_down;        /* the next of them failed */
    bool dry_run;
    bool failed;             /* a migration did, not something around it */
    bool skipped;            /* by LUMIGRATE_SKIP */
    lm_str backup;           /* the file that was made first; empty: none */
    double begun_ms;         /* by the clock */
    double waited_ms;
} lm_json_out;

void lm_json_out_begin(lm_json_out *j, lm_app *app);
void lm_json_out_event(lm_json_out *j, const lumigrate_event *event);
void lm_json_out_ran(lm_json_out *j, const lumigrate_item *item);
void lm_json_out_went(lm_json_out *j, const lumigrate_attempt *attempt);
void lm_json_out_remains(lm_json_out *j, const char *id);
void lm_json_out_result(lm_json_out *j, const lumigrate_error *error);
void lm_json_out_clear(lm_json_out *j);

#endif
