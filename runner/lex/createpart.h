/* SPDX-License-Identifier: MIT */
/*
 * createpart.h - parts of CREATE TABLE that several files of lex/ read.
 *
 *   lm_create_column       one column with its constraints
 *   lm_create_conflict     ON CONFLICT x, if it is there
 *   lm_create_references   what follows REFERENCES
 *   lm_create_defer        [NOT] DEFERRABLE [INITIALLY x], if it is there
 */
#ifndef LM_LEX_CREATEPART_H
#define LM_LEX_CREATEPART_H

#include "sqlread.h"

void lm_create_column(lm_sqlread *r, lm_column *column);
void lm_create_conflict(lm_sqlread *r, lm_constraint *c);
void lm_create_references(lm_sqlread *r, lm_constraint *c);
bool lm_create_defer(lm_sqlread *r, lm_constraint *c);

#endif
