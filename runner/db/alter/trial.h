/* SPDX-License-Identifier: MIT */
/*
 * alter/trial.h - what would not compile, or does not any more, one by one.
 *
 *   lm_trial         the views, triggers and full-text tables that would not
 *                    compile if the draft were stored, in lm_failed_list
 *   lm_trial_put     store this text of the table, to be put back
 *   lm_failed_add    one more
 *   lm_failed_each   hide triggers that do not compile, and hand on each that
 *                    does not by itself
 *   lm_failed_show   bring them back
 *   lm_counting_each  what goes on compiling and counts other columns
 *
 * Ownership: the list is the caller's to free, all else is the call's
 * (lm_alter.arena). What its sounds point to, but for texts and members, is
 * not to be touched.
 */
#ifndef LM_DB_ALTER_TRIAL_H
#define LM_DB_ALTER_TRIAL_H

#include "probe.h"

typedef struct lm_failed {
    lm_sound sound;     /* kind, schema (its own), name, event, shown */
    bool strict;        /* compiled without strings in double quotes */
    const char *why;
} lm_failed;

typedef struct lm_failed_list {
    lm_failed *list;
    size_t count, size;
} lm_failed_list;

typedef int (*lm_failed_fn)(void *user, const lm_sound *one,
                            const char *why);

/* `hidden`: what goes, as type, schema and name by turns; a->dropping goes
 * too. What failed before in the same list is forgotten. */
int lm_trial(lm_alter_run *a, const lm_texts *hidden, lm_failed_list *bad);
int lm_trial_put(lm_alter_run *a, const char *text);
int lm_failed_add(lm_alter_run *a, lm_failed_list *all, const lm_sound *s,
                  bool strict, const char *why);
int lm_failed_each(lm_alter_run *a, const lm_failed_list *all,
                   lm_failed_fn each, void *user);
/* Hand on the view, or each of the triggers, that counts columns which have
 * other places now. */
int lm_counting_each(lm_alter_run *a, const lm_sound *old,
                     const lm_sound *new, lm_failed_fn each, void *user);
int lm_failed_show(lm_alter_run *a, const lm_failed_list *all);

#endif
