/* SPDX-License-Identifier: MIT */
/*
 * sql_engine.h - migrations that are SQL files: plain ones, and dbmate's.
 *
 *   lm_sql_engine   claims *.sql; its context is NULL
 *
 * Files and folders with another tool's marks or names are refused, naming
 * the tool: running such a file whole would run its way down as well.
 */
#ifndef LM_SQLFILE_SQL_ENGINE_H
#define LM_SQLFILE_SQL_ENGINE_H

#include "../engine/engine.h"

extern const lm_engine lm_sql_engine;

#endif
