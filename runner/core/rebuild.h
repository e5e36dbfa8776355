/* SPDX-License-Identifier: MIT */
/*
 * rebuild.h - completing a home-made ledger.
 *
 *   lm_rebuild_possible   LM_OK, or LM_EHISTORY with the reason why a table
 *                         with a text id cannot be given our columns
 *   lm_rebuild_ledger     give it our columns: id as it is, position counted
 *                         in rowid order, applied_at where it reads as a
 *                         time, its own columns behind ours; inside an open
 *                         transaction
 */
#ifndef LM_CORE_REBUILD_H
#define LM_CORE_REBUILD_H

#include "../db/db.h"

int lm_rebuild_possible(lm_db *db, const char *table);
int lm_rebuild_ledger(lm_db *db, const char *table, const char *quoted);

#endif
