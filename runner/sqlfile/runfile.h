/* SPDX-License-Identifier: MIT */
/*
 * runfile.h - run one way of a SQL file, statement by statement.
 *
 *   lm_runfile   run it; the error has its place in the file
 *
 * Left out with a warning: what belongs to the ledger of the tool that the
 * file was written for, and settings of a connection that nobody else sees.
 */
#ifndef LM_SQLFILE_RUNFILE_H
#define LM_SQLFILE_RUNFILE_H

#include "claim.h"
#include "sqlway.h"

int lm_runfile(const lm_sql_context *context, const lm_sqlway *way,
               const lm_run *run);

#endif
