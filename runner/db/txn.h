/* SPDX-License-Identifier: MIT */
/*
 * txn.h - every BEGIN, COMMIT, ROLLBACK and SAVEPOINT of the runner.
 *
 *   lm_txn_begin         BEGIN IMMEDIATE; waits for the lock, LM_EBUSY after
 *                        the lock timeout
 *   lm_txn_commit        COMMIT; on failure the transaction is rolled back
 *                        and no journal is left behind
 *   lm_txn_rollback      ROLLBACK; a no-op when none is open. Afterwards the
 *                        file is read once, so that a hot journal is gone
 *   lm_txn_read_begin    several queries of one moment, and one lock instead
 *                        of one for each; *began is false inside a
 *                        transaction that is open already
 *   lm_txn_read_end      end it, if it was begun
 *   lm_txn_alone         nobody else may read or write the database until
 *                        it is closed; before anything else is done with it
 *   lm_txn_open          does the runner believe that one is open?
 *   lm_txn_check         is it still ours? LM_EFAILED when SQLite ended it
 *   lm_txn_left_open     did a script with TRANSACTION = false leave one open?
 *                        It is rolled back by lm_txn_rollback
 *   lm_txn_savepoint     open one inside; named by depth
 *   lm_txn_release       close the innermost one, keeping what it did
 *   lm_txn_undo          roll the innermost one back and close it; does not
 *                        fail when the transaction is gone already
 *   lm_txn_unpaired      the name of a savepoint that a script left open, or
 *                        NULL
 *
 * Savepoints of scripts (by SQL and by lm_txn_savepoint) form one stack.
 * SQLite keeps no list of them, so db/ does, at each statement that
 * succeeded.
 */
#ifndef LM_DB_TXN_H
#define LM_DB_TXN_H

#include "db.h"

int lm_txn_begin(lm_db *db);
int lm_txn_commit(lm_db *db);
int lm_txn_rollback(lm_db *db);
int lm_txn_read_begin(lm_db *db, bool *began);
void lm_txn_read_end(lm_db *db, bool began);
int lm_txn_alone(lm_db *db);
bool lm_txn_open(const lm_db *db);
int lm_txn_check(lm_db *db);
bool lm_txn_left_open(const lm_db *db);
int lm_txn_savepoint(lm_db *db);
int lm_txn_release(lm_db *db);
int lm_txn_undo(lm_db *db);
const char *lm_txn_unpaired(const lm_db *db);

#endif
