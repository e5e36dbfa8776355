/* SPDX-License-Identifier: MIT */
/*
 * stage.h - the stages that every run goes through, whichever way.
 *
 *   lm_stage_compile  can this run do it this way, and is its text in order?
 *                     Nothing is run
 *   lm_stage_pause    the last moment at which nothing is open and nothing
 *                     written: a listener may say no here, or go on in
 *                     another process
 *   lm_stage_backup   a copy first, where the session has that and, asked
 *                     when it is our turn, something is left to do; the turn
 *                     ends with lm_backup_end
 *   lm_stage_ledger   the database is opened again and the ledger made ready;
 *                     *made: something was written for that
 *   lm_stage_wider    of an ID (or NULL) and that of a migration with a
 *                     description the one that takes more columns
 *   lm_stage_work     do the work: in one transaction for the whole run where
 *                     the session has that
 */
#ifndef LM_CORE_STAGE_H
#define LM_CORE_STAGE_H

#include "session.h"

typedef int (*lm_work_fn)(void *user, const lm_origin *origin);
typedef bool (*lm_left_fn)(void *user);

int lm_stage_compile(lm_session *s, const lm_source *source, lm_way way);
int lm_stage_pause(lm_session *s, size_t pending);
int lm_stage_backup(lm_session *s, lm_left_fn any_left, void *user);
int lm_stage_ledger(lm_session *s, lm_db_mode mode, bool *made);
const char *lm_stage_wider(const char *id, const lm_source *other);
int lm_stage_work(lm_session *s, lm_work_fn work, void *user);

#endif
