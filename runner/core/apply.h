/* SPDX-License-Identifier: MIT */
/*
 * apply.h - one migration, one transaction.
 *
 *   lm_apply   apply one migration: its changes, its ledger row and its
 *              history row commit together, or the database is as it was and
 *              the failure is in the history
 *
 *   lm_apply_lock   the lock of the database's folder: at most one process
 *                   runs outside a transaction or makes a backup first; -1
 *                   in *fd where there is none, or we hold it already
 *
 * Another process may have applied it in the meantime: then *done->applied
 * is false and LM_OK is returned.
 *
 * What is applied already runs again where RUN or the rules say so; its row
 * keeps its position then, and the attempt is called "reapply".
 *
 * Inside lm_up's one transaction for the whole run (session->one_transaction)
 * it neither begins nor commits.
 */
#ifndef LM_CORE_APPLY_H
#define LM_CORE_APPLY_H

#include "../base/lock.h"
#include "session.h"

typedef struct lm_done {
    bool applied;       /* false: another process was faster */
    bool changed;
    int64_t rows;
    double duration_ms;
} lm_done;

int lm_apply(lm_session *s, const lm_source *source, const lm_origin *origin,
             lm_done *done);
int lm_apply_lock(lm_session *s, int *fd);

#endif
