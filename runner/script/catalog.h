/* SPDX-License-Identifier: MIT */
/*
 * catalog.h - what a script may ask its conn about the schema: conn:tables,
 * conn:columns and so on.
 *
 *   l_catalog_methods  (table): add them to a table of methods
 *
 * Names are strings, any bytes; what is not there is an empty list or nil.
 * A schema may be the last argument. What comes back is plain tables that
 * belong to the script.
 */
#ifndef LM_SCRIPT_CATALOG_H
#define LM_SCRIPT_CATALOG_H

#include "script.h"

int l_catalog_methods(lua_State *L);

#endif
