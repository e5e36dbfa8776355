/* SPDX-License-Identifier: MIT */
/*
 * catalog.h - what a script may ask its conn about the schema: conn:tables,
 * conn:columns and so on.
 *
 *   lm_catalog_methods  add them to the table of methods on top of the stack
 *
 * Names are strings, any bytes; what is not there is an empty list or nil.
 * A schema may be the last argument. What comes back is plain tables that
 * belong to the script.
 */
#ifndef LM_SCRIPT_CATALOG_H
#define LM_SCRIPT_CATALOG_H

#include "script.h"

void lm_catalog_methods(lua_State *L);

#endif
