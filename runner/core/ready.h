/* SPDX-License-Identifier: MIT */
/*
 * ready.h - may a program that needs this database start? Reads only, and
 * never asks for a write lock.
 *
 *   lm_ready_look    look once: LM_OK when nothing is pending and nothing is
 *                    wrong, LM_EPENDING, or why not
 *   lm_ready_wait    look until it is ready, or what is wrong is nothing that
 *                    waiting mends, or the time is up (LM_EBUSY)
 *   lm_ready_clear   free it; may be called twice
 *
 * What is worth waiting for: pending migrations, a database or a folder that
 * is not there (yet) or is empty, a lock.
 *
 * Ownership: a lm_ready owns its folder, schedule and problems; the schedule
 * also borrows from the session's ledger, which must stay until then. Where
 * `looked` is false there is nothing in it.
 */
#ifndef LM_CORE_READY_H
#define LM_CORE_READY_H

#include "session.h"

typedef struct lm_ready {
    bool asked;             /* the database was to be opened */
    bool looked;            /* folder and database could be compared */
    bool found;             /* the database is there */
    bool no_folder;         /* it is not there, or holds no migration */
    bool refused;           /* the rules forbid what folder and ledger show */
    int code;               /* what looking gave, also when waiting ended */
    lm_folder folder;
    lm_schedule schedule;
    bool valid;             /* every view and trigger compiles, ... */
    bool damaged;
    char **problems;        /* one sentence for each fault */
    size_t problem_count, problem_size;
} lm_ready;

int lm_ready_look(lm_session *s, bool deep, lm_ready *out);
/* `timeout` in ms; 0: for ever. */
int lm_ready_wait(lm_session *s, double timeout, lm_ready *out);
void lm_ready_clear(lm_ready *ready);

#endif
