/* SPDX-License-Identifier: MIT */
/*
 * apply.h - one migration, one way, one transaction.
 *
 *   lm_apply   apply a migration: its changes, its ledger row and its history
 *              row commit together, or the database is as it was and the
 *              failure is in the history. Or take one back: its way down
 *              runs, and the ledger row goes with it
 *
 *   lm_apply_lock   the lock of the database's folder: at most one process
 *                   runs outside a transaction or makes a backup first; -1
 *                   in *fd where there is none, or we hold it already
 *
 * Another process may have done it in the meantime: then *done->did is false
 * and LM_OK is returned. What is taken back is one application: when another
 * process has taken it back and the migration has been applied anew since,
 * that is another one, and stays.
 *
 * What is applied already runs again where RUN or the rules say so; its row
 * keeps its position then, and the attempt is called "reapply".
 *
 * Inside one transaction for the whole run (session->one_transaction) it
 * neither begins nor commits.
 */
#ifndef LM_CORE_APPLY_H
#define LM_CORE_APPLY_H

#include "../base/lock.h"
#include "session.h"

typedef struct lm_job {
    const lm_source *source;    /* the text that runs */
    const lm_applied *row;      /* NULL: its way up. Otherwise its way down,
                                   of the application that this row, a copy,
                                   stands for */
    bool newest;                /* LM_EHISTORY when one that was applied
                                   after it is applied still */
} lm_job;

typedef struct lm_done {
    bool did;           /* false: another process was faster */
    bool changed;
    int64_t rows;
    double duration_ms;
} lm_done;

int lm_apply(lm_session *s, const lm_job *job, const lm_origin *origin,
             lm_done *done);
int lm_apply_lock(lm_session *s, int *fd);

#endif
