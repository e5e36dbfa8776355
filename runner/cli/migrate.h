/* SPDX-License-Identifier: MIT */
/*
 * migrate.h - one run of up, down or redo: a child that does the work, words
 * and JSON for what happens, the report at the end.
 *
 *   lm_migrate_begin    an empty run of this kind
 *   lm_migrate_skip     do nothing, and say so (LUMIGRATE_SKIP)
 *   lm_migrate_run      open, do it, report; returns the LUMIGRATE_... code
 *   lm_migrate_end      free; may be called twice
 *   lm_migrate_fail     the JSON of what failed before there was a run
 *   lm_migrate_number   the command's argument as a number of migrations
 */
#ifndef LM_CLI_MIGRATE_H
#define LM_CLI_MIGRATE_H

#include "app.h"
#include "json_out.h"
#include "supervise.h"
#include "text_out.h"

typedef struct lm_migrate {
    lm_run_kind kind;
    lumigrate_target target;
    const char *id;         /* redo: which one; NULL: the last */
    /* Everything is ready, nothing is written: go on? NULL: yes. */
    bool (*allow)(lm_app *app, long pending);
    bool refused;           /* it said no */
    lm_text_out text;
    lm_json_out json;
    lm_supervisor supervisor;
    char reason[40];        /* the message for a signal */
    char began[32];         /* when the child was made, in UTC */
} lm_migrate;

void lm_migrate_begin(lm_migrate *m, lm_app *app, lm_run_kind kind);
int lm_migrate_skip(lm_app *app, lm_migrate *m);
int lm_migrate_run(lm_app *app, lm_migrate *m);
void lm_migrate_end(lm_app *app, lm_migrate *m);
void lm_migrate_fail(lm_app *app, const lumigrate_error *error);
void lm_migrate_number(lm_app *app, const char *other, long *n);

#endif
