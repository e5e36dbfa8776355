/* SPDX-License-Identifier: MIT */
/*
 * kin.h - may one database be an older state of another?
 *
 *   lm_kin_application   the application_id; 0: none
 *   lm_kin_tables        how many tables each has, and how many have a name
 *                        that the other has too; SQLite's own and the
 *                        runner's do not count
 *
 * Both read only, with the cause of a failure in lm_db_err of the database
 * that it is in.
 */
#ifndef LM_DB_KIN_H
#define LM_DB_KIN_H

#include "db.h"

int lm_kin_application(lm_db *db, int64_t *id);
int lm_kin_tables(lm_db *a, lm_db *b, size_t counts[2], size_t *shared);

#endif
