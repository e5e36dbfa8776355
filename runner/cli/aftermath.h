/* SPDX-License-Identifier: MIT */
/*
 * aftermath.h - what is left to do when the child that ran the migrations
 * was killed.
 *
 *   lm_aftermath   roll back, record, and tell in words and JSON; returns
 *                  the LUMIGRATE_... code of the run
 */
#ifndef LM_CLI_AFTERMATH_H
#define LM_CLI_AFTERMATH_H

#include "app.h"
#include "json_out.h"
#include "supervise.h"

typedef struct lm_aftermath_of {
    lm_json_out *json;
    lumigrate *lm;              /* the parent's handle */
    const lm_verdict *verdict;
    const char *began;          /* when the child was made, as the ledger
                                   writes it */
    int from_file;              /* as in lumigrate_target */
} lm_aftermath_of;

int lm_aftermath(lm_app *app, const lm_aftermath_of *of);

#endif
