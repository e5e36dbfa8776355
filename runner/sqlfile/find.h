/* SPDX-License-Identifier: MIT */
/*
 * find.h - which tool's folder this is.
 *
 *   lm_find_dialect   the dialect, decided once for the folder from the names
 *                     and marks in it; *out is NULL when it holds no SQL.
 *                     Marks of two tools are an error.
 */
#ifndef LM_SQLFILE_FIND_H
#define LM_SQLFILE_FIND_H

#include "claim.h"

int lm_find_dialect(lm_claim *c, const lm_dialect **out);

#endif
