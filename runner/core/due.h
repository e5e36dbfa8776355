/* SPDX-License-Identifier: MIT */
/*
 * due.h - whether something is still to be done, asked under the lock.
 *
 *   lm_due   look at the ledger, which is as the database has it: *due is
 *            false when another process was faster (LM_OK), or when it must
 *            not be done any more
 */
#ifndef LM_CORE_DUE_H
#define LM_CORE_DUE_H

#include "apply.h"

int lm_due(lm_session *s, const lm_job *job, bool *due);

#endif
