/* SPDX-License-Identifier: MIT */
/*
 * adopt_out.h - what `adopt` found and recorded, in words or as JSON.
 *
 *   lm_adopt_out_begin   nothing is known yet
 *   lm_adopt_out_event   for lm_app_open: as it happens; the lm_app's `run`
 *                        is the lm_adopt_out
 *   lm_adopt_out_ask     show what was found and, where there is a terminal
 *                        and something to ask about, ask whether to record
 *                        what is satisfied
 *   lm_adopt_out_end     the result; `error` is NULL when all went well,
 *                        `adoption` otherwise
 *   lm_adopt_out_clear   free; may be called twice
 */
#ifndef LM_CLI_ADOPT_OUT_H
#define LM_CLI_ADOPT_OUT_H

#include "app.h"
#include "json.h"

typedef struct lm_adopt_out {
    lm_app *app;
    lm_json warnings;   /* a list, so far */
    bool dry_run;
    bool asked;         /* -y was given, or the question answered so */
    bool listed;        /* the list was shown: what follows is the rest */
} lm_adopt_out;

void lm_adopt_out_begin(lm_adopt_out *o, lm_app *app);
int lm_adopt_out_event(void *user, const lumigrate_event *event);
bool lm_adopt_out_ask(lm_adopt_out *o, const lumigrate_adoption *adoption);
void lm_adopt_out_end(lm_adopt_out *o, const lumigrate_adoption *adoption,
                      const lumigrate_error *error);
void lm_adopt_out_clear(lm_adopt_out *o);

#endif
