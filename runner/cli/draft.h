/* SPDX-License-Identifier: MIT */
/*
 * draft.h - the file that `new` writes: its name, its place, its text.
 *
 *   lm_draft_name    date, words and ID; the ID sorts after what was made
 *                    on the same day, and nobody has it yet
 *   lm_draft_check   refuse a name that sorts before an applied one, where
 *                    there is a database to ask, and SQL in a folder of
 *                    another tool
 *   lm_draft_write   write `text` to the path, with the folder if need be
 *   lm_draft_clear   free; may be called twice
 *
 * Only lm_draft_write changes anything.
 */
#ifndef LM_CLI_DRAFT_H
#define LM_CLI_DRAFT_H

#include "app.h"

typedef struct lm_draft {
    char date[11];   /* 2026_01_28 */
    char stamp[16];  /* what its name begins with: the date, or where others
                        begin with longer numbers 20260128093000, and behind
                        a V1 V20260128093000 */
    lm_str words;    /* add_email_to_users */
    lm_str sentence; /* Add email to users */
    lm_str id, file, path, text;
} lm_draft;

int lm_draft_name(lm_app *app, const char *name, bool sql, lm_draft *d);
int lm_draft_check(lm_app *app, const lm_draft *d);
int lm_draft_write(lm_app *app, const lm_draft *d);
void lm_draft_clear(lm_draft *d);

#endif
