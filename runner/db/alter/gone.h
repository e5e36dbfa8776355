/* SPDX-License-Identifier: MIT */
/*
 * alter/gone.h - one column's going, between the files that do it.
 *
 *   lm_going_may     may cascade take this kind along?
 *   lm_going_note    note what hangs on it (gone.c)
 *   lm_going_once    the same of a view, trigger or full-text table, unless
 *                    it is noted already: how it is shown, or NULL
 *   lm_going_drop    drop it before the column goes
 *   lm_going_user    a view or trigger that uses the column (gonecode.c)
 *   lm_going_failed  those that would not compile without it
 */
#ifndef LM_DB_ALTER_GONE_H
#define LM_DB_ALTER_GONE_H

#include "trial.h"

/* One column's going. */
typedef struct lm_going {
    lm_alter_run *a;
    size_t at;
    const char *name;       /* as the table spells it */
    lm_buf blocked;         /* what must not go with it, for the message */
    size_t blocked_count;
    bool clean;             /* nothing hangs on it that is not dropped
                               first */
    lm_texts noted;         /* views and triggers that were told */
    lm_texts views;         /* those of them that others may read */
    lm_texts hidden;        /* all of them, for lm_trial */
} lm_going;

bool lm_going_may(const lm_going *g, unsigned kind);
/* `shown` is it in the message. */
int lm_going_note(lm_going *g, const lm_hanger *h, unsigned kind,
                  const char *shown);
/* `table`: on which a trigger stands. */
int lm_going_once(lm_going *g, const lm_hanger *h, const char *table,
                  const char **shown);
int lm_going_drop(lm_going *g, const char *type, const lm_hanger *h);
int lm_going_user(lm_going *g, const lm_dependent *d, const lm_hanger *h);
/* But for what failed before the column was taken out of the draft. */
int lm_going_failed(lm_going *g, const lm_failed_list *before);

#endif
