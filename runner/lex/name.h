/* SPDX-License-Identifier: MIT */
/*
 * name.h - names: what a migration may be called, and names in SQL.
 *
 *   lm_id_problem    why this cannot be an ID, or NULL when it can
 *   lm_quote_ident   "a ""quoted"" name", by SQLite's rules
 *   lm_stem          a file name without its last suffix
 *
 * Ownership: a returned char * belongs to the caller (NULL: no memory); the
 * text of lm_id_problem is static.
 */
#ifndef LM_LEX_NAME_H
#define LM_LEX_NAME_H

#include <stddef.h>

/* 1 to 255 bytes of UTF-8, no control characters, no slash (SPEC 3). */
const char *lm_id_problem(const char *id, size_t len);
char *lm_quote_ident(const char *name);
char *lm_stem(const char *file, const char *suffix);

#endif
