/* SPDX-License-Identifier: MIT */
/*
 * error_out.h - an error as people read it: what, where, why, and what to do
 * now.
 *
 *     lumigrate: error: no such column: nam
 *       migration  2026_02_01_names (migrations/2026_02_01_names.lua:7)
 *       SQL        SELECT nam FROM users
 *                         ^
 *       SQLite     SQLITE_ERROR (1)
 *       traceback  …
 *       state      rolled back; 2 migrations applied before it stay applied
 *       hint       …
 *
 *   lm_error_out   append it to `out`; the caller flushes
 */
#ifndef LM_CLI_ERROR_OUT_H
#define LM_CLI_ERROR_OUT_H

#include "../lumigrate.h"
#include "out.h"

void lm_error_out(lm_out *out, const lumigrate_error *error);

#endif
