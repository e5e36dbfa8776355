/* SPDX-License-Identifier: MIT */
/*
 * alien.h - a database that another tool has managed and we have not: all
 * that it has applied would run again.
 *
 *   lm_alien_find   the sentence that says so; *out is NULL where there is
 *                   nothing to say. Reads only: one query of the schema, and
 *                   none at all once our ledger has a row
 *   lm_alien_note   add it to the warnings of a schedule that has something
 *                   to do
 *
 * The ledger has been looked at (closer) before. Only tables with a tool's
 * usual name count here; adopt looks at all of them.
 *
 * Ownership: the sentence is the caller's.
 */
#ifndef LM_CORE_ALIEN_H
#define LM_CORE_ALIEN_H

#include "session.h"

int lm_alien_find(lm_session *s, char **out);
int lm_alien_note(lm_session *s, lm_schedule *schedule);

#endif
